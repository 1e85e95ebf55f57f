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
from flows.task_runners import BySetting, read_at_once, settings_stay
from pipeline.errors import OpisError, SetupError
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.scheduler import Turns
from pipeline.ingest.selection import taken
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.scan import Admitted
from pipeline.settings import Settings
from pipeline.workers.page_runs import PageMark, read_pages
from pipeline.workers.pool import Readers

_RUNNER: Any = BySetting()


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of the scans, and the seconds the work itself took."""

    outcomes: list[Outcome]
    seconds: float


@task(name="admit", task_run_name="admit {path.name}", cache_policy=NO_CACHE)
def admit(path: Path, settings: Settings) -> Admitted | Outcome | State[Any]:
    """Look at one scan; a refusal is a sentence, not a traceback."""
    found = admit_scan(path, settings, _readers(settings), runtime.clock())
    return _told(found) if isinstance(found, Outcome) else found


@task(name="read-pages", task_run_name="read {label}, {pages}", cache_policy=NO_CACHE)
def read_run(
    scan: Admitted, run: range, settings: Settings, *, label: str, pages: str
) -> tuple[PageMark, ...]:
    """Read a run of pages; ``label`` and ``pages`` are for the run's name alone."""
    del label, pages
    return tuple(read_pages(scan, run, settings, _readers(settings), runtime.clock()))


@task(name="publish", task_run_name="publish {label}", cache_policy=NO_CACHE)
def publish(
    scan: Admitted, settings: Settings, read: Sequence[Any], *, label: str
) -> Outcome | State[Any]:
    """Make the record and publish it; ``read`` is there to be waited for."""
    del read, label
    return _told(publish_scan(scan, settings, _readers(settings), runtime.clock()))


@flow(
    name="ingest-inbox",
    flow_run_name="ingest the inbox",  # until the scans are counted
    task_runner=_RUNNER,
)
def ingest_inbox(scans: list[str] | None = None) -> State[Any]:
    """Take the scans that lie in the inbox, read them and publish their records.

    One bad scan stops nobody. What a run does not finish stays in the inbox, and the next run
    goes on from there: a retry may be asked for at any time.

    Args:
        scans: the files to take; everything that lies still in the inbox if none are named.
    """
    settings = runtime.load_settings({})
    artifacts.no_traceback_of_ours()
    shutdown.rearm()
    named = [Path(scan) for scan in scans or []]
    with shutdown.with_children(lambda: _readers(settings).close()):
        try:
            runtime.ready(settings)
            if settings.runner == "threads":
                _readers(settings).start()
            with taken(named, settings, runtime.clock()) as (ours, others):
                return _ended(_ingested(ours, others, settings), settings)
        except OpisError as error:
            return Failed(message=f"{error} Nothing was taken; the scans stay in the inbox.")


def _ingested(scans: Sequence[Path], others: Sequence[Outcome], settings: Settings) -> Batch:
    begun, done = time.monotonic(), list(others)
    turns = Turns(_Steps(settings), meter, settings, runtime.clock(), read_at_once(settings))
    for outcome in others:
        artifacts.tell(outcome)
    # For each tag of a task the server would be asked whether a limit stands in its way.
    with (
        TagsContext(current_tags=set()), settings_stay(),
        artifacts.progress(len(scans) + len(others)),
    ):  # fmt: skip
        for outcome in turns.outcomes(scans):
            artifacts.tell(outcome)
            done.append(outcome)
    end_batch(settings, runtime.clock())
    return Batch(done, time.monotonic() - begun)


class _Steps:
    """The three steps as Prefect's tasks."""

    def __init__(self, settings: Settings) -> None:
        # What it would take to get in is nobody's business who reads pages.
        self._settings = settings.model_copy(update={"auth": None})

    def admit(self, path: Path) -> "_Task":
        return _Task(admit.submit(path, self._settings))

    def read(self, scan: Admitted, run: range) -> "_Task":
        pages = page_span(run)
        return _Task(read_run.submit(scan, run, self._settings, label=_label(scan), pages=pages))

    def publish(self, scan: Admitted, read: Sequence[Any]) -> "_Task":
        done = [task.future for task in read]
        return _Task(publish.submit(scan, self._settings, done, label=_label(scan)))


@dataclass(frozen=True, slots=True)
class _Task:
    """A task that was submitted."""

    future: PrefectFuture[Any]

    def add_done_callback(self, tell: Callable[[Any], None], /) -> None:
        self.future.add_done_callback(tell)

    def result(self) -> Any:
        """Return its value; what a failed state holds is one, too, if it is no exception."""
        value = self.future.result(raise_on_failure=False)
        if isinstance(value, BaseException):
            raise value
        return value


def _label(scan: Admitted) -> str:
    return scan.path.stem.replace("_", " ")


def _ended(batch: Batch, settings: Settings) -> State[Any]:
    """Return the state that says by name how the batch went."""
    outcomes = batch.outcomes
    artifacts.enter(outcomes, settings)
    message = artifacts.sentence(outcomes)
    given = None if deployment.id else batch  # a run of a deployment has nobody to give it to
    if any(outcome.failed for outcome in outcomes):
        return Failed(message=message, data=given)
    if any(outcome.refused for outcome in outcomes):
        return Failed(name="Refusals", message=message, data=given)
    return Completed(message=message, data=given)


def _told(outcome: Outcome) -> Outcome | State[Any]:
    """Return a refusal as a failed state with its reason, anything else as it is."""
    if outcome.refused:
        return Failed(name="Refused", message=outcome.refused, data=outcome)
    return outcome


def _readers(settings: Settings) -> Readers:
    return runtime.readers(settings)


def run(scans: Sequence[Path]) -> Batch:
    """Run the flow, on the server that is set or a temporary one, by the settings around it."""
    with tags("inbox"):
        state = ingest_inbox([str(scan) for scan in scans], return_state=True)
    batch: Any = state.result(raise_on_failure=False)
    if batch is None:  # nothing was taken, and the message says why
        raise SetupError(state.message or "")
    if not isinstance(batch, Batch):
        raise RuntimeError(state.message)
    artifacts.wait_for_last_states(state)
    return batch
