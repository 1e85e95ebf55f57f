"""The commands that read references and write citations."""

import json
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from pipeline.citation.check import check_citation
from pipeline.citation.cited import citation_target, covers
from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.citation.pin import Pin
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.errors import SetupError
from pipeline.record.model import Record
from pipeline.references import (
    ArchivalReference,
    ParsedReference,
    find_references,
    parse_references,
)
from pipeline.repository.catalog import Catalog


class CitationFormat(StrEnum):
    """How a citation is written: a style, or data for a reference manager."""

    CHICAGO = "chicago"
    BIBLIOGRAPHY = "chicago-bibliography"
    GOST = "gost"
    WILSON = "wilson"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


class HoldingScope(StrEnum):
    """Which archives a citation names."""

    FIRST = "first"
    ALL = "all"


_DATA_WRITERS: dict[CitationFormat, Callable[[Record, str], str]] = {
    CitationFormat.BIBTEX: to_bibtex,
    CitationFormat.RIS: to_ris,
    CitationFormat.CSL_JSON: to_csl_json,
}


def reference(
    text: Annotated[str, typer.Argument(help="A citation, or a text that holds some.")],
    context: Annotated[
        str | None, typer.Option(help="The citation before it, for “Ibid.” to stand for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read archival references, and print each in its normal form or why it is not sure."""
    found = find_references(text, _context_reference(context))
    if as_json:
        console.print_line(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    for reading in found.references:
        console.print_line(_reference_line(reading))
    for problem in found.problems:
        console.print_line(problem.detail)


def _context_reference(context: str | None) -> ArchivalReference | None:
    if context is None:
        return None
    known = parse_references(context)
    if not known:
        why = find_references(context).explanation
        msg = f"--context {context!r} is no reference that can be relied on: {why}"
        raise SetupError(msg)
    return known[-1]


def _reference_line(reading: ParsedReference) -> str:
    if reading.reference is not None:
        return reading.reference.as_stamped
    why = " ".join(problem.detail for problem in reading.problems)
    return f"{reading.status}: “{reading.as_cited}”. {why}"


def cite(  # noqa: PLR0913, PLR0917  a command has as many options as its users need
    record: Annotated[str | None, typer.Argument(help="The record's id.")] = None,
    leaf: Annotated[str, typer.Option(help="A leaf of it: 111, 0111, 111v.")] = "",
    form: Annotated[
        CitationFormat, typer.Option("--format", help="Style, or kind of data.")
    ] = CitationFormat.CHICAGO,
    holding: Annotated[
        HoldingScope | None, typer.Option(help="All archives, or the first: the one scanned.")
    ] = None,
    pinned: Annotated[
        str, typer.Option("--text", help="Pin it to a text: reading, raw, translation:CODE.")
    ] = "",
    version: Annotated[int | None, typer.Option(help="Of the record; the newest.", min=1)] = None,
    checked: Annotated[str, typer.Option("--check", help="A citation to check.")] = "",
    quote: Annotated[str, typer.Option(help="Words quoted with it, to check.")] = "",
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
) -> None:
    """Cite a record or a leaf of it; or check whether what a citation cites still reads so.

    A citation that is checked and reads otherwise ends with status 4.
    """
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        if checked:
            _check_citation(checked, quote, catalog)
            return
        if record is None:
            msg = "Say which record to cite, or give a citation to --check."
            raise SetupError(msg)
        console.print_line(
            _citation_text(
                catalog.load_record(record, version), leaf, form, holding, pinned
            ).rstrip("\n")
        )


def _citation_text(
    record: Record, leaf: str, form: CitationFormat, holding: HoldingScope | None, pinned: str
) -> str:
    if form in _DATA_WRITERS:
        return _DATA_WRITERS[form](record, leaf)
    every = None if holding is None else holding is HoldingScope.ALL
    words = format_citation(
        citation_target(record, leaf), CitationStyle(form.value), all_holdings=every
    )
    if not pinned:
        return words
    kind, _, language = pinned.partition(":")
    kinds = {"reading": "reading text", "raw": "raw text", "translation": f"translation {language}"}
    if kind not in kinds:
        msg = f"--text takes reading, raw or translation:CODE, not {pinned!r}."
        raise SetupError(msg)
    return f"{words} {Pin.from_record(record, kinds[kind], leaf)}"


def _check_citation(citation: str, quote: str, catalog: Catalog) -> None:
    def find_records(place: ArchivalReference) -> list[Record]:
        file = replace(place, unit="", leaves=())
        found = [catalog.load_record(name, None) for name in catalog.find_below(file.normal)]
        return [record for record in found if covers(record, place)]

    found = check_citation(citation, quote, catalog.load_record, find_records)
    for sentence in (*found.sentences, *found.differences):
        console.print_line(sentence)
    if not found.is_unchanged:
        raise typer.Exit(ExitCode.DAMAGE)
