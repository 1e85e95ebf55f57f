"""The same work without Prefect, for scripts and benchmarks: same functions, same records."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flows import runtime
from flows.progress import meter
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.scheduler import BatchScheduler, PendingResult
from pipeline.ingest.selection import select_scans
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.model import Clock
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.workers.page_runs import PageSummary, read_pages
from pipeline.workers.pool import WorkerPool


def ingest_scans(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans, all of the inbox if none; their pages are read side by side over all scans."""
    with select_scans(scans, settings, clock) as (ours, others):
        return [*others, *_ingest_claimed(ours, settings, clock)]


def _ingest_claimed(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    jobs = runtime.worker_count(settings)
    readers = runtime.worker_pool(settings)
    # Twice the jobs: while children read, other threads admit and publish.
    with ThreadPoolExecutor(max_workers=2 * jobs) as pool:
        steps = _ThreadStepRunner(pool, settings, readers, clock)
        try:
            turns = BatchScheduler(steps, meter, settings, clock, jobs)
            outcomes = list(turns.run(scans))
        except KeyboardInterrupt:
            readers.close()
            pool.shutdown(cancel_futures=True)
            raise
    end_batch(settings, clock)
    return outcomes


class _ThreadStepRunner:
    """The three steps in threads of this process."""

    def __init__(
        self, pool: ThreadPoolExecutor, settings: Settings, readers: WorkerPool, clock: Clock
    ) -> None:
        self._pool = pool
        self._context = (settings, readers, clock)

    def admit(self, path: Path) -> Future[AdmittedScan | Outcome]:
        return self._pool.submit(admit_scan, path, *self._context)

    def read(self, scan: AdmittedScan, run: range) -> Future[tuple[PageSummary, ...]]:
        return self._pool.submit(_read_run, scan, run, *self._context)

    def publish(self, scan: AdmittedScan, read: Sequence[PendingResult]) -> Future[Outcome]:
        del read
        return self._pool.submit(publish_scan, scan, *self._context)


def _read_run(scan: AdmittedScan, run: range, *around: Any) -> tuple[PageSummary, ...]:
    return tuple(read_pages(scan, run, *around))
