"""What happened in an archive, as events for other programs; each receipt tells of one or two.

Receipts are written by every command, with Prefect or without, on every machine; so the events are
read from them. A file in the work folder says how far they were reported: each is reported once,
whichever process does it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.receipts import Receipt, read_receipts_since
from pipeline.settings import Settings

_POSITION_FILE = "events-reported"


@dataclass(frozen=True, slots=True)
class ArchiveEvent:
    """Something that happened to a record or to a scan."""

    #: ``record.published``, ``record.withdrawn``, ``record.needs-review`` or ``scan.refused``
    name: str
    subject: str  #: id of the record, or SHA-256 of the scan
    label: str  #: its name for people
    when: str  #: ISO 8601
    payload: dict[str, Any] = field(default_factory=dict)

    @property
    def is_about_record(self) -> bool:
        """Whether the subject is a record; else it is a scan."""
        return self.name.startswith("record.")


def report_new_events(settings: Settings, report: Callable[[ArchiveEvent], None]) -> int:
    """Report the events that no process has reported yet, the oldest first; return their number.

    What happened before the first call for an archive is not reported, nor what stands in a
    receipts file that is shorter than it was: the archive was put back from a copy.

    Args:
        settings: where the archive is.
        report: called with each event; if it raises, that receipt is reported again later.

    Raises:
        OSError: the work folder cannot be written to; nothing was reported.
    """
    position = settings.work_folder / _POSITION_FILE
    settings.work_folder.mkdir(parents=True, exist_ok=True)
    count = 0
    with FileLock(position.with_suffix(".lock")):
        size = _size_of(settings.receipts)
        if not position.exists() or 0 < size < _read_position(position):
            position.write_text(str(size), "ascii")
        offset = _read_position(position)
        if size == offset:
            return 0
        receipts, end = read_receipts_since(settings.output, offset)
        next_position = position.with_suffix(".next")  # on a full disk nothing is reported
        next_position.write_text(str(end), "ascii")
        for receipt in receipts:
            for event in events_of(receipt, settings):
                report(event)
                count += 1
        next_position.replace(position)
    return count


def events_of(receipt: Receipt, settings: Settings) -> Iterator[ArchiveEvent]:
    """Yield the events that a receipt tells of."""
    when = receipt.when.isoformat()
    if receipt.fate == "refused":
        payload = {"scan": receipt.scan, "cause": receipt.cause, "reason": receipt.reason}
        yield ArchiveEvent(
            "scan.refused", receipt.sha256 or receipt.scan, receipt.scan, when, payload
        )
    if receipt.fate not in {"published", "revised"}:
        return
    record = _record_of(receipt, settings)
    payload = _payload(receipt, record)
    label = receipt.record if record is None else record.name
    is_withdrawn = record is not None and record.status == "withdrawn"
    name = "record.withdrawn" if is_withdrawn else "record.published"
    yield ArchiveEvent(name, receipt.record, label, when, payload)
    if record is not None and record.needs_review:
        issues = [issue.detail for issue in record.issues]
        yield ArchiveEvent(
            "record.needs-review", receipt.record, label, when, {**payload, "issues": issues}
        )


def _payload(receipt: Receipt, record: Record | None) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "id": receipt.record,
        "version": receipt.version,
        "digest": receipt.manifest,
        "scan_sha256": receipt.sha256,
        "folder": receipt.where,
    }
    if receipt.reason:
        payload["reason"] = receipt.reason
    if record is not None:
        first = record.references[0] if record.references else None
        payload |= {
            "title": record.name,
            "reference": None if first is None else first.normal or first.as_cited,
            "pages": len(record.pages),
            "leaves": [page.leaf for page in record.pages if page.leaf],
            "expected_error": expected_error(record),
        }
    return payload


def expected_error(record: Record) -> float | None:
    """Return the share of a record's characters that are expected to be wrong, 0..1.

    It is the mean over the pages with text, weighted by their words; None if none has an estimate.
    """
    pages = [page for page in record.pages if page.expected_error is not None and page.words]
    words = sum(page.words for page in pages)
    if not words:
        return None
    return round(sum((page.expected_error or 0.0) * page.words for page in pages) / words, 4)


def _record_of(receipt: Receipt, settings: Settings) -> Record | None:
    """Return the record of a receipt; None if it cannot be read any more."""
    with suppress(OSError, ValueError):
        return VersionFolder(settings.output / receipt.where).load_record()
    return None


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _read_position(path: Path) -> int:
    text = path.read_text("ascii")
    return int(text) if text.isdigit() else 0
