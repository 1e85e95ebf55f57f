"""Starts processes again that are killed while they start, as when memory is short."""

from collections.abc import Callable

from pipeline.errors import SetupError

_MAX_STARTS = 5  #: starts until it is given up: something kills them all


class KilledError(SetupError):
    """A process was killed while it started; another start may succeed."""


def start_again_if_killed(
    start: Callable[[], None], stop: Callable[[], None], report: Callable[[str], None]
) -> None:
    """Start processes; if one is killed meanwhile, stop all and start them again, a few times.

    Args:
        start: starts all of them, and raises KilledError if one was killed.
        stop: ends those that run.
        report: prints a message.

    Raises:
        SetupError: one does not start.
    """
    for _ in range(_MAX_STARTS - 1):
        try:
            start()
        except KilledError as error:
            report(f"{error} It is started again.")
            stop()
        else:
            return
    start()
