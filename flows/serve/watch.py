"""Finds the scans in the inbox that are ready: settled, described, and not backed off.

A scan is settled when it was seen unchanged for long enough. The dates of files are not used for
this: clocks jump, and a file server has its own. File system events only cause an early rescan;
the rescan every few seconds finds everything.
"""

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import watchfiles

from pipeline.description.sources import find_sidecars
from pipeline.inbox.files import InboxListing, file_stamp, is_open_for_writing, list_inbox
from pipeline.ingest.selection import is_described, orphan_sidecars
from pipeline.repository.receipts import Receipt, name_in_receipt
from pipeline.settings import Settings
from pipeline.system.folders import FolderProblem

_LISTEN_RETRY_SECONDS = 30.0  #: seconds between two tries to watch a folder that is away
_MIN_WAIT_SECONDS = 60.0  #: seconds between two looks at a scan that is incomplete
_ORPHAN_SECONDS = 60.0  #: seconds that a sidecar may wait for its scan
FileStamps = tuple[tuple[int, int], ...]  #: size and time of a scan and of its sidecars


@dataclass(frozen=True, slots=True)
class _Sighting:
    stamps: FileStamps
    since: float  #: seconds of the monotonic clock when the scan was first seen with these stamps
    is_described: bool


class InboxWatch:
    """Compares the inbox with what it saw at the last scan of it."""

    def __init__(self, settings: Settings) -> None:
        """Start with nothing seen; `ready_scans` looks at the inbox of the settings."""
        self._settings = settings
        self._sightings: dict[Path, _Sighting] = {}
        self._backed_off: dict[Path, tuple[FileStamps, float]] = {}  # until when, unless it changes
        self._taken: set[Path] = set()
        self.expects_change = False  #: a scan in the inbox becomes ready by waiting alone
        self._orphans: dict[Path, float] = {}  # since when; -inf once it was reported
        self._listing = InboxListing([], [])  # the last one
        self._reported: set[FolderProblem] = set()

    @property
    def scan_count(self) -> int:
        """The number of scans that `ready_scans` last found in the inbox."""
        return len(self._sightings)

    def waiting_count(self) -> int:
        """Return the number of scans in the inbox that the run under way has not taken.

        Raises:
            OSError: the inbox cannot be read.
        """
        return len(set(list_inbox(self._settings.inbox).scans) - self._taken)

    def late_orphans(self, now: float) -> list[Path]:
        """Return the sidecars that have had no scan for a minute; each is returned once.

        They are those of the last `ready_scans`.

        Args:
            now: seconds of the monotonic clock.
        """
        orphans = orphan_sidecars(self._listing.descriptions, self._sightings)
        self._orphans = {path: self._orphans.get(path, now) for path in orphans}
        late = [
            path
            for path, since in self._orphans.items()
            if _ORPHAN_SECONDS <= now - since < math.inf
        ]
        self._orphans |= dict.fromkeys(late, -math.inf)
        return late

    def new_problems(self) -> list[str]:
        """Return a sentence for each folder that has become unlistable, as `ready_scans` saw it."""
        problems = set(self._listing.problems)
        new, self._reported = problems - self._reported, problems
        return [problem.reason for problem in sorted(new)]

    def mark_taken(self, scans: Iterable[Path]) -> None:
        """Set the scans that the run under way takes; none when it has ended."""
        self._taken = set(scans)

    def ready_scans(self, now: float) -> list[Path]:
        """Look at the inbox, and return the scans that can be taken.

        Args:
            now: seconds of the monotonic clock.

        Raises:
            OSError: the inbox cannot be read.
        """
        self._listing = list_inbox(self._settings.inbox)
        scans = self._listing.scans
        self._sightings = {path: self._observe_scan(path, now) for path in scans}
        self._backed_off = {
            path: until for path, until in self._backed_off.items() if path in self._sightings
        }
        self.expects_change = any(not self._is_backed_off(path, now) for path in scans)
        return [path for path in scans if self._is_ready(path, now)]

    def back_off(
        self, receipts: Iterable[Receipt], now: float, seconds: float | None = None
    ) -> None:
        """Do not take the scans that remain after a run until they change or the time is over.

        Args:
            receipts: the receipts of the run.
            now: seconds of the monotonic clock.
            seconds: how long; if None, it depends on each scan's receipt.
        """
        by_scan = {receipt.scan: receipt for receipt in receipts}
        for path, sighting in self._sightings.items():
            receipt = by_scan.get(name_in_receipt(path, self._settings.inbox))
            unchanged = now - sighting.since
            wait = self._back_off_seconds(receipt, unchanged) if seconds is None else seconds
            self._backed_off[path] = (sighting.stamps, now + wait)

    def _back_off_seconds(self, receipt: Receipt | None, unchanged: float) -> float:
        """Return how long to leave a scan alone that has been unchanged for some seconds."""
        fate = "" if receipt is None else receipt.fate
        if fate.startswith("published"):  # keep_inbox leaves it there
            return math.inf
        if receipt is not None and receipt.awaits_decision:
            return math.inf
        if fate != "waits":
            return self._settings.retry_seconds
        # The run may have taken long. It looks at the file's own date, which may be that of a
        # server with another clock: so not at once, if the time is over.
        limit = self._settings.incomplete_seconds
        return max(limit - unchanged, min(limit, _MIN_WAIT_SECONDS))

    def _observe_scan(self, path: Path, now: float) -> _Sighting:
        stamps = tuple(file_stamp(file) for file in (path, *find_sidecars(path)))
        before = self._sightings.get(path)
        if before is not None and before.stamps == stamps:
            return before
        return _Sighting(stamps, now, is_described(path, self._settings.inbox))

    def _is_backed_off(self, path: Path, now: float) -> bool:
        stamps, until = self._backed_off.get(path, ((), 0.0))
        return stamps == self._sightings[path].stamps and now < until

    def _is_ready(self, path: Path, now: float) -> bool:
        if self._is_backed_off(path, now):
            return False
        sighting, settings = self._sightings[path], self._settings
        grace = 0.0 if sighting.is_described else settings.sidecar_seconds
        is_settled = now - sighting.since >= max(settings.settle_seconds, grace)
        return is_settled and not is_open_for_writing(path)


class FileEvents:
    """Wakes a waiting thread when a file changes in the inbox, if the file system has events."""

    def __init__(self, inbox: Path, *, enabled: bool) -> None:
        """Start a thread that watches the inbox, if ``enabled``."""
        self._changed, self._ended = threading.Event(), threading.Event()
        self._inbox = inbox
        if enabled:
            threading.Thread(target=self._listen, daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Wait until a file changes, at most ``seconds``."""
        self._changed.wait(seconds)
        self._changed.clear()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                for _ in watchfiles.watch(self._inbox, stop_event=self._ended):
                    self._changed.set()
            except (OSError, RuntimeError):  # the folder is away; its mount may return
                self._ended.wait(_LISTEN_RETRY_SECONDS)
