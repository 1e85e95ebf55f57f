"""The command ``opis reclean``."""

from flows.cli.options import DirectOption, OutputOption, ReasonOption, RecordsArgument
from flows.cli.reread import revise_records


def reclean(
    records: RecordsArgument,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Clean the stored readings of records again, and publish changed ones as next versions."""
    revise_records("reclean", records, reason, directly, output)
