"""The command ``opis reread``, and the function that it shares with ``opis reclean``."""

import importlib
from collections.abc import Sequence
from pathlib import Path

import typer

from flows import direct, prefect_env, runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import DirectOption, OutputOption, ReasonOption, RecordsArgument
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings


def reread(
    records: RecordsArgument,
    reason: ReasonOption = "",
    directly: DirectOption = False,
    output: OutputOption = None,
) -> None:
    """Read the originals of records again, and publish changed records as next versions."""
    revise_records("reread", records, reason, directly, output)


def revise_records(
    kind: str, records: Sequence[str], reason: str, directly: bool, output: Path | None
) -> None:
    """Read or clean records again, by the flow ``reread`` or directly, and print the outcomes."""
    settings = runtime.archive_settings(output)
    runtime.check_ready(settings)
    console.print_notes(runtime.engine_notes(settings))
    revise = direct.revise_records if directly else _revise_on_prefect
    outcomes = revise(kind, records, settings, reason)
    console.print_outcomes(outcomes, settings.output)
    if any(outcome.failure_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.UNEXPECTED)


def _revise_on_prefect(
    kind: str, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    prefect_env.prepare_prefect(settings)
    flow = importlib.import_module("flows.reread")  # Prefect takes two seconds to import
    outcomes: list[Outcome] = flow.run_reread(kind, records, settings, reason)
    return outcomes
