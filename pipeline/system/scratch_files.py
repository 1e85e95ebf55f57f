"""Temporary files outside the archive, named by process, so that stale ones can be removed.

A process that is killed cannot remove its files; the next worker does. The process number is
enough: no other machine sees the files, and if the number was reused, a file only stays until
that process ends. A note of ``pipeline.owner_lock`` would be two more files for each page, in a
temporary folder that users share.
"""

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

_SCRATCH_NAME = re.compile(r"opis-(?:page-)?(?P<pid>[0-9]+)-")  # "page": until November 2026


def scratch_prefix(purpose: str) -> str:
    """Return the prefix of the names of this process's files and folders for a purpose."""
    return f"opis-{os.getpid()}-{purpose}-"


def remove_stale_scratch() -> None:
    """Remove the files and folders of processes that have ended; those of other users stay."""
    for path in Path(tempfile.gettempdir()).glob("opis-*"):
        match = _SCRATCH_NAME.match(path.name)
        if match is None or _is_running(int(match["pid"])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process
        return True
    return True
