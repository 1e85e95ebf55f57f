"""What the commands print: tables on a terminal, plain lines in a pipe, JSON for a program."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.progress import meter
from pipeline.ingest.outcome import Outcome
from pipeline.record.record import dump_json

# no emoji: a text that holds ":id:" keeps it
_out = Console(soft_wrap=True, highlight=False, emoji=False)
_err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def print_line(text: str) -> None:
    """Print a line as it is."""
    _out.print(text, markup=False)


def print_error(text: str) -> None:
    """Print what went wrong."""
    _err.print(f"opis: {text}", markup=False)


def show_progress() -> AbstractContextManager[None]:
    """Show how far the pages of a run are while the block runs."""
    return meter.show_on(_out)


def print_outcomes(outcomes: Sequence[Outcome], output: Path) -> None:
    """Print what became of each scan and where the records lie."""
    rows = [
        (
            result.scan,
            result.status,
            result.record and f"{result.record} v{result.version}",
            str(result.pages or ""),
            format_percent(result.confidence),
        )
        for result in outcomes
    ]
    print_table(("scan", "what became of it", "record", "pages", "confidence"), rows)
    for result in outcomes:
        for told in _outcome_details(result):
            print_line(told)
    if any(result.record for result in outcomes):
        print_line(
            f"Read them with `opis list`, `opis show RECORD`, `opis search WORDS`; in {output}."
        )


def _outcome_details(outcome: Outcome) -> Iterator[str]:
    """Yield what else is to be said of a scan."""
    if outcome.folder:
        yield f"  {outcome.record}: {outcome.folder}"
    yield from (f"    look at: {issue}" for issue in outcome.issues)
    if outcome.finding:
        yield f"  {outcome.finding}"
    if outcome.reason:
        yield f"  {outcome.status}: {outcome.reason}"


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on a terminal, else each row as cells with tabs between them."""
    if not _out.is_terminal:
        for row in rows:
            print_line("\t".join(row))
        return
    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    _out.print(table)


def format_percent(share: float | None) -> str:
    """Return a share of 0 to 1 in per cent, or an empty text."""
    return "" if share is None else f"{share:.0%}"


def print_json(value: Any) -> None:
    """Print JSON."""
    print_line(dump_json(value).rstrip("\n"))
