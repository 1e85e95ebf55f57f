"""How a run ends when it is asked to: by Ctrl-C or SIGTERM, with a sentence and exit code 130."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130  #: exit code
_PATIENCE = 10.0  #: seconds for an end in good order


@contextmanager
def on_request(end: Callable[[], None], tell: Callable[[str], None]) -> Iterator[None]:
    """Turn the first request into KeyboardInterrupt; end at once if asked again, or too slow.

    Ctrl-C reaches Prefect's temporary server too, and Prefect then waits for it for ever.

    Args:
        end: ends what would outlive this process; may be called twice.
        tell: says how things stand.
    """
    asked = threading.Event()

    def at_once() -> None:
        try:
            end()
        finally:
            os._exit(INTERRUPTED)

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        if asked.is_set():
            at_once()
        asked.set()
        tell(
            "Interrupted. What is published stays; the other scans wait in the inbox, and the "
            "next run goes on where this one was."
        )
        patience = threading.Timer(_PATIENCE, at_once)
        patience.daemon = True
        patience.start()
        raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            if not asked.is_set():
                signal.signal(number, handler)
