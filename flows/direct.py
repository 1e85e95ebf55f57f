"""The same work without Prefect, for scripts and benchmarks: same functions, same records."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from flows import house
from flows.progress import meter
from pipeline.ingest import (
    admit_scan,
    end_batch,
    failure,
    page_runs,
    publish_scan,
)
from pipeline.model import Clock
from pipeline.outcome import Outcome
from pipeline.reading.pool import Readers
from pipeline.reading.run import PageMark, read_pages
from pipeline.settings import Settings
from pipeline.taking import taken
from pipeline.values import Admitted


def ingest(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans, all of the inbox if none; their pages are read side by side over all scans."""
    with taken(scans, settings, clock) as (ours, others):
        return [*others, *_ingest(ours, settings, clock)]


def _ingest(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    jobs = house.jobs_of(settings)
    readers = house.readers(settings)
    # Twice the jobs: while children read, other threads admit and publish.
    with ThreadPoolExecutor(max_workers=2 * jobs) as pool:
        try:
            done = [_submit(pool, path, settings, readers, clock) for path in scans]
            outcomes = [
                _result(path, future, settings, clock)
                for path, future in zip(scans, done, strict=True)
            ]
        except KeyboardInterrupt:
            readers.close()
            pool.shutdown(cancel_futures=True)
            raise
    end_batch(settings, clock)
    return outcomes


def _submit(
    pool: ThreadPoolExecutor, path: Path, settings: Settings, readers: Readers, clock: Clock
) -> Future[Outcome]:
    """Admit a scan here, then queue its page runs and, behind them, its publication.

    The queue is first in, first out: a publication waits only for runs that have begun.
    """
    try:
        scan = admit_scan(path, settings, readers, clock)
    except Exception as error:  # one bad scan stops nobody, whatever is wrong with it
        return _done(failure(path, error, settings, clock))
    if isinstance(scan, Outcome):
        return _done(scan)
    meter.expect(scan.unread)
    runs = [
        pool.submit(_read, scan, run, settings, readers, clock)
        for run in page_runs(scan, house.jobs_of(settings))
    ]
    return pool.submit(_publish_after, runs, scan, settings, readers, clock)


def _read(
    scan: Admitted, run: range, settings: Settings, readers: Readers, clock: Clock
) -> tuple[PageMark, ...]:
    return tuple(meter.watch(scan.name, read_pages(scan, run, settings, readers, clock)))


def _publish_after(
    runs: list[Future[tuple[PageMark, ...]]],
    scan: Admitted,
    settings: Settings,
    readers: Readers,
    clock: Clock,
) -> Outcome:
    for run in runs:
        run.result()
    return publish_scan(scan, settings, readers, clock)


def _done(outcome: Outcome) -> Future[Outcome]:
    future: Future[Outcome] = Future()
    future.set_result(outcome)
    return future


def _result(path: Path, future: Future[Outcome], settings: Settings, clock: Clock) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # as above
        return failure(path, error, settings, clock)
