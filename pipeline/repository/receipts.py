"""Receipts: one line for each outcome of a scan, and for each version that is made without one.

``output/receipts.jsonl`` is append-only, with one JSON object a line, linked to those before it
(see ``line_chain``). A line is written before its scan leaves the inbox, so a crash can leave a
line too many and never one too few. From just before a version is published until its receipt is
written, a note in ``.opis/unreceipted`` names it.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError

from pipeline.fixity import file_sha256
from pipeline.model import FrozenModel
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.archive_lock import archive_lock
from pipeline.repository.bag import TAG_MANIFEST
from pipeline.repository.line_chain import append_linked
from pipeline.settings import RECEIPTS_FILE
from pipeline.wording import escape_unprintable

#: The status of a scan in its receipt; a run writes no receipt of a scan that is gone.
ReceiptStatus = Literal["published", "published before", "refused", "waits", "failed"]
#: Of receipts without a scan: a version was made from the one before it; somebody says that a
#: version was removed on purpose, or accepts a version, or the receipts, as they are.
ArchiveStatus = Literal["revised", "removed", "accepted"]
DECISION_CAUSE = "decision"  #: of a scan that waits for a person


class Work(FrozenModel):
    """The work that a published version took."""

    pages: int = 0
    words: int = 0
    cached: int = 0  #: pages that an earlier run had read
    review: bool = False  #: a person should look at the record
    seconds: dict[str, float] = Field({})  #: by stage: extract, prepare, recognize, publish


class Receipt(FrozenModel):
    """The outcome of a scan, or what happened to a version, at one moment."""

    when: AwareDatetime
    scan: str  #: its path in the inbox; the whole path of a scan from elsewhere
    size: int | None  #: bytes; None if it is no readable file
    sha256: str | None
    beside: tuple[str, ...] = ()  #: names of its sidecars and translations
    fate: ReceiptStatus | ArchiveStatus
    record: str = ""
    version: int = 0
    manifest: str = ""  #: SHA-256 of the version's tagmanifest, which covers every file of it
    where: str  #: where its bytes are now: below ``output/`` or ``inbox/``
    reason: str = ""
    finding: str = ""  #: a notice: the same bytes came before under another name
    cause: str = ""  #: the kind of a refusal, for counts; or `DECISION_CAUSE`
    work: Work | None = None  #: of the version that was published just then
    previous: str = ""  #: SHA-256 of all bytes since the last line that has this field
    torn_bytes: int = 0  #: of the line before this one, which a power cut left unfinished

    @property
    def awaits_decision(self) -> bool:
        """Whether the scan waits for a person's answer, which changes its sidecar."""
        return self.cause == DECISION_CAUSE

    @property
    def is_about_scan(self) -> bool:
        """Whether a scan arrived."""
        return self.fate not in {"revised", "removed", "accepted"}


def append_receipt(receipt: Receipt, output: Path) -> None:
    """Append a receipt, linked to those before it, and force it to disk.

    Raises:
        OSError: the file cannot be written.
    """

    def linked_line(previous: str, torn_bytes: int) -> bytes:
        linked = receipt.model_copy(update={"previous": previous, "torn_bytes": torn_bytes})
        return linked.model_dump_json(exclude_defaults=True).encode() + b"\n"

    with archive_lock(output):
        append_linked(output / RECEIPTS_FILE, linked_line)
        _note_of(output, receipt.record, receipt.version).unlink(missing_ok=True)


def read_receipts(output: Path) -> Iterator[Receipt]:
    """Yield all receipts, the oldest first; skip lines that a power cut left incomplete."""
    yield from read_receipts_since(output, 0)[0]


def read_receipts_since(output: Path, offset: int) -> tuple[list[Receipt], int]:
    """Return the receipts after an offset in bytes, and the offset to read from next.

    An offset beyond the end of the file counts as 0: the file was replaced.
    """
    try:
        with (output / RECEIPTS_FILE).open("rb") as file:
            if offset > file.seek(0, os.SEEK_END):
                offset = 0
            file.seek(offset)
            lines = file.read()
    except FileNotFoundError:
        return [], offset  # no receipt yet, or the disk is not mounted
    complete, _, _ = lines.rpartition(b"\n")
    receipts = []
    for line in complete.split(b"\n"):
        with suppress(ValidationError):
            receipts.append(Receipt.model_validate_json(line))
    return receipts, offset + (len(complete) + 1 if complete else 0)


def name_in_receipt(path: Path, inbox: Path) -> str:
    """Return the name of a scan in receipts: its path in the inbox, else its whole path."""
    inside = path.is_relative_to(inbox)
    return escape_unprintable(path.relative_to(inbox).as_posix() if inside else str(path))


def manifest_digest(folder: VersionFolder) -> str:
    """Return the SHA-256 of a version's tagmanifest; empty if it is not there or unreadable."""
    try:
        return file_sha256(folder.path / TAG_MANIFEST)
    except OSError:  # the check of the version tells
        return ""


def expect_receipt(output: Path, record: str, version: int) -> None:
    """Note that a version is about to be published: its receipt follows."""
    note = _note_of(output, record, version)
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()


def is_receipt_expected(output: Path, record: str, version: int) -> bool:
    """Return whether a version was just published, or its run was stopped before the receipt."""
    return _note_of(output, record, version).exists()


def _note_of(output: Path, record: str, version: int) -> Path:
    name = hashlib.sha256(f"{record} v{version}".encode()).hexdigest()[:16]
    return output / ".opis" / "unreceipted" / name
