"""Prefect flows that make next versions: ``reread``, ``reclean``, ``publish-corrections``."""

from collections.abc import Sequence
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import deployment
from prefect.states import Completed, Failed

from flows import direct, runtime, shutdown
from flows.direct import RevisionKind
from flows.ui import difference_report, lineage, run_log, run_progress, run_report
from flows.ui.prefect_events import emit_events_of_run
from pipeline.errors import OpisError
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import RevisionPreview, preview_summary
from pipeline.repository.record_selection import RecordSelection
from pipeline.settings import Settings
from pipeline.wording import plural

_ALL_RECORDS = RecordSelection()


@flow(name="reread", flow_run_name="reread records")  # until they are counted
def reread(
    selection: RecordSelection = _ALL_RECORDS, reason: str = "", dry_run: bool = True
) -> State[Any]:
    """Read the originals of records again, and publish changed records as next versions.

    Args:
        selection: the records; withdrawn ones are left out.
        reason: why it is done; it is published with the versions.
        dry_run: report what would change, and publish nothing.
    """
    return _revise("reread", selection, reason, dry_run=dry_run)


@flow(name="reclean", flow_run_name="reclean records")  # until they are counted
def reclean(
    selection: RecordSelection = _ALL_RECORDS, reason: str = "", dry_run: bool = True
) -> State[Any]:
    """Clean the stored readings of records again, and publish changed ones as next versions.

    Args:
        selection: the records; withdrawn ones are left out.
        reason: why it is done; it is published with the versions.
        dry_run: report what would change, and publish nothing.
    """
    return _revise("reclean", selection, reason, dry_run=dry_run)


@flow(name="publish-corrections", flow_run_name="publish corrections")  # until they are counted
def publish_corrections(
    selection: RecordSelection = _ALL_RECORDS, reason: str = "", dry_run: bool = False
) -> State[Any]:
    """Publish what people corrected, as next versions of the records.

    Args:
        selection: the records; those without new corrections are left out.
        reason: why it is done; it is published with the versions.
        dry_run: report what would change, and publish nothing.
    """
    return _revise("publish-corrections", selection, reason, dry_run=dry_run)


@task(name="revise", task_run_name="{kind} {record}", cache_policy=NO_CACHE)
def revise_record(
    kind: RevisionKind, record: str, settings: Settings, reason: str
) -> Outcome | State[Any]:
    """Revise one record; a failure is a failed state with a reason."""
    outcome = direct.revise_record(kind, record, settings, reason)
    if outcome.failure_reason:
        return Failed(message=outcome.failure_reason, data=outcome)
    return outcome


@task(name="preview", task_run_name="{kind} {record}, dry run", cache_policy=NO_CACHE)
def preview_record(
    kind: RevisionKind, record: str, settings: Settings
) -> RevisionPreview | State[Any]:
    """Find what would change in one record; a failure is a failed state with a reason."""
    preview = direct.preview_revision(kind, record, settings)
    if preview.failure_reason:
        return Failed(message=preview.failure_reason, data=preview)
    return preview


def _revise(
    kind: RevisionKind, selection: RecordSelection, reason: str, *, dry_run: bool
) -> State[Any]:
    """Revise the records of a selection, one after the other; one that fails stops no other."""
    settings = runtime.load_settings({})
    run_log.prepare_log(settings)
    shutdown.reinstall_sigterm()
    with shutdown.close_on_cancel(lambda: runtime.worker_pool(settings).close()):
        try:
            runtime.check_ready(settings)
            records = direct.select_for(kind, selection, settings)
        except OpisError as error:
            return Failed(message=f"{error} Nothing was done.")
        count = plural(len(records), "record")
        run_progress.rename_run(f"{kind} {count}{', dry run' if dry_run else ''}")
        for_tasks = runtime.settings_for_tasks(settings)
        if dry_run:
            return _preview_all(kind, records, for_tasks)
        return _revise_all(kind, records, for_tasks, reason)


def _revise_all(
    kind: RevisionKind, records: Sequence[str], settings: Settings, reason: str
) -> State[Any]:
    states = [
        revise_record(kind, record, settings, reason, return_state=True) for record in records
    ]
    outcomes: list[Any] = [state.result(raise_on_failure=False) for state in states]
    run_report.publish_report(outcomes, settings)
    lineage.publish_lineage(outcomes, settings)
    emit_events_of_run(settings)
    message = run_report.summary(outcomes)
    data = None if deployment.id else outcomes  # only `run_revision` reads the result
    if any(outcome.failure_reason for outcome in outcomes):
        return Failed(message=message, data=data)
    return Completed(message=message, data=data)


def _preview_all(kind: RevisionKind, records: Sequence[str], settings: Settings) -> State[Any]:
    states = [preview_record(kind, record, settings, return_state=True) for record in records]
    previews: list[Any] = [state.result(raise_on_failure=False) for state in states]
    difference_report.publish_previews(previews)
    message = (
        f"{preview_summary(previews)} See the artifact `differences`; a run with dry_run off "
        "publishes."
    )
    failures = [preview.failure_reason for preview in previews if preview.failure_reason]
    if failures:
        return Failed(message=f"{message} {plural(len(failures), 'record')} failed: {failures[0]}")
    return Completed(message=message)


def run_revision(kind: RevisionKind, records: Sequence[str], reason: str) -> list[Outcome]:
    """Run a flow on the server of ``PREFECT_API_URL``, or on a temporary one."""
    flows = {"reread": reread, "reclean": reclean, "publish-corrections": publish_corrections}
    selection = RecordSelection(records=tuple(records))
    state = flows[kind](selection, reason, dry_run=False, return_state=True)
    outcomes: Any = state.result(raise_on_failure=False)
    if not isinstance(outcomes, list):
        raise RuntimeError(state.message)
    run_log.wait_for_final_states(state)
    return outcomes
