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
from pipeline.ingest.steps import failure, run_length
from pipeline.model import Clock
from pipeline.scan import Admitted
from pipeline.settings import Settings

_HAND = 16  #: scans in hand at once, at least
_AHEAD = 2  #: page runs that are given out, a job
_CROWD = 2  #: scans a job that wait with pages: then none is cut short


class Pending(Protocol):
    """What a step returns at once; its value comes later."""

    def add_done_callback(self, tell: Callable[[Any], None], /) -> None:
        """Call when it is done, from whatever thread."""

    def result(self) -> Any:
        """Return the value, or raise what went wrong."""


class Tally(Protocol):
    """Counts pages, for somebody to look at."""

    def expect(self, pages: int) -> None:
        """There are so many more pages."""

    def read(self, scan: str, run: range) -> None:
        """These are read."""


class Steps(Protocol):
    """The three steps, run by whoever has threads, processes or machines for them."""

    def admit(self, path: Path) -> Pending:
        """Begin to look at a scan; the value is `Admitted`, or an `Outcome`."""

    def read(self, scan: Admitted, run: range) -> Pending:
        """Begin to read a run of pages."""

    def publish(self, scan: Admitted, read: Sequence[Pending]) -> Pending:
        """Begin to publish a scan whose page runs are done; the value is an `Outcome`."""


@dataclass(slots=True)
class _InHand:
    """A scan that was let in and has no outcome yet."""

    scan: Admitted
    left: int  #: pages that are not given out yet, the last ones
    given: list[Pending] = field(default_factory=list)
    back: int = 0  #: runs, of those given
    error: Exception | None = None  #: of the first run that went wrong; no more are given out

    @property
    def is_read(self) -> bool:
        return not self.left and self.back == len(self.given)

    def next_run(self, length: int) -> range:
        """Take so many pages off what is left."""
        first = self.scan.unread - self.left + 1
        self.left -= length
        return range(first, first + length)


class Turns:
    """Drives a batch; `outcomes` says what became of each scan, as it becomes known."""

    def __init__(
        self, steps: Steps, tally: Tally, settings: Settings, clock: Clock, jobs: int
    ) -> None:
        """Nothing has begun yet; ``jobs`` are the pages read at once."""
        self._steps, self._tally = steps, tally
        self._settings, self._clock, self._jobs = settings, clock, jobs
        self._waiting: Iterator[Path] = iter(())
        self._hand = max(_HAND, 2 * jobs)
        self._known: SimpleQueue[Callable[[], Outcome | None]] = SimpleQueue()
        self._reading: deque[_InHand] = deque()  #: those with runs to give out, in turn
        self._in_hand = self._given = 0  #: scans; page runs

    def outcomes(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """Yield what became of each scan."""
        self._waiting = iter(paths)
        self._fill()
        while self._in_hand:
            known = self._known.get()()
            if known is not None:
                self._in_hand -= 1
            self._fill()
            if known is not None:
                yield known

    def _fill(self) -> None:
        """Give out what there is room for."""
        while self._reading and self._given < _AHEAD * self._jobs:
            self._give(self._reading.popleft())
        while self._in_hand < self._hand and (path := next(self._waiting, None)) is not None:
            self._in_hand += 1
            self._follow(self._steps.admit(path), partial(self._admitted, path))

    def _give(self, one: _InHand) -> None:
        alone = len(self._reading) < _CROWD * self._jobs
        run = one.next_run(run_length(one.left, self._jobs, alone=alone))
        self._given += 1
        pending = self._steps.read(one.scan, run)
        one.given.append(pending)
        if one.left:
            self._reading.append(one)
        self._follow(pending, partial(self._read, one, run))

    def _follow(self, pending: Pending, then: Callable[[Pending], Outcome | None]) -> None:
        pending.add_done_callback(lambda _: self._known.put(partial(then, pending)))

    def _admitted(self, path: Path, pending: Pending) -> Outcome | None:
        try:
            found = pending.result()
        except Exception as error:  # one bad scan stops nobody, whatever is wrong with it
            return failure(path, error, self._settings, self._clock)
        if isinstance(found, Outcome):
            return found
        self._tally.expect(found.unread)
        one = _InHand(found, found.unread)
        if one.left:
            self._reading.append(one)
        else:
            self._publish(one)
        return None

    def _read(self, one: _InHand, run: range, pending: Pending) -> Outcome | None:
        self._given -= 1
        one.back += 1
        try:
            pending.result()
            self._tally.read(one.scan.name, run)
        except Exception as error:  # as above
            one.error = one.error or error
            if one.left:
                one.left = 0
                self._reading.remove(one)
        if not one.is_read:
            return None
        if one.error is not None:
            return failure(one.scan.path, one.error, self._settings, self._clock)
        self._publish(one)
        return None

    def _publish(self, one: _InHand) -> None:
        pending = self._steps.publish(one.scan, one.given)
        one.given = []
        self._follow(pending, partial(self._published, one.scan.path))

    def _published(self, path: Path, pending: Pending) -> Outcome:
        try:
            outcome: Outcome = pending.result()
        except Exception as error:  # as above
            return failure(path, error, self._settings, self._clock)
        return outcome
