"""The log of a run in the Prefect UI, and its last states on the server."""

import logging
import re
import time
from typing import Any

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun

from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from pipeline.wording import duration_text, plural

_STOPPED_MESSAGE = (
    "This run was stopped before its end. What is published stays; the other scans wait in the "
    "inbox. `opis serve` tries them again in {}, or when this run is retried."
)


def log_outcome(outcome: Outcome) -> None:
    """Write the outcome of a scan into the run's log."""
    level = logging.WARNING if outcome.refusal_reason or outcome.failure_reason else logging.INFO
    get_run_logger().log(level, _outcome_line(outcome))


def _outcome_line(outcome: Outcome) -> str:
    if outcome.reason:
        return f"{outcome.status}: {outcome.reason}"
    record = f"{outcome.record} v{outcome.version}, {plural(outcome.pages, 'page')}"
    review = ", needs review" if outcome.needs_review else ""
    return " ".join(
        filter(None, [f"{outcome.status}: {outcome.scan} as {record}{review}.", outcome.finding])
    )


class _ExpectedTracebackFilter(logging.Filter):
    """Drops the tracebacks that Prefect logs for failed states that a flow returned."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to keep a log record."""
        error_type = record.exc_info[0] if record.exc_info else None
        return error_type is None or not issubclass(error_type, FailedRun)


class _StoppedRunFilter(logging.Filter):
    """Rewrites what Prefect logs at the end of a run that was cancelled: it is still “Running”."""

    def __init__(self, retry_seconds: float) -> None:
        super().__init__()
        self._retry_seconds = retry_seconds

    def filter(self, record: logging.LogRecord) -> bool:
        """Put a sentence for people in the place of a state that is not final; keep all records."""
        if re.match(r"Finished in state (Running|Cancelling|Pending)\b", record.getMessage()):
            record.msg = _STOPPED_MESSAGE.format(duration_text(self._retry_seconds))
            record.args = ()
        return True


def prepare_log(settings: Settings) -> None:
    """Keep tracebacks of returned states, and states that are not final, out of the run's log."""
    logger = logging.getLogger("prefect.flow_runs")
    for rewriting in (_ExpectedTracebackFilter(), _StoppedRunFilter(settings.retry_seconds)):
        logger.addFilter(rewriting)


def wait_for_final_states(state: State[Any], seconds: float = 10.0) -> None:
    """Wait until the server has every task's final state; a shutdown would lose the last ones."""
    run_id = state.state_details.flow_run_id
    if run_id is None:
        return
    this_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    deadline = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while time.monotonic() < deadline:
            tasks = client.read_task_runs(flow_run_filter=this_run)
            if all(task.state is not None and task.state.is_final() for task in tasks):
                return
            time.sleep(0.2)
