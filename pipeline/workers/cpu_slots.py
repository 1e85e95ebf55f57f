"""Slots of this machine: however many processes read pages, no more read at once than its cores.

A slot is a lock on a file in a folder of this user, which the system takes from a process that
dies. Runs, workers and commands of one user share them, first come, first served: who waits for a
slot holds the gate, and the kernel lets those before the gate in by turns. (``filelock``, and with
it ``pipeline.owner_lock``, asks again and again, so that who has just let a slot go would take it
anew. A slot needs no note either: it has a number, and its file stays.)
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.02  #: seconds between two looks for a free slot, by the one that holds the gate


@contextmanager
def hold_slot(count: int) -> Iterator[None]:
    """Hold one of so many slots; waits until one is free."""
    folder = _slots_folder()
    gate = _open_lock(folder / "gate.lock")
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        while (held := _lock_free_slot(folder, count)) is None:
            time.sleep(_POLL_SECONDS)
    finally:
        os.close(gate)
    try:
        yield
    finally:
        os.close(held)


def _lock_free_slot(folder: Path, count: int) -> int | None:
    """Return the open file of a slot that was free, which is ours until it is closed."""
    for number in range(count):
        file = _open_lock(folder / f"{number}.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return file
    return None


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _slots_folder() -> Path:
    """Return the folder of the slots, that of another user never."""
    folder = Path(tempfile.gettempdir()) / f"opis-slots-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        msg = f"{folder} belongs to another user: it must be removed."
        raise PermissionError(msg)
    return folder
