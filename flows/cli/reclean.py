"""The command ``opis reclean``."""

from flows.cli import selection_options as chosen
from flows.cli.options import DirectOption, OutputOption, ReasonOption
from flows.cli.reread import revise


def reclean(  # noqa: PLR0913, PLR0917  a parameter for each option
    records: chosen.Records = None,
    place: chosen.Place = "",
    status: chosen.Status = None,
    needs_review: chosen.NeedsReview = None,
    from_year: chosen.FromYear = None,
    to_year: chosen.ToYear = None,
    engine_before: chosen.EngineBefore = "",
    every: chosen.Every = False,
    dry_run: chosen.DryRun = False,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Clean the stored readings of records again, and publish changed ones as next versions."""
    selection = chosen.build_selection(
        every, records=tuple(records or ()), place=place, status=status,
        needs_review=needs_review, from_year=from_year, to_year=to_year,
        engine_before=engine_before,
    )  # fmt: skip
    revise("reclean", selection, reason, output, directly=directly, dry_run=dry_run)
