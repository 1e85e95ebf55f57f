"""Ends a child process when its parent is no more, however hard the parent was killed.

The parent hands its number down: a child that asked for it too late would wait for another. A pipe
from the parent tells sooner, but stays open in whatever the parent forks, and a worker's standard
input is in use.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

_POLL_SECONDS = 0.25  #: seconds between two looks whether the parent lives


def die_with_parent(parent: int, end_gently: Callable[[], None] = lambda: None) -> None:
    """Watch the parent from a thread; when it is dead, kill this process and its whole group.

    Args:
        parent: process number of the one that started this process.
        end_gently: called before the kill.
    """
    threading.Thread(target=_watch_parent, args=[parent, end_gently], daemon=True).start()


def _watch_parent(parent: int, end_gently: Callable[[], None]) -> None:
    while os.getppid() == parent:
        time.sleep(_POLL_SECONDS)
    end_gently()
    os.killpg(os.getpgrp(), signal.SIGKILL)
