"""Publishes a record whole or not at all.

A version is written beside its place under a name that no reader looks at, checked from the
inside out, forced to disk, and renamed. The rename cannot replace a version: of two ingests that
publish the same scan, one finds the place taken and takes the record that is there.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import DuplicateError, IngestError, UnreadableError
from pipeline.fixity import file_sha256
from pipeline.inbox.mounts import require_mounts
from pipeline.model import Clock
from pipeline.record.changes import ChangeKind, compare_versions
from pipeline.record.record import Record, dump_json
from pipeline.record.version_folder import VersionFolder, version_name
from pipeline.repository.bag import close_bag
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_file import archive_lock
from pipeline.repository.contents import write_contents
from pipeline.repository.pdf_jobs import IN_PROCESS, PdfJobs
from pipeline.repository.staging import staging
from pipeline.repository.verify_version import check_version
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class PublishResult:
    """Where a scan's record is; ``already`` when another ingest had published it."""

    record_id: str
    version: int
    folder: VersionFolder
    already_published: bool = False


def publish_record(  # noqa: PLR0913  what, from where, where to, when, why and by whom
    scan: AdmittedScan,
    record: Record,
    pages: Callable[[], Iterable[ReadPage]],
    settings: Settings,
    clock: Clock,
    change_reason: tuple[ChangeKind, str] | None = None,
    *,
    pdf_jobs: PdfJobs = IN_PROCESS,
) -> PublishResult:
    """Write, check and publish a version of a record, and enter it in the catalogue.

    Args:
        scan: the scan it is made from.
        record: its content.
        pages: gives the pages as read, in order; called once for each writer that needs them.
        settings: where to.
        clock: dates the bag.
        change_reason: there is a version after the first: what was done, and the reason.
        pdf_jobs: writes and looks at the searchable PDF.

    Raises:
        DuplicateError: the record's place was taken meanwhile by other bytes.
        AwayError: the disk of the output is not there.
        IngestError: the scan changed or vanished while it was read.
    """
    home, name, version = _record_folder(scan, record, settings), record.id, record.version
    with staging(home, version, settings) as path:
        folder = VersionFolder(path)
        folder.data.mkdir(parents=True)
        if version > 1:
            _write_changes(folder, record, change_reason)
        if record.status != "withdrawn":
            _copy_originals(folder, scan)
        write_contents(folder, record, pages, settings.base_url, pdf_jobs.write)
        del record  # a long one weighs, and the check reads it back
        _close_and_check(folder, name, version, settings, clock, pdf_jobs)
        return _put_in_place(path, VersionFolder.of(home, version), scan, settings)


def _record_folder(scan: AdmittedScan, record: Record, settings: Settings) -> Path:
    """Return the record's folder: where its versions lie, or where the ladder of a first leads."""
    if record.version > 1:
        with Catalog(settings.catalog, settings.records) as catalog:
            if known := catalog.folder_of(record.id):
                return settings.records / known
    return settings.records.joinpath(*_level_folders(scan), record.id)


def _write_changes(
    folder: VersionFolder, record: Record, change_reason: tuple[ChangeKind, str] | None
) -> None:
    old = folder.other_version(record.version - 1).load_record()
    same = old.provenance.source.sha256 == record.provenance.source.sha256
    kind, reason = change_reason or (
        ("described", "described anew") if same else ("replaced", "another scan of it")
    )
    told = compare_versions(old, record, kind, reason)
    folder.changes_file.write_text(
        dump_json(told.model_dump(mode="json")), encoding="utf-8", newline="\n"
    )


def _level_folders(scan: AdmittedScan) -> tuple[str, ...]:
    """Return the archive's own ladder as folders; a replacing version stays with its record."""
    held = scan.described.held_reference
    return ("unidentified",) if held is None else held.folder_names


def copy_checked(source: Path, target: Path, sha256: str) -> None:
    """Copy a file and read the copy back.

    Raises:
        UnreadableError: the file is not, or no longer, what it was when it was admitted.
    """
    try:
        shutil.copyfile(source, target)
    except FileNotFoundError as error:
        msg = f"{source.name} is gone from the inbox."
        raise UnreadableError(msg) from error
    if file_sha256(target) != sha256:
        msg = f"{source.name} changed while it was read. Leave it alone until it is published."
        raise IngestError(msg)


def _copy_originals(folder: VersionFolder, scan: AdmittedScan) -> None:
    """Keep the scan, and what came with it, bit for bit."""
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
    """Close the bag, check it, and make it read-only."""
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
        worst = "; ".join(f"{found.path}: {found.detail}" for found in findings[:3])
        msg = f"{record_id} does not check and was not published: {worst}"
        raise RuntimeError(msg)  # ours to mend: nothing the scan did
    _seal_folder(folder.path)


def _copy_supplements(folder: VersionFolder, scan: AdmittedScan) -> None:
    """Keep translations as they came, and of a spreadsheet the row on this scan."""
    for text in scan.translations:
        if text.path is not None:
            folder.translation_folder.mkdir(exist_ok=True)
            copy_checked(text.path, folder.translation(text.origin), text.sha256)
    if scan.index_row:
        folder.sidecar_folder.mkdir(exist_ok=True)
        folder.index_row_file.write_text(scan.index_row, encoding="utf-8", newline="")


def _put_in_place(
    staged: Path, target: VersionFolder, scan: AdmittedScan, settings: Settings
) -> PublishResult:
    require_mounts(settings)  # else the lock would be made where no disk is
    with (
        archive_lock(settings.output),
        Catalog(settings.catalog, settings.records) as catalog,
    ):
        catalog.apply_pending()
        known = catalog.find_by_digest(scan.sha256)
        if known is not None and (
            known.record_id != target.record_id or known.version >= target.number
        ):
            there = VersionFolder.of(settings.records / known.folder, known.version)
            return PublishResult(known.record_id, known.version, there, already_published=True)
        catalog.mark_pending(target)
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
    """Force everything to disk and make it read-only, folders last."""
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
