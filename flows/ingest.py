"""The Prefect flow ``ingest-inbox``: admits, reads and publishes a batch of scans.

The code works without the decorators, too. Prefect's state is only for display: all results are on
disk, so the next run continues a killed one.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow, tags, task
from prefect.assets import Asset, AssetProperties, materialize
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import TagsContext
from prefect.futures import PrefectFuture
from prefect.runtime import deployment
from prefect.states import Completed, Failed

from flows import runtime, shutdown
from flows.decide import ask_people
from flows.progress import meter, page_span
from flows.task_runners import ConfiguredTaskRunner, parallel_page_count, without_settings_transfer
from flows.ui import lineage, run_log, run_progress, run_report
from flows.ui.prefect_events import emit_events_of_run
from pipeline.errors import OpisError, SetupError
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.same_place import scans_sharing_place
from pipeline.ingest.scheduler import BatchScheduler
from pipeline.ingest.selection import require_in_inbox, select_scans
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.ingest.unpublished import record_failure
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.workers.page_runs import read_pages

_TASK_RUNNER: Any = ConfiguredTaskRunner()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The outcome of each scan, and the duration of the work without Prefect's start and end."""

    outcomes: list[Outcome]
    seconds: float


@flow(
    name="ingest-inbox",
    flow_run_name="ingest the inbox",  # until the scans are counted
    task_runner=_TASK_RUNNER,
)
def ingest_inbox(scans: list[str] | None = None) -> State[Any]:
    """Read the scans in the inbox and publish their records.

    One bad scan stops no other. Scans that a run does not finish stay in the inbox, and the next
    run continues with them: a run can be retried at any time.

    Args:
        scans: paths of the scans; all settled scans of the inbox if none are named. A run of a
            deployment takes scans of the inbox only.
    """
    settings, clock = runtime.load_settings({}), runtime.get_clock()
    named = [Path(scan) for scan in scans or []]
    run_log.prepare_log(settings)
    shutdown.reinstall_sigterm()
    with shutdown.close_on_cancel(lambda: runtime.worker_pool(settings).close()):
        try:
            runtime.check_ready(settings)
            if deployment.id:
                require_in_inbox(named, settings)
            if settings.runner == "threads":
                runtime.worker_pool(settings).start()
            with select_scans(named, settings, clock) as (selected, others):
                batch = _ingest_selected(selected, others, settings)
                return _final_state(batch, settings)
        except OpisError as error:
            return Failed(message=f"{error} Nothing was taken; the scans stay in the inbox.")


@task(name="admit", task_run_name="admit {path.name}", cache_policy=NO_CACHE)
def admit(
    path: Path, settings: Settings, *, shares_place: bool
) -> AdmittedScan | Outcome | State[Any]:
    """Check one scan and its description; a refusal is a failed state with a reason."""
    pool, clock = runtime.worker_pool(settings), runtime.get_clock()
    admitted = admit_scan(path, settings, pool, clock, shares_place=shares_place)
    return _outcome_state(admitted) if isinstance(admitted, Outcome) else admitted


@task(name="read-pages", task_run_name="read {label}, {pages}", cache_policy=NO_CACHE)
def read_run(scan: AdmittedScan, run: range, settings: Settings, *, label: str, pages: str) -> None:
    """Read a run of pages into the cache; ``label`` and ``pages`` only name the task run."""
    del label, pages
    read_pages(scan, run, settings, runtime.worker_pool(settings), runtime.get_clock())


@materialize(
    "opis://records",  # each task run has its own record's
    by="opis",
    name="publish",
    task_run_name="publish {label}",
    cache_policy=NO_CACHE,
)
def publish(
    scan: AdmittedScan, settings: Settings, read: Sequence[Any], *, label: str
) -> Outcome | State[Any]:
    """Publish the record of a scan, after the tasks of ``read``, for which Prefect waits."""
    del read, label
    pool, clock = runtime.worker_pool(settings), runtime.get_clock()
    return _outcome_state(publish_scan(scan, settings, pool, clock))


def _ingest_selected(
    scans: Sequence[Path], others: Sequence[Outcome], settings: Settings
) -> BatchResult:
    """Admit, read and publish the scans; ``others`` already have their outcome."""
    started, outcomes = time.monotonic(), list(others)
    for outcome in others:
        run_log.log_outcome(outcome)
    scheduler = _scheduler(settings, scans_sharing_place(scans, settings))
    # No tags: Prefect would ask the server for the concurrency limit of each tag of each task.
    with (
        TagsContext(current_tags=set()),
        without_settings_transfer(),
        run_progress.track_progress(len(scans) + len(others)),
    ):
        for outcome in scheduler.run(scans):
            run_log.log_outcome(outcome)
            outcomes.append(outcome)
    end_batch(settings, runtime.get_clock())
    return BatchResult(outcomes, time.monotonic() - started)


def _scheduler(settings: Settings, sharing: Collection[Path]) -> BatchScheduler:
    """Return a scheduler whose steps are Prefect's tasks.

    Args:
        settings: of the archive.
        sharing: the scans that lie at one place with another document of the batch.
    """
    for_tasks = runtime.settings_for_tasks(settings)

    def begin_read(scan: AdmittedScan, run: range) -> _PendingTask:
        label, pages = _scan_label(scan), page_span(run)
        return _PendingTask(read_run.submit(scan, run, for_tasks, label=label, pages=pages))

    def begin_publish(scan: AdmittedScan, runs: Sequence[_PendingTask]) -> _PendingTask:
        futures = [run.future for run in runs]
        task = publish.with_options(assets=[_record_asset(scan)], asset_deps=[_scan_asset(scan)])
        return _PendingTask(task.submit(scan, for_tasks, futures, label=_scan_label(scan)))

    return BatchScheduler(
        admit=lambda path: _PendingTask(
            admit.submit(path, for_tasks, shares_place=path in sharing)
        ),
        read=begin_read,
        publish=begin_publish,
        failure=partial(record_failure, settings=settings, clock=runtime.get_clock()),
        progress=meter,
        jobs=parallel_page_count(settings),
    )


@dataclass(frozen=True, slots=True)
class _PendingTask:
    """A submitted task; its result is also the value of a failed state that has one."""

    future: PrefectFuture[Any]

    def add_done_callback(self, callback: Callable[[Any], None], /) -> None:
        self.future.add_done_callback(callback)

    def result(self) -> Any:
        value = self.future.result(raise_on_failure=False)
        if isinstance(value, BaseException):
            raise value
        return value


def _record_asset(scan: AdmittedScan) -> Asset:
    """Return the record of a scan as an asset of Prefect's."""
    name = scan.described.description.title or scan.record_id
    return Asset(key=f"opis://records/{scan.record_id}", properties=AssetProperties(name=name))


def _scan_asset(scan: AdmittedScan) -> Asset:
    """Return a scan, by its bytes, as an asset of Prefect's."""
    return Asset(key=f"opis://scans/{scan.sha256}", properties=AssetProperties(name=scan.path.name))


def _scan_label(scan: AdmittedScan) -> str:
    return scan.path.stem.replace("_", " ")


def _outcome_state(outcome: Outcome) -> Outcome | State[Any]:
    """Return a refusal as a failed state with its reason, any other outcome unchanged."""
    if outcome.refusal_reason:
        return Failed(name="Refused", message=outcome.refusal_reason, data=outcome)
    return outcome


def _final_state(batch: BatchResult, settings: Settings) -> State[Any]:
    """Publish the run's artifacts, and return the state that names how the batch ended."""
    outcomes = batch.outcomes
    run_report.publish_report(outcomes, settings)
    lineage.publish_lineage(outcomes, settings)
    emit_events_of_run(settings)
    ask_people(outcomes)
    message = run_report.summary(outcomes)
    data = None if deployment.id else batch  # only `run_ingest` reads the result
    if any(outcome.failure_reason for outcome in outcomes):
        return Failed(message=message, data=data)
    if any(outcome.refusal_reason for outcome in outcomes):
        return Failed(name="Refusals", message=message, data=data)
    return Completed(message=message, data=data)


def run_ingest(scans: Sequence[Path]) -> BatchResult:
    """Run the flow on the server of ``PREFECT_API_URL``, or on a temporary one.

    Raises:
        SetupError: nothing could be taken; the message has the reason.
    """
    with tags("inbox"):
        state = ingest_inbox([str(scan) for scan in scans], return_state=True)
    batch: Any = state.result(raise_on_failure=False)
    if batch is None:
        raise SetupError(state.message or "")
    if not isinstance(batch, BatchResult):
        raise RuntimeError(state.message)
    run_log.wait_for_final_states(state)
    return batch
