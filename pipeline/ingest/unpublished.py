"""Scans that get no record now: refused, waiting, failed, or gone; each with its receipt."""

import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pipeline.errors import (
    AwayError,
    ChangedScanError,
    CutOffError,
    EmptyScanError,
    failure_message,
)
from pipeline.inbox.files import move_to_refused
from pipeline.inbox.mounts import guard_mounts, require_mounts
from pipeline.ingest.arrivals import companions_of, entry_exists, write_receipt
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.questions import UndecidedError
from pipeline.model import Clock
from pipeline.repository.receipts import DECISION_CAUSE, name_in_receipt
from pipeline.settings import Settings
from pipeline.wording import duration_text, escape_unprintable


def refuse_scan(
    path: Path, reason: str, settings: Settings, clock: Clock, cause: str = "other"
) -> Outcome:
    """Move a scan, its companions and the reason to ``refused/``; outside the inbox it stays."""
    outcome = Outcome(scan=escape_unprintable(path.name), refusal_reason=reason, cause=cause)
    if not path.is_relative_to(settings.inbox):
        write_receipt(path, outcome, settings, clock)
        return outcome
    if not entry_exists(path):
        return missing_outcome(path, settings)
    move_to_refused(
        path,
        companions_of(path),
        settings.inbox,
        reason,
        lambda target: write_receipt(path, outcome, settings, clock, target),
    )
    return outcome


def defer_scan(
    path: Path,
    error: CutOffError | EmptyScanError | UndecidedError,
    settings: Settings,
    clock: Clock,
) -> Outcome:
    """Let a scan wait that is incomplete, or on which a person is to decide.

    An incomplete one is refused once it is unchanged for ``incomplete_seconds``.
    """
    if isinstance(error, UndecidedError):
        return _defer_undecided_scan(path, error, settings, clock)
    return _defer_incomplete_scan(path, error, settings, clock)


def _defer_incomplete_scan(
    path: Path, error: CutOffError | EmptyScanError, settings: Settings, clock: Clock
) -> Outcome:
    if not entry_exists(path):
        return missing_outcome(path, settings)
    unchanged_seconds = time.time() - path.lstat().st_ctime
    is_in_inbox = path.is_relative_to(settings.inbox)
    if not is_in_inbox or unchanged_seconds >= settings.incomplete_seconds:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    # No time of day: a run that is under way may come first.
    reason = (
        f"{error.args[0]} It waits for the rest; the first run that finds it unchanged for "
        f"{duration_text(settings.incomplete_seconds)} refuses it."
    )
    outcome = Outcome(scan=escape_unprintable(path.name), waiting_reason=reason)
    write_receipt(path, outcome, settings, clock)
    return outcome


def _defer_undecided_scan(
    path: Path, error: UndecidedError, settings: Settings, clock: Clock
) -> Outcome:
    """Let a scan wait for a person's decision; its pages that were read stay in the cache."""
    name, question = escape_unprintable(path.name), error.question
    asked = replace(question, scan=name_in_receipt(path, settings.inbox))
    reason = (
        f"{name} waits for a decision: {question.text} Write {question.sidecar_advice} into its "
        f"sidecar; or answer in the UI of `opis serve`, in the run “decide on {name}”."
    )
    outcome = Outcome(scan=name, waiting_reason=reason, question=asked, cause=DECISION_CAUSE)
    write_receipt(path, outcome, settings, clock)
    return outcome


def defer_changed_scan(path: Path, settings: Settings, clock: Clock) -> Outcome:
    """Let a scan wait that changed, or a file beside it, while it was admitted."""
    name = escape_unprintable(path.name)
    error = ChangedScanError(f"{name}, or a file beside it, changed while it was read.")
    return record_failure(path, error, settings, clock)


def record_failure(path: Path, error: BaseException, settings: Settings, clock: Clock) -> Outcome:
    """Return the outcome of a scan after an error that is none of its own; it stays in place."""
    try:
        with guard_mounts(settings):
            if not entry_exists(path):
                return missing_outcome(path, settings)
    except AwayError as away:  # the receipts may be on the same disk
        return Outcome(escape_unprintable(path.name), failure_reason=str(away))
    message, name = failure_message(error), escape_unprintable(path.name)
    if isinstance(error, ChangedScanError):
        outcome = Outcome(name, waiting_reason=message)
    else:
        outcome = Outcome(name, failure_reason=message)
    with suppress(OSError):  # the same error may prevent the receipt
        write_receipt(path, outcome, settings, clock)
    return outcome


def missing_outcome(path: Path, settings: Settings) -> Outcome:
    """Return the outcome of a scan that is gone; AwayError if its disk is."""
    require_mounts(settings)  # the scan may be missing because its disk is
    name = escape_unprintable(path.name)
    reason = (
        f"{name} is no longer in its folder: another run has dealt with it, as `opis receipts` "
        "tells, or somebody moved it."
    )
    return Outcome(scan=name, missing_reason=reason)
