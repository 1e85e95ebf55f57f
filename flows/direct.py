"""Ingests and revises without Prefect, for scripts and benchmarks; the records are the same."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from flows import runtime
from flows.progress import meter
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import reclean_record, reread_record, revision_failure
from pipeline.ingest.scheduler import BatchScheduler
from pipeline.ingest.selection import select_scans
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan, record_failure
from pipeline.model import Clock
from pipeline.repository.pdf_jobs import pdf_jobs_in_workers
from pipeline.settings import Settings
from pipeline.system.thread_pool import thread_pool
from pipeline.workers.page_runs import read_pages


def ingest_scans(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans, or the whole inbox if none are named; read pages of all scans in parallel."""
    with select_scans(scans, settings, clock) as (selected, others):
        return [*others, *_ingest_selected(selected, settings, clock)]


def _ingest_selected(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Admit, read and publish the scans in threads of this process."""
    jobs, workers = runtime.worker_count(settings), runtime.worker_pool(settings)
    # Twice the jobs: while workers read, other threads admit and publish.
    with thread_pool(2 * jobs) as pool:
        scheduler = BatchScheduler(
            admit=lambda path: pool.submit(admit_scan, path, settings, workers, clock),
            read=lambda scan, run: pool.submit(read_pages, scan, run, settings, workers, clock),
            publish=lambda scan, _: pool.submit(publish_scan, scan, settings, workers, clock),
            failure=partial(record_failure, settings=settings, clock=clock),
            progress=meter,
            jobs=jobs,
        )
        outcomes = list(scheduler.run(scans))
    end_batch(settings, clock)
    return outcomes


def revise_record(kind: str, record: str, settings: Settings, reason: str) -> Outcome:
    """Read (``reread``) or clean (``reclean``) one record again.

    A failure is in the outcome, not raised: one bad record stops no other.
    """
    clock, workers = runtime.get_clock(), runtime.worker_pool(settings)
    try:
        if kind == "reclean":
            pdf_jobs = pdf_jobs_in_workers(workers, settings)
            return reclean_record(record, settings, clock, reason, pdf_jobs)
        return reread_record(record, settings, workers, clock, reason)
    except Exception as error:  # see above
        return revision_failure(record, error)


def revise_records(
    kind: str, records: Sequence[str], settings: Settings, reason: str
) -> list[Outcome]:
    """Read or clean records again, one after the other."""
    return [revise_record(kind, record, settings, reason) for record in records]
