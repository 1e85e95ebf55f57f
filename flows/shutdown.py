"""Ends a run on Ctrl-C or SIGTERM, with a sentence and exit code 130."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED_EXIT_CODE = 130  #: 128 + SIGINT, as shells have it
_GRACE_SECONDS = 10.0  #: seconds until a run that does not end is killed
_INTERRUPTED_MESSAGE = (
    "Interrupted. What is published stays; the other scans wait in the inbox, and the next run "
    "continues from here."
)


class _InterruptHandler:
    """The handler of both signals: the first interrupts, the second exits at once."""

    def __init__(self, cleanup: Callable[[], None], report: Callable[[str], None]) -> None:
        self._cleanup, self._report = cleanup, report
        self.is_interrupted = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.is_interrupted:
            self._exit_now()
        self.is_interrupted = True
        self._report(_INTERRUPTED_MESSAGE)
        timer = threading.Timer(_GRACE_SECONDS, self._exit_now)
        timer.daemon = True
        timer.start()
        raise KeyboardInterrupt

    def _exit_now(self) -> None:
        try:
            self._cleanup()
        finally:
            os._exit(INTERRUPTED_EXIT_CODE)


_active_handlers: list[_InterruptHandler] = []  #: the one of `handle_interrupts`, or none


@contextmanager
def handle_interrupts(cleanup: Callable[[], None], report: Callable[[str], None]) -> Iterator[None]:
    """Raise KeyboardInterrupt on the first signal; exit on a second one, or after ten seconds.

    The exit is needed: Ctrl-C ends Prefect's temporary server, too, and Prefect then waits for it
    for ever.

    Args:
        cleanup: ends the child processes before the exit; may be called twice.
        report: prints a message.
    """
    handler = _InterruptHandler(cleanup, report)
    previous = {
        number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)
    }
    _active_handlers.append(handler)
    try:
        yield
    finally:
        _active_handlers.clear()
        for number, old_handler in previous.items():
            if not handler.is_interrupted:
                signal.signal(number, old_handler)


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


def reinstall_sigterm() -> None:
    """Handle SIGTERM here again: Prefect installs its own handler for the duration of a flow."""
    if _active_handlers and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _active_handlers[-1])
