"""Finds the folders of all published versions."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.errors import MachineError
from pipeline.record.version_folder import VersionFolder
from pipeline.system.folders import FolderProblem, list_folder


def raise_problem(problem: FolderProblem) -> None:
    """Raise a MachineError: nothing may be concluded from a part of the records."""
    raise MachineError(problem.reason)


def version_folders(
    records: Path, on_problem: Callable[[FolderProblem], None] = raise_problem
) -> Iterator[VersionFolder]:
    """Yield the folder of every published version, in a fixed order, without staging folders.

    Args:
        records: the folder of all records, or of one.
        on_problem: called with each folder that cannot be listed; it is left out.
    """
    for folder in _record_folders(records, on_problem):
        entries = list_folder(folder, folder, 0)
        children = [] if isinstance(entries, FolderProblem) else _visible_folders(entries)
        paths = [path for path in children if re.fullmatch(r"v[1-9][0-9]*", path.name)]
        yield from sorted(map(VersionFolder, paths), key=lambda version: version.number)


def _record_folders(records: Path, on_problem: Callable[[FolderProblem], None]) -> Iterator[Path]:
    """Yield the folders of records: those that contain a version."""
    waiting = [(records, 0)] if records.is_dir() else []
    while waiting:
        folder, depth = waiting.pop()
        entries = list_folder(folder, records, depth)
        if isinstance(entries, FolderProblem):
            on_problem(entries)
            continue
        children = _visible_folders(entries)
        if any(map(_is_version, children)):
            yield folder
        else:
            waiting += [(child, depth + 1) for child in reversed(children)]


def _visible_folders(entries: Iterable[tuple[Path, bool]]) -> list[Path]:
    """Return the folders among entries, without links: these may lead anywhere."""
    return sorted(p for p, is_folder in entries if is_folder and not p.name.startswith("."))


def _is_version(folder: Path) -> bool:
    try:
        return (folder / "bagit.txt").is_file() or (folder / "data").is_dir()
    except OSError:  # it cannot be read, which its own listing reports
        return False
