"""The book of arrivals: a line for every scan that entered, and what became of it.

``output/receipts.jsonl`` is only ever added to, a JSON object a line. A line is written before
the scan it tells of leaves the inbox, so a crash can make a line too many and never one too few.
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
    """What became of a scan, at one moment."""

    when: AwareDatetime
    scan: str  #: its path in the inbox; the whole path of a scan from elsewhere
    size: int | None  #: bytes; None where it is no file that can be read
    sha256: str | None
    beside: tuple[str, ...] = ()  #: names of what came with it: sidecars, translations
    fate: ReceiptStatus
    record: str = ""
    version: int = 0
    where: str  #: where its bytes are now: below ``output/`` or ``inbox/``
    reason: str = ""
    finding: str = ""  #: the same bytes came before under another name
    cause: str = ""  #: of a refusal, in a word or two: to be counted by
    work: Work | None = None  #: of a version that was published just then


def append_receipt(receipt: Receipt, output: Path) -> None:
    """Add a line, and force it to disk.

    Raises:
        OSError: it cannot be written.
    """
    line = receipt.model_dump_json(exclude_defaults=True).encode() + b"\n"
    with archive_lock(output), (output / RECEIPTS_FILE).open("ab") as book:
        if book.tell() and not _ends_with_newline(output / RECEIPTS_FILE):
            line = b"\n" + line  # a power cut tore the last one
        book.write(line)
        book.flush()
        os.fsync(book.fileno())


def read_receipts(output: Path) -> Iterator[Receipt]:
    """Yield all receipts, the oldest first; a line that a power cut tore is left out."""
    yield from read_receipts_since(output, 0)[0]


def read_receipts_since(output: Path, offset: int) -> tuple[list[Receipt], int]:
    """Return the receipts entered after a place in the book, in bytes, and the place to go on."""
    try:
        with (output / RECEIPTS_FILE).open("rb") as book:
            if offset > book.seek(0, os.SEEK_END):
                offset = 0  # another book
            book.seek(offset)
            lines = book.read()
    except FileNotFoundError:
        return [], offset  # none yet, or the disk is away
    whole, _, _ = lines.rpartition(b"\n")
    found = []
    for line in whole.split(b"\n"):
        with suppress(ValidationError):
            found.append(Receipt.model_validate_json(line))
    return found, offset + (len(whole) + 1 if whole else 0)


def name_in_receipt(path: Path, inbox: Path) -> str:
    """Return how a receipt names a scan."""
    inside = path.is_relative_to(inbox)
    return escape_unprintable(path.relative_to(inbox).as_posix() if inside else str(path))


def _ends_with_newline(book: Path) -> bool:
    with book.open("rb") as content:
        content.seek(-1, os.SEEK_END)
        return content.read(1) == b"\n"
