"""The command ``opis publish-corrections``."""

from flows.cli import selection_options
from flows.cli.options import DirectOption, OutputOption, ReasonOption
from flows.cli.reread import revise
from pipeline.repository.record_selection import RecordSelection


def publish_corrections(
    records: selection_options.Records = None,
    place: selection_options.Place = "",
    dry_run: selection_options.DryRun = False,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Publish what people corrected, as next versions; of all records, or of those named."""
    selection = RecordSelection(records=tuple(records or ()), place=place)
    revise("publish-corrections", selection, reason, output, directly=directly, dry_run=dry_run)
