"""Publishes a version of a record completely or not at all.

A version is written beside its place under a name that readers ignore, checked, synced to disk and
renamed. The rename cannot replace a version: of two ingests that publish the same scan, the second
returns the version of the first.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ChangedScanError, DuplicateError
from pipeline.fixity import file_sha256
from pipeline.inbox.mounts import require_mounts
from pipeline.model import Clock
from pipeline.record.changes import ChangeKind, compare_versions
from pipeline.record.record import Record, dump_json
from pipeline.record.version_folder import VersionFolder, version_name
from pipeline.repository.archive_lock import archive_lock
from pipeline.repository.bag import close_bag
from pipeline.repository.catalog import Catalog
from pipeline.repository.contents import write_contents
from pipeline.repository.pdf_jobs import PDF_JOBS_IN_PROCESS, PdfJobs
from pipeline.repository.receipts import expect_receipt
from pipeline.repository.staging import staging
from pipeline.repository.verify_version import check_version
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class PublishResult:
    """The published version of a scan."""

    record_id: str
    version: int
    folder: VersionFolder
    already_published: bool = False  #: by another ingest


def publish_record(  # noqa: PLR0913  scan, content, target, date, reason and PDF functions
    scan: AdmittedScan,
    record: Record,
    pages: Callable[[], Iterable[ReadPage]],
    settings: Settings,
    clock: Clock,
    change_reason: tuple[ChangeKind, str] | None = None,
    *,
    pdf_jobs: PdfJobs = PDF_JOBS_IN_PROCESS,
) -> PublishResult:
    """Write, check and publish a version of a record, and enter it in the catalogue.

    Args:
        scan: the scan of the record.
        record: the record, with the number of the new version.
        pages: returns the pages as read, in order; called once for each writer that needs them.
        settings: names the output folder.
        clock: dates the bag.
        change_reason: the kind of change and its reason; used only after the first version.
        pdf_jobs: writes the searchable PDF and compares it with the scan.

    Raises:
        DuplicateError: another scan took the version's place meanwhile.
        AwayError: the disk of the output is not there.
        ChangedScanError: the scan changed or vanished while it was read.
        RuntimeError: the version fails its own check.
    """
    record_folder, record_id = _record_folder(scan, record, settings), record.id
    version = record.version
    with staging(record_folder, version, settings) as path:
        folder = VersionFolder(path)
        folder.data.mkdir(parents=True)
        if version > 1:
            _write_changes(folder, record, change_reason)
        if record.status != "withdrawn":
            _copy_originals(folder, scan)
        write_contents(folder, record, pages, settings, pdf_jobs.write)
        del record  # a long record needs much memory, and the check loads it again
        _close_and_check(folder, record_id, version, settings, clock, pdf_jobs)
        return _put_in_place(path, VersionFolder.of(record_folder, version), scan, settings)


def _record_folder(scan: AdmittedScan, record: Record, settings: Settings) -> Path:
    """Return the record's folder: the present one, or for a new record one below its levels."""
    if record.version > 1:
        with Catalog(settings.catalog, settings.records) as catalog:
            if present := catalog.record_folder_of(record.id):
                return settings.records / present
    return settings.records.joinpath(*_level_folders(scan), record.id)


def _write_changes(
    folder: VersionFolder, record: Record, change_reason: tuple[ChangeKind, str] | None
) -> None:
    previous = folder.other_version(record.version - 1).load_record()
    is_same_scan = previous.provenance.source.sha256 == record.provenance.source.sha256
    kind, reason = change_reason or (
        ("described", "described anew") if is_same_scan else ("replaced", "another scan of it")
    )
    changes = compare_versions(previous, record, kind, reason)
    content = dump_json(changes.model_dump(mode="json"))
    folder.changes_file.write_text(content, encoding="utf-8", newline="\n")


def _level_folders(scan: AdmittedScan) -> tuple[str, ...]:
    """Return the folder names of the archive's levels; ``unidentified`` without a reference."""
    reference = scan.described.held_reference
    return ("unidentified",) if reference is None else reference.folder_names


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Copy a file and check the digest of the copy.

    Raises:
        ChangedScanError: the source is missing, or the copy has another digest than ``sha256``.
    """
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        msg = f"{source.name} was moved or removed while it was read."
        raise ChangedScanError(msg) from error
    if file_sha256(target) != sha256:
        msg = f"{source.name} changed while it was read."
        raise ChangedScanError(msg)


def _copy_originals(folder: VersionFolder, scan: AdmittedScan) -> None:
    """Copy the scan, its sidecar and its supplements byte for byte."""
    folder.original_folder.mkdir()
    copy_checked(scan.path, folder.original(scan.name), scan.sha256)
    if scan.sidecar is not None and scan.sidecar_sha256 is not None:
        folder.sidecar_folder.mkdir()
        copy_checked(scan.sidecar, folder.sidecar(scan.sidecar.name), scan.sidecar_sha256)
    _copy_supplements(folder, scan)


def _close_and_check(
    folder: VersionFolder,
    record_id: str,
    version: int,
    settings: Settings,
    clock: Clock,
    pdf_jobs: PdfJobs,
) -> None:
    """Close the bag, check the version, sync it to disk and make it read-only."""
    info = {
        "Source-Organization": settings.organization,
        "External-Identifier": record_id,
        "Internal-Sender-Identifier": version_name(version),
        "Bagging-Date": clock.now().date().isoformat(),
        "Bag-Software-Agent": "Opis",
    }
    close_bag(folder.path, {key: value for key, value in info.items() if value})
    findings = check_version(folder, pdf_jobs.compare)
    if findings:
        details = "; ".join(f"{finding.path}: {finding.detail}" for finding in findings[:3])
        msg = f"{record_id} failed verification and was not published: {details}"
        raise RuntimeError(msg)  # a defect of Opis, not of the scan
    _seal_folder(folder.path)


def _copy_supplements(folder: VersionFolder, scan: AdmittedScan) -> None:
    """Copy the files of translations, and write the spreadsheet's row on this scan."""
    for translation in scan.translations:
        if translation.path is not None:
            folder.translation_folder.mkdir(exist_ok=True)
            target = folder.translation(translation.origin)
            copy_checked(translation.path, target, translation.sha256)
    if scan.index_row:
        folder.sidecar_folder.mkdir(exist_ok=True)
        folder.index_row_file.write_text(scan.index_row, encoding="utf-8", newline="")


def _put_in_place(
    staged: Path, target: VersionFolder, scan: AdmittedScan, settings: Settings
) -> PublishResult:
    require_mounts(settings)  # otherwise the lock would be created below an empty mount point
    with archive_lock(settings.output), Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        known = catalog.find_by_digest(scan.sha256)
        if known is not None and (
            known.record_id != target.record_id or known.version >= target.number
        ):
            folder = VersionFolder.of(settings.records / known.folder, known.version)
            return PublishResult(known.record_id, known.version, folder, already_published=True)
        catalog.mark_pending(target)
        expect_receipt(settings.output, target.record_id, target.number)
        try:
            staged.rename(target.path)
        except OSError as error:
            if error.errno not in {errno.ENOTEMPTY, errno.EEXIST}:
                raise
            msg = (
                f"{scan.name}: {target.record_id} has a version {target.number} from another "
                f"scan by now. Say `replaces: {target.record_id}` in its sidecar if it should "
                "become the next version."
            )
            raise DuplicateError(msg) from error
        _sync_path(target.record_folder)
        catalog.apply_pending()
    return PublishResult(target.record_id, target.number, target)


def _seal_folder(folder: Path) -> None:
    """Sync everything to disk and make it read-only, from the inside out."""
    paths = sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True)
    for path in [*paths, folder]:
        _sync_path(path)
        path.chmod(0o555 if path.is_dir() else 0o444)


def _sync_path(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
