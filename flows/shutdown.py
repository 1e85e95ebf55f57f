"""How a run ends when it is asked to: by Ctrl-C or SIGTERM, with a sentence and exit code 130."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED_EXIT_CODE = 130  #: exit code
_GRACE_SECONDS = 10.0  #: seconds for an end in good order
_INTERRUPTED_MESSAGE = (
    "Interrupted. What is published stays; the other scans wait in the inbox, and the next run "
    "goes on where this one was."
)


class _InterruptHandler:
    """The handler of both signals: the first asks, the second insists."""

    def __init__(self, cleanup: Callable[[], None], report: Callable[[str], None]) -> None:
        self._cleanup, self._report = cleanup, report
        self.is_interrupted = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.is_interrupted:
            self._exit_now()
        self.is_interrupted = True
        self._report(_INTERRUPTED_MESSAGE)
        patience = threading.Timer(_GRACE_SECONDS, self._exit_now)
        patience.daemon = True
        patience.start()
        raise KeyboardInterrupt

    def _exit_now(self) -> None:
        try:
            self._cleanup()
        finally:
            os._exit(INTERRUPTED_EXIT_CODE)


_active_handlers: list[_InterruptHandler] = []  #: the handler, while there is one


@contextmanager
def handle_interrupts(cleanup: Callable[[], None], report: Callable[[str], None]) -> Iterator[None]:
    """Turn the first request into KeyboardInterrupt; end at once if asked again, or too slow.

    Ctrl-C reaches Prefect's temporary server too, and Prefect then waits for it for ever.

    Args:
        cleanup: ends what would outlive this process; may be called twice.
        report: says how things stand.
    """
    request = _InterruptHandler(cleanup, report)
    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    _active_handlers.append(request)
    try:
        yield
    finally:
        _active_handlers.clear()
        for number, handler in before.items():
            if not request.is_interrupted:
                signal.signal(number, handler)


@contextmanager
def close_on_cancel(cleanup: Callable[[], None]) -> Iterator[None]:
    """End the reading children when the block is cut short: Prefect cancels a run by an exception.

    A thread that waits for a child would else keep the run alive until that child has answered.
    """
    try:
        yield
    except BaseException:
        cleanup()
        raise


def reinstall_sigterm() -> None:
    """Take SIGTERM back from Prefect, which handles it itself for the length of a flow."""
    if _active_handlers and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _active_handlers[-1])
