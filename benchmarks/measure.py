"""Measures the time, the CPU and the memory of a command with its whole process tree.

Wall time and CPU are the kernel's account. Memory and the number of recognitions are sampled while
the command runs, so a peak between two samples is missed; sampling is the same for all programs and
takes a tenth of one core (its CPU is not counted).
"""

import os
import resource
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

RECOGNIZER = "tesseract"  #: the name of the process that recognizes an image
_INTERVAL = 0.05  #: seconds between two samples of the recognitions
_MEMORY_EVERY = 4  #: samples per sum of memory, for which the kernel visits all its pages


@dataclass(frozen=True)
class Cost:
    """The cost of one run."""

    wall: float  #: seconds
    cpu: float  #: seconds, of the program and all its children
    memory: int  #: bytes: peak of the whole tree, shared pages counted once (PSS)
    full: float  #: 0..1, share of the wall time in which every core had a recognition


class CommandError(Exception):
    """A measured command failed, so there is nothing to compare."""


def measured(
    command: Sequence[object], folder: Path, cores: int, environ: Mapping[str, str] | None = None
) -> Cost:
    """Run a command in a folder and return its cost.

    Raises:
        CommandError: it ended with another status than 0; the message has its output.
    """
    log = folder / "log.txt"
    before, started = _child_cpu_seconds(), time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(part) for part in command], cwd=folder, env=_environment(environ or {}),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with _watch(child, cores) as watcher:
            status = child.wait()
            wall = time.monotonic() - started
    if status:
        message = f"{command[0]} ended with {status}:\n{log.read_text('utf-8', 'replace')}"
        raise CommandError(message)
    return Cost(wall, _child_cpu_seconds() - before, watcher.memory, watcher.full / wall)


class _Watcher(threading.Thread):
    """Samples a process tree until ``over`` is set."""

    def __init__(self, root: int, cores: int) -> None:
        super().__init__(daemon=True)
        self.memory = 0
        self.full = 0.0  #: seconds
        self.over = threading.Event()
        self._root, self._cores = root, cores

    def run(self) -> None:
        samples, previous = 0, time.monotonic()
        while not self.over.wait(_INTERVAL):
            tree = _process_tree(self._root)
            now = time.monotonic()
            if sum(map(_is_recognition, tree)) >= self._cores:
                self.full += now - previous
            previous = now
            if samples % _MEMORY_EVERY == 0:
                self.memory = max(self.memory, sum(map(_memory_bytes, tree)))
            samples += 1


@contextmanager
def _watch(child: subprocess.Popen[bytes], cores: int) -> Iterator[_Watcher]:
    """Watch a command; kill its whole tree if we are interrupted."""
    watcher = _Watcher(child.pid, cores)
    watcher.start()
    try:
        yield watcher
    finally:
        watcher.over.set()
        watcher.join()
        if child.poll() is None:
            for process in _process_tree(child.pid):
                process.kill()
            child.wait()


def _process_tree(root: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(root)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _is_recognition(process: psutil.Process) -> bool:
    """Return whether a process reads an image; a query for its version has one argument."""
    try:
        return process.name() == RECOGNIZER and len(process.cmdline()) > 2
    except psutil.Error:  # gone, or a zombie, which has no command line
        return False


def _memory_bytes(process: psutil.Process) -> int:
    """Return a process's memory in bytes: PSS, or the resident set if the system has no PSS."""
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.rss))


def _child_cpu_seconds() -> float:
    """Return the CPU seconds of all ended children and their descendants."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without a developer's own settings, plus the extra variables."""
    prefixes = ("OPIS_", "PREFECT_", "OMP_", "SOURCE_DATE_EPOCH")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(prefixes)}
    return {**inherited, **extra}
