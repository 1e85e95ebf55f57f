"""Starts workers by a fork of a process that has imported them: half a second less for each.

They run confined and without secrets, as others do. Commands on Prefect, and the tests of workers,
start theirs as users do.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from pipeline.system.confinement import confine
from pipeline.workers import worker
from pipeline.workers.worker_environ import worker_environ
from pipeline.workers.worker_folders import WorkerFolders

_MAX_REQUEST = 65_536  #: bytes


class WorkerForker:
    """A process without threads that forks workers; it ends with the process that made it."""

    def __init__(self) -> None:
        self._socket, requests = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if os.fork() == 0:
            self._socket.close()
            _fork_workers(requests)
            os._exit(0)
        requests.close()

    def start_worker(
        self, folders: WorkerFolders, memory: int, stderr: IO[bytes]
    ) -> "ForkedWorker":
        """Start a worker, as `pipeline.workers.start_worker` does."""
        stdin, requests = os.pipe()
        replies, stdout = os.pipe()
        request = [str(memory), str(folders.scratch), str(folders.results)]
        ends = [stdin, stdout, stderr.fileno()]
        socket.send_fds(self._socket, [json.dumps(request).encode()], ends)
        os.close(stdin)
        os.close(stdout)
        return ForkedWorker(int(self._socket.recv(_MAX_REQUEST)), requests, replies)


class ForkedWorker:
    """A worker with what the pool uses of `subprocess.Popen`; nobody learns its status."""

    def __init__(self, pid: int, requests: int, replies: int) -> None:
        self.pid, self._exit = pid, os.pidfd_open(pid)
        self.stdin, self.stdout = os.fdopen(requests, "wb"), os.fdopen(replies, "rb")

    def __del__(self) -> None:
        os.close(self._exit)

    def poll(self) -> int | None:
        """Return a number once it has ended, None before."""
        return self._poll(0)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        status = self._poll(timeout)
        if status is None:
            raise subprocess.TimeoutExpired([str(self.pid)], timeout)
        return status

    def _poll(self, seconds: float) -> int | None:
        return 0 if select.select([self._exit], [], [], seconds)[0] else None


def _fork_workers(requests: socket.socket) -> None:
    """Fork a worker for each request, until the other end is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    while True:
        content, ends, _, _ = socket.recv_fds(requests, _MAX_REQUEST, 3)
        if not content:
            return
        forker, pid = os.getpid(), os.fork()
        if pid == 0:
            requests.close()
            _run_worker(forker, json.loads(content), ends)
        os.setpgid(pid, pid)
        for end in ends:
            os.close(end)
        requests.send(str(pid).encode())


def _run_worker(forker: int, request: list[str], ends: list[int]) -> None:
    """Be a worker to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    sys.stdin = os.fdopen(0)  # it was the null device
    memory, scratch, results = request
    environ = worker_environ(os.environ, Path(scratch))
    os.environ.clear()
    os.environ.update(environ)
    tempfile.tempdir = None  # it is read again from the environment
    confine([Path(scratch), Path(results)])
    sys.argv = ["pipeline.workers.worker", memory, str(forker)]
    try:
        worker.main()
    finally:
        os._exit(1)
