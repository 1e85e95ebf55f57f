"""The commands that read the catalogue: ``opis list``, ``show`` and ``search``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from pipeline.record.model import parse_record
from pipeline.repository.catalog import Catalog

_DEFAULT_LIMIT = 1000  #: records that a list shows, if nothing else is said
OutputOption = Annotated[Path | None, typer.Option(help="Where records are published.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def list_records(
    output: OutputOption = None,
    limit: Annotated[
        int | None, typer.Option(help="Records at the most; 0: all, as --json has it.", min=0)
    ] = None,
    after: Annotated[str, typer.Option(help="Go on behind this record.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List records, by their place in the archive."""
    with _open_catalog(output) as catalog:
        most = limit if limit is not None else 0 if as_json else _DEFAULT_LIMIT
        found = catalog.iter_entries(most or -1, after)
        console.print_entries(found, as_json=as_json, total=catalog.record_count())


def show_record(
    record: Annotated[str, typer.Argument(help="The record's id.")],
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a record: what it is, where it lies, what to look at, and its text."""
    settings = runtime.settings_with(output=output)
    with _open_catalog(output) as catalog:
        entry = catalog.get_entry(record)
    folder = settings.records / entry.folder / f"v{entry.version}"
    content = (folder / "data" / "record.json").read_text("utf-8")
    if as_json:
        console.print_line(content.rstrip("\n"))
    else:
        console.print_record(parse_record(content), folder)


def search(
    query: Annotated[str, typer.Argument(help='Words; "a phrase"; a beginning*.')],
    output: OutputOption = None,
    limit: Annotated[int, typer.Option(help="Hits to show at the most.", min=1)] = 50,
    as_json: JsonOption = False,
) -> None:
    """Find pages by their words."""
    with _open_catalog(output) as catalog:
        console.print_hits(catalog.search(query, limit), catalog.count_hits(query), as_json=as_json)


def _open_catalog(output: Path | None) -> Catalog:
    settings = runtime.settings_with(output=output)
    return Catalog(settings.catalog, settings.records)
