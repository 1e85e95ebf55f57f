"""One scan from the inbox to its record, in three steps: admit, read, publish.

Plain functions: ``flows`` runs them as Prefect tasks, or in a thread pool without Prefect, and
the records are the same.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.errors import (
    ChangedScanError,
    CutOffError,
    DuplicateError,
    EmptyScanError,
    IngestError,
)
from pipeline.inbox.mounts import require_mounts
from pipeline.ingest.admission import PublishedScan, assign_version, decide_admission
from pipeline.ingest.arrivals import (
    duplicate_notice,
    file_stamps,
    refuse_links,
    write_receipt,
)
from pipeline.ingest.departures import leave_inbox
from pipeline.ingest.documents import TakenDocuments, namesakes_of, settings_for, take_documents
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.questions import UndecidedError, require_language_decision
from pipeline.ingest.same_place import neighbour_notice, scans_sharing_place
from pipeline.ingest.unpublished import (
    defer_changed_scan,
    defer_scan,
    record_failure,
    refuse_scan,
)
from pipeline.ingest.work import WorkCounter
from pipeline.model import Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import assemble_record, redescribe_record
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.correction_log import corrections_by_record, with_corrections
from pipeline.repository.pdf_jobs import PdfJobs, pdf_jobs_in_workers
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.repository.receipts import Work
from pipeline.repository.version_reader import merge_with_previous, stored_pages
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable, printable_line
from pipeline.workers.page_runs import load_pages
from pipeline.workers.pool import WorkerPool


def refuse_illegible_names(
    paths: Iterable[Path], settings: Settings, clock: Clock
) -> tuple[list[Path], list[Outcome]]:
    """Refuse scans whose names Prefect cannot store; return the other scans, and the outcomes."""
    legible, refused = [], []
    for path in paths:
        escaped = escape_unprintable(str(path))
        if escaped == str(path):
            legible.append(path)
            continue
        reason = (
            f"{escape_unprintable(path.name)} cannot be taken: {escaped} holds control characters "
            "or letters that are not UTF-8. Rename the scan or its folder."
        )
        try:
            refused.append(refuse_scan(path, reason, settings, clock, "name"))
        except OSError as error:  # it stops no other scan
            refused.append(record_failure(path, error, settings, clock))
    return legible, refused


def claimed_elsewhere(paths: Iterable[Path]) -> list[Outcome]:
    """Return the outcomes of scans that another run has claimed; they are where they were."""
    names = [escape_unprintable(path.name) for path in paths]
    return [
        Outcome(scan=name, waiting_reason=f"{name} is already being read by another run.")
        for name in names
    ]


def admit_scan(
    path: Path, settings: Settings, workers: WorkerPool, clock: Clock, *, shares_place: bool = False
) -> AdmittedScan | Outcome:
    """Admit a scan; return its outcome if it is published before, refused or incomplete.

    Args:
        path: of the scan.
        settings: of the archive.
        workers: inspect the scan.
        clock: gives the time of arrival.
        shares_place: another document of the batch has the same reference.
    """
    require_mounts(settings)
    settings = settings_for(path, settings)
    stamps = file_stamps(path)
    try:
        refuse_links(path, settings)
        with Catalog(settings.catalog, settings.records) as catalog:
            namesakes = scans_sharing_place(namesakes_of(path, settings), settings)
            shares_place = shares_place or path in namesakes
            admitted = decide_admission(
                path, settings, workers, catalog, clock, shares_place=shares_place
            )
    except (CutOffError, EmptyScanError, UndecidedError) as error:
        return defer_scan(path, error, settings, clock)
    except IngestError as error:
        if file_stamps(path) != stamps:
            return defer_changed_scan(path, settings, clock)
        return refuse_scan(path, str(error), settings, clock, error.cause)
    if file_stamps(path) != stamps:
        return defer_changed_scan(path, settings, clock)
    if isinstance(admitted, PublishedScan):
        return _finish_scan(path, admitted, settings, workers, clock)
    return admitted


def publish_scan(
    scan: AdmittedScan, settings: Settings, workers: WorkerPool, clock: Clock
) -> Outcome:
    """Build and publish the record of a scan whose pages are read; remove it from the inbox."""
    require_mounts(settings)
    settings = settings_for(scan.path, settings)
    counter = WorkCounter(scan.arrived)
    try:
        published = _publish_at_place(scan, counter, settings, workers, clock)
    except UndecidedError as error:
        return defer_scan(scan.path, error, settings, clock)
    except ChangedScanError as error:
        return record_failure(scan.path, error, settings, clock)
    except IngestError as error:
        return refuse_scan(scan.path, str(error), settings, clock, error.cause)
    work = None if published.already_published else counter.total_work(clock)
    finished = PublishedScan(published, scan.documents)
    return _finish_scan(scan.path, finished, settings, workers, clock, work)


def _publish_at_place(
    scan: AdmittedScan, counter: WorkCounter, settings: Settings, workers: WorkerPool, clock: Clock
) -> PublishResult:
    """Publish the record of a scan; under another id if another document took its own meanwhile."""
    try:
        return _publish_version(scan, counter, settings, workers, clock)
    except DuplicateError:
        if scan.version > 1:
            raise
        with Catalog(settings.catalog, settings.records) as catalog:
            scan = assign_version(scan, catalog, settings)
        return _publish_version(scan, counter, settings, workers, clock)


def _publish_version(
    scan: AdmittedScan, counter: WorkCounter, settings: Settings, workers: WorkerPool, clock: Clock
) -> PublishResult:
    pdfs = pdf_jobs_in_workers(workers, settings)
    if scan.published_folder is not None:
        folder = VersionFolder(scan.published_folder)
        return _publish_redescription(scan, folder, settings, clock, pdfs)
    return publish_record(  # no variable holds the record: it may be large
        scan,
        _assemble(scan, counter, settings, clock),
        lambda: _load_corrected(scan, settings),
        settings,
        clock,
        pdf_jobs=pdfs,
    )


def _assemble(scan: AdmittedScan, counter: WorkCounter, settings: Settings, clock: Clock) -> Record:
    """Return the record of a scan; UndecidedError if a person is to name its language first."""
    signature = signature_of(settings.engine_choice, scan.languages)
    pages = counter.count(_load_corrected(scan, settings))
    record = assemble_record(scan, pages, signature, clock)
    if settings.ask_people:
        require_language_decision(record, scan.described.description)
    return record


def _load_corrected(scan: AdmittedScan, settings: Settings) -> Iterator[ReadPage]:
    """Yield the pages of a scan; one that replaces another keeps the corrections of its images."""
    pages = load_pages(scan, settings)
    if scan.version == 1:
        return pages
    return with_corrections(pages, corrections_by_record(settings.output)[scan.record_id])


def _publish_redescription(
    scan: AdmittedScan, folder: VersionFolder, settings: Settings, clock: Clock, pdf_jobs: PdfJobs
) -> PublishResult:
    """Publish a version with a new description and the texts of the version before."""
    old = folder.load_record()
    merged, is_new = merge_with_previous(scan, folder, old)
    record = redescribe_record(old, merged, new_description=is_new)
    return publish_record(
        merged, record, lambda: stored_pages(folder, old), settings, clock, pdf_jobs=pdf_jobs
    )


def end_batch(settings: Settings, clock: Clock) -> None:
    """Rebuild the catalogue under a fixed clock, so that the order of publication does not show."""
    if clock.is_fixed:
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()


def _finish_scan(
    path: Path,
    scan: PublishedScan,
    settings: Settings,
    workers: WorkerPool,
    clock: Clock,
    work: Work | None = None,
) -> Outcome:
    """Write the receipt of a published scan, take out its documents or remove it from the inbox."""
    published = scan.version
    record = published.folder.load_record()
    outcome = Outcome.from_record(
        path.name,
        record,
        published.folder,
        already_published=published.already_published,
        finding=duplicate_notice(path, record, published)
        or neighbour_notice(record, published, settings),
        work=work and work.model_copy(update={"review": record.needs_review}),
    )
    write_receipt(path, outcome, settings, clock)
    taken = TakenDocuments()
    if scan.documents is not None:
        taken = take_documents(path, scan.documents, record, settings, workers)
    if not taken.paths:
        leave_inbox(path, record, published, settings)
    finding = " ".join(filter(None, [outcome.finding, *taken.notes]))
    return replace(outcome, documents=taken.paths, finding=printable_line(finding))
