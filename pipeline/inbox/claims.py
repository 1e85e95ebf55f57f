"""Which scans a run has taken, so that two runs on one inbox do not read the same pages twice.

A claim is a note in ``output/.opis/claims`` under a lock, which the system takes from a process
that dies; machines that share the folder see each other's. It saves work and no more: that a
scan is published once is the business of the rename in ``pipeline.repository.publish``.
"""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.settings import Settings


@contextmanager
def claim(paths: Sequence[Path], settings: Settings) -> Iterator[tuple[list[Path], list[Path]]]:
    """Take scans for as long as the block runs.

    Yields:
        Those that are ours now, and those that another run has.
    """
    folder = settings.work_folder / "claims"
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{uuid.uuid4().hex[:12]}.txt"
    ours = FileLock(note.with_suffix(".lock"))
    with ours:
        with FileLock(folder / "claims.mutex"):
            taken = _claimed_names(folder, note)
            names = {path: _portable_name(path, settings.inbox) for path in paths}
            free = [path for path in paths if names[path] not in taken]
            note.write_text("\0".join(names[path] for path in free), encoding="utf-8")
        try:
            yield free, [path for path in paths if names[path] in taken]
        finally:
            note.unlink(missing_ok=True)
            note.with_suffix(".lock").unlink(missing_ok=True)


def _claimed_names(folder: Path, mine: Path) -> set[str]:
    """Return what live runs have claimed; notes of dead ones are cleared away."""
    taken: set[str] = set()
    for note in folder.glob("*.txt"):
        if note == mine:
            continue
        try:
            with FileLock(note.with_suffix(".lock"), timeout=0):
                note.unlink(missing_ok=True)
                note.with_suffix(".lock").unlink(missing_ok=True)
        except Timeout:
            with suppress(FileNotFoundError):
                taken.update(note.read_text("utf-8").split("\0"))
    return taken


def _portable_name(path: Path, inbox: Path) -> str:
    """Return a path as any machine names it; bytes that are not UTF-8 spelt out."""
    told = path.relative_to(inbox) if path.is_relative_to(inbox) else path
    return str(told).encode("utf-8", "backslashreplace").decode()
