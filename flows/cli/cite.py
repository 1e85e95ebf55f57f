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
from flows.cli.exit_codes import Exit
from pipeline.citation.check import check
from pipeline.citation.cited import cited, holds
from pipeline.citation.data import to_bibtex, to_csl_json, to_ris
from pipeline.citation.pin import Pin
from pipeline.citation.styles import Manner, in_words
from pipeline.errors import SetupError
from pipeline.record.model import Record
from pipeline.references import ArchivalReference, Reading, parse_all, read
from pipeline.repository.catalog import Catalog


class Form(StrEnum):
    """How a citation is written: a style, or data for a reference manager."""

    CHICAGO = "chicago"
    BIBLIOGRAPHY = "chicago-bibliography"
    GOST = "gost"
    WILSON = "wilson"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"


class Holding(StrEnum):
    """Which archives a citation names."""

    FIRST = "first"
    ALL = "all"


_DATA: dict[Form, Callable[[Record, str], str]] = {
    Form.BIBTEX: to_bibtex, Form.RIS: to_ris, Form.CSL_JSON: to_csl_json,
}  # fmt: skip


def reference(
    text: Annotated[str, typer.Argument(help="A citation, or a text that holds some.")],
    context: Annotated[
        str | None, typer.Option(help="The citation before it, for “Ibid.” to stand for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read archival references, and print each in its normal form or why it is not sure."""
    found = read(text, _before(context))
    if as_json:
        console.line(json.dumps(found.to_dict(), ensure_ascii=False, indent=1))
        return
    for reading in found.references:
        console.line(_told(reading))
    for problem in found.problems:
        console.line(problem.detail)


def _before(context: str | None) -> ArchivalReference | None:
    if context is None:
        return None
    known = parse_all(context)
    if not known:
        msg = f"--context {context!r} is no reference that can be relied on: {read(context).why}"
        raise SetupError(msg)
    return known[-1]


def _told(reading: Reading) -> str:
    if reading.place is not None:
        return reading.place.labelled
    why = " ".join(problem.detail for problem in reading.problems)
    return f"{reading.status}: “{reading.as_cited}”. {why}"


def cite(  # noqa: PLR0913, PLR0917  a command has as many options as its users need
    record: Annotated[str | None, typer.Argument(help="The record's id.")] = None,
    leaf: Annotated[str, typer.Option(help="A leaf of it: 111, 0111, 111v.")] = "",
    form: Annotated[Form, typer.Option("--format", help="Style, or kind of data.")] = Form.CHICAGO,
    holding: Annotated[
        Holding | None, typer.Option(help="All archives, or the first: the one scanned.")
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
            _check(checked, quote, catalog)
            return
        if record is None:
            msg = "Say which record to cite, or give a citation to --check."
            raise SetupError(msg)
        console.line(
            _cited(catalog.load(record, version), leaf, form, holding, pinned).rstrip("\n")
        )


def _cited(record: Record, leaf: str, form: Form, holding: Holding | None, pinned: str) -> str:
    if form in _DATA:
        return _DATA[form](record, leaf)
    every = None if holding is None else holding is Holding.ALL
    words = in_words(cited(record, leaf), Manner(form.value), all_holdings=every)
    if not pinned:
        return words
    kind, _, language = pinned.partition(":")
    kinds = {"reading": "reading text", "raw": "raw text", "translation": f"translation {language}"}
    if kind not in kinds:
        msg = f"--text takes reading, raw or translation:CODE, not {pinned!r}."
        raise SetupError(msg)
    return f"{words} {Pin.of(record, kinds[kind], leaf)}"


def _check(citation: str, quote: str, catalog: Catalog) -> None:
    def locate(place: ArchivalReference) -> list[Record]:
        file = replace(place, unit="", leaves=())
        found = [catalog.load(name, None) for name in catalog.under(file.normal)]
        return [record for record in found if holds(record, place)]

    found = check(citation, quote, catalog.load, locate)
    for sentence in (*found.sentences, *found.differences):
        console.line(sentence)
    if not found.same:
        raise typer.Exit(Exit.DAMAGE)
