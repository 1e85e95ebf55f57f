"""Receipts: one line for each outcome of a scan.

``output/receipts.jsonl`` is append-only, with one JSON object a line. A line is written before its
scan leaves the inbox, so a crash can leave a line too many and never one too few.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipeline.ingest.outcome import ReceiptStatus, Work
from pipeline.model import FrozenModel
from pipeline.repository.catalog_file import archive_lock
from pipeline.wording import escape_unprintable

RECEIPTS_FILE = "receipts.jsonl"


class Receipt(FrozenModel):
    """The outcome of a scan at one moment."""

    when: AwareDatetime
    scan: str  #: its path in the inbox; the whole path of a scan from elsewhere
    size: int | None  #: bytes; None if it is no readable file
    sha256: str | None
    beside: tuple[str, ...] = ()  #: names of its sidecars and translations
    fate: ReceiptStatus
    record: str = ""
    version: int = 0
    where: str  #: where its bytes are now: below ``output/`` or ``inbox/``
    reason: str = ""
    finding: str = ""  #: a notice: the same bytes came before under another name
    cause: str = ""  #: the kind of a refusal, for counts
    work: Work | None = None  #: of the version that was published just then


def append_receipt(receipt: Receipt, output: Path) -> None:
    """Append a receipt and force it to disk.

    Raises:
        OSError: the file cannot be written.
    """
    line = receipt.model_dump_json(exclude_defaults=True).encode() + b"\n"
    with archive_lock(output), (output / RECEIPTS_FILE).open("ab") as file:
        if file.tell() and not _ends_with_newline(output / RECEIPTS_FILE):
            line = b"\n" + line  # a power cut left the last line incomplete
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


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


def _ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
