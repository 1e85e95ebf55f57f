"""One scan from the inbox to its record, in three steps: admit, read, publish.

Plain functions: ``flows`` runs them as Prefect tasks, or in a thread pool without Prefect, and
the records are the same.
"""

import math
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pipeline.description.merge import find_sidecar
from pipeline.errors import (
    AwayError,
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
    refuse_links,
    write_receipt,
)
from pipeline.ingest.outcome import Outcome, Work
from pipeline.ingest.work import WorkCounter
from pipeline.model import Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import assemble_record, redescribe_record
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.pdf_jobs import PdfJobs, in_workers
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.repository.version_reader import merge_with_previous, stored_pages
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable, plural
from pipeline.workers.page_runs import load_pages
from pipeline.workers.pool import WorkerPool


def refuse_illegible_names(
    paths: Iterable[Path], settings: Settings, clock: Clock
) -> tuple[list[Path], list[Outcome]]:
    """Refuse the scans whose names nothing can hold, Prefect included; return the others, too."""
    kept, refused = [], []
    for path in paths:
        told = escape_unprintable(str(path))
        if told == str(path):
            kept.append(path)
            continue
        reason = (
            f"{escape_unprintable(path.name)} cannot be taken: {told} holds control characters "
            "or letters that are not UTF-8. Rename the scan or its folder."
        )
        refused.append(refuse_scan(path, reason, settings, clock, "name"))
    return kept, refused


def claimed_elsewhere(paths: Iterable[Path]) -> list[Outcome]:
    """Tell of the scans that another run is at."""
    names = [escape_unprintable(path.name) for path in paths]
    return [
        Outcome(scan=name, missing_reason=f"{name} is being taken by another run.")
        for name in names
    ]


def admit_scan(
    path: Path, settings: Settings, workers: WorkerPool, clock: Clock
) -> AdmittedScan | Outcome:
    """Admit a scan; one that is published already, or cannot be, is done with here."""
    require_mounts(settings)
    try:
        refuse_links(path, settings)
        with Catalog(settings.catalog, settings.records) as catalog:
            found = decide_admission(path, settings, workers, catalog, clock)
    except (CutOffError, EmptyScanError) as error:
        return _defer_incomplete_scan(path, error, settings, clock)
    except IngestError as error:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    if isinstance(found, PublishResult):
        return _finish_scan(path, find_sidecar(path), found, settings, clock)
    return found


def publish_scan(
    scan: AdmittedScan, settings: Settings, workers: WorkerPool, clock: Clock
) -> Outcome:
    """Make and publish the record of a scan whose pages are read, and retire the scan."""
    require_mounts(settings)
    pdfs, effort = in_workers(workers, settings), WorkCounter(scan.arrived)
    try:
        if scan.published_folder is not None:
            folder = VersionFolder(scan.published_folder)
            published = _publish_redescription(scan, folder, settings, clock, pdfs)
        else:
            signature = signature_of(settings.engine, scan.languages)
            pages = effort.count(load_pages(scan, settings))
            published = publish_record(  # the record has no name here: a long one weighs
                scan, assemble_record(scan, pages, signature, clock),
                lambda: load_pages(scan, settings), settings, clock, pdf_jobs=pdfs,
            )  # fmt: skip
    except IngestError as error:
        return refuse_scan(scan.path, str(error), settings, clock, error.cause)
    work = None if published.already_published else effort.total_work(clock)
    return _finish_scan(scan.path, scan.sidecar, published, settings, clock, work)


def _publish_redescription(
    scan: AdmittedScan, folder: VersionFolder, settings: Settings, clock: Clock, pdf_jobs: PdfJobs
) -> PublishResult:
    """Publish a version whose texts are those of the one before; nothing is read."""
    old = folder.load_record()
    whole, anew = merge_with_previous(scan, folder, old)
    record = redescribe_record(old, whole, new_description=anew)
    return publish_record(
        whole, record, lambda: stored_pages(folder, old), settings, clock, pdf_jobs=pdf_jobs
    )


def refuse_scan(
    path: Path, reason: str, settings: Settings, clock: Clock, cause: str = "other"
) -> Outcome:
    """Move a scan to ``refused/`` with its sidecar and the reason; one from elsewhere stays."""
    outcome = Outcome(scan=escape_unprintable(path.name), refusal_reason=reason, cause=cause)
    if not path.is_relative_to(settings.inbox):
        write_receipt(path, outcome, settings, clock)
        return outcome
    if not entry_exists(path):
        return _missing_outcome(path, settings)
    move_to_refused(
        path, companions_of(path), settings.inbox, reason,
        lambda target: write_receipt(path, outcome, settings, clock, target),
    )  # fmt: skip
    return outcome


def _defer_incomplete_scan(
    path: Path, error: IngestError, settings: Settings, clock: Clock
) -> Outcome:
    """Let a scan whose end is missing wait for it; refuse it where nothing came for long."""
    if not entry_exists(path):
        return _missing_outcome(path, settings)
    still = time.time() - path.lstat().st_ctime
    inside = path.is_relative_to(settings.inbox)
    if not inside or still >= settings.incomplete_seconds:
        return refuse_scan(path, str(error), settings, clock, error.cause)
    left = math.ceil((settings.incomplete_seconds - max(still, 0)) / 60)
    sentence = (
        f"{error.args[0]} It waits for the rest; if nothing comes, it is refused in "
        f"{plural(left, 'minute')}."
    )
    outcome = Outcome(scan=escape_unprintable(path.name), waiting_reason=sentence)
    write_receipt(path, outcome, settings, clock)
    return outcome


def record_failure(path: Path, error: BaseException, settings: Settings, clock: Clock) -> Outcome:
    """Say that something went wrong on our side; the scan stays where it is."""
    try:
        with guard_mounts(settings):
            if not entry_exists(path):
                return _missing_outcome(path, settings)
    except AwayError as away:  # and so is the book of arrivals, maybe
        return Outcome(escape_unprintable(path.name), failure_reason=str(away))
    outcome = Outcome(escape_unprintable(path.name), failure_reason=failure_message(error))
    with suppress(OSError):  # the same trouble may keep the receipt from being written
        write_receipt(path, outcome, settings, clock)
    return outcome


def _missing_outcome(path: Path, settings: Settings) -> Outcome:
    require_mounts(settings)  # else only its disk is gone
    name = escape_unprintable(path.name)
    sentence = f"{name} is no longer where it was: another run took it, or somebody moved it."
    return Outcome(scan=name, missing_reason=sentence)


def end_batch(settings: Settings, clock: Clock) -> None:
    """Leave the catalogue in one order, not in that of the publications, under a still clock."""
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
    """Take the scan out of the inbox, now that a verified copy of it is published.

    A scan that was named on the command line and lies elsewhere is left where it is.
    """
    record = published.folder.load_record()
    outcome = Outcome.from_record(
        path.name, record, published.folder, already_published=published.already_published,
        finding=duplicate_notice(path, record, published),
        work=work and work.model_copy(update={"review": record.needs_review}),
    )  # fmt: skip
    write_receipt(path, outcome, settings, clock)
    if path.is_relative_to(settings.inbox) and not settings.keep_inbox:
        _remove_from_inbox(path, sidecar, record, published, settings)
    return outcome


def _remove_from_inbox(
    path: Path, sidecar: Path | None, record: Record, published: PublishResult, settings: Settings
) -> None:
    """Take away scan and companions, or none; the scan last: it is what a next run takes up.

    A sidecar or translation that came while the scan was read is not in its record: both stay,
    and the next run describes the record anew.
    """
    made, folder = record.provenance, published.folder
    texts = [
        (path.with_name(one.origin), folder.translation(one.origin)) for one in record.translations
    ]
    copies = [CopiedFile(text, file_sha256(kept), kept) for text, kept in texts if kept.is_file()]
    copies += [CopiedFile(path, made.source.sha256, folder.original(made.source.name))]
    if sidecar is not None and made.sidecar is not None:
        kept = folder.sidecar(made.sidecar.name)
        copies.insert(0, CopiedFile(sidecar, made.sidecar.sha256, kept))
    if not published.already_published and set(companions_of(path)) - {
        copy.path for copy in copies
    }:
        return
    if remove_if_copied(copies):
        remove_refusal_reason(path, settings.inbox)
    remove_empty_folders(path.parent, settings.inbox)
