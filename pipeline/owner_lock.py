"""Notes with a lock: if the owner of a note is killed, another process can tell and remove it.

A note ``TOKEN.txt`` lies beside ``TOKEN.lock``, which its owner holds. The system releases the lock
of a process that dies, over network folders too, so a note whose lock is free has no owner. A
process id would not do: it is reused, and means nothing on another machine.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_NOTE_SUFFIX, _LOCK_SUFFIX = ".txt", ".lock"


@contextmanager
def hold_note(folder: Path) -> Iterator[Path]:
    """Hold the lock of a new note and yield the note's path; the block writes and removes it."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{uuid.uuid4().hex[:12]}{_NOTE_SUFFIX}"
    with FileLock(_lock_path(note)):
        yield note


def remove_note(note: Path) -> None:
    """Remove a note and its lock file; the caller holds the lock."""
    note.unlink(missing_ok=True)
    _lock_path(note).unlink(missing_ok=True)


def clear_abandoned(folder: Path, clear: Callable[[Path], None] = remove_note) -> None:
    """Clear each note whose owner is dead, holding its lock; notes of live owners stay.

    Args:
        folder: of the notes; may be missing.
        clear: undoes the work that the note names, then calls ``remove_note``. After a crash the
            note may be missing or cut off.
    """
    entries = folder.iterdir() if folder.is_dir() else ()
    suffixes = {_NOTE_SUFFIX, _LOCK_SUFFIX}
    for note in sorted(
        {path.with_suffix(_NOTE_SUFFIX) for path in entries if path.suffix in suffixes}
    ):
        with suppress(Timeout), FileLock(_lock_path(note), timeout=0):
            clear(note)


def _lock_path(note: Path) -> Path:
    return note.with_suffix(_LOCK_SUFFIX)
