"""The name and the progress of a run in the Prefect UI."""

import contextvars
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.progress import meter
from pipeline.wording import plural

_RENAME_SECONDS = 10.0  #: seconds between two new names of a run whose page count still grows
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


def rename_run(name: str) -> None:
    """Name this run, if Prefect runs it."""
    if flow_run.id:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, name=name)


@contextmanager
def track_progress(scans: int) -> Iterator[None]:
    """Report the progress of a run while the block runs: in its name and in an artifact."""
    rename_run(run_name(scans))
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
                rename_run(run_name(self._scans, pages))
                self._pages_named, self._renamed_at = pages, now
            if self._artifact is None:
                self._artifact = create_progress_artifact(0.0, key="progress")
            update_progress_artifact(self._artifact, meter.percent, description=meter.status_text())
