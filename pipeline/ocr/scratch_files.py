"""Temporary folders of pages being read, named by process, so that stale ones can be removed.

A worker that is killed cannot remove its folder; the next worker does. The process number is
enough: no other machine sees the folders, and if the number was reused, a folder only stays until
that process ends. A note of ``pipeline.owner_lock`` would be two more files for each page, in a
temporary folder that users share.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

_SCRATCH_NAME = re.compile(r"opis-page-(?P<pid>[0-9]+)-")


def scratch_prefix() -> str:
    """Return the prefix of the names of this process's folders."""
    return f"opis-page-{os.getpid()}-"


def remove_stale_scratch() -> None:
    """Remove the folders of processes that have ended; those of other users stay."""
    for folder in Path(tempfile.gettempdir()).glob("opis-page-*"):
        match = _SCRATCH_NAME.match(folder.name)
        if match is not None and not _is_running(int(match["pid"])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's process
        return True
    return True
