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

_SHOWN = 25  #: scans named on the page, under each head
_ROWS = 1000  #: scans in the table
_RENAMED = 10.0  #: seconds between two new names of a run whose pages are still being counted
_TOLD = 5  #: reasons in a sentence
_PULSE, _RARELY = 4.0, 20.0  #: seconds between two looks at how far a run is: at first, and later
_SHARE = 0.05  #: of what a run has taken so far, until the next look


def run_name(scans: int, pages: int | None = None) -> str:
    """Return what a batch is called.

    >>> run_name(2, 12), run_name(1)
    ('ingest 2 scans, 12 pages', 'ingest 1 scan')
    """
    parts = [_count(scans, "scan"), *([] if pages is None else [_count(pages, "page")])]
    return f"ingest {', '.join(parts)}"


def rename(scans: int, pages: int | None = None) -> None:
    """Put the number of scans and pages, known only now, into the run's name."""
    if flow_run.id:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=run_name(scans, pages))


@contextmanager
def progress(scans: int) -> Iterator[None]:
    """Show how far the pages of a run are: in its name, and in its own progress artifact."""
    rename(scans)
    shown, done = _Progress(scans), threading.Event()

    def follow() -> None:
        begun, pause = time.monotonic(), _PULSE
        while not done.wait(pause):
            shown.look()
            pause = min(max(_SHARE * (time.monotonic() - begun), _PULSE), _RARELY)

    context = contextvars.copy_context()  # which run it is
    thread = threading.Thread(target=context.run, args=[follow], daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        shown.look(last=True)


class _Progress:
    """How many pages there are is known bit by bit: scans are let in as there is room."""

    def __init__(self, scans: int) -> None:
        self._scans, self._named, self._when = scans, 0, -_RENAMED
        self._artifact: Any = None

    def look(self, *, last: bool = False) -> None:
        pages, now = meter.expected, time.monotonic()
        if not pages:
            return
        with suppress(Exception):  # it is only for looking at: a server that is away stops no run
            if pages != self._named and (last or now - self._when >= _RENAMED):
                rename(self._scans, pages)
                self._named, self._when = pages, now
            if self._artifact is None:
                self._artifact = create_progress_artifact(0.0, key="progress")
            update_progress_artifact(self._artifact, meter.percent, description=meter.told())


def tell(outcome: Outcome) -> None:
    """Write into the run's log what became of a scan."""
    level = logging.WARNING if outcome.refused or outcome.failed else logging.INFO
    get_run_logger().log(level, _line(outcome))


def enter(outcomes: Sequence[Outcome], settings: Settings) -> None:
    """Write the run's page and its table; tag it where a record wants a person's eye."""
    create_table_artifact(
        table=[_row(outcome, settings) for outcome in outcomes[:_ROWS]],
        key="ingest-inbox",
        description="\n".join(_page(outcomes, settings)),
    )
    if flow_run.id and any(outcome.needs_review for outcome in outcomes):
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, tags={*flow_run.tags, "needs-review"})


def _page(outcomes: Sequence[Outcome], settings: Settings) -> Iterator[str]:
    """Yield what to look at, as Markdown: the table's last column is out of sight."""
    yield f"# Day-book\n\n{_counted(outcomes)}\n"
    if len(outcomes) > _ROWS:
        yield f"\nThe table holds the first {_ROWS:,}; `opis receipts` tells of all.\n"
    heads = {
        "Refused": [o for o in outcomes if o.refused],
        "Failed": [o for o in outcomes if o.failed],
        "Waits": [o for o in outcomes if o.waits],
        "Needs review": [o for o in outcomes if o.needs_review],
        "To know": [o for o in outcomes if o.finding],
    }
    for head, found in heads.items():
        if found:
            yield f"\n**{head}**\n"
        for outcome in found[:_SHOWN]:
            what = _link(outcome, settings)
            why = outcome.reason or "; ".join(filter(None, [outcome.finding, *outcome.issues]))
            yield f"- {what}{': ' * bool(what)}{_plain(why)}"
        if len(found) > _SHOWN:
            yield f"- … and {len(found) - _SHOWN} more, in the table"


def _plain(text: str) -> str:
    """Return a text in which Markdown sees nothing but text; names of files may hold anything."""
    return re.sub(r"([\\`*_\[\]<>#|!])", r"\\\1", text)


def _line(outcome: Outcome) -> str:
    if outcome.reason:
        return f"{outcome.fate}: {outcome.reason}"
    record = f"{outcome.record} v{outcome.version}, {_count(outcome.pages, 'page')}"
    review = ", needs review" if outcome.needs_review else ""
    return " ".join(
        filter(None, [f"{outcome.fate}: {outcome.scan} as {record}{review}.", outcome.finding])
    )


class _OfOurs(logging.Filter):
    """Drops the traceback that Prefect logs for a run whose state says by name that it failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record stays."""
        kind = record.exc_info[0] if record.exc_info else None
        return kind is None or not issubclass(kind, FailedRun)


def no_traceback_of_ours() -> None:
    """Keep tracebacks of states that a flow returned on purpose out of its log."""
    logging.getLogger("prefect.flow_runs").addFilter(_OfOurs())


def sentence(outcomes: Sequence[Outcome]) -> str:
    """Return how a batch went, with the first refusals and their reasons."""
    told = [f"{outcome.fate}: {outcome.reason}" for outcome in outcomes if outcome.reason]
    more = len(told) - _TOLD
    rest = [f"… and {more} more, in the day-book"] if more > 0 else []
    return "; ".join([_counted(outcomes), *told[:_TOLD], *rest])


def _counted(outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return "Nothing lay in the inbox."
    published = [o for o in outcomes if o.record and not o.already]
    already = [o for o in outcomes if o.already]
    parts = [f"{_count(len(published), 'record')} published"]
    if already:
        parts.append(f"{_count(len(already), 'scan')} published before")
    return "; ".join(parts)


def _row(outcome: Outcome, settings: Settings) -> dict[str, str]:
    return {
        "Scan": outcome.scan,
        "What became of it": outcome.fate,
        "Record": _link(outcome, settings),
        "Pages": str(outcome.pages or ""),
        "Confidence": "" if outcome.confidence is None else f"{outcome.confidence:.0%}",
        "Needs review": "yes" if outcome.needs_review else "",
        "Title": outcome.title,
        # Last, for it may be long and the table scrolls.
        "Reason, issues": "; ".join(
            filter(None, [outcome.reason, outcome.finding, *outcome.issues])
        ),
    }


def _link(outcome: Outcome, settings: Settings) -> str:
    """Return a link to the record where serve hands it out, else to its folder."""
    if not outcome.record:
        return ""
    folder = Path(outcome.folder)
    inside = folder.relative_to(settings.records).as_posix()
    url = settings.pages_url
    address = f"{url}/go/{quote(inside)}" if url else folder.as_uri()
    return f"[{outcome.record} v{outcome.version}]({address})"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def wait_for_last_states(state: State[Any], seconds: float = 10.0) -> None:
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
