"""The progress of a run: a bar on a terminal, plain lines elsewhere."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.wording import plural


def page_span(run: range) -> str:
    """Return the name of a run of pages.

    >>> page_span(range(1, 9)), page_span(range(9, 10))
    ('pages 1-8', 'page 9')
    """
    return f"page {run[0]}" if len(run) == 1 else f"pages {run[0]}-{run[-1]}"


class ProgressMeter:
    """Counts the pages of a run in this process; prints nothing outside of `show_on`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._expected = self._done = 0
        self._started_at = time.monotonic()
        self._console: Console | None = None
        self._bar: Progress | None = None

    @contextmanager
    def show_on(self, console: Console) -> Iterator[None]:
        """Reset the count, and print it while the block runs."""
        self._expected = self._done = 0
        self._console = console
        try:
            if not console.is_terminal:
                yield
                return
            with _make_bar(console) as self._bar:
                self._bar.add_task("reading", total=None)
                yield
        finally:
            self._console = self._bar = None

    def expect_pages(self, pages: int) -> None:
        """Add pages to the number expected."""
        with self._lock:
            if not self._expected:
                self._started_at = time.monotonic()
            self._expected += pages
            self._update_bar()

    def mark_read(self, scan: str, run: range) -> None:
        """Count the pages of a run as read."""
        with self._lock:
            self._done += len(run)
            self._update_bar()
        if self._console is not None and self._bar is None:
            line = f"read {scan}, {page_span(run)} ({self._done} of {self._expected})"
            self._console.print(line, markup=False)

    @property
    def expected_pages(self) -> int:
        """The number of pages of the scans admitted so far."""
        return self._expected

    @property
    def percent(self) -> float:
        """The share of expected pages that are read, 0 to 100."""
        return 100.0 * self._done / self._expected if self._expected else 100.0

    def status_text(self) -> str:
        """Return the count, and the speed and time left or, at the end, the duration."""
        done, expected = self._done, self._expected
        elapsed = time.monotonic() - self._started_at
        parts = [f"{done} of {plural(expected, 'page')} read"]
        if done and done < expected:
            left = timedelta(seconds=round(elapsed / done * (expected - done)))
            parts += [f"{done / elapsed:.1f} pages a second", f"about {left} left"]
        elif done:
            parts[0] += f" in {timedelta(seconds=round(elapsed))}"
        return ", ".join(parts)

    def _update_bar(self) -> None:
        if self._bar is not None:
            task = self._bar.task_ids[0]
            self._bar.update(task, completed=self._done, total=self._expected or None)


def _make_bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("pages, left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )


meter = ProgressMeter()  #: the one of this process
