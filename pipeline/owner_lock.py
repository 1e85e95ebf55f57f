"""Notes that last as long as their owner: a killed owner cannot take a note back, others can.

A note ``TOKEN.txt`` lies beside ``TOKEN.lock``, which its owner holds. The system takes the lock
from a process that dies, over network folders too, so a note whose lock is free has no owner. The
number of a process would not do: it is given again, and means nothing on another machine.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_NOTE_SUFFIX, _LOCK_SUFFIX = ".txt", ".lock"


@contextmanager
def hold_note(folder: Path) -> Iterator[Path]:
    """Hold a new note while the block runs, and yield its path; the block writes and removes it."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / f"{uuid.uuid4().hex[:12]}{_NOTE_SUFFIX}"
    with FileLock(_lock_path(note)):
        yield note


def remove_note(note: Path) -> None:
    """Remove a note and its lock, which the caller holds."""
    note.unlink(missing_ok=True)
    _lock_path(note).unlink(missing_ok=True)


def clear_abandoned(folder: Path, clear: Callable[[Path], None] = remove_note) -> None:
    """Clear each note whose owner is dead, under its lock; notes of live owners stay.

    Args:
        folder: of the notes; it may be missing.
        clear: undoes what the note tells of, then calls ``remove_note``. The crash may have kept
            the note from being written, or cut it off.
    """
    there = folder.iterdir() if folder.is_dir() else ()
    suffixes = {_NOTE_SUFFIX, _LOCK_SUFFIX}
    for note in sorted({p.with_suffix(_NOTE_SUFFIX) for p in there if p.suffix in suffixes}):
        with suppress(Timeout), FileLock(_lock_path(note), timeout=0):
            clear(note)


def _lock_path(note: Path) -> Path:
    return note.with_suffix(_LOCK_SUFFIX)
