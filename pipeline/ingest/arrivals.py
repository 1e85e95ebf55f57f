"""Receipts of scans, the files beside a scan, and the refusal of links."""

import stat
from pathlib import Path

from pipeline.description.merge import find_sidecars
from pipeline.description.translations import translation_files
from pipeline.errors import LinkError
from pipeline.fixity import file_sha256
from pipeline.inbox.files import file_stamp
from pipeline.inbox.name_forms import name_key
from pipeline.ingest.documents import origin_of
from pipeline.ingest.outcome import Outcome
from pipeline.model import Clock
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.publish import PublishResult
from pipeline.repository.receipts import Receipt, append_receipt, manifest_digest, name_in_receipt
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable, printable_line


def write_receipt(
    path: Path, outcome: Outcome, settings: Settings, clock: Clock, target: Path | None = None
) -> None:
    """Append the receipt of a scan that is still where it arrived; none if the scan is gone.

    Args:
        path: of the scan.
        outcome: of the scan.
        settings: the folders of inbox and output.
        clock: gives the time of the receipt.
        target: the path that a refused scan is moved to.

    Raises:
        OSError: the receipt cannot be written.
    """
    status = outcome.status
    if status == "gone":  # the run that took the scan writes its receipt
        return
    size, sha256 = _size_and_digest(path)
    receipt = Receipt(
        when=clock.now(),
        scan=_scan_name(path, settings),
        size=size,
        sha256=sha256,
        beside=tuple(sorted(escape_unprintable(file.name) for file in companions_of(path))),
        fate=status,
        record=outcome.record,
        version=outcome.version,
        manifest=manifest_digest(VersionFolder(Path(outcome.folder))) if outcome.folder else "",
        where=_receipt_location(path, outcome, settings, target),
        reason=outcome.reason,
        finding=outcome.finding,
        cause=outcome.cause,
        work=outcome.work,
    )
    append_receipt(receipt, settings.output)


def duplicate_notice(path: Path, record: Record, published: PublishResult) -> str:
    """Return a notice if the same bytes were published under another file name; else ``""``."""
    first = record.provenance.source.name
    if not published.already_published or name_key(first) == name_key(path.name):
        return ""
    notice = f"{path.name} holds the same bytes as {first}, from which {record.id} was made."
    return printable_line(notice)


def companions_of(scan: Path) -> list[Path]:
    """Return the files beside a scan that belong to it: sidecars and translations."""
    return [*find_sidecars(scan), *translation_files(scan).values()]


def file_stamps(scan: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of a scan and of each file beside it that belongs to it."""
    return {file.name: file_stamp(file) for file in (scan, *companions_of(scan))}


def entry_exists(path: Path) -> bool:
    """Return whether a path exists; a broken link counts."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # nobody can tell; what is next done with it says why
        return True
    return True


def refuse_links(path: Path, settings: Settings) -> None:
    """Refuse a scan of the inbox that is a link or has one beside it: the target may be any file.

    Raises:
        LinkError: the scan, a sidecar or a translation is a link.
    """
    if not path.is_relative_to(settings.inbox):
        return
    for file in (path, *companions_of(path)):
        if file.is_symlink():
            msg = f"{file.name} is a link to another place."
            raise LinkError(msg)


def _scan_name(path: Path, settings: Settings) -> str:
    """Return the name of a scan in its receipt; of a document, that of its scan, too."""
    origin = origin_of(path, settings)
    if origin is None:
        return name_in_receipt(path, settings.inbox)
    return f"{name_in_receipt(origin, settings.inbox)} ({path.name})"


def _receipt_location(path: Path, outcome: Outcome, settings: Settings, target: Path | None) -> str:
    if outcome.folder:
        return Path(outcome.folder).relative_to(settings.output).as_posix()
    if target is not None:
        return f"{settings.inbox.name}/{name_in_receipt(target, settings.inbox)}"
    return name_in_receipt(path, settings.inbox.parent)


def _size_and_digest(path: Path) -> tuple[int | None, str | None]:
    """Return size in bytes and SHA-256; None, None if it is no regular file or is unreadable."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return None, None
        return status.st_size, file_sha256(path)
    except OSError:
        return None, None
