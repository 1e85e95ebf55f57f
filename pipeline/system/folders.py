"""Lists the files below a folder that people fill, and the folders of it that cannot be listed."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.wording import escape_unprintable

MAX_DEPTH = 100  #: folders below each other; a copy of a copy by mistake may have thousands
#: bytes of a folder's path: the system takes 4,096 for a file, and Opis adds names to it
MAX_PATH_BYTES = 3500
_MAX_SHOWN = 80  #: characters of a path in a message


@dataclass(frozen=True, slots=True, order=True)
class FolderProblem:
    """A folder that cannot be listed; what lies in it is unknown."""

    folder: Path
    name: str  #: from the folder that was listed, shortened
    reason: str  #: a sentence with the name, and one with advice


@dataclass(frozen=True, slots=True)
class FileListing:
    """The files below a folder, and the problems of its folders; both are sorted."""

    files: list[Path]
    problems: list[FolderProblem]


def list_files(root: Path, is_skipped: Callable[[Path], bool] = lambda _: False) -> FileListing:
    """List the files below a folder; links are listed as files, and never followed.

    A folder that disappears meanwhile is no problem.

    Args:
        root: the folder.
        is_skipped: whether to leave out a file or folder.

    Raises:
        OSError: the root itself cannot be read.
    """
    files, problems = list[Path](), list[FolderProblem]()
    waiting = [(root, 0)]
    while waiting:
        folder, depth = waiting.pop()
        entries = list_folder(folder, root, depth)
        if isinstance(entries, FolderProblem):
            problems.append(entries)
            continue
        for path, is_folder in entries:
            if is_skipped(path):
                continue
            if is_folder:
                waiting.append((path, depth + 1))
            else:
                files.append(path)
    return FileListing(sorted(files), sorted(problems))


def list_folder(folder: Path, root: Path, depth: int) -> list[tuple[Path, bool]] | FolderProblem:
    """Return the entries of one folder and whether each is a folder, or its problem.

    Args:
        folder: to list; without entries if it is no longer there.
        root: the folder that the search began with.
        depth: folders from ``root`` to it.

    Raises:
        OSError: the root itself cannot be read.
    """
    if reason := _limit_reason(folder, depth):
        return _problem(folder, root, reason)
    try:
        with os.scandir(folder) as entries:
            found = [(Path(entry.path), entry.is_dir(follow_symlinks=False)) for entry in entries]
        (folder / "..").lstat()  # its names may be readable, and its files not
    except OSError as error:
        if folder == root:
            raise
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return []
        return _problem(folder, root, _error_reason(error))
    return found


def _limit_reason(folder: Path, depth: int) -> str:
    if depth > MAX_DEPTH:
        return f"lies more than {MAX_DEPTH} folders deep. Move what lies in it further up."
    if len(os.fsencode(folder.absolute())) > MAX_PATH_BYTES:
        return "has a path that is too long. Shorten the names of its folders."
    return ""


def _error_reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        advice = "Give this user the right to read and to enter it."
    else:
        advice = "Check the disk that it lies on."
    return f"cannot be read ({error.strerror}). {advice}"


def _problem(folder: Path, root: Path, reason: str) -> FolderProblem:
    name = escape_unprintable(folder.relative_to(root).as_posix())
    if len(name) > _MAX_SHOWN:
        name = f"{name[: _MAX_SHOWN // 2]}…{name[-_MAX_SHOWN // 2 :]}"
    return FolderProblem(folder, name, f"The folder {name} {reason}")
