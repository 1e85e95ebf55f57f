"""The parent's side of the reading children: start, ask, time out, kill, start anew."""

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from pydantic import ValidationError

from pipeline import errors
from pipeline.errors import OpisError, PageError, PageTimeoutError
from pipeline.workers.cpu_slots import hold_slot
from pipeline.workers.protocol import REPLY_ADAPTER, REQUEST_ADAPTER, Answer, Failure, Request

_MAX_TRIES = 3  #: a child that died is replaced so often, before its question is held against it


class Worker:
    """One child process, started ahead of its first question and again after it died."""

    def __init__(self, memory: int = 0) -> None:
        self._memory = memory  #: bytes of address space; 0 for no limit
        self._process: subprocess.Popen[bytes] | None = None
        self._stderr_file: IO[bytes] | None = None

    def start(self) -> None:
        """Start the child, if it is not running: it takes half a second to be ready."""
        self._ensure_process()

    def ask(self, request: Request, timeout: float) -> Answer:
        """Return the child's answer.

        Args:
            request: what to do.
            timeout: seconds after which the child and all its own children are killed.

        Raises:
            PageTimeoutError: no answer came in time.
            PageError: the child died or answered nonsense.
            OpisError: what the child says is wrong with the file.
        """
        child = self._ensure_process()
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
            late = not timer.is_alive()
            timer.cancel()
        if not line:
            self._raise_no_answer(late, timeout)
        return _parse_reply(line)

    def close(self) -> None:
        """End the child and whatever it runs."""
        self._kill()
        if self._process is not None:
            self._process.wait()
            for stream in (self._process.stdin, self._process.stdout, self._stderr_file):
                if stream is not None:
                    with suppress(BrokenPipeError):  # what it never read
                        stream.close()
        self._process = self._stderr_file = None

    def _ensure_process(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self.close()
        self._stderr_file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the child
        arguments = [str(self._memory), str(os.getpid())]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline.workers.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr_file,
            env=_worker_environment(),
            start_new_session=True,
        )
        return self._process

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    def _raise_no_answer(self, timed_out: bool, timeout: float) -> None:
        """Say why there is no answer; the next question starts a new child."""
        assert self._process is not None
        assert self._stderr_file is not None
        status = self._process.wait()
        self._stderr_file.seek(0)
        last = self._stderr_file.read().decode(errors="replace").strip().splitlines()[-1:]
        self.close()
        if timed_out:
            msg = f"no answer within {timeout:g} s"
            raise PageTimeoutError(msg)
        msg = f"the reading process died (status {status}) {' '.join(last)}".strip()
        raise _WorkerDiedError(msg)


def _worker_environment() -> dict[str, str]:
    """Return what a child reads: without what a Dask worker sets so that it gives memory back.

    Pages come and go in megabytes: a child that gave each back took up to 8 % longer.
    """
    kept = {name: value for name, value in os.environ.items() if name != "MALLOC_TRIM_THRESHOLD_"}
    return {**kept, "OMP_THREAD_LIMIT": "1"}


class _WorkerDiedError(PageError):
    """The child is gone, whoever ended it."""


class PoolClosedError(Exception):
    """The children were ended while work went on: an interrupt, never a fault of a page."""


class WorkerPool:
    """A fixed number of children, lent to whoever asks next.

    No more of them work at once on this machine, whatever other processes have children.
    Each, and what it starts, may have ``memory`` bytes of address space; 0 sets no limit.
    """

    def __init__(self, count: int, memory: int = 0) -> None:
        self._closed = False
        self.count = count
        self._workers = [Worker(memory) for _ in range(count)]
        # The last one back is lent first: who reads with four threads has four children.
        self._idle: queue.LifoQueue[Worker] = queue.LifoQueue()
        for reader in self._workers:
            self._idle.put(reader)

    def start(self) -> None:
        """Start all of them ahead of the first question; else each starts when it is lent."""
        for reader in self._workers:
            reader.start()

    @contextmanager
    def borrow(self) -> Iterator[Worker]:
        """Lend a child; waits until one is free.

        Raises:
            StoppedError: the children are ended.
        """
        if self._closed:
            raise PoolClosedError
        reader = self._idle.get()
        try:
            with hold_slot(self.count):
                if self._closed:  # while we waited: a child started now would outlive the end
                    raise PoolClosedError
                yield reader
        except Exception as error:
            if self._closed:  # or an interrupt would pass for a broken scan
                raise PoolClosedError from error
            raise
        finally:
            self._idle.put(reader)

    def ask(self, request: Request, timeout: float) -> Answer:
        """Return an answer that needs nothing from the question before.

        A child that died is no proof against the file: the system kills whom it likes when memory
        is short. A new one is asked, a few times.

        Raises:
            PageTimeoutError: no answer came in time.
            PageError: every child died over it, or one answered nonsense.
            OpisError: what the child says is wrong with the file.
        """
        for _ in range(_MAX_TRIES - 1):
            with suppress(_WorkerDiedError), self.borrow() as reader:
                return reader.ask(request, timeout)
        with self.borrow() as reader:
            return reader.ask(request, timeout)

    def close(self) -> None:
        """End all children; a question under way is not answered, and not asked again."""
        self._closed = True
        for reader in self._workers:
            reader.close()


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
