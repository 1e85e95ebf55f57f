"""Files of the inbox: find scans, wait until they are settled, move or remove them.

A scan leaves the inbox in two ways only: its record is published with a verified copy of its
bytes, or it is moved to ``refused/`` with a reason. Nothing is overwritten.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.fixity import file_sha256
from pipeline.inbox.name_forms import files_of_stem, name_key, rest_of_name
from pipeline.system.folders import FolderProblem, list_files

REFUSED_FOLDER = "refused"
#: the longest stem to which a number and the ending of a reason can be added
_MAX_STEM_BYTES = 255 - len("-9999.reason.txt")
_UNFINISHED_SUFFIXES = (".part", ".tmp", ".crdownload", ".partial")
DEFAULTS_STEM = "_defaults"  #: of the file that describes all scans of a folder
LEVELS_STEM = "_levels"  #: of the file that describes levels of archives
RESERVED_STEMS = (DEFAULTS_STEM, LEVELS_STEM)  #: no scan is meant by them
SIDECAR_SUFFIXES = (".yaml", ".yml", ".json")
_DESCRIPTION_SUFFIXES = (*SIDECAR_SUFFIXES, ".txt")
#: suffixes of files that are no scans: descriptions, ``index.csv``, notes
_COMPANION_SUFFIXES = (*_DESCRIPTION_SUFFIXES, ".csv", ".md")
_LITTER_NAMES = ("thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class InboxListing:
    """The files of an inbox and its folders, sorted by path, and the folders that are unreadable."""

    files: list[Path]
    problems: list[FolderProblem]

    @property
    def scans(self) -> list[Path]:
        """The files that may be scans."""
        return [path for path in self.files if path.suffix.lower() not in _COMPANION_SUFFIXES]

    @property
    def descriptions(self) -> list[Path]:
        """The files that may describe a scan."""
        return [path for path in self.files if path.suffix.lower() in _DESCRIPTION_SUFFIXES]


def list_inbox(inbox: Path) -> InboxListing:
    """List an inbox without what was refused, unfinished files and litter.

    Raises:
        OSError: the inbox itself cannot be read.
    """
    refused = inbox / REFUSED_FOLDER
    listing = list_files(inbox, lambda path: path == refused or is_ignored(path.name))
    return InboxListing(listing.files, listing.problems)


def find_unsettled(paths: Iterable[Path], seconds: float) -> set[Path]:
    """Return the files that may still be written; sleep ``seconds`` only if one changed lately.

    A file is settled if its size and time are unchanged for ``seconds`` and no process has it open
    for writing.
    """
    stamps = {path: file_stamp(path) for path in paths}
    now = time.time_ns()
    fresh = [p for p, (_, changed) in stamps.items() if not 0 <= changed <= now - seconds * 1e9]
    if fresh and seconds:
        time.sleep(seconds)
    changing = {path for path in fresh if file_stamp(path) != stamps[path]}
    return changing | {path for path in stamps if is_open_for_writing(path)}


def move_to_refused(
    scan: Path,
    companions: Iterable[Path],
    inbox: Path,
    reason: str,
    before_move: Callable[[Path], None] = lambda _: None,
) -> Path:
    """Move a scan and its companions to ``refused/``, beside a reason; return the new path.

    If another refused file has the name, a number is added; nothing is overwritten.
    ``before_move`` is called with the new path before the scan is moved.
    """
    inside = scan.is_relative_to(inbox)
    folder = inbox / REFUSED_FOLDER / (scan.parent.relative_to(inbox) if inside else Path())
    folder.mkdir(parents=True, exist_ok=True)
    target = _reserve_name(folder, scan, reason)
    before_move(target)
    scan.replace(target)
    for companion in companions:
        suffix = rest_of_name(companion.name, scan.stem)
        companion.replace(target.with_name(target.stem + suffix))
    return target


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file of the inbox and its published copy."""

    path: Path
    sha256: str  #: of the bytes that were read
    copy: Path


def remove_if_copied(files: Sequence[CopiedFile]) -> bool:
    """Remove files from the inbox, in order, if the copies hold the same bytes; True if removed.

    If one of them changed after it was read, all stay.
    """
    existing = [file for file in files if file.path.exists()]
    if not all(
        file_sha256(file.copy) == file.sha256 == file_sha256(file.path) for file in existing
    ):
        return False
    for file in existing:
        file.path.unlink(missing_ok=True)
    return bool(existing)


def remove_refusal_reason(scan: Path, inbox: Path) -> None:
    """Remove the reason of an earlier refusal of a scan that is published now.

    The reason stays if another file of that stem is still refused.
    """
    folder = inbox / REFUSED_FOLDER / scan.parent.relative_to(inbox)
    names = files_of_stem(folder, scan.stem)
    reasons = [name for name in names if rest_of_name(name, scan.stem) == ".reason.txt"]
    if names and names == reasons:
        for name in reasons:
            (folder / name).unlink(missing_ok=True)
        remove_empty_folders(folder, inbox)


def remove_empty_folders(folder: Path, root: Path) -> None:
    """Remove a folder and its parents below ``root`` as far as they are empty."""
    while folder != root and folder.is_relative_to(root):
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass  # another run removed it
        except OSError:  # not empty
            return
        folder = folder.parent


def is_ignored(name: str) -> bool:
    """Return whether a file or folder of this name is unfinished, hidden or litter."""
    low = name.lower()
    return low.startswith((".", "~")) or low.endswith(_UNFINISHED_SUFFIXES) or low in _LITTER_NAMES


def file_stamp(path: Path) -> tuple[int, int]:
    """Return size in bytes and time of the last change in ns; (-1, -1) if the file is gone."""
    try:
        status = path.lstat()
    except OSError:
        return -1, -1
    return status.st_size, max(status.st_mtime_ns, status.st_ctime_ns)


def is_open_for_writing(path: Path) -> bool:
    """Return whether a process of this machine has the file open for writing.

    Linux grants a read lease only on a file that no process writes (fcntl(2), F_SETLEASE). False
    if leases are not supported or not permitted.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)
            fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _reserve_name(folder: Path, scan: Path, reason: str) -> Path:
    """Return a free path in ``folder``, and write the reason beside it."""
    attempt = 1
    stem, suffix = _shorten_name(scan)
    while True:
        number = "" if attempt == 1 else f"-{attempt}"
        target = folder / f"{stem}{number}{suffix}"
        attempt += 1
        key = name_key(target.stem)
        taken = any(name_key(other.stem) == key for other in folder.iterdir() if other.is_file())
        if not taken:
            # The reason of a scan that was put back into the inbox is out of date: overwrite it.
            reason_file = folder / f"{target.stem}.reason.txt"
            reason_file.write_text(reason.rstrip() + "\n", encoding="utf-8")
            return target


def _shorten_name(scan: Path) -> tuple[str, str]:
    """Return stem and suffix of a name, cut to leave room for a number and a reason's ending."""
    stem, suffix = os.fsencode(scan.stem), os.fsencode(scan.suffix)
    if len(stem) <= _MAX_STEM_BYTES and len(stem + suffix) <= 255:
        return scan.stem, scan.suffix
    return stem[:_MAX_STEM_BYTES].decode(errors="ignore"), suffix[:10].decode(errors="ignore")
