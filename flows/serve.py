"""``opis serve``: the Prefect server with its UI, and the inbox taken in as scans arrive."""

import importlib
import math
import os
import time
from collections.abc import Callable
from pathlib import Path

from flows import batch, ending
from flows.server import PrefectServer
from pipeline.inbox import find_scans, stamp, unsettled
from pipeline.outcome import Outcome
from pipeline.settings import Settings

_RESCAN = 2.0  #: seconds between two looks at the inbox


def serve(settings: Settings, tell: Callable[[str], None], complain: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, which end all of it in ten seconds and the server's farewell.

    Raises:
        SetupError: the server does not come up.
        KeyboardInterrupt: it was asked to end; the server has ended.
    """
    batch.prepare_prefect()
    server = PrefectServer(settings.port, settings.work / "prefect-server.log")

    def end() -> None:
        batch.end_children(settings)
        server.stop()

    with ending.on_request(end, complain):
        _serve(settings, tell, server)


def _serve(settings: Settings, tell: Callable[[str], None], server: PrefectServer) -> None:
    tell(f"Prefect server: starting on {server.ui} …")
    try:
        server.start()
        os.environ["PREFECT_API_URL"] = server.api
        flow = importlib.import_module("flows.ingest")  # only now: it reads the address
        tell(f"Watching {settings.inbox}; the day-book is at {server.ui}. Ctrl-C ends all of it.")
        watch = _Watch(settings)
        while True:
            if not server.runs:
                tell("The Prefect server has died; starting it again.")
                server.start()
            if scans := watch.settled():
                tell(f"Ingesting {len(scans)} scan{'' if len(scans) == 1 else 's'} …")
                outcomes = flow.run(scans, settings).outcomes
                watch.done_with(scans, {outcome.scan for outcome in outcomes if outcome.waits})
                for outcome in outcomes:
                    tell(_line(outcome))
            time.sleep(_RESCAN)
    finally:
        server.stop()


class _Watch:
    """What lies in the inbox and wants to be taken; what was left there waits for a change.

    A scan that is not whole yet is looked at again when its time is over, changed or not.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._left: dict[Path, tuple[tuple[int, int], float]] = {}  # stamp, and until when

    def settled(self) -> list[Path]:
        found = [path for path in find_scans(self._settings.inbox) if not self._rests(path)]
        moving = unsettled(found, self._settings.settle_seconds)
        return [path for path in found if path not in moving]

    def done_with(self, scans: list[Path], waiting: set[str]) -> None:
        """Leave alone what stayed in the inbox: kept there by a setting, failed, or not whole."""
        self._left = {path: left for path, left in self._left.items() if path.exists()}
        until = time.monotonic() + self._settings.incomplete_seconds
        for path in scans:
            if path.exists():
                self._left[path] = (stamp(path), until if path.name in waiting else math.inf)

    def _rests(self, path: Path) -> bool:
        seen, until = self._left.get(path, (None, 0.0))
        return seen == stamp(path) and time.monotonic() < until


def _line(outcome: Outcome) -> str:
    if outcome.record:
        return f"published {outcome.scan}: {outcome.record} v{outcome.version}"
    if outcome.waits:
        return f"waits: {outcome.waits}"
    if outcome.gone:
        return f"gone: {outcome.gone}"
    if outcome.refused:
        return f"refused {outcome.refused}"
    return f"failed, stays in the inbox: {outcome.scan}: {outcome.failed}"
