"""The command ``opis cite``."""

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import OptionalRecordArgument, OutputOption
from pipeline.citation.check import check_citation
from pipeline.citation.cited import citation_target, covers
from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.citation.pin import Pin
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.errors import SetupError
from pipeline.record.record import Record
from pipeline.references import ArchivalReference
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings


class CitationFormat(StrEnum):
    """The form of a citation: a style, or data for a reference manager."""

    CHICAGO = "chicago"
    BIBLIOGRAPHY = "chicago-bibliography"
    GOST = "gost"
    WILSON = "wilson"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


class HoldingScope(StrEnum):
    """The archives that a citation names."""

    FIRST = "first"
    ALL = "all"


_DATA_WRITERS: dict[CitationFormat, Callable[[Record, str], str]] = {
    CitationFormat.BIBTEX: to_bibtex,
    CitationFormat.RIS: to_ris,
    CitationFormat.CSL_JSON: to_csl_json,
}


def cite(  # noqa: PLR0913, PLR0917  a parameter for each option
    record: OptionalRecordArgument = None,
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
    fond_title: Annotated[
        bool, typer.Option("--fond-title", help="Chicago: name the fond by its title, too.")
    ] = False,
    version: Annotated[
        int | None, typer.Option(help="The record's version; the newest if none.", min=1)
    ] = None,
    checked: Annotated[str, typer.Option("--check", help="A citation to check.")] = "",
    quote: Annotated[str, typer.Option(help="With --check: the words quoted.")] = "",
    output: OutputOption = None,
) -> None:
    """Cite a record or a leaf of it, or check whether the text of a citation is unchanged.

    If the text has changed, the exit code is 4.
    """
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        if checked:
            _check_citation(checked, quote, catalog)
            return
        if record is None:
            msg = "Say which record to cite, or give a citation to --check."
            raise SetupError(msg)
        cited = catalog.load_record(record, version)
        fond = _fond_title(cited, settings) if fond_title else ""
        console.print_line(_citation_text(cited, leaf, form, holding, pinned, fond).rstrip("\n"))


def _fond_title(record: Record, settings: Settings) -> str:
    """Return the English title of the first level above a record, or the title as given."""
    from pipeline.record.level_context import context_of  # noqa: PLC0415  few citations need it
    from pipeline.repository.level_log import read_levels  # noqa: PLC0415

    context = context_of(record, read_levels(settings.output))
    return context[0].description.title_in("en") if context else ""


def _citation_text(
    record: Record, leaf: str, form: CitationFormat, holding: HoldingScope | None, pinned: str,
    fond_title: str,
) -> str:  # fmt: skip
    if form in _DATA_WRITERS:
        return _DATA_WRITERS[form](record, leaf)
    target = replace(citation_target(record, leaf), fond_title=fond_title)
    style = CitationStyle(form.value)
    all_holdings = None if holding is None else holding is HoldingScope.ALL
    citation = format_citation(target, style, all_holdings=all_holdings)
    if not pinned:
        return citation
    kind, _, language = pinned.partition(":")
    kinds = {"reading": "reading text", "raw": "raw text", "translation": f"translation {language}"}
    if kind not in kinds:
        msg = f"--text takes reading, raw or translation:CODE, not {pinned!r}."
        raise SetupError(msg)
    return f"{citation} {Pin.from_record(record, kinds[kind], leaf)}"


def _check_citation(citation: str, quote: str, catalog: Catalog) -> None:
    def find_records(reference: ArchivalReference) -> list[Record]:
        file = reference.without_leaves()
        records = [catalog.load_record(name, None) for name in catalog.find_below(file.normal)]
        return [record for record in records if covers(record, reference)]

    check = check_citation(citation, quote, catalog.load_record, find_records)
    for sentence in (*check.sentences, *check.differences):
        console.print_line(sentence)
    if not check.is_unchanged:
        raise typer.Exit(ExitCode.DAMAGE)
