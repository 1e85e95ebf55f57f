"""The command ``opis reread``, and the function that it shares with ``opis reclean``."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import typer

from flows import direct, prefect_env, runtime
from flows.cli import console, selection_options
from flows.cli.exit_codes import ExitCode
from flows.cli.options import DirectOption, OutputOption, ReasonOption, StatusOption
from flows.direct import RevisionKind
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import preview_summary
from pipeline.repository.record_selection import RecordSelection
from pipeline.settings import Settings

_NOTHING: dict[str, str] = {"publish-corrections": "No correction waits to be published."}


def reread(  # noqa: PLR0913, PLR0917  a parameter for each option
    records: selection_options.Records = None,
    place: selection_options.Place = "",
    status: StatusOption = None,
    needs_review: selection_options.NeedsReview = None,
    from_year: selection_options.FromYear = None,
    to_year: selection_options.ToYear = None,
    engine_before: selection_options.EngineBefore = "",
    not_as_today: selection_options.NotAsToday = False,
    all_records: selection_options.AllRecords = False,
    dry_run: selection_options.DryRun = False,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Read the originals of records again, and publish changed records as next versions."""
    selection = selection_options.build_selection(
        all_records, records=tuple(records or ()), place=place, status=status,
        needs_review=needs_review, from_year=from_year, to_year=to_year,
        engine_before=engine_before, not_as_today=not_as_today,
    )  # fmt: skip
    revise("reread", selection, reason, output, directly=directly, dry_run=dry_run)


def revise(
    kind: RevisionKind,
    selection: RecordSelection,
    reason: str,
    output: Path | None,
    *,
    directly: bool,
    dry_run: bool,
) -> None:
    """Read or clean records again, by the flow of that name or directly; print the outcomes."""
    settings = runtime.archive_settings(output)
    runtime.check_ready(settings)
    console.print_notes(runtime.engine_notes(settings))
    records = direct.select_for(kind, selection, settings)
    if not records:
        console.print_line(
            _NOTHING.get(kind, "No record fulfils these conditions; nothing was done.")
        )
    elif dry_run:
        _print_previews(kind, records, settings)
    else:
        revise_records = _revise_directly if directly else _revise_on_prefect
        _print_outcomes(revise_records(kind, records, settings, reason), settings)


def _print_previews(kind: RevisionKind, records: Sequence[str], settings: Settings) -> None:
    """Print what would change in each record; nothing is published."""
    previews = []
    for record in records:
        preview = direct.preview_revision(kind, record, settings)
        previews.append(preview)
        for line in preview.lines():
            console.print_line(line)
    console.print_line(preview_summary(previews))
    if any(preview.failure_reason for preview in previews):
        raise typer.Exit(ExitCode.UNEXPECTED)


def _print_outcomes(outcomes: Sequence[Outcome], settings: Settings) -> None:
    console.print_outcomes(outcomes, settings.output)
    if any(outcome.failure_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.UNEXPECTED)


def _revise_directly(
    kind: RevisionKind, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    return [direct.revise_record(kind, record, settings, reason) for record in records]


def _revise_on_prefect(
    kind: RevisionKind, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    prefect_env.prepare_run(settings)
    flow = importlib.import_module("flows.revise")  # Prefect takes two seconds to import
    outcomes: list[Outcome] = flow.run_revision(kind, records, reason)
    return outcomes
