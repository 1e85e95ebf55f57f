"""The command ``opis list``."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JsonOption, OutputOption, StatusOption
from pipeline.repository.catalog import Catalog, CatalogEntry
from pipeline.wording import noun_form, plural, printable_line

_DEFAULT_LIMIT = 1000  #: records, without --limit and --json
_MOST_QUESTIONS = 10  #: sentences on relations


def list_records(
    output: OutputOption = None,
    limit: Annotated[
        int | None, typer.Option(help="Records at the most; 0: all, as with --json.", min=0)
    ] = None,
    after: Annotated[str, typer.Option(help="Start after this record.")] = "",
    status: StatusOption = None,
    as_json: JsonOption = False,
) -> None:
    """List records in the order of the archive."""
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        default = 0 if as_json else _DEFAULT_LIMIT
        most = (default if limit is None else limit) or -1
        entries = list(catalog.iter_entries(most, after, status))
        _print_entries(entries, as_json=as_json, total=catalog.record_count(status))
        if not as_json:
            ids = [entry.id for entry in entries]
            _print_questions(catalog.related_records().open_questions(ids) if ids else [])


def _print_entries(entries: Iterable[CatalogEntry], *, as_json: bool, total: int) -> None:
    """Print a line for each entry, and how many of the ``total`` records these are."""
    if as_json:
        console.print_json([asdict(entry) for entry in entries])
        return
    rows = [
        (
            entry.id,
            f"v{entry.version}",
            entry.date_words,
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
            f"`opis list --after {rows[-1][0]}` lists the next records, if there are more."
        )


def _print_questions(questions: Sequence[str]) -> None:
    """Print sentences on relations whose other side is awaited or in doubt, a few of them."""
    for sentence in questions[:_MOST_QUESTIONS]:
        console.print_line(printable_line(sentence))
    if (more := len(questions) - _MOST_QUESTIONS) > 0:
        console.print_line(f"{plural(more, 'such relation')} more; `opis verify` lists all.")


def _entry_status(entry: CatalogEntry) -> str:
    if entry.status == "withdrawn":
        return entry.status
    review = "review" if entry.needs_review else ""
    return review if entry.status == "machine" else f"{entry.status} {review}".strip()
