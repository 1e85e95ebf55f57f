"""Append-only files of lines, each with the digest of all bytes since the last line that has one.

So a line that was changed, cut out or put in shows at the next one, also among the lines that an
earlier Opis wrote without digests. ``.opis/receipts-end.json`` remembers the last line of
``receipts.jsonl``, which shows lines that were cut off at the end. A new line is linked to the line
that is remembered, not to what is found, so that cutting lines off and going on shows, too.
"""

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from pipeline.repository.bag import Damage, Finding
from pipeline.settings import CORRECTIONS_FILE, LEVELS_FILE, RECEIPTS_FILE

RESTORE_RECEIPTS = (
    f"The records do not depend on it. Restore {RECEIPTS_FILE} from a copy; if there is none, "
    "`opis accept` notes that."
)


Beginning = tuple[int, str]  #: of a file: its bytes, and their SHA-256


@dataclass(frozen=True, slots=True)
class LineKind:
    """What the lines of a file are."""

    file: str  #: in the output folder
    item: str  #: one line, in a word
    advice: str  #: what to do where the chain is broken


RECEIPT_LINES = LineKind(RECEIPTS_FILE, "receipt", RESTORE_RECEIPTS)
CORRECTION_LINES = LineKind(
    CORRECTIONS_FILE,
    "correction",
    "Published versions do not depend on it, but corrections that are not published stand only "
    f"there. Restore {CORRECTIONS_FILE} from a copy; if there is none, `opis accept` notes that.",
)
LEVEL_LINES = LineKind(
    LEVELS_FILE,
    "description of levels",
    "The records do not depend on it, but titles of fonds and files stand only there. Restore "
    f"{LEVELS_FILE} from a copy; if there is none, `opis accept` notes that.",
)
_TORN_START = b'{"when":'  #: how an unfinished line of an earlier Opis begins


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """Where the last linked line lies in the file, in bytes, and its digest."""

    start: int
    end: int  #: after its line break
    sha256: str

    def is_in(self, file: IO[bytes]) -> bool:
        """Return whether the line is in the file, unchanged."""
        file.seek(self.start)
        line = file.read(self.end - self.start)
        return hashlib.sha256(line).hexdigest() == self.sha256


def append_linked(path: Path, linked_line: Callable[[str, int], bytes]) -> None:
    """Append a line, force it to disk and remember it; the caller holds the archive's lock.

    Args:
        path: the file; created if it is missing.
        linked_line: returns the line, with its line break, from the digest of all bytes since the
            last linked line, and the number of bytes of an unfinished line before it.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("a+b") as file:
        torn_bytes = _unfinished_bytes(file)
        separator = b"\n" if torn_bytes else b""
        line = linked_line(_link(file, _load_chain_end(path), separator), torn_bytes)
        start = file.seek(0, os.SEEK_END) + len(separator)
        file.write(separator + line)
        file.flush()
        os.fsync(file.fileno())
    _save_chain_end(path, ChainEnd(start, start + len(line), hashlib.sha256(line).hexdigest()))


def digest_before_next_line(receipts: Path) -> tuple[int, str]:
    """Return size and SHA-256 of all bytes that stand before the next line; 0 bytes if no file."""
    content = receipts.read_bytes() if receipts.exists() else b""
    if content and not content.endswith(b"\n"):
        content += b"\n"
    return len(content), hashlib.sha256(content).hexdigest()


def check_chain(
    path: Path, kind: LineKind = RECEIPT_LINES, accepted: Collection[Beginning] = ()
) -> list[Finding]:
    """Return a finding for each break of the chain, and if lines are missing at its end.

    Args:
        path: the file.
        kind: of its lines.
        accepted: beginnings of the file that a person accepted as they are.
    """
    end = _load_chain_end(path)
    if not path.exists():
        detail = f"is not there, though {kind.item}s were written. {kind.advice}"
        return [] if end is None else [Finding(path.name, Damage.MISSING, detail)]
    with path.open("rb") as file:
        findings = check_lines(file, kind, accepted)
        if end is not None and not end.is_in(file):
            detail = f"its last line was cut off or changed. {kind.advice}"
            findings.append(Finding(path.name, Damage.CHANGED, detail))
    return findings


def forget_end(path: Path) -> None:
    """Forget the last line of a file that a person accepted as it is."""
    _end_file(path).unlink(missing_ok=True)


def check_lines(
    lines: Iterable[bytes],
    kind: LineKind = RECEIPT_LINES,
    accepted: Collection[Beginning] = (),
) -> list[Finding]:
    """Return a finding for each break of the chain in these lines; arguments as above."""
    check = _ChainCheck(kind, accepted)
    for line in lines:
        check.read_line(line)
    return check.finish()


def has_links(receipts: Path) -> bool:
    """Return whether a line of the file is linked: none is, where an earlier Opis wrote it."""
    with receipts.open("rb") as file:
        return any(_is_linked(line) for line in file)


class _ChainCheck:
    """Reads the lines one after the other."""

    def __init__(self, kind: LineKind, accepted: Collection[Beginning]) -> None:
        self._kind, self._accepted = kind, frozenset(accepted)
        self._findings: list[Finding] = []
        self._number, self._offset = 0, 0
        self._whole, self._since_link = hashlib.sha256(), hashlib.sha256()
        self._has_links = False
        self._unreadable: bytes | None = None  # the line before, if it is no receipt

    def read_line(self, line: bytes) -> None:
        """Check a line against those before it."""
        self._number += 1
        fields = _fields(line)
        if fields is not None:
            self._check_link(fields)
        elif self._unreadable is not None:
            self._add_unreadable(self._number - 1)
        self._unreadable = line if fields is None else None
        self._whole.update(line)
        self._since_link.update(line)
        self._offset += len(line)
        if self._accepted and (self._offset, self._whole.hexdigest()) in self._accepted:
            self._findings.clear()
            self._unreadable = None

    def finish(self) -> list[Finding]:
        """Return the findings; an unfinished last line is none, it may be under way."""
        if self._unreadable is not None and self._unreadable.endswith(b"\n"):
            self._add_unreadable(self._number)
        return self._findings

    def _check_link(self, fields: dict[str, Any]) -> None:
        if self._unreadable is not None and not self._is_torn(self._unreadable, fields):
            self._add_unreadable(self._number - 1)
        if not fields.get("previous"):
            if self._has_links:
                self._add(f"line {self._number} was put in: it has no link to the line before it")
            return
        if self._accepts_all(fields):
            self._findings.clear()
        elif fields["previous"] != self._since_link.hexdigest():
            self._add(
                f"line {self._number} does not follow what stands before it: lines there were "
                "changed, cut out or put in"
            )
        self._since_link, self._has_links = hashlib.sha256(), True

    def _is_torn(self, line: bytes, fields: dict[str, Any]) -> bool:
        """Return whether a power cut left a line unfinished, and the next one says so."""
        content = line.rstrip(b"\n")
        if self._has_links or fields.get("previous"):
            return fields.get("torn_bytes") == len(content)
        return content[: len(_TORN_START)] == _TORN_START[: len(content)]

    def _accepts_all(self, fields: dict[str, Any]) -> bool:
        """Return whether a person accepted the file as it is up to here."""
        found = ("accepted", self._offset, self._whole.hexdigest())
        return (fields.get("fate"), fields.get("size"), fields.get("sha256")) == found

    def _add(self, sentence: str, damage: Damage = Damage.CHANGED) -> None:
        detail = f"{sentence}. {self._kind.advice}"
        self._findings.append(Finding(self._kind.file, damage, detail))

    def _add_unreadable(self, number: int) -> None:
        self._add(f"line {number} is no {self._kind.item}", Damage.MALFORMED)


def _link(file: IO[bytes], end: ChainEnd | None, separator: bytes) -> str:
    """Return the digest of all bytes since the last linked line.

    If the line that is remembered is not there any more, return its digest: the break stays.
    """
    if end is not None and not end.is_in(file):
        return end.sha256
    offset = start = 0 if end is None else end.start
    file.seek(offset)
    for line in file:
        if _is_linked(line):
            start = offset
        offset += len(line)
    file.seek(start)
    digest = hashlib.sha256()
    for line in file:
        digest.update(line)
    digest.update(separator)
    return digest.hexdigest()


def _unfinished_bytes(file: IO[bytes]) -> int:
    """Return the number of bytes after the last line break: a power cut left them."""
    size = position = file.seek(0, os.SEEK_END)
    while position > 0:
        position = max(0, position - 4096)
        file.seek(position)
        _, found, rest = file.read(4096).rpartition(b"\n")
        if found:
            return size - file.tell() + len(rest)
    return size


def _is_linked(line: bytes) -> bool:
    return b'"previous":' in line and bool((_fields(line) or {}).get("previous"))


def _fields(line: bytes) -> dict[str, Any] | None:
    """Return the fields of a receipt; None if the line is none. A later Opis may have more."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return fields if isinstance(fields, dict) else None


def _load_chain_end(path: Path) -> ChainEnd | None:
    """Return the end that is remembered; None if there is none, or the file of it is damaged."""
    try:
        return ChainEnd(**json.loads(_end_file(path).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _save_chain_end(path: Path, end: ChainEnd) -> None:
    _end_file(path).parent.mkdir(parents=True, exist_ok=True)
    partial = _end_file(path).with_suffix(".partial")
    partial.write_text(json.dumps(asdict(end)), encoding="utf-8")
    partial.replace(_end_file(path))


def _end_file(path: Path) -> Path:
    return path.parent / ".opis" / f"{path.stem}-end.json"
