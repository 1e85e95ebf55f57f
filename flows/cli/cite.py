"""The commands that read references and write citations."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import OutputOption
from pipeline.citation.check import check_citation
from pipeline.citation.cited import citation_target, covers
from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.citation.pin import Pin
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.errors import SetupError
from pipeline.record.record import Record
from pipeline.references import (
    ArchivalReference,
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
    output: OutputOption = None,
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
