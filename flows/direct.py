"""Ingests and revises without Prefect, for scripts and benchmarks; the records are the same."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Literal

from flows import runtime
from flows.progress import meter
from pipeline.errors import failure_message
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.revisions import (
    Revision,
    RevisionPreview,
    prepare_corrected,
    prepare_reclean,
    prepare_reread,
    revision_failure,
)
from pipeline.ingest.same_place import scans_sharing_place
from pipeline.ingest.scheduler import BatchScheduler
from pipeline.ingest.selected_records import select_records
from pipeline.ingest.selection import select_scans
from pipeline.ingest.steps import admit_scan, end_batch, publish_scan
from pipeline.ingest.unpublished import record_failure
from pipeline.model import Clock
from pipeline.repository.correction_log import select_corrected
from pipeline.repository.pdf_jobs import pdf_jobs_in_workers
from pipeline.repository.record_selection import RecordSelection
from pipeline.settings import Settings
from pipeline.system.thread_pool import thread_pool
from pipeline.workers.page_runs import read_pages

RevisionKind = Literal["reread", "reclean", "publish-corrections"]


def ingest_scans(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Ingest scans, or the whole inbox if none are named; read pages of all scans in parallel."""
    with select_scans(scans, settings, clock) as (selected, others):
        return [*others, *_ingest_selected(selected, settings, clock)]


def _ingest_selected(scans: Sequence[Path], settings: Settings, clock: Clock) -> list[Outcome]:
    """Admit, read and publish the scans in threads of this process."""
    jobs, workers = runtime.worker_count(settings), runtime.worker_pool(settings)
    sharing = scans_sharing_place(scans, settings)
    # Twice the jobs: while workers read, other threads admit and publish.
    with thread_pool(2 * jobs) as pool:
        scheduler = BatchScheduler(
            admit=lambda path: pool.submit(
                admit_scan, path, settings, workers, clock, shares_place=path in sharing
            ),
            read=lambda scan, run: pool.submit(read_pages, scan, run, settings, workers, clock),
            publish=lambda scan, _: pool.submit(publish_scan, scan, settings, workers, clock),
            failure=partial(record_failure, settings=settings, clock=clock),
            progress=meter,
            jobs=jobs,
        )
        outcomes = list(scheduler.run(scans))
    end_batch(settings, clock)
    return outcomes


def select_for(kind: RevisionKind, selection: RecordSelection, settings: Settings) -> list[str]:
    """Return the ids of the records that are to be revised.

    Raises:
        CatalogError, SetupError: as `select_records` does.
    """
    select = select_corrected if kind == "publish-corrections" else select_records
    return select(selection, settings)


def revise_record(kind: RevisionKind, record: str, settings: Settings, reason: str) -> Outcome:
    """Read or clean one record again.

    A failure is in the outcome, not raised: one bad record stops no other.
    """
    try:
        revision = _prepare_revision(kind, record, settings, reason)
        pdf_jobs = pdf_jobs_in_workers(runtime.worker_pool(settings), settings)
        return revision.publish_if_changed(settings, runtime.get_clock(), pdf_jobs)
    except Exception as error:  # see above
        return revision_failure(record, error)


def preview_revision(kind: RevisionKind, record: str, settings: Settings) -> RevisionPreview:
    """Read or clean one record again, and return what would change; nothing is published.

    A failure is in the preview, not raised.
    """
    try:
        return _prepare_revision(kind, record, settings, "").preview()
    except Exception as error:  # see above
        return RevisionPreview(record, failure_reason=failure_message(error))


def _prepare_revision(kind: RevisionKind, record: str, settings: Settings, reason: str) -> Revision:
    clock = runtime.get_clock()
    if kind == "reclean":
        return prepare_reclean(record, settings, clock, reason)
    if kind == "publish-corrections":
        return prepare_corrected(record, settings, clock, reason)
    return prepare_reread(record, settings, runtime.worker_pool(settings), clock, reason)
