"""The commands that read the catalogue: ``opis list``, ``show`` and ``search``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from pipeline.record.model import from_json
from pipeline.repository.catalog import Catalog

_SHOWN = 1000  #: records that a list shows, if nothing else is said
Output = Annotated[Path | None, typer.Option(help="Where records are published.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def list_records(
    output: Output = None,
    limit: Annotated[
        int | None, typer.Option(help="Records at the most; 0: all, as --json has it.", min=0)
    ] = None,
    after: Annotated[str, typer.Option(help="Go on behind this record.")] = "",
    as_json: AsJson = False,
) -> None:
    """List records, by their place in the archive."""
    with _catalog(output) as catalog:
        most = limit if limit is not None else 0 if as_json else _SHOWN
        found = catalog.entries(most or -1, after)
        console.entries(found, as_json=as_json, of=catalog.size())


def show_record(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Show a record: what it is, where it lies, what to look at, and its text."""
    settings = runtime.settings_with(output=output)
    with _catalog(output) as catalog:
        entry = catalog.entry(record)
    folder = settings.records / entry.folder / f"v{entry.version}"
    content = (folder / "data" / "record.json").read_text("utf-8")
    if as_json:
        console.line(content.rstrip("\n"))
    else:
        console.record(from_json(content), folder)


def search(
    query: Annotated[str, typer.Argument(help='Words; "a phrase"; a beginning*.')],
    output: Output = None,
    limit: Annotated[int, typer.Option(help="Hits to show at the most.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Find pages by their words."""
    with _catalog(output) as catalog:
        console.hits(catalog.search(query, limit), catalog.count(query), as_json=as_json)


def _catalog(output: Path | None) -> Catalog:
    settings = runtime.settings_with(output=output)
    return Catalog(settings.catalog, settings.records)
