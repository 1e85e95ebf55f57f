"""The scheduler of a batch: the order in which its scans are admitted, read and published.

A limited number of scans is admitted at once, so a batch of thousands is never held in memory. The
page runs of the admitted scans alternate, so a file of two thousand leaves does not hold back a
hundred letters. A scan is published as soon as its last page is read.
"""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from pipeline.ingest.outcome import Outcome
from pipeline.scan import AdmittedScan

_MIN_SCANS_IN_FLIGHT = 16  #: lower bound of the limit of scans with no outcome yet
_RUNS_AHEAD_PER_JOB = 2  #: limit of page runs that are submitted and not done
_WAITING_SCANS_PER_JOB = 2  #: with this many waiting scans a job, no run is shortened
_MAX_RUN_PAGES = 12  #: a task costs 40 ms, a page a second


class PendingResult(Protocol):
    """The future of a step, of Prefect or of ``concurrent.futures``."""

    def add_done_callback(self, callback: Callable[[Any], None], /) -> None:
        """Call ``callback`` when the step is done, from any thread."""

    def result(self) -> Any:
        """Return the value of the step, or raise its error."""


class PageProgress(Protocol):
    """Counts the pages of a batch for display."""

    def expect_pages(self, pages: int) -> None:
        """Add pages that will be read."""

    def mark_read(self, scan: str, run: range) -> None:
        """Mark the pages of a run as read."""


@dataclass(slots=True)
class _ScanInFlight:
    """A scan that is admitted and has no outcome yet."""

    scan: AdmittedScan
    pages_left: int  #: pages in no run yet: the last ones of the scan
    runs: list[PendingResult] = field(default_factory=list)
    runs_done: int = 0
    error: Exception | None = None  #: of the first run that failed; no more runs are submitted

    @property
    def is_read(self) -> bool:
        """Whether all of its runs are done."""
        return not self.pages_left and self.runs_done == len(self.runs)

    def next_run(self, length: int) -> range:
        """Return the numbers of the next ``length`` pages, and count them as taken."""
        first = self.scan.unread_pages - self.pages_left + 1
        self.pages_left -= length
        return range(first, first + length)


class BatchScheduler:
    """Runs the three steps for the scans of a batch; the steps run on threads or other machines."""

    def __init__(
        self,
        admit: Callable[[Path], PendingResult],
        read: Callable[[AdmittedScan, range], PendingResult],
        publish: Callable[[AdmittedScan, Sequence[Any]], PendingResult],
        failure: Callable[[Path, Exception], Outcome],
        progress: PageProgress,
        jobs: int,
    ) -> None:
        """Store the steps; none starts before `run`.

        Args:
            admit: starts to admit a scan; the value is an `AdmittedScan` or an `Outcome`.
            read: starts to read a run of pages.
            publish: starts to publish a scan, given the results of its runs; the value is an
                `Outcome`.
            failure: returns the outcome of a scan after a step failed.
            progress: counts pages.
            jobs: number of pages that are read at once.
        """
        self._admit, self._read, self._publish = admit, read, publish
        self._failure, self._progress, self._jobs = failure, progress, jobs
        self._waiting: Iterator[Path] = iter(())
        self._max_scans_in_flight = max(_MIN_SCANS_IN_FLIGHT, 2 * jobs)
        self._completions: SimpleQueue[Callable[[], Outcome | None]] = SimpleQueue()
        self._reading: deque[_ScanInFlight] = deque()  #: scans with pages left; the first is next
        self._scans_in_flight = self._runs_in_flight = 0

    def run(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield the outcome of each scan, and of the documents in it, as soon as it is known."""
        self._waiting = iter(paths)
        self._submit_work()
        while self._scans_in_flight:
            outcome = self._completions.get()()
            if outcome is not None:
                self._scans_in_flight -= 1
                self._waiting = chain(outcome.documents, self._waiting)
            self._submit_work()
            if outcome is not None:
                yield outcome

    def _submit_work(self) -> None:
        """Submit page runs and admissions up to their limits."""
        while self._reading and self._runs_in_flight < _RUNS_AHEAD_PER_JOB * self._jobs:
            self._submit_run(self._reading.popleft())
        while (
            self._scans_in_flight < self._max_scans_in_flight
            and (path := next(self._waiting, None)) is not None
        ):
            self._scans_in_flight += 1
            self._when_done(self._admit(path), partial(self._handle_admitted, path))

    def _submit_run(self, in_flight: _ScanInFlight) -> None:
        alone = len(self._reading) < _WAITING_SCANS_PER_JOB * self._jobs
        run = in_flight.next_run(run_length(in_flight.pages_left, self._jobs, alone=alone))
        self._runs_in_flight += 1
        pending = self._read(in_flight.scan, run)
        in_flight.runs.append(pending)
        if in_flight.pages_left:
            self._reading.append(in_flight)
        self._when_done(pending, partial(self._handle_read, in_flight, run))

    def _submit_publication(self, in_flight: _ScanInFlight) -> None:
        pending = self._publish(in_flight.scan, in_flight.runs)
        in_flight.runs = []
        self._when_done(pending, partial(self._handle_published, in_flight.scan.path))

    def _when_done(
        self, pending: PendingResult, handle: Callable[[PendingResult], Outcome | None]
    ) -> None:
        pending.add_done_callback(lambda _: self._completions.put(partial(handle, pending)))

    def _handle_admitted(self, path: Path, pending: PendingResult) -> Outcome | None:
        try:
            admitted = pending.result()
        except Exception as error:  # an error of any kind stops one scan only
            return self._failure(path, error)
        if isinstance(admitted, Outcome):
            return admitted
        self._progress.expect_pages(admitted.unread_pages)
        in_flight = _ScanInFlight(admitted, admitted.unread_pages)
        if in_flight.pages_left:
            self._reading.append(in_flight)
        else:
            self._submit_publication(in_flight)
        return None

    def _handle_read(
        self, in_flight: _ScanInFlight, run: range, pending: PendingResult
    ) -> Outcome | None:
        self._runs_in_flight -= 1
        in_flight.runs_done += 1
        try:
            pending.result()
            self._progress.mark_read(in_flight.scan.name, run)
        except Exception as error:  # as above
            in_flight.error = in_flight.error or error
            if in_flight.pages_left:
                in_flight.pages_left = 0
                self._reading.remove(in_flight)
        if not in_flight.is_read:
            return None
        if in_flight.error is not None:
            return self._failure(in_flight.scan.path, in_flight.error)
        self._submit_publication(in_flight)
        return None

    def _handle_published(self, path: Path, pending: PendingResult) -> Outcome:
        try:
            outcome: Outcome = pending.result()
        except Exception as error:  # as above
            return self._failure(path, error)
        return outcome


def run_length(left: int, jobs: int, *, alone: bool) -> int:
    """Return the number of pages in the next run of a scan that has ``left`` pages left.

    If many scans wait, a run is as long as allowed: each task costs Prefect the same. The runs of a
    scan that is alone get shorter, each half of one job's share of the pages left (guided
    self-scheduling, Polychronopoulos and Kuck 1987), so that all jobs end at once.

    >>> [run_length(left, 2, alone=True) for left in (22, 16, 8, 1)], run_length(22, 2, alone=False)
    ([6, 4, 2, 1], 12)
    """
    return min(math.ceil(left / (2 * jobs)) if alone else left, _MAX_RUN_PAGES)
