"""Ctrl-C and SIGTERM end a process, whatever its threads do and however often they come."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

import psutil
import pytest

from pipeline.system.thread_pool import thread_pool
from tests.workspace import PATIENCE, outliving

_CODE = """
import subprocess, sys, time
from flows import shutdown
shutdown._GRACE_SECONDS, shutdown._SAME_INTERRUPT_SECONDS = {grace}, {same}
shutdown._KILL_SECONDS = 0.5
sleep = [sys.executable, "-c", "import time; time.sleep(3600)"]
child = subprocess.Popen(sleep, stdout=subprocess.DEVNULL)
def report():
    print("interrupted", flush=True)
    {after_report}
def kill():
    child.kill()
    {after_kill}
try:
    with shutdown.handle_interrupts(report, kill):
        try:
            print("ready", flush=True)
            child.wait()
        finally:
            {cleanup}
except KeyboardInterrupt:
    sys.exit(130)
"""
_GENTLE = "child.kill(); child.wait()"
_STUCK = "child.wait()"  # an interrupted wait may keep a lock that this one needs
_BLOCKS = "time.sleep(3600)"


def _interrupt(
    numbers: Sequence[signal.Signals], pause: float = 0.0, *, grace: float = PATIENCE,
    same: float = PATIENCE, cleanup: str = _GENTLE, after_report: str = "", after_kill: str = "",
) -> None:  # fmt: skip
    """Send signals to a process that waits for its child; it must end in order."""
    code = _CODE.format(
        grace=grace, same=same, cleanup=cleanup,
        after_report=after_report, after_kill=after_kill,
    )  # fmt: skip
    # A shell that starts a job in the background has it ignore SIGINT, and its children too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    assert run.stdout.readline() == "ready\n"
    family = psutil.Process(run.pid).children()
    for number in numbers:
        if run.poll() is None:
            run.send_signal(number)
        time.sleep(pause)
    output, _ = run.communicate(timeout=PATIENCE)
    assert (run.returncode, output) == (130, "interrupted\n")
    assert not outliving(family)


@pytest.mark.parametrize("pause", [0.0, 0.01])
@pytest.mark.parametrize(
    "numbers",
    [
        [signal.SIGINT],
        [signal.SIGTERM],
        [signal.SIGINT, signal.SIGINT],
        [signal.SIGINT, signal.SIGTERM],
        [signal.SIGINT] * 20,
    ],
)
def test_a_run_ends_in_order_however_often_it_is_interrupted(
    numbers: Sequence[signal.Signals], pause: float
) -> None:
    _interrupt(numbers, pause)


@pytest.mark.slow
@pytest.mark.parametrize(
    "threads",
    [
        {"cleanup": _STUCK},
        {"cleanup": _STUCK, "after_report": _BLOCKS},
        {"cleanup": _STUCK, "after_kill": _BLOCKS},
        {"cleanup": f"try: {_STUCK}\n            except BaseException: {_STUCK}"},
    ],
)
def test_a_run_that_does_not_end_is_ended(threads: dict[str, Any]) -> None:
    _interrupt([signal.SIGINT, signal.SIGINT], 0.01, grace=0.3, **threads)


@pytest.mark.slow
def test_a_later_interrupt_ends_a_run_at_once() -> None:
    _interrupt([signal.SIGINT, signal.SIGTERM], 0.1, same=0.0, cleanup=_STUCK)


def test_what_a_pool_has_not_begun_is_cancelled_by_an_interrupt() -> None:
    goes_on = threading.Event()
    futures: list[Future[bool]] = []

    def interrupt() -> None:
        with thread_pool(1) as pool:
            futures.extend(pool.submit(goes_on.wait, PATIENCE) for _ in range(50))
            while not futures[0].running():
                time.sleep(0.001)
            threading.Timer(0.05, goes_on.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert [future.cancelled() for future in futures] == [False] + [True] * 49
