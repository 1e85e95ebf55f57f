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

from pipeline.description.sources import find_sidecars
from pipeline.inbox.files import file_stamp, find_scans, is_open_for_writing
from pipeline.ingest.receipts import Receipt, name_in_receipt
from pipeline.ingest.selection import is_described, orphan_sidecars
from pipeline.settings import Settings

_LISTEN_RETRY_SECONDS = 30.0  #: seconds between two tries to listen where the folder is away
_ORPHAN_SECONDS = 60.0  #: seconds that a sidecar may lie there before its scan
FileStamps = tuple[tuple[int, int], ...]  #: size and time of a scan and of what describes it


@dataclass(frozen=True, slots=True)
class _Sighting:
    stamps: FileStamps
    since: float  #: when it was first seen so, in seconds of a clock that never jumps
    is_described: bool


class InboxWatch:
    """Remembers what it saw, between two looks at the inbox."""

    def __init__(self, settings: Settings) -> None:
        """Nothing was seen yet."""
        self._settings = settings
        self._sightings: dict[Path, _Sighting] = {}
        self._backed_off: dict[Path, tuple[FileStamps, float]] = {}  # until when, unless it changes
        self._taken: set[Path] = set()
        self.expects_change = False  #: something lies there that time alone makes ready, and soon
        self._orphans: dict[Path, float] = {}  # since when; -inf when it was told

    @property
    def scan_count(self) -> int:
        """How many scans lay in the inbox when `ready` last looked at it."""
        return len(self._sightings)

    def waiting_count(self) -> int:
        """Return how many scans lie in the inbox that the run under way has not taken.

        Raises:
            OSError: the inbox cannot be read.
        """
        return len(set(find_scans(self._settings.inbox)) - self._taken)

    def late_orphans(self, now: float) -> list[Path]:
        """Return the sidecars that have lain beside no scan for a while; each is returned once.

        Raises:
            OSError: the inbox cannot be read.
        """
        found = orphan_sidecars(self._settings.inbox, self._sightings)
        self._orphans = {path: self._orphans.get(path, now) for path in found}
        late = [
            path
            for path, since in self._orphans.items()
            if _ORPHAN_SECONDS <= now - since < math.inf
        ]
        self._orphans |= dict.fromkeys(late, -math.inf)
        return late

    def mark_taken(self, scans: Iterable[Path]) -> None:
        """Note what a run takes; nothing when it has ended."""
        self._taken = set(scans)

    def ready_scans(self, now: float) -> list[Path]:
        """Look at the inbox, and return the scans that can be taken.

        Args:
            now: seconds of a clock that never jumps.

        Raises:
            OSError: the inbox cannot be read.
        """
        found = find_scans(self._settings.inbox)
        self._sightings = {path: self._observe_scan(path, now) for path in found}
        self._backed_off = {
            path: kept for path, kept in self._backed_off.items() if path in self._sightings
        }
        self.expects_change = any(not self._is_backed_off(path, now) for path in found)
        return [path for path in found if self._is_ready(path, now)]

    def back_off(
        self, receipts: Iterable[Receipt], now: float, seconds: float | None = None
    ) -> None:
        """Leave alone what is still there after a run, until it changes or its time is over.

        Args:
            receipts: the receipts of the run.
            now: as above.
            seconds: how long; by what became of each scan, if None.
        """
        fates = {receipt.scan: receipt.fate for receipt in receipts}
        for path, seen in self._sightings.items():
            fate = fates.get(name_in_receipt(path, self._settings.inbox), "")
            left = self._back_off_seconds(fate) if seconds is None else seconds
            self._backed_off[path] = (seen.stamps, now + left)

    def _back_off_seconds(self, fate: str) -> float:
        if fate.startswith("published"):  # kept there by a setting
            return math.inf
        settings = self._settings
        return settings.incomplete_seconds if fate == "waits" else settings.retry_seconds

    def _observe_scan(self, path: Path, now: float) -> _Sighting:
        look = tuple(file_stamp(one) for one in (path, *find_sidecars(path)))
        before = self._sightings.get(path)
        if before is not None and before.stamps == look:
            return before
        return _Sighting(look, now, is_described(path, self._settings.inbox))

    def _is_backed_off(self, path: Path, now: float) -> bool:
        look, until = self._backed_off.get(path, ((), 0.0))
        return look == self._sightings[path].stamps and now < until

    def _is_ready(self, path: Path, now: float) -> bool:
        if self._is_backed_off(path, now):
            return False
        seen = self._sightings[path]
        settings = self._settings
        grace = 0.0 if seen.is_described else settings.sidecar_seconds
        still = now - seen.since >= max(settings.settle_seconds, grace)
        return still and not is_open_for_writing(path)


class FileEvents:
    """Says when something moved in the inbox; silent where the file system tells nothing."""

    def __init__(self, inbox: Path, *, enabled: bool) -> None:
        """Begin to listen, if wanted."""
        self._moved, self._ended = threading.Event(), threading.Event()
        self._inbox = inbox
        if enabled:
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
                self._ended.wait(_LISTEN_RETRY_SECONDS)
