"""End a child process when its parent has ended, even if the parent was killed.

The parent passes its process number: a child that asked for it too late would get another. A pipe
from the parent would report its end sooner, but stays open in all other processes that the parent
forks, and a worker's standard input is in use.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

_POLL_SECONDS = 0.25  #: seconds between two checks of the parent


def die_with_parent(parent: int, end_gently: Callable[[], None] = lambda: None) -> None:
    """Watch the parent from a thread; when it has ended, kill this process and its whole group.

    Args:
        parent: process number of the process that started this one.
        end_gently: called before the kill.
    """
    threading.Thread(target=_watch_parent, args=[parent, end_gently], daemon=True).start()


def _watch_parent(parent: int, end_gently: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    end_gently()
    os.killpg(os.getpgrp(), signal.SIGKILL)
