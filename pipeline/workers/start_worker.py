"""Starts the process of a worker: confined, without secrets, the leader of its own group."""

import os
import subprocess
import sys
from typing import IO

from pipeline.workers.worker_environ import worker_environ
from pipeline.workers.worker_folders import WorkerFolders


def start_worker(
    folders: WorkerFolders, memory: int, stderr: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start the process of a worker; requests and replies go through pipes.

    Args:
        folders: that it may write to.
        memory: bytes of address space; 0 for no limit.
        stderr: the file for its standard error.

    Raises:
        OSError: it cannot be started.
    """
    writable = [str(folders.scratch), str(folders.results)]
    confined = [sys.executable, "-m", "pipeline.workers.confined", *writable, "--"]
    return subprocess.Popen(
        [*confined, "pipeline.workers.worker", str(memory), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=worker_environ(os.environ, folders.scratch),
        start_new_session=True,
    )
