"""The command ``opis reclean``."""

from flows.cli import selection_options
from flows.cli.options import DirectOption, OutputOption, ReasonOption, StatusOption
from flows.cli.reread import revise


def reclean(  # noqa: PLR0913, PLR0917  a parameter for each option
    records: selection_options.Records = None,
    place: selection_options.Place = "",
    status: StatusOption = None,
    needs_review: selection_options.NeedsReview = None,
    from_year: selection_options.FromYear = None,
    to_year: selection_options.ToYear = None,
    engine_before: selection_options.EngineBefore = "",
    all_records: selection_options.AllRecords = False,
    dry_run: selection_options.DryRun = False,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Clean the stored readings of records again, and publish changed ones as next versions."""
    selection = selection_options.build_selection(
        all_records, records=tuple(records or ()), place=place, status=status,
        needs_review=needs_review, from_year=from_year, to_year=to_year,
        engine_before=engine_before,
    )  # fmt: skip
    revise("reclean", selection, reason, output, directly=directly, dry_run=dry_run)
