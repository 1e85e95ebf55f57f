"""The name, tags, progress, report and table of a run in the Prefect UI."""

import contextvars
import logging
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from prefect import get_run_logger
from prefect.artifacts import (
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run

from flows.progress import meter
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from pipeline.wording import duration_text, plural

_MAX_LISTED = 25  #: scans named in the report, under each heading
_MAX_TABLE_ROWS = 1000  #: scans in the table
_RENAME_SECONDS = 10.0  #: seconds between two new names of a run whose page count still grows
_STOPPED_MESSAGE = (
    "This run was stopped before its end. What is published stays; the other scans wait in the "
    "inbox. `opis serve` tries them again in {}, or when this run is retried."
)
_MAX_REASONS = 5  #: reasons in a summary
#: seconds between two updates of a run's progress: at first, and later
_MIN_POLL_SECONDS, _MAX_POLL_SECONDS = 4.0, 20.0
_POLL_SHARE = 0.05  #: of the run's seconds so far, until the next update


def run_name(scans: int, pages: int | None = None) -> str:
    """Return the name of a batch's run.

    >>> run_name(2, 12), run_name(1)
    ('ingest 2 scans, 12 pages', 'ingest 1 scan')
    """
    parts = [plural(scans, "scan"), *([] if pages is None else [plural(pages, "page")])]
    return f"ingest {', '.join(parts)}"


def rename_run(scans: int, pages: int | None = None) -> None:
    """Put the numbers of scans and pages into the name of this run, if Prefect runs it."""
    if flow_run.id:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=run_name(scans, pages))


@contextmanager
def track_progress(scans: int) -> Iterator[None]:
    """Report the progress of a run while the block runs: in its name and in an artifact."""
    rename_run(scans)
    reporter, done = _ProgressReporter(scans), threading.Event()

    def poll_progress() -> None:
        started, pause = time.monotonic(), _MIN_POLL_SECONDS
        while not done.wait(pause):
            reporter.update()
            share = _POLL_SHARE * (time.monotonic() - started)
            pause = min(max(share, _MIN_POLL_SECONDS), _MAX_POLL_SECONDS)

    context = contextvars.copy_context()  # it holds the id of the run
    thread = threading.Thread(target=context.run, args=[poll_progress], daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        reporter.update(final=True)


class _ProgressReporter:
    """Sends the progress to the server; the page count grows as scans are admitted."""

    def __init__(self, scans: int) -> None:
        self._scans, self._pages_named, self._renamed_at = scans, 0, -_RENAME_SECONDS
        self._artifact: Any = None

    def update(self, *, final: bool = False) -> None:
        pages, now = meter.expected_pages, time.monotonic()
        if not pages:
            return
        with suppress(Exception):  # progress is for display: an absent server stops no run
            if pages != self._pages_named and (final or now - self._renamed_at >= _RENAME_SECONDS):
                rename_run(self._scans, pages)
                self._pages_named, self._renamed_at = pages, now
            if self._artifact is None:
                self._artifact = create_progress_artifact(0.0, key="progress")
            update_progress_artifact(self._artifact, meter.percent, description=meter.status_text())


def log_outcome(outcome: Outcome) -> None:
    """Write the outcome of a scan into the run's log."""
    level = logging.WARNING if outcome.refusal_reason or outcome.failure_reason else logging.INFO
    get_run_logger().log(level, _outcome_line(outcome))


def publish_artifacts(outcomes: Sequence[Outcome], settings: Settings) -> None:
    """Publish the run's report and table; tag the run if a record needs review."""
    create_table_artifact(
        table=[_table_row(outcome, settings) for outcome in outcomes[:_MAX_TABLE_ROWS]],
        key="ingest-inbox",
        description="\n".join(_artifact_markdown(outcomes, settings)),
    )
    if flow_run.id and any(outcome.needs_review for outcome in outcomes):
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, "needs-review"})


def _artifact_markdown(outcomes: Sequence[Outcome], settings: Settings) -> Iterator[str]:
    """Yield the report as Markdown; it repeats the reasons, for the table's last column scrolls."""
    yield f"# Run report\n\n{_batch_counts(outcomes)}\n"
    if len(outcomes) > _MAX_TABLE_ROWS:
        yield f"\nThe table has the first {_MAX_TABLE_ROWS:,}; `opis receipts` lists all.\n"
    sections = {
        "Refused": [o for o in outcomes if o.refusal_reason],
        "Failed": [o for o in outcomes if o.failure_reason],
        "Waits": [o for o in outcomes if o.waiting_reason],
        "Needs review": [o for o in outcomes if o.needs_review],
        "To know": [o for o in outcomes if o.finding],
    }
    for heading, listed in sections.items():
        if listed:
            yield f"\n**{heading}**\n"
        for outcome in listed[:_MAX_LISTED]:
            link = _record_link(outcome, settings)
            reason = outcome.reason or "; ".join(filter(None, [outcome.finding, *outcome.issues]))
            yield f"- {link}{': ' * bool(link)}{_escape_markdown(reason)}"
        if len(listed) > _MAX_LISTED:
            yield f"- … and {len(listed) - _MAX_LISTED} more, in the table"


def _escape_markdown(text: str) -> str:
    """Return a text with Markdown's special characters escaped; file names may contain any."""
    return re.sub(r"([\\`*_\[\]<>#|!])", r"\\\1", text)


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


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return a sentence with the counts of a batch and the first reasons."""
    reasons = [f"{outcome.status}: {outcome.reason}" for outcome in outcomes if outcome.reason]
    more = len(reasons) - _MAX_REASONS
    rest = [f"… and {more} more, in the run report"] if more > 0 else []
    return "; ".join([_batch_counts(outcomes), *reasons[:_MAX_REASONS], *rest])


def _batch_counts(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "There was nothing to ingest."
    published = [o for o in outcomes if o.record and not o.already_published]
    already = [o for o in outcomes if o.already_published]
    parts = [f"{plural(len(published), 'record')} published"]
    if already:
        parts.append(f"{plural(len(already), 'scan')} published before")
    return "; ".join(parts)


def _table_row(outcome: Outcome, settings: Settings) -> dict[str, str]:
    return {
        "Scan": outcome.scan,
        "Outcome": outcome.status,
        "Record": _record_link(outcome, settings),
        "Pages": str(outcome.pages or ""),
        "Confidence": "" if outcome.confidence is None else f"{outcome.confidence:.0%}",
        "Needs review": "yes" if outcome.needs_review else "",
        "Title": outcome.title,
        # The last column: it may be long, and the table scrolls.
        "Reason, issues": "; ".join(
            filter(None, [outcome.reason, outcome.finding, *outcome.issues])
        ),
    }


def _record_link(outcome: Outcome, settings: Settings) -> str:
    """Return a link to the record on serve's pages if it runs, else to its folder."""
    if not outcome.record:
        return ""
    folder = Path(outcome.folder)
    inside = folder.relative_to(settings.records).as_posix()
    url = settings.pages_url
    address = f"{url}/go/{quote(inside)}" if url else folder.as_uri()
    return f"[{outcome.record} v{outcome.version}]({address})"


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
