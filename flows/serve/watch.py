"""What lies in the inbox and wants to be taken: settled, described, and not resting.

Time is told by how long something was seen to lie still, never by the dates of files: clocks
jump, and those of a file server are its own. What the file system tells of changes is a hint to
look at once; looking again every few seconds is what finds everything.
"""

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from pipeline.description.sources import sidecars_of
from pipeline.inbox.files import find_scans, open_for_writing, stamp
from pipeline.ingest.receipts import Receipt, name_in
from pipeline.ingest.selection import is_described, lonely
from pipeline.settings import Settings

_AWAY = 30.0  #: seconds between two tries to listen where the folder is away
_ALONE = 60.0  #: seconds that a sidecar may lie there before its scan
Look = tuple[tuple[int, int], ...]  #: size and time of a scan and of what describes it


@dataclass(frozen=True, slots=True)
class _Seen:
    look: Look
    since: float  #: when it was first seen so, in seconds of a clock that never jumps
    described: bool


class Watch:
    """Remembers what it saw, between two looks at the inbox."""

    def __init__(self, settings: Settings) -> None:
        """Nothing was seen yet."""
        self._settings = settings
        self._seen: dict[Path, _Seen] = {}
        self._resting: dict[Path, tuple[Look, float]] = {}  # until when, unless it changes
        self._taken: set[Path] = set()
        self.restless = False  #: something lies there that time alone makes ready, and soon
        self._alone: dict[Path, float] = {}  # since when; -inf when it was told

    @property
    def there(self) -> int:
        """How many scans lay in the inbox when `ready` last looked at it."""
        return len(self._seen)

    def waiting(self) -> int:
        """Return how many scans lie in the inbox that the run under way has not taken.

        Raises:
            OSError: the inbox cannot be read.
        """
        return len(set(find_scans(self._settings.inbox)) - self._taken)

    def alone(self, now: float) -> list[Path]:
        """Return the sidecars that have lain beside no scan for a while; each is returned once.

        Raises:
            OSError: the inbox cannot be read.
        """
        found = lonely(self._settings.inbox, self._seen)
        self._alone = {path: self._alone.get(path, now) for path in found}
        late = [path for path, since in self._alone.items() if _ALONE <= now - since < math.inf]
        self._alone |= dict.fromkeys(late, -math.inf)
        return late

    def taken(self, scans: Iterable[Path]) -> None:
        """Note what a run takes; nothing when it has ended."""
        self._taken = set(scans)

    def ready(self, now: float) -> list[Path]:
        """Look at the inbox, and return the scans that can be taken.

        Args:
            now: seconds of a clock that never jumps.

        Raises:
            OSError: the inbox cannot be read.
        """
        found = find_scans(self._settings.inbox)
        self._seen = {path: self._look(path, now) for path in found}
        self._resting = {path: kept for path, kept in self._resting.items() if path in self._seen}
        self.restless = any(not self._rests(path, now) for path in found)
        return [path for path in found if self._is_ready(path, now)]

    def rest(self, told: Iterable[Receipt], now: float, seconds: float | None = None) -> None:
        """Leave alone what is still there after a run, until it changes or its time is over.

        Args:
            told: the receipts of the run.
            now: as above.
            seconds: how long; by what became of each scan, if None.
        """
        fates = {receipt.scan: receipt.fate for receipt in told}
        for path, seen in self._seen.items():
            fate = fates.get(name_in(path, self._settings.inbox), "")
            left = self._patience(fate) if seconds is None else seconds
            self._resting[path] = (seen.look, now + left)

    def _patience(self, fate: str) -> float:
        if fate.startswith("published"):  # kept there by a setting
            return math.inf
        settings = self._settings
        return settings.incomplete_seconds if fate == "waits" else settings.retry_seconds

    def _look(self, path: Path, now: float) -> _Seen:
        look = tuple(stamp(one) for one in (path, *sidecars_of(path)))
        before = self._seen.get(path)
        if before is not None and before.look == look:
            return before
        return _Seen(look, now, is_described(path, self._settings.inbox))

    def _rests(self, path: Path, now: float) -> bool:
        look, until = self._resting.get(path, ((), 0.0))
        return look == self._seen[path].look and now < until

    def _is_ready(self, path: Path, now: float) -> bool:
        if self._rests(path, now):
            return False
        seen = self._seen[path]
        settings = self._settings
        grace = 0.0 if seen.described else settings.sidecar_seconds
        still = now - seen.since >= max(settings.settle_seconds, grace)
        return still and not open_for_writing(path)


class Hints:
    """Says when something moved in the inbox; silent where the file system tells nothing."""

    def __init__(self, inbox: Path, *, wanted: bool) -> None:
        """Begin to listen, if wanted."""
        self._moved, self._ended = threading.Event(), threading.Event()
        self._inbox = inbox
        if wanted:
            threading.Thread(target=self._listen, daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Return when something moved, or when the time is over."""
        self._moved.wait(seconds)
        self._moved.clear()

    def stop(self) -> None:
        """Listen no more."""
        self._ended.set()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                for _ in watchfiles.watch(self._inbox, stop_event=self._ended):
                    self._moved.set()
            except (OSError, RuntimeError):  # the folder is away: its mount may come back
                self._ended.wait(_AWAY)
