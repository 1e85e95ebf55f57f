"""Limit the pages that are read at once on this machine, by all processes of a user together.

A slot is a lock on a file in a folder of the user; the system releases it when its process dies.
Slots are granted first come, first served: the process that waits for a slot holds the gate's lock,
and the kernel queues the others at the gate. (``filelock``, and with it ``pipeline.owner_lock``,
polls, so that a process that has just released a slot would take it again. A slot needs no note: it
has a number, and its file stays.)
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_POLL_SECONDS = 0.02  #: seconds between two attempts of the gate's holder to lock a slot


@contextmanager
def hold_slot(count: int) -> Iterator[None]:
    """Hold one of ``count`` slots; wait until one is free.

    Raises:
        PermissionError: the folder of the slots belongs to another user.
    """
    folder = _slots_folder()
    gate = _open_lock(folder / "gate.lock")
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        while (slot := _lock_free_slot(folder, count)) is None:
            time.sleep(_POLL_SECONDS)
    finally:
        os.close(gate)
    try:
        yield
    finally:
        os.close(slot)


def _lock_free_slot(folder: Path, count: int) -> int | None:
    """Lock a free slot and return its file descriptor, or None; closing it releases the slot."""
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
    """Return the folder of the slots; raise PermissionError if it belongs to another user."""
    folder = Path(tempfile.gettempdir()) / f"opis-slots-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        msg = f"{folder} belongs to another user: it must be removed."
        raise PermissionError(msg)
    return folder
