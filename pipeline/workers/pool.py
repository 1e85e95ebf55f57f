"""The parent's side of the workers: start, request, time-out, kill, restart."""

import os
import queue
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from pipeline import errors
from pipeline.errors import OpisError, PageError, PageTimeoutError
from pipeline.workers.cpu_slots import hold_slot
from pipeline.workers.protocol import REPLY_ADAPTER, REQUEST_ADAPTER, Answer, Failure, Request
from pipeline.workers.start_worker import start_worker
from pipeline.workers.worker_folders import WorkerFolders, request_folder, take_file

_MAX_TRIES = 3  #: workers that may die over one request before it fails
#: seconds to wait for the end of a process that was killed: one that waits for a disk that is away
#: ends when the disk is back
_END_SECONDS = 5.0


class Worker:
    """A child process that answers requests; it is started again after it died."""

    def __init__(self, memory: int = 0, results: Path | None = None) -> None:
        self._memory = memory  #: bytes of address space; 0 for no limit
        self._results = results  #: see `WorkerFolders.create`
        self._folders: WorkerFolders | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr_file: IO[bytes] | None = None
        self._is_ended = False  #: no process may be started any more
        self._discarding = threading.Lock()

    def start(self) -> None:
        """Start the process if it is not running; it needs half a second to be ready."""
        self._ensure_process()

    def ask(self, request: Request, timeout: float) -> Answer:
        """Return the answer of the process.

        Args:
            request: the request.
            timeout: seconds after which the process and all its children are killed.

        Raises:
            PageTimeoutError: no answer came in time.
            PageError: the process died, or its answer is invalid.
            OpisError: the process answered with this failure.
        """
        return self._ask(self._ensure_process(), request, timeout)

    def ask_for_files(
        self, make_request: Callable[[Path], Request], targets: Mapping[str, Path], timeout: float
    ) -> Answer:
        """Return the answer to a request to write files, and move the files to their places.

        Args:
            make_request: returns the request, given the folder that the process may write to.
            targets: the path of each file, by its name in that folder.
            timeout: seconds, as for `ask`.

        Raises:
            OpisError: as by `ask`; PageError, too, if a file was not written.
        """
        child = self._ensure_process()
        assert self._folders is not None
        with request_folder(self._folders.results) as folder:
            answer = self._ask(child, make_request(folder), timeout)
            for name, target in targets.items():
                take_file(folder / name, target)
        return answer

    def _ask(self, child: subprocess.Popen[bytes], request: Request, timeout: float) -> Answer:
        assert child.stdin is not None
        timer = threading.Timer(timeout, self._kill)
        timer.start()
        try:
            child.stdin.write(REQUEST_ADAPTER.dump_json(request) + b"\n")
            child.stdin.flush()
            assert child.stdout is not None
            line = child.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            timed_out = not timer.is_alive()
            timer.cancel()
        if not line:
            self._raise_no_answer(timed_out, timeout)
        return _parse_reply(line)

    def kill(self) -> None:
        """Kill the process and its children, and start no other; do not wait for their end.

        Any thread may call it, while others wait for the process.
        """
        self._is_ended = True
        self._kill()

    def close(self) -> None:
        """End the process and its children, and start no other."""
        self._is_ended = True
        self._discard_process()

    def _discard_process(self) -> None:
        """End the process and remove its folders; another thread may do the same."""
        self._kill()
        with self._discarding:
            process, stderr_file, folders = self._process, self._stderr_file, self._folders
            self._process = self._stderr_file = self._folders = None
        if process is not None:
            _wait_for_end(process)
            for stream in (process.stdin, process.stdout, stderr_file):
                if stream is not None:
                    with suppress(BrokenPipeError):  # unread requests
                        stream.close()
        if folders is not None:
            folders.remove()

    def _ensure_process(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._discard_process()
        stderr_file = tempfile.TemporaryFile()  # noqa: SIM115  open as long as the process
        folders = WorkerFolders.create(self._results)
        try:
            process = start_worker(folders, self._memory, stderr_file)
        except OSError:
            stderr_file.close()
            folders.remove()
            raise
        with self._discarding:
            self._process, self._stderr_file, self._folders = process, stderr_file, folders
        if self._is_ended:  # meanwhile: `kill` and `close` may not have seen this process
            self._discard_process()
            raise PoolClosedError
        return process

    def _kill(self) -> None:
        if (process := self._process) is not None and process.poll() is None:
            with suppress(ProcessLookupError):  # another thread has waited for its end
                os.killpg(process.pid, signal.SIGKILL)

    def _raise_no_answer(self, timed_out: bool, timeout: float) -> None:
        """Raise the reason for a missing answer; the next request starts a new process."""
        process, stderr_file = self._process, self._stderr_file
        if process is None or stderr_file is None:  # another thread has closed it
            raise PoolClosedError
        status = _wait_for_end(process)  # it may have closed its output and go on
        last_lines: list[str] = []
        with suppress(ValueError):  # closed meanwhile
            stderr_file.seek(0)
            last_lines = stderr_file.read().decode(errors="replace").strip().splitlines()[-1:]
        self._discard_process()
        if timed_out:
            msg = f"no answer within {timeout:g} s"
            raise PageTimeoutError(msg)
        msg = f"the reading process died (status {status}) {' '.join(last_lines)}".strip()
        raise _WorkerDiedError(msg)


def _wait_for_end(process: subprocess.Popen[bytes]) -> int | None:
    """Wait a few seconds until a process has ended; return its status, None if it goes on."""
    with suppress(subprocess.TimeoutExpired):
        return process.wait(_END_SECONDS)
    return None


class _WorkerDiedError(PageError):
    """The worker process ended without an answer."""


class PoolClosedError(Exception):
    """The pool was closed during work: an interrupt, not a failure of a page."""


class WorkerPool:
    """A fixed number of workers, lent one at a time.

    No more than ``count`` work at once on this machine, over the pools of all processes of a user.
    Each worker, and each process that it starts, is limited to ``memory`` bytes of address space;
    0 sets no limit. Workers may write only to folders of their own, and to ``results``.
    """

    def __init__(self, count: int, memory: int = 0, results: Path | None = None) -> None:
        self._closed = False
        self.count = count
        self._workers = [Worker(memory, results) for _ in range(count)]
        # Last in, first out: a caller with four threads starts only four workers.
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def start(self) -> None:
        """Start all workers now; otherwise each starts at its first request."""
        for worker in self._workers:
            worker.start()

    @contextmanager
    def borrow(self) -> Iterator[Worker]:
        """Lend a worker; wait until one is free.

        Raises:
            PoolClosedError: the pool is closed.
        """
        if self._closed:
            raise PoolClosedError
        worker = self._idle.get()
        try:
            with hold_slot(self.count):
                if (
                    self._closed
                ):  # closed while waiting: a worker started now would outlive the pool
                    raise PoolClosedError
                yield worker
        except Exception as error:
            if self._closed:  # else an interrupt would look like a broken scan
                raise PoolClosedError from error
            raise
        finally:
            self._idle.put(worker)

    def ask(self, request: Request, timeout: float) -> Answer:
        """Return the answer to a request that does not depend on an earlier one.

        A worker's death does not prove the file broken: the system kills processes when memory is
        short. So another worker is tried, a few times.

        Raises:
            PoolClosedError: the pool is closed.
            PageTimeoutError: no answer came in time.
            PageError: every worker died over the request, or an answer is invalid.
            OpisError: a worker answered with this failure.
        """
        return self._ask_with_retries(lambda worker: worker.ask(request, timeout))

    def ask_for_files(
        self, make_request: Callable[[Path], Request], targets: Mapping[str, Path], timeout: float
    ) -> Answer:
        """Return the answer to a request to write files (see `Worker.ask_for_files`).

        Other workers are tried, and errors are raised, as by `ask`.
        """
        return self._ask_with_retries(
            lambda worker: worker.ask_for_files(make_request, targets, timeout)
        )

    def _ask_with_retries(self, ask: Callable[[Worker], Answer]) -> Answer:
        for _ in range(_MAX_TRIES - 1):
            with suppress(_WorkerDiedError), self.borrow() as worker:
                return ask(worker)
        with self.borrow() as worker:
            return ask(worker)

    def kill(self) -> None:
        """Kill all workers, from any thread; do not wait for their end."""
        self._closed = True
        for worker in self._workers:
            worker.kill()

    def close(self) -> None:
        """End all workers; a request in progress is neither answered nor repeated."""
        self.kill()  # all of them before any is waited for
        for worker in self._workers:
            worker.close()


def _parse_reply(line: bytes) -> Answer:
    try:
        reply = REPLY_ADAPTER.validate_json(line)
    except ValidationError as error:
        msg = "the reading process answered nonsense"
        raise PageError(msg) from error
    if isinstance(reply, Failure):
        kind = getattr(errors, reply.error, PageError)
        raise kind(reply.message) if issubclass(kind, OpisError) else PageError(reply.message)
    return reply
