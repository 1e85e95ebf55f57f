"""The output of the commands: tables on a terminal, plain lines in a pipe, JSON for a program."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from pipeline.wording import printable_line

if TYPE_CHECKING:  # most commands ingest nothing, and in a pipe rich is not needed
    from rich.console import Console

    from pipeline.ingest.outcome import Outcome

#: Bell, backspace, vertical tab, form feed, carriage return: no text moves the cursor.
_MOVES = dict.fromkeys([7, 8, 11, 12, 13])


def print_line(text: str) -> None:
    """Print a line."""
    typer.echo(text.translate(_MOVES))


def print_error(text: str) -> None:
    """Print an error message to standard error."""
    typer.echo(f"opis: {text}".translate(_MOVES), err=True)


def _terminal() -> "Console":
    """Return the terminal as rich sees it."""
    from rich.console import Console  # noqa: PLC0415  see above

    # no emoji: ":id:" in a text stays as it is
    return Console(soft_wrap=True, highlight=False, emoji=False)


def print_notes(notes: Iterable[str]) -> None:
    """Print sentences on standard error that stop nothing."""
    for note in notes:
        print_error(f"note: {note}")


def show_progress() -> AbstractContextManager[None]:
    """Show the progress of a run while the block runs."""
    from flows.progress import meter  # noqa: PLC0415  most commands show none

    return meter.show_on(_terminal())


def print_outcomes(outcomes: Sequence["Outcome"], output: Path) -> None:
    """Print the outcome of each scan, and the folder of its record."""
    rows = [
        (
            outcome.scan,
            outcome.status,
            outcome.record and f"{outcome.record} v{outcome.version}",
            str(outcome.pages or ""),
            format_percent(outcome.confidence),
        )
        for outcome in outcomes
    ]
    print_table(("scan", "outcome", "record", "pages", "confidence"), rows)
    for outcome in outcomes:
        for line in _outcome_details(outcome):
            print_line(line)
    if any(outcome.record for outcome in outcomes):
        print_line(
            f"Read them with `opis list`, `opis show RECORD`, `opis search WORDS`; in {output}."
        )


def _outcome_details(outcome: "Outcome") -> Iterator[str]:
    """Yield lines with the folder, issues, finding and reason of an outcome."""
    if outcome.folder:
        yield f"  {outcome.record}: {outcome.folder}"
    yield from (f"    look at: {printable_line(issue)}" for issue in outcome.issues)
    if outcome.finding:
        yield f"  {outcome.finding}"
    if outcome.reason:
        yield f"  {outcome.status}: {outcome.reason}"


def print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table on a terminal, else each row with tabs between its cells."""
    if not sys.stdout.isatty():
        for row in rows:
            print_line("\t".join(map(printable_line, row)))
        return
    from rich.markup import escape  # noqa: PLC0415  see above
    from rich.table import Table  # noqa: PLC0415

    table = Table(*heads, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(printable_line(cell)) for cell in row))
    _terminal().print(table)


def format_percent(share: float | None) -> str:
    """Return a share of 0..1 in per cent, or an empty text for None."""
    return "" if share is None else f"{share:.0%}"


def print_json(value: Any) -> None:
    """Print JSON."""
    from pipeline.record.record import dump_json  # noqa: PLC0415  as above

    print_line(dump_json(value).rstrip("\n"))
