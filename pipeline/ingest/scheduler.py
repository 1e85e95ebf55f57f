"""Whose turn it is: how a batch goes through the three steps, however they are run.

Scans are let in as there is room, so a batch of thousands is never held in memory. The page runs
of all scans in hand take turns, so that a file of two thousand leaves does not hold back a hundred
letters. A scan is published as soon as its last page is read.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

from pipeline.ingest.outcome import Outcome
from pipeline.ingest.steps import record_failure, run_length
from pipeline.model import Clock
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings

_MIN_SCANS_IN_FLIGHT = 16  #: scans in hand at once, at least
_RUNS_AHEAD_PER_JOB = 2  #: page runs that are given out, a job
_WAITING_SCANS_PER_JOB = 2  #: scans a job that wait with pages: then none is cut short


class PendingResult(Protocol):
    """What a step returns at once; its value comes later."""

    def add_done_callback(self, callback: Callable[[Any], None], /) -> None:
        """Call when it is done, from whatever thread."""

    def result(self) -> Any:
        """Return the value, or raise what went wrong."""


class PageProgress(Protocol):
    """Counts pages, for somebody to look at."""

    def expect_pages(self, pages: int) -> None:
        """There are so many more pages."""

    def mark_read(self, scan: str, run: range) -> None:
        """These are read."""


class StepRunner(Protocol):
    """The three steps, run by whoever has threads, processes or machines for them."""

    def admit(self, path: Path) -> PendingResult:
        """Begin to look at a scan; the value is `AdmittedScan`, or an `Outcome`."""

    def read(self, scan: AdmittedScan, run: range) -> PendingResult:
        """Begin to read a run of pages."""

    def publish(self, scan: AdmittedScan, read: Sequence[PendingResult]) -> PendingResult:
        """Begin to publish a scan whose page runs are done; the value is an `Outcome`."""


@dataclass(slots=True)
class _ScanInFlight:
    """A scan that was let in and has no outcome yet."""

    scan: AdmittedScan
    pages_left: int  #: pages that are not given out yet, the last ones
    runs: list[PendingResult] = field(default_factory=list)
    runs_done: int = 0  #: runs, of those given
    error: Exception | None = None  #: of the first run that went wrong; no more are given out

    @property
    def is_read(self) -> bool:
        return not self.pages_left and self.runs_done == len(self.runs)

    def next_run(self, length: int) -> range:
        """Take so many pages off what is left."""
        first = self.scan.unread_pages - self.pages_left + 1
        self.pages_left -= length
        return range(first, first + length)


class BatchScheduler:
    """Drives a batch; `outcomes` says what became of each scan, as it becomes known."""

    def __init__(
        self, steps: StepRunner, progress: PageProgress, settings: Settings, clock: Clock, jobs: int
    ) -> None:
        """Nothing has begun yet; ``jobs`` are the pages read at once."""
        self._steps, self._progress = steps, progress
        self._settings, self._clock, self._jobs = settings, clock, jobs
        self._waiting: Iterator[Path] = iter(())
        self._max_scans_in_flight = max(_MIN_SCANS_IN_FLIGHT, 2 * jobs)
        self._completions: SimpleQueue[Callable[[], Outcome | None]] = SimpleQueue()
        self._reading: deque[_ScanInFlight] = deque()  #: those with runs to give out, in turn
        self._scans_in_flight = self._runs_in_flight = 0  #: scans; page runs

    def run(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield what became of each scan."""
        self._waiting = iter(paths)
        self._submit_work()
        while self._scans_in_flight:
            known = self._completions.get()()
            if known is not None:
                self._scans_in_flight -= 1
            self._submit_work()
            if known is not None:
                yield known

    def _submit_work(self) -> None:
        """Give out what there is room for."""
        while self._reading and self._runs_in_flight < _RUNS_AHEAD_PER_JOB * self._jobs:
            self._submit_run(self._reading.popleft())
        while (
            self._scans_in_flight < self._max_scans_in_flight
            and (path := next(self._waiting, None)) is not None
        ):
            self._scans_in_flight += 1
            self._notify_when_done(self._steps.admit(path), partial(self._handle_admitted, path))

    def _submit_run(self, in_flight: _ScanInFlight) -> None:
        alone = len(self._reading) < _WAITING_SCANS_PER_JOB * self._jobs
        run = in_flight.next_run(run_length(in_flight.pages_left, self._jobs, alone=alone))
        self._runs_in_flight += 1
        pending = self._steps.read(in_flight.scan, run)
        in_flight.runs.append(pending)
        if in_flight.pages_left:
            self._reading.append(in_flight)
        self._notify_when_done(pending, partial(self._handle_read, in_flight, run))

    def _notify_when_done(
        self, pending: PendingResult, then: Callable[[PendingResult], Outcome | None]
    ) -> None:
        pending.add_done_callback(lambda _: self._completions.put(partial(then, pending)))

    def _handle_admitted(self, path: Path, pending: PendingResult) -> Outcome | None:
        try:
            found = pending.result()
        except Exception as error:  # one bad scan stops nobody, whatever is wrong with it
            return record_failure(path, error, self._settings, self._clock)
        if isinstance(found, Outcome):
            return found
        self._progress.expect_pages(found.unread_pages)
        one = _ScanInFlight(found, found.unread_pages)
        if one.pages_left:
            self._reading.append(one)
        else:
            self._submit_publish(one)
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
            return record_failure(in_flight.scan.path, in_flight.error, self._settings, self._clock)
        self._submit_publish(in_flight)
        return None

    def _submit_publish(self, in_flight: _ScanInFlight) -> None:
        pending = self._steps.publish(in_flight.scan, in_flight.runs)
        in_flight.runs = []
        self._notify_when_done(pending, partial(self._handle_published, in_flight.scan.path))

    def _handle_published(self, path: Path, pending: PendingResult) -> Outcome:
        try:
            outcome: Outcome = pending.result()
        except Exception as error:  # as above
            return record_failure(path, error, self._settings, self._clock)
        return outcome
