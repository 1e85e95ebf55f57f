"""The command ``opis list``."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption
from pipeline.repository.catalog import Catalog, CatalogEntry
from pipeline.wording import noun_form

_DEFAULT_LIMIT = 1000  #: records that a list shows, if nothing else is said


def list_records(
    output: OutputOption = None,
    limit: Annotated[
        int | None, typer.Option(help="Records at the most; 0: all, as --json has it.", min=0)
    ] = None,
    after: Annotated[str, typer.Option(help="Go on behind this record.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List records, by their place in the archive."""
    settings = runtime.settings_with(output=output)
    with Catalog(settings.catalog, settings.records) as catalog:
        most = limit if limit is not None else 0 if as_json else _DEFAULT_LIMIT
        found = catalog.iter_entries(most or -1, after)
        _print_entries(found, as_json=as_json, total=catalog.record_count())


def _print_entries(entries: Iterable[CatalogEntry], *, as_json: bool, total: int) -> None:
    """Print records, a line each, ``total`` so many that there are."""
    if as_json:
        console.print_json([asdict(entry) for entry in entries])
        return
    rows = [
        (
            entry.id,
            f"v{entry.version}",
            entry.date or "",
            entry.title,
            str(entry.pages),
            console.format_percent(entry.confidence),
            _entry_status(entry),
        )
        for entry in entries
    ]
    console.print_table(("record", "", "date", "title", "pages", "confidence", ""), rows)
    share = "" if len(rows) == total else f"of {total:,} "
    console.print_line(f"{len(rows)} {share}{noun_form(total, 'record')}")
    if rows and len(rows) < total:
        console.print_line(
            f"`opis list --after {rows[-1][0]}` goes on from there, if there are more."
        )


def _entry_status(entry: CatalogEntry) -> str:
    if entry.status == "withdrawn":
        return entry.status
    return "review" if entry.needs_review else ""
