"""The same work without Prefect, for scripts and benchmarks: same functions, same records."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flows import runtime
from flows.progress import meter
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.scheduler import Pending, Turns
from pipeline.ingest.selection import taken
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.model import Clock
from pipeline.scan import Admitted
from pipeline.settings import Settings
from pipeline.workers.page_runs import PageMark, read_pages
from pipeline.workers.pool import Readers


def ingest(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans, all of the inbox if none; their pages are read side by side over all scans."""
    with taken(scans, settings, clock) as (ours, others):
        return [*others, *_ingest(ours, settings, clock)]


def _ingest(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    jobs = runtime.jobs_of(settings)
    readers = runtime.readers(settings)
    # Twice the jobs: while children read, other threads admit and publish.
    with ThreadPoolExecutor(max_workers=2 * jobs) as pool:
        steps = _Steps(pool, settings, readers, clock)
        try:
            turns = Turns(steps, meter, settings, clock, jobs)
            outcomes = list(turns.outcomes(scans))
        except KeyboardInterrupt:
            readers.close()
            pool.shutdown(cancel_futures=True)
            raise
    end_batch(settings, clock)
    return outcomes


class _Steps:
    """The three steps in threads of this process."""

    def __init__(
        self, pool: ThreadPoolExecutor, settings: Settings, readers: Readers, clock: Clock
    ) -> None:
        self._pool = pool
        self._around = (settings, readers, clock)

    def admit(self, path: Path) -> Future[Admitted | Outcome]:
        return self._pool.submit(admit_scan, path, *self._around)

    def read(self, scan: Admitted, run: range) -> Future[tuple[PageMark, ...]]:
        return self._pool.submit(_read, scan, run, *self._around)

    def publish(self, scan: Admitted, read: Sequence[Pending]) -> Future[Outcome]:
        del read
        return self._pool.submit(publish_scan, scan, *self._around)


def _read(scan: Admitted, run: range, *around: Any) -> tuple[PageMark, ...]:
    return tuple(read_pages(scan, run, *around))
