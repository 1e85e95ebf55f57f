"""The same work without Prefect, for scripts and benchmarks: same functions, same records."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from flows import house
from pipeline.ingest import Outcome, admit_scan, page_runs, publish_scan
from pipeline.model import Clock
from pipeline.pagerun import PageMark, read_pages
from pipeline.readers import Readers
from pipeline.settings import Settings
from pipeline.values import Admitted


def ingest(scans: Iterable[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans; their pages are read side by side over all scans."""
    jobs = house.jobs_of(settings)
    readers = house.readers(jobs)
    # Twice the jobs: while children read, other threads admit and publish.
    with ThreadPoolExecutor(max_workers=2 * jobs) as pool:
        done = [_submit(pool, path, settings, readers, clock) for path in scans]
        return [outcome.result() for outcome in done]


def _submit(
    pool: ThreadPoolExecutor, path: Path, settings: Settings, readers: Readers, clock: Clock
) -> Future[Outcome]:
    """Admit a scan here, then queue its page runs and, behind them, its publication.

    The queue is first in, first out: a publication waits only for runs that have begun.
    """
    scan = admit_scan(path, settings, readers, clock)
    if isinstance(scan, Outcome):
        return pool.submit(lambda: scan)
    runs = [
        pool.submit(read_pages, scan, run, settings, readers, clock)
        for run in page_runs(scan, house.jobs_of(settings))
    ]
    return pool.submit(_publish_after, runs, scan, settings, clock)


def _publish_after(
    runs: list[Future[tuple[PageMark, ...]]], scan: Admitted, settings: Settings, clock: Clock
) -> Outcome:
    for run in runs:
        run.result()
    return publish_scan(scan, settings, clock)
