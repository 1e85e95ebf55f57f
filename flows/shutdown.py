"""Ends a run on Ctrl-C or SIGTERM, with a sentence and exit code 130.

A signal handler runs in the middle of whatever the main thread does, which may hold any lock. So
the handler only notes the signal and interrupts the main thread; a thread reads the notes, prints,
and ends the process where the main thread does not.
"""

import atexit
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from queue import Empty, SimpleQueue
from types import FrameType

INTERRUPTED_EXIT_CODE = 130  #: 128 + SIGINT, as shells have it
_GRACE_SECONDS = 10.0  #: seconds until a run that does not end is killed
_POLL_SECONDS = 0.2  #: seconds between two looks whether waiting is of no use
#: seconds in which further signals belong to the first: ``timeout`` and ``uv run`` pass on what a
#: terminal has sent to the whole group
_SAME_INTERRUPT_SECONDS = 1.0
_KILL_SECONDS = 2.0  #: seconds for the last message and for killing child processes
SCANS_WAIT = (
    "Interrupted. What is published stays; the other scans wait in the inbox, and the next run "
    "continues from here."
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


_stops: list[Callable[[], None]] = []  #: see `stop_on_interrupt`


def stop_on_interrupt(stop: Callable[[], None]) -> None:
    """Let the first signal call ``stop``, from a thread, so that no other thread waits on."""
    _stops.append(stop)


def _do_nothing() -> None:
    """Do nothing."""


def _never() -> bool:
    return False


class _Interruption:
    """The notes of the handler, and the thread that acts on them."""

    def __init__(
        self,
        report: Callable[[], None],
        kill: Callable[[], None],
        cannot_end: Callable[[], bool],
    ) -> None:
        self._report, self._kill, self._cannot_end = report, kill, cannot_end
        self._notes: SimpleQueue[bool] = SimpleQueue()  # its ``put`` may interrupt another
        self.is_interrupted = False
        self._is_reported = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def note_signal(self, number: int, frame: FrameType | None) -> None:
        """Note a signal, and raise KeyboardInterrupt at the first."""
        del number, frame
        is_first, self.is_interrupted = not self.is_interrupted, True
        self._notes.put(True)
        if is_first:
            raise KeyboardInterrupt

    def end_watch(self) -> None:
        """End the thread, unless a signal came."""
        self._notes.put(False)

    def wait_for_report(self) -> None:
        """Wait until the interruption is reported, but not for ever: the report may block."""
        self._is_reported.wait(_KILL_SECONDS)

    def _report_interruption(self) -> None:
        try:
            self._report()
        finally:
            self._is_reported.set()

    def _watch(self) -> None:
        if not self._notes.get():
            return
        interrupted_at = time.monotonic()
        message = _run_in_thread(self._report_interruption)
        for stop in _stops:
            _run_in_thread(stop)
        while (waited := time.monotonic() - interrupted_at) < _GRACE_SECONDS:
            is_signal = False
            with suppress(Empty):
                is_signal = self._notes.get(timeout=_POLL_SECONDS)
            if waited > _SAME_INTERRUPT_SECONDS and (is_signal or self._cannot_end()):
                break
        message.join(_KILL_SECONDS)
        _run_in_thread(self._kill).join(_KILL_SECONDS)
        os._exit(INTERRUPTED_EXIT_CODE)


_active: list[_Interruption] = []  #: of the blocks of `handle_interrupts`, the innermost last


@contextmanager
def handle_interrupts(
    report: Callable[[], None],
    kill: Callable[[], None] = _do_nothing,
    cannot_end: Callable[[], bool] = _never,
) -> Iterator[None]:
    """Raise KeyboardInterrupt on the first signal; exit on a later one, or after ten seconds.

    The exit is needed: Ctrl-C ends Prefect's temporary server, too, and Prefect then waits for it
    for ever.

    Args:
        report: says that the run was interrupted; called by another thread.
        kill: kills the child processes before the exit; called by another thread.
        cannot_end: tells that the run waits for what never comes, so that the exit is at once;
            called by another thread.
    """
    _ignore_signals_at_exit()
    interruption = _Interruption(report, kill, cannot_end)
    previous = {number: signal.signal(number, interruption.note_signal) for number in _SIGNALS}
    _active.append(interruption)
    try:
        yield
    finally:
        _active.pop()
        if interruption.is_interrupted:
            interruption.wait_for_report()
        else:
            for number, old_handler in previous.items():
                signal.signal(number, old_handler)
        interruption.end_watch()


@contextmanager
def close_on_cancel(cleanup: Callable[[], None]) -> Iterator[None]:
    """Call ``cleanup`` if the block raises: Prefect cancels a run by an exception.

    Otherwise a thread that waits for a worker would keep the run alive until the worker answers.
    """
    try:
        yield
    except BaseException:
        cleanup()
        raise


@cache
def _ignore_signals_at_exit() -> None:
    """Keep the exit code of a process that ends: Python lets a later signal kill it."""

    def ignore_signals() -> None:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    atexit.register(ignore_signals)


def reinstall_sigterm() -> None:
    """Handle SIGTERM here again: Prefect installs its own handler for the duration of a flow."""
    if _active and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _active[-1].note_signal)


def _run_in_thread(action: Callable[[], None]) -> threading.Thread:
    """Run an action in a thread, for it may block, on a full pipe or a disk that is away."""
    thread = threading.Thread(target=action, daemon=True)
    thread.start()
    return thread
