"""The options that choose records, as `RecordSelection` has them."""

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from flows.cli.options import complete_record
from pipeline.errors import SetupError
from pipeline.repository.record_selection import RecordSelection

Records = Annotated[
    list[str] | None,
    typer.Argument(
        help="Ids of records; without them the options choose.", autocompletion=complete_record
    ),
]
Place = Annotated[
    str, typer.Option(help="The beginning of a reference, such as 'RGASPI, f. 558, op. 11'.")
]
NeedsReview = Annotated[
    bool | None,
    typer.Option("--needs-review/--needs-no-review", help="Only records that need review, or not."),
]
FromYear = Annotated[int | None, typer.Option(help="Only documents of this year or later.")]
ToYear = Annotated[int | None, typer.Option(help="Only documents of this year or earlier.")]
EngineBefore = Annotated[
    str, typer.Option(help="Only records that an older version of the engine read, e.g. 5.5.0.")
]
NotAsToday = Annotated[
    bool,
    typer.Option(
        "--not-as-today",
        help="Only records that another engine, model or way of reading than today's read.",
    ),
]
AllRecords = Annotated[bool, typer.Option("--all", help="All records of the archive.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print what would change, and publish nothing.")
]


def build_selection(all_records: bool, **fields: Any) -> RecordSelection:
    """Return the selection that options make.

    Args:
        all_records: ``--all``; without it something must be chosen.
        fields: of `RecordSelection`.

    Raises:
        SetupError: nothing is chosen, or a value is impossible.
    """
    try:
        selection = RecordSelection(**fields)
    except ValidationError as error:
        msg = f"--engine-before {fields['engine_before']}: write numbers and dots, such as 5.5.0."
        raise SetupError(msg) from error
    if selection == RecordSelection() and not all_records:
        msg = "Name records, choose them by options such as --place, or say --all."
        raise SetupError(msg)
    return selection
