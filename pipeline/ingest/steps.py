"""One scan from the inbox to its record, in three steps: admit, read, publish.

Plain functions: ``flows`` runs them as Prefect tasks, or in a thread pool without Prefect, and
the records are the same.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.description.merge import find_sidecar
from pipeline.errors import (
    AwayError,
    ChangedScanError,
    CutOffError,
    EmptyScanError,
    IngestError,
    failure_message,
)
from pipeline.fixity import file_sha256
from pipeline.inbox.files import (
    CopiedFile,
    move_to_refused,
    remove_empty_folders,
    remove_if_copied,
    remove_refusal_reason,
)
from pipeline.inbox.mounts import guard_mounts, require_mounts
from pipeline.ingest.admission import decide_admission
from pipeline.ingest.arrivals import (
    companions_of,
    duplicate_notice,
    entry_exists,
    file_stamps,
    refuse_links,
    write_receipt,
)
from pipeline.ingest.outcome import Outcome
from pipeline.ingest.work import WorkCounter
from pipeline.model import Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import assemble_record, redescribe_record
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.pdf_jobs import PdfJobs, pdf_jobs_in_workers
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.repository.receipts import Work
from pipeline.repository.version_reader import merge_with_previous, stored_pages
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.wording import duration_text, escape_unprintable
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
    path: Path, settings: Settings, workers: WorkerPool, clock: Clock
) -> AdmittedScan | Outcome:
    """Admit a scan; return its outcome if it is published before, refused or incomplete."""
    require_mounts(settings)
    stamps = file_stamps(path)
    try:
        refuse_links(path, settings)
        with Catalog(settings.catalog, settings.records) as catalog:
            admitted = decide_admission(path, settings, workers, catalog, clock)
    except (CutOffError, EmptyScanError) as error:
        return _defer_incomplete_scan(path, error, settings, clock)
    except IngestError as error:
        if file_stamps(path) != stamps:
            return _defer_changed_scan(path, settings, clock)
        return refuse_scan(path, str(error), settings, clock, error.cause)
    if file_stamps(path) != stamps:
        return _defer_changed_scan(path, settings, clock)
    if isinstance(admitted, PublishResult):
        return _finish_scan(path, find_sidecar(path), admitted, settings, clock)
    return admitted


def publish_scan(
    scan: AdmittedScan, settings: Settings, workers: WorkerPool, clock: Clock
) -> Outcome:
    """Build and publish the record of a scan whose pages are read; remove it from the inbox."""
    require_mounts(settings)
    pdfs, counter = pdf_jobs_in_workers(workers, settings), WorkCounter(scan.arrived)
    try:
        if scan.published_folder is not None:
            folder = VersionFolder(scan.published_folder)
            published = _publish_redescription(scan, folder, settings, clock, pdfs)
        else:
            signature = signature_of(settings.engine_choice, scan.languages)
            pages = counter.count(load_pages(scan, settings))
            published = publish_record(  # no variable holds the record: it may be large
                scan,
                assemble_record(scan, pages, signature, clock),
                lambda: load_pages(scan, settings),
                settings,
                clock,
                pdf_jobs=pdfs,
            )
    except ChangedScanError as error:
        return record_failure(scan.path, error, settings, clock)
    except IngestError as error:
        return refuse_scan(scan.path, str(error), settings, clock, error.cause)
    work = None if published.already_published else counter.total_work(clock)
    return _finish_scan(scan.path, scan.sidecar, published, settings, clock, work)


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


def refuse_scan(
    path: Path, reason: str, settings: Settings, clock: Clock, cause: str = "other"
) -> Outcome:
    """Move a scan, its companions and the reason to ``refused/``; outside the inbox it stays."""
    outcome = Outcome(scan=escape_unprintable(path.name), refusal_reason=reason, cause=cause)
    if not path.is_relative_to(settings.inbox):
        write_receipt(path, outcome, settings, clock)
        return outcome
    if not entry_exists(path):
        return _missing_outcome(path, settings)
    move_to_refused(
        path,
        companions_of(path),
        settings.inbox,
        reason,
        lambda target: write_receipt(path, outcome, settings, clock, target),
    )
    return outcome


def _defer_incomplete_scan(
    path: Path, error: IngestError, settings: Settings, clock: Clock
) -> Outcome:
    """Let an incomplete scan wait; refuse it once it is unchanged for ``incomplete_seconds``."""
    if not entry_exists(path):
        return _missing_outcome(path, settings)
    unchanged_seconds = time.time() - path.lstat().st_ctime
    is_in_inbox = path.is_relative_to(settings.inbox)
    if not is_in_inbox or unchanged_seconds >= settings.incomplete_seconds:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    # No time of day: a run that is under way may come first.
    reason = (
        f"{error.args[0]} It waits for the rest; the first run that finds it unchanged for "
        f"{duration_text(settings.incomplete_seconds)} refuses it."
    )
    outcome = Outcome(scan=escape_unprintable(path.name), waiting_reason=reason)
    write_receipt(path, outcome, settings, clock)
    return outcome


def _defer_changed_scan(path: Path, settings: Settings, clock: Clock) -> Outcome:
    """Let a scan wait that changed, or a file beside it, while it was admitted."""
    name = escape_unprintable(path.name)
    error = ChangedScanError(f"{name}, or a file beside it, changed while it was read.")
    return record_failure(path, error, settings, clock)


def record_failure(path: Path, error: BaseException, settings: Settings, clock: Clock) -> Outcome:
    """Return the outcome of a scan after an error that is none of its own; it stays in place."""
    try:
        with guard_mounts(settings):
            if not entry_exists(path):
                return _missing_outcome(path, settings)
    except AwayError as away:  # the receipts may be on the same disk
        return Outcome(escape_unprintable(path.name), failure_reason=str(away))
    message, name = failure_message(error), escape_unprintable(path.name)
    if isinstance(error, ChangedScanError):
        outcome = Outcome(name, waiting_reason=message)
    else:
        outcome = Outcome(name, failure_reason=message)
    with suppress(OSError):  # the same error may prevent the receipt
        write_receipt(path, outcome, settings, clock)
    return outcome


def _missing_outcome(path: Path, settings: Settings) -> Outcome:
    require_mounts(settings)  # the scan may be missing because its disk is
    name = escape_unprintable(path.name)
    reason = (
        f"{name} is no longer in its folder: another run has dealt with it, as `opis receipts` "
        "tells, or somebody moved it."
    )
    return Outcome(scan=name, missing_reason=reason)


def end_batch(settings: Settings, clock: Clock) -> None:
    """Rebuild the catalogue under a fixed clock, so that the order of publication does not show."""
    if clock.is_fixed:
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()


def _finish_scan(
    path: Path,
    sidecar: Path | None,
    published: PublishResult,
    settings: Settings,
    clock: Clock,
    work: Work | None = None,
) -> Outcome:
    """Write the receipt of a published scan, and remove the scan from the inbox.

    A scan outside the inbox, named on the command line, stays.
    """
    record = published.folder.load_record()
    outcome = Outcome.from_record(
        path.name,
        record,
        published.folder,
        already_published=published.already_published,
        finding=duplicate_notice(path, record, published),
        work=work and work.model_copy(update={"review": record.needs_review}),
    )
    write_receipt(path, outcome, settings, clock)
    if path.is_relative_to(settings.inbox) and not settings.keep_inbox:
        _remove_from_inbox(path, sidecar, record, published, settings)
    return outcome


def _remove_from_inbox(
    path: Path, sidecar: Path | None, record: Record, published: PublishResult, settings: Settings
) -> None:
    """Remove scan and companions, or none; the scan last, because the next run looks for scans.

    A sidecar or translation that came while the scan was read is not in its record: all stay, and
    the next run publishes the new description.
    """
    provenance, folder = record.provenance, published.folder
    names = [translation.origin for translation in record.translations]
    texts = [(path.with_name(name), folder.translation(name)) for name in names]
    copies = [CopiedFile(text, file_sha256(copy), copy) for text, copy in texts if copy.is_file()]
    copies += [CopiedFile(path, provenance.source.sha256, folder.original(provenance.source.name))]
    if sidecar is not None and provenance.sidecar is not None:
        copy = folder.sidecar(provenance.sidecar.name)
        copies.insert(0, CopiedFile(sidecar, provenance.sidecar.sha256, copy))
    published_paths = {file.path for file in copies}
    if not published.already_published and set(companions_of(path)) - published_paths:
        return
    if remove_if_copied(copies):
        remove_refusal_reason(path, settings.inbox)
    remove_empty_folders(path.parent, settings.inbox)
