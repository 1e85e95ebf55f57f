"""The Prefect flow ``ingest-inbox``: admits, reads and publishes a batch of scans.

Take the decorators away and the code still works. Prefect's state is for watching; the truth is
on disk, so a killed run goes on where it was.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import TagsContext
from prefect.futures import PrefectFuture
from prefect.runtime import deployment
from prefect.states import Completed, Failed

from flows import artifacts, runtime, shutdown
from flows.progress import meter, page_span
from flows.task_runners import ConfiguredTaskRunner, parallel_page_count, without_settings_transfer
from pipeline.errors import OpisError, SetupError
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.scheduler import BatchScheduler
from pipeline.ingest.selection import select_scans
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.workers.page_runs import PageSummary, read_pages
from pipeline.workers.pool import WorkerPool

_TASK_RUNNER: Any = ConfiguredTaskRunner()


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of the scans, and the seconds the work itself took."""

    outcomes: list[Outcome]
    seconds: float


@task(name="admit", task_run_name="admit {path.name}", cache_policy=NO_CACHE)
def admit(path: Path, settings: Settings) -> AdmittedScan | Outcome | State[Any]:
    """Look at one scan; a refusal is a sentence, not a traceback."""
    found = admit_scan(path, settings, _worker_pool(settings), runtime.get_clock())
    return _outcome_state(found) if isinstance(found, Outcome) else found


@task(name="read-pages", task_run_name="read {label}, {pages}", cache_policy=NO_CACHE)
def read_run(
    scan: AdmittedScan, run: range, settings: Settings, *, label: str, pages: str
) -> tuple[PageSummary, ...]:
    """Read a run of pages; ``label`` and ``pages`` are for the run's name alone."""
    del label, pages
    return tuple(read_pages(scan, run, settings, _worker_pool(settings), runtime.get_clock()))


@task(name="publish", task_run_name="publish {label}", cache_policy=NO_CACHE)
def publish(
    scan: AdmittedScan, settings: Settings, read: Sequence[Any], *, label: str
) -> Outcome | State[Any]:
    """Make the record and publish it; ``read`` is there to be waited for."""
    del read, label
    return _outcome_state(publish_scan(scan, settings, _worker_pool(settings), runtime.get_clock()))


@flow(
    name="ingest-inbox",
    flow_run_name="ingest the inbox",  # until the scans are counted
    task_runner=_TASK_RUNNER,
)
def ingest_inbox(scans: list[str] | None = None) -> State[Any]:
    """Take the scans that lie in the inbox, read them and publish their records.

    One bad scan stops nobody. What a run does not finish stays in the inbox, and the next run
    goes on from there: a retry may be asked for at any time.

    Args:
        scans: the files to take; everything that lies still in the inbox if none are named.
    """
    settings = runtime.load_settings({})
    artifacts.hide_expected_tracebacks()
    shutdown.reinstall_sigterm()
    named = [Path(scan) for scan in scans or []]
    with shutdown.close_on_cancel(lambda: _worker_pool(settings).close()):
        try:
            runtime.check_ready(settings)
            if settings.runner == "threads":
                _worker_pool(settings).start()
            with select_scans(named, settings, runtime.get_clock()) as (ours, others):
                return _final_state(_ingest_claimed(ours, others, settings), settings)
        except OpisError as error:
            return Failed(message=f"{error} Nothing was taken; the scans stay in the inbox.")


def _ingest_claimed(
    scans: Sequence[Path], others: Sequence[Outcome], settings: Settings
) -> BatchResult:
    begun, done = time.monotonic(), list(others)
    turns = BatchScheduler(
        _PrefectStepRunner(settings),
        meter,
        settings,
        runtime.get_clock(),
        parallel_page_count(settings),
    )
    for outcome in others:
        artifacts.log_outcome(outcome)
    # For each tag of a task the server would be asked whether a limit stands in its way.
    with (
        TagsContext(current_tags=set()), without_settings_transfer(),
        artifacts.track_progress(len(scans) + len(others)),
    ):  # fmt: skip
        for outcome in turns.run(scans):
            artifacts.log_outcome(outcome)
            done.append(outcome)
    end_batch(settings, runtime.get_clock())
    return BatchResult(done, time.monotonic() - begun)


class _PrefectStepRunner:
    """The three steps as Prefect's tasks."""

    def __init__(self, settings: Settings) -> None:
        # What it would take to get in is nobody's business who reads pages.
        self._settings = settings.model_copy(update={"auth": None})

    def admit(self, path: Path) -> "_PendingTask":
        return _PendingTask(admit.submit(path, self._settings))

    def read(self, scan: AdmittedScan, run: range) -> "_PendingTask":
        pages = page_span(run)
        return _PendingTask(
            read_run.submit(scan, run, self._settings, label=_scan_label(scan), pages=pages)
        )

    def publish(self, scan: AdmittedScan, read: Sequence[Any]) -> "_PendingTask":
        done = [task.future for task in read]
        return _PendingTask(publish.submit(scan, self._settings, done, label=_scan_label(scan)))


@dataclass(frozen=True, slots=True)
class _PendingTask:
    """A task that was submitted."""

    future: PrefectFuture[Any]

    def add_done_callback(self, callback: Callable[[Any], None], /) -> None:
        self.future.add_done_callback(callback)

    def result(self) -> Any:
        """Return its value; what a failed state holds is one, too, if it is no exception."""
        value = self.future.result(raise_on_failure=False)
        if isinstance(value, BaseException):
            raise value
        return value


def _scan_label(scan: AdmittedScan) -> str:
    return scan.path.stem.replace("_", " ")


def _final_state(batch: BatchResult, settings: Settings) -> State[Any]:
    """Return the state that says by name how the batch went."""
    outcomes = batch.outcomes
    artifacts.publish_artifacts(outcomes, settings)
    message = artifacts.summary(outcomes)
    given = None if deployment.id else batch  # a run of a deployment has nobody to give it to
    if any(outcome.failure_reason for outcome in outcomes):
        return Failed(message=message, data=given)
    if any(outcome.refusal_reason for outcome in outcomes):
        return Failed(name="Refusals", message=message, data=given)
    return Completed(message=message, data=given)


def _outcome_state(outcome: Outcome) -> Outcome | State[Any]:
    """Return a refusal as a failed state with its reason, anything else as it is."""
    if outcome.refusal_reason:
        return Failed(name="Refused", message=outcome.refusal_reason, data=outcome)
    return outcome


def _worker_pool(settings: Settings) -> WorkerPool:
    return runtime.worker_pool(settings)


def run_ingest(scans: Sequence[Path]) -> BatchResult:
    """Run the flow, on the server that is set or a temporary one, by the settings around it."""
    with tags("inbox"):
        state = ingest_inbox([str(scan) for scan in scans], return_state=True)
    batch: Any = state.result(raise_on_failure=False)
    if batch is None:  # nothing was taken, and the message says why
        raise SetupError(state.message or "")
    if not isinstance(batch, BatchResult):
        raise RuntimeError(state.message)
    artifacts.wait_for_final_states(state)
    return batch
