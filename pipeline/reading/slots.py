"""Slots of this machine: however many processes read pages, no more read at once than its cores.

A slot is a lock on a file in a folder of this user, which the system takes from a process that
dies. Runs, workers and commands of one user share them.
"""

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PAUSE = 0.02  #: seconds between two looks for a free one; a page takes a second


@contextmanager
def slot(count: int) -> Iterator[None]:
    """Hold one of so many slots; waits until one is free."""
    folder = _folder()
    held = _taken(folder, count)
    while held is None:
        time.sleep(_PAUSE)
        held = _taken(folder, count)
    try:
        yield
    finally:
        held.release()


def _taken(folder: Path, count: int) -> FileLock | None:
    first = random.randrange(count)
    for step in range(count):
        lock = FileLock(folder / f"{(first + step) % count}.lock", timeout=0, thread_local=False)
        try:
            return lock.acquire().lock
        except Timeout:
            continue
    return None


def _folder() -> Path:
    """Return the folder of the slots, that of another user never."""
    folder = Path(tempfile.gettempdir()) / f"opis-slots-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        msg = f"{folder} belongs to another user: it must be removed."
        raise PermissionError(msg)
    return folder
