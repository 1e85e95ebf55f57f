"""What an archivist sees of a run in the Prefect UI: its name, its tags, its table."""

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
from pipeline.wording import plural

_MAX_LISTED = 25  #: scans named on the page, under each head
_MAX_TABLE_ROWS = 1000  #: scans in the table
_RENAME_SECONDS = (
    10.0  #: seconds between two new names of a run whose pages are still being counted
)
_MAX_REASONS = 5  #: reasons in a sentence
_MIN_POLL_SECONDS, _MAX_POLL_SECONDS = (
    4.0,
    20.0,
)  #: seconds between two looks at how far a run is: at first, and later
_POLL_SHARE = 0.05  #: of what a run has taken so far, until the next look


def run_name(scans: int, pages: int | None = None) -> str:
    """Return what a batch is called.

    >>> run_name(2, 12), run_name(1)
    ('ingest 2 scans, 12 pages', 'ingest 1 scan')
    """
    parts = [
        plural(scans, "scan"),
        *([] if pages is None else [plural(pages, "page")]),
    ]
    return f"ingest {', '.join(parts)}"


def rename_run(scans: int, pages: int | None = None) -> None:
    """Put the number of scans and pages, known only now, into the run's name."""
    if flow_run.id:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=run_name(scans, pages))


@contextmanager
def track_progress(scans: int) -> Iterator[None]:
    """Show how far the pages of a run are: in its name, and in its own progress artifact."""
    rename_run(scans)
    shown, done = _ProgressReporter(scans), threading.Event()

    def poll_progress() -> None:
        begun, pause = time.monotonic(), _MIN_POLL_SECONDS
        while not done.wait(pause):
            shown.update()
            pause = min(
                max(_POLL_SHARE * (time.monotonic() - begun), _MIN_POLL_SECONDS), _MAX_POLL_SECONDS
            )

    context = contextvars.copy_context()  # which run it is
    thread = threading.Thread(target=context.run, args=[poll_progress], daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        shown.update(final=True)


class _ProgressReporter:
    """How many pages there are is known bit by bit: scans are let in as there is room."""

    def __init__(self, scans: int) -> None:
        self._scans, self._pages_named, self._renamed_at = scans, 0, -_RENAME_SECONDS
        self._artifact: Any = None

    def update(self, *, final: bool = False) -> None:
        pages, now = meter.expected_pages, time.monotonic()
        if not pages:
            return
        with suppress(Exception):  # it is only for looking at: a server that is away stops no run
            if pages != self._pages_named and (final or now - self._renamed_at >= _RENAME_SECONDS):
                rename_run(self._scans, pages)
                self._pages_named, self._renamed_at = pages, now
            if self._artifact is None:
                self._artifact = create_progress_artifact(0.0, key="progress")
            update_progress_artifact(self._artifact, meter.percent, description=meter.status_text())


def log_outcome(outcome: Outcome) -> None:
    """Write into the run's log what became of a scan."""
    level = logging.WARNING if outcome.refusal_reason or outcome.failure_reason else logging.INFO
    get_run_logger().log(level, _outcome_line(outcome))


def publish_artifacts(outcomes: Sequence[Outcome], settings: Settings) -> None:
    """Write the run's page and its table; tag it where a record wants a person's eye."""
    create_table_artifact(
        table=[_table_row(outcome, settings) for outcome in outcomes[:_MAX_TABLE_ROWS]],
        key="ingest-inbox",
        description="\n".join(_artifact_markdown(outcomes, settings)),
    )
    if flow_run.id and any(outcome.needs_review for outcome in outcomes):
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, "needs-review"})


def _artifact_markdown(outcomes: Sequence[Outcome], settings: Settings) -> Iterator[str]:
    """Yield what to look at, as Markdown: the table's last column is out of sight."""
    yield f"# Day-book\n\n{_batch_counts(outcomes)}\n"
    if len(outcomes) > _MAX_TABLE_ROWS:
        yield f"\nThe table holds the first {_MAX_TABLE_ROWS:,}; `opis receipts` tells of all.\n"
    heads = {
        "Refused": [o for o in outcomes if o.refusal_reason],
        "Failed": [o for o in outcomes if o.failure_reason],
        "Waits": [o for o in outcomes if o.waiting_reason],
        "Needs review": [o for o in outcomes if o.needs_review],
        "To know": [o for o in outcomes if o.finding],
    }
    for head, found in heads.items():
        if found:
            yield f"\n**{head}**\n"
        for outcome in found[:_MAX_LISTED]:
            what = _record_link(outcome, settings)
            why = outcome.reason or "; ".join(filter(None, [outcome.finding, *outcome.issues]))
            yield f"- {what}{': ' * bool(what)}{_escape_markdown(why)}"
        if len(found) > _MAX_LISTED:
            yield f"- … and {len(found) - _MAX_LISTED} more, in the table"


def _escape_markdown(text: str) -> str:
    """Return a text in which Markdown sees nothing but text; names of files may hold anything."""
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
    """Drops the traceback that Prefect logs for a run whose state says by name that it failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record stays."""
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, FailedRun)


def hide_expected_tracebacks() -> None:
    """Keep tracebacks of states that a flow returned on purpose out of its log."""
    logging.getLogger("prefect.flow_runs").addFilter(_ExpectedTracebackFilter())


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return how a batch went, with the first refusals and their reasons."""
    told = [f"{outcome.status}: {outcome.reason}" for outcome in outcomes if outcome.reason]
    more = len(told) - _MAX_REASONS
    rest = [f"… and {more} more, in the day-book"] if more > 0 else []
    return "; ".join([_batch_counts(outcomes), *told[:_MAX_REASONS], *rest])


def _batch_counts(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "Nothing lay in the inbox."
    published = [o for o in outcomes if o.record and not o.already_published]
    already = [o for o in outcomes if o.already_published]
    parts = [f"{plural(len(published), 'record')} published"]
    if already:
        parts.append(f"{plural(len(already), 'scan')} published before")
    return "; ".join(parts)


def _table_row(outcome: Outcome, settings: Settings) -> dict[str, str]:
    return {
        "Scan": outcome.scan,
        "What became of it": outcome.status,
        "Record": _record_link(outcome, settings),
        "Pages": str(outcome.pages or ""),
        "Confidence": "" if outcome.confidence is None else f"{outcome.confidence:.0%}",
        "Needs review": "yes" if outcome.needs_review else "",
        "Title": outcome.title,
        # Last, for it may be long and the table scrolls.
        "Reason, issues": "; ".join(
            filter(None, [outcome.reason, outcome.finding, *outcome.issues])
        ),
    }


def _record_link(outcome: Outcome, settings: Settings) -> str:
    """Return a link to the record where serve hands it out, else to its folder."""
    if not outcome.record:
        return ""
    folder = Path(outcome.folder)
    inside = folder.relative_to(settings.records).as_posix()
    url = settings.pages_url
    address = f"{url}/go/{quote(inside)}" if url else folder.as_uri()
    return f"[{outcome.record} v{outcome.version}]({address})"


def wait_for_final_states(state: State[Any], seconds: float = 10.0) -> None:
    """Wait until the server knows how every task ended; its shutdown would lose the last ones."""
    run = state.state_details.flow_run_id
    if run is None:
        return
    only = FlowRunFilter(id=FlowRunFilterId(any_=[run]))
    until = time.monotonic() + seconds
    with get_client(sync_client=True) as client:
        while time.monotonic() < until:
            tasks = client.read_task_runs(flow_run_filter=only)
            if all(task.state is not None and task.state.is_final() for task in tasks):
                return
            time.sleep(0.2)
