"""A killed worker process is replaced, and its request is sent again."""

import itertools
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.errors import PageError
from pipeline.model import Limits
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import InspectScan
from tests.factories import scan_pdf
from tests.workspace import PATIENCE, outliving


def _children() -> list[psutil.Process]:
    children = []
    for one in psutil.Process().children():
        with suppress(psutil.Error):  # it ended while it was looked at
            if "pipeline.workers.worker" in " ".join(one.cmdline()):
                children.append(one)
    return children


def test_a_child_that_is_killed_is_replaced_and_the_scan_is_not_blamed(tmp_path: Path) -> None:
    scan = scan_pdf(tmp_path / "scan.pdf", 2)
    readers = WorkerPool(1)
    try:
        readers.start()
        for one in _children():
            one.kill()  # as the system does when memory is short
        facts = readers.ask(InspectScan(scan, Limits()), PATIENCE).facts
        assert facts is not None
        assert facts.page_count == 2
    finally:
        readers.close()


def test_a_request_that_kills_every_child_is_abandoned(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    readers, stop = WorkerPool(1), threading.Event()

    def kill_all() -> None:
        while not stop.wait(0.02):
            for one in _children():
                with suppress(psutil.NoSuchProcess):
                    one.send_signal(signal.SIGKILL)

    killer = threading.Thread(target=kill_all)
    killer.start()
    try:
        with pytest.raises(PageError, match="the reading process died"):
            readers.ask(InspectScan(tmp_path / "pipe", Limits()), 30)
    finally:
        stop.set()
        killer.join()
        readers.close()


def test_a_child_has_no_more_memory_than_its_limit(tmp_path: Path) -> None:
    readers = WorkerPool(1, memory=2**31)
    try:
        readers.ask(InspectScan(scan_pdf(tmp_path / "scan.pdf", 1), Limits()), PATIENCE)
        (child,) = _children()
        assert child.rlimit(psutil.RLIMIT_AS) == (2**31, 2**31)
    finally:
        readers.close()


@pytest.mark.slow
def test_a_child_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import time; from pipeline.workers.pool import WorkerPool as Pool; p = Pool(1); p.start()"
    )
    parent = psutil.Popen([sys.executable, "-c", f"{code}; time.sleep(600)"])
    while not parent.children():
        assert parent.poll() is None
        time.sleep(0.1)
    family = parent.children(recursive=True)
    parent.kill()
    parent.wait()
    assert not outliving(family)


@pytest.mark.parametrize(
    "command", [["pipeline.workers.worker", "0"], ["flows.serve.die_with_parent"]]
)
def test_a_child_whose_parent_died_before_it_looked_ends(command: list[str]) -> None:
    (module, *arguments), gone = command, subprocess.Popen(["true"])
    gone.wait()
    child = psutil.Popen(
        [sys.executable, "-m", module, *arguments, str(gone.pid), "sleep", "600"],
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    assert not outliving([child])
    child.stdin.close()


@pytest.mark.slow
def test_a_command_that_ignores_the_request_to_end_is_killed_with_its_parent(
    tmp_path: Path,
) -> None:
    is_deaf = tmp_path / "deaf"
    deaf = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(is_deaf)!r}).touch(); time.sleep(600)"
    )
    code = (
        "import sys, time; from pathlib import Path; "
        "from flows.serve.child_process import ChildProcess as Child; "
        f"Child([sys.executable, '-c', {deaf!r}], Path('/dev/null')).start(); time.sleep(600)"
    )
    parent = psutil.Popen([sys.executable, "-c", code])
    while not is_deaf.exists():
        assert parent.poll() is None
        time.sleep(0.1)
    family = parent.children(recursive=True)
    assert len(family) >= 2
    parent.kill()
    parent.wait()
    assert not outliving(family)


def test_a_child_starts_when_it_is_lent_and_the_last_one_back_is_lent_first(tmp_path: Path) -> None:
    scan = scan_pdf(tmp_path / "scan.pdf", 1)
    readers = WorkerPool(8)
    try:
        assert not _children()
        for _ in range(3):
            readers.ask(InspectScan(scan, Limits()), 30)
        assert len(_children()) == 1
        readers.start()
        while len(_children()) < 8:  # a moment after its start a process has no words yet
            time.sleep(0.05)
        assert len(_children()) == 8
    finally:
        readers.close()


_HOLDS = """
import sys, time
from pipeline.workers.cpu_slots import hold_slot
for _ in range(15):
    with hold_slot(int(sys.argv[1])):
        begun = time.monotonic()
        time.sleep(0.01)
        print(begun, time.monotonic(), flush=True)
"""


@pytest.mark.slow
@pytest.mark.parametrize("slots", [1, 2])
def test_no_more_hold_a_slot_of_the_machine_than_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slots: int
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    words = [sys.executable, "-c", _HOLDS, str(slots)]
    runs = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    killed = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    killed.stdout.readline()
    killed.kill()  # its slot is free again
    killed.communicate()
    intervals = [
        (float(begun), float(ended))
        for run in runs
        for begun, ended in (
            line.split() for line in run.communicate(timeout=PATIENCE)[0].splitlines()
        )
    ]
    assert len(intervals) == 4 * 15
    moments = sorted(
        [(begun, 1) for begun, _ in intervals] + [(ended, -1) for _, ended in intervals]
    )
    at_once = list(itertools.accumulate(change for _, change in moments))
    assert max(at_once) <= slots


_GREEDY = """
import sys, time
from pipeline.workers.cpu_slots import hold_slot
for _ in range(40):
    with hold_slot(1):
        time.sleep(0.05)
        print(sys.argv[1], time.monotonic(), flush=True)
"""


@pytest.mark.slow
def test_slots_go_to_processes_in_the_order_of_their_requests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    runs = [
        subprocess.Popen([sys.executable, "-c", _GREEDY, name], stdout=subprocess.PIPE, text=True)
        for name in ("a", "b")
    ]
    entries = [
        line.split() for run in runs for line in run.communicate(timeout=PATIENCE)[0].splitlines()
    ]
    order = "".join(name for name, _ in sorted(entries, key=lambda one: float(one[1])))
    first = max(order.index("a"), order.index("b"))  # from here both are there
    last = min(order.rindex("a"), order.rindex("b"))
    assert max(map(len, re.findall("a+|b+", order[first:last]))) <= 2, order
