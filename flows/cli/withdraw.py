"""The command ``opis withdraw``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption, RecordArgument
from pipeline.ingest.revisions import withdraw_record


def withdraw(
    record: RecordArgument,
    reason: Annotated[str, typer.Option(help="Why; it is published.", prompt=True)],
    output: OutputOption = None,
) -> None:
    """Withdraw a record: its next version holds the reason and no text; earlier ones stay."""
    settings = runtime.archive_settings(output)
    runtime.check_ready(settings)
    outcome = withdraw_record(record, reason, settings, runtime.get_clock())
    console.print_outcomes([outcome], settings.output)
