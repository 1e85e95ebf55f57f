"""A process that is killed while `opis serve` starts it is started again; one that fails is not."""

import logging
import sys
import time
from pathlib import Path

import pytest

from flows.serve.child_process import ChildProcess
from flows.serve.startup import KilledError, start_again_if_killed
from flows.ui.run_log import prepare_log
from pipeline.errors import SetupError
from pipeline.settings import Settings
from tests.workspace import PATIENCE


def _start(*failures: Exception | None) -> list[str]:
    """Start a process that fails in these ways, one after the other; return the events."""
    events: list[str] = []
    remaining = iter(failures)

    def start() -> None:
        events.append("start")
        if (error := next(remaining)) is not None:
            raise error

    start_again_if_killed(start, lambda: events.append("stop"), events.append)
    return events


def test_what_is_killed_is_started_again() -> None:
    killed = KilledError("It was killed.")
    again = ["start", "It was killed. It is started again.", "stop"]
    assert _start(None) == ["start"]
    assert _start(killed, killed, None) == [*again, *again, "start"]


@pytest.mark.parametrize(
    "failures",
    [[SetupError("The port is taken.")], [KilledError("It was killed.")] * 5, [ValueError()]],
)
def test_what_does_not_start_ends_serve(failures: list[Exception]) -> None:
    with pytest.raises(type(failures[0])):
        _start(*failures)


@pytest.mark.parametrize(
    ("code", "was_killed"),
    [
        ("", False),
        ("raise SystemExit(3)", False),
        ("import os; os.kill(os.getpid(), 9)", True),
        ("import os; os.kill(os.getpid(), 15)", True),
        ("import os; os.kill(os.getppid(), 9)", True),  # the process that ends it with its parent
    ],
)
def test_a_process_knows_whether_it_was_killed(tmp_path: Path, code: str, was_killed: bool) -> None:
    child = ChildProcess([sys.executable, "-c", code], tmp_path / "log")
    child.start()
    deadline = time.monotonic() + PATIENCE
    while child.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert child.was_killed == was_killed
    child.kill()


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("Finished in state Running()", "tries them again in 10 minutes"),
        ("Finished in state Cancelling('Flow run was cancelled.')", "stopped before its end"),
        ("Finished in state Completed('2 records')", "Finished in state Completed('2 records')"),
        ("Finished in state Failed('Running() is odd')", "Finished in state Failed("),
    ],
)
def test_the_log_of_a_run_names_no_state_that_is_not_final(
    tmp_path: Path, message: str, shown: str
) -> None:
    logger = logging.getLogger("prefect.flow_runs")
    filters = list(logger.filters)
    record = logger.makeRecord(logger.name, logging.INFO, "", 0, "%s", (message,), None)
    try:
        prepare_log(Settings(inbox=tmp_path, output=tmp_path, retry_seconds=600))
        assert logger.filter(record)
    finally:
        logger.filters = filters
    assert shown in record.getMessage()
    assert (record.getMessage() == message) == (shown in message)
