"""The files of a page while it is read: named by their process, so that those of a dead one go.

A reading child that is killed cannot tidy up. The next one does. A process number is enough here:
no other machine sees the folders, and where the number was given again, a folder only stays until
that process has ended. A note of ``pipeline.owner_lock`` for each page would be two files more, in
a temporary folder that users share.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

_SCRATCH_NAME = re.compile(r"opis-page-(?P<pid>[0-9]+)-")


def scratch_prefix() -> str:
    """Return how the folders of this process begin."""
    return f"opis-page-{os.getpid()}-"


def remove_stale_scratch() -> None:
    """Remove the folders of processes that are no more; those of other users stay."""
    for folder in Path(tempfile.gettempdir()).glob("opis-page-*"):
        found = _SCRATCH_NAME.match(folder.name)
        if found is not None and not _is_running(int(found["pid"])):
            shutil.rmtree(folder, ignore_errors=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        return True
    return True
