"""What one command costs: its time, its processors, the memory of its whole process tree.

Wall time and CPU are the kernel's own account. Memory and the number of recognitions are looked
at while the command runs, so a peak between two looks is missed; every program is looked at
alike, and the looking takes a tenth of one core from each (its CPU is not counted).
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

RECOGNIZER = "tesseract"  #: a process of this name is a recognition
_LOOK = 0.05  #: seconds between two counts of the recognitions
_WEIGH = 4  #: memory is summed at every fourth: the kernel has to walk all pages for it


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    wall: float  #: seconds
    cpu: float  #: seconds, of the program and all that it started
    memory: int  #: bytes: most at one time, over the whole tree, shared pages counted once (PSS)
    full: float  #: 0..1, share of the wall time in which every core had a recognition


class CommandError(Exception):
    """A command that is measured failed: there is nothing to compare."""


def measured(
    words: Sequence[object], folder: Path, cores: int, environ: Mapping[str, str] | None = None
) -> Cost:
    """Run a command in a folder and return what it took.

    Raises:
        CommandError: it ended with another status than 0.
    """
    log = folder / "log.txt"
    before, begun = _children(), time.monotonic()
    with log.open("wb") as output:
        child = subprocess.Popen(
            [str(word) for word in words], cwd=folder, env=_environment(environ or {}),
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        with _watched(child, cores) as watch:
            status = child.wait()
            wall = time.monotonic() - begun
    if status:
        message = f"{words[0]} ended with {status}:\n{log.read_text('utf-8', 'replace')}"
        raise CommandError(message)
    return Cost(wall, _children() - before, watch.memory, watch.full / wall)


class _Watch(threading.Thread):
    """Looks at a process tree until it is told to stop."""

    def __init__(self, root: int, cores: int) -> None:
        super().__init__(daemon=True)
        self.memory = 0
        self.full = 0.0  #: seconds
        self.over = threading.Event()
        self._root, self._cores = root, cores

    def run(self) -> None:
        looks, last = 0, time.monotonic()
        while not self.over.wait(_LOOK):
            tree = _tree(self._root)
            now = time.monotonic()
            if sum(map(_recognizes, tree)) >= self._cores:
                self.full += now - last
            last = now
            if looks % _WEIGH == 0:
                self.memory = max(self.memory, sum(map(_weight, tree)))
            looks += 1


@contextmanager
def _watched(child: subprocess.Popen[bytes], cores: int) -> Iterator[_Watch]:
    """Watch a command; nothing of it is left running where we are interrupted."""
    watch = _Watch(child.pid, cores)
    watch.start()
    try:
        yield watch
    finally:
        watch.over.set()
        watch.join()
        if child.poll() is None:
            for process in _tree(child.pid):
                process.kill()
            child.wait()


def _tree(root: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(root)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _recognizes(process: psutil.Process) -> bool:
    """Tell whether it reads an image: asked for its version alone it has one argument."""
    try:
        return process.name() == RECOGNIZER and len(process.cmdline()) > 2
    except psutil.Error:  # gone, or a zombie, which has no command line
        return False


def _weight(process: psutil.Process) -> int:
    """Return a process's memory in bytes; its resident set where the system keeps no PSS."""
    try:
        held = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(held, "pss", held.rss))


def _children() -> float:
    """Return the CPU seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without what a developer set for his own work."""
    own = ("OPIS_", "PREFECT_", "OMP_", "SOURCE_DATE_EPOCH")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(own)}
    return {**kept, **more}
