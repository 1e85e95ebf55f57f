"""How a run ends when it is asked to: by Ctrl-C or SIGTERM, with a sentence and exit code 130."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130  #: exit code
_PATIENCE = 10.0  #: seconds for an end in good order
_SENTENCE = (
    "Interrupted. What is published stays; the other scans wait in the inbox, and the next run "
    "goes on where this one was."
)


class _Request:
    """The handler of both signals: the first asks, the second insists."""

    def __init__(self, end: Callable[[], None], tell: Callable[[str], None]) -> None:
        self._end, self._tell = end, tell
        self.made = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        if self.made:
            self._at_once()
        self.made = True
        self._tell(_SENTENCE)
        patience = threading.Timer(_PATIENCE, self._at_once)
        patience.daemon = True
        patience.start()
        raise KeyboardInterrupt

    def _at_once(self) -> None:
        try:
            self._end()
        finally:
            os._exit(INTERRUPTED)


_current: list[_Request] = []  #: the handler, while there is one


@contextmanager
def on_request(end: Callable[[], None], tell: Callable[[str], None]) -> Iterator[None]:
    """Turn the first request into KeyboardInterrupt; end at once if asked again, or too slow.

    Ctrl-C reaches Prefect's temporary server too, and Prefect then waits for it for ever.

    Args:
        end: ends what would outlive this process; may be called twice.
        tell: says how things stand.
    """
    request = _Request(end, tell)
    before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
    _current.append(request)
    try:
        yield
    finally:
        _current.clear()
        for number, handler in before.items():
            if not request.made:
                signal.signal(number, handler)


@contextmanager
def with_children(end: Callable[[], None]) -> Iterator[None]:
    """End the reading children when the block is cut short: Prefect cancels a run by an exception.

    A thread that waits for a child would else keep the run alive until that child has answered.
    """
    try:
        yield
    except BaseException:
        end()
        raise


def rearm() -> None:
    """Take SIGTERM back from Prefect, which handles it itself for the length of a flow."""
    if _current and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _current[-1])
