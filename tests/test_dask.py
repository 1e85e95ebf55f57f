"""Workers of Dask read pages: one that dies costs its pages, one that differs is reported."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from flows.dask_workers import WorkerInfo, WorkerReplies, compare_workers
from tests.campaigns.opis_serve import long_scan
from tests.workspace import OPIS, PATIENCE, Workspace, data, free_port

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


def _readings(workspace: Workspace) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in workspace.readings()}


def _workers(run: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """Return the worker processes that have begun to read."""
    family = psutil.Process(run.pid).children(recursive=True)
    readers = [one for one in family if "pipeline.workers.worker" in " ".join(one.cmdline())]
    parents = {one.ppid() for one in readers} - {run.pid}
    return [one for one in family if one.pid in parents]


def _on_dask(server: str) -> dict[str, str]:
    return {"PREFECT_API_URL": server, "OPIS_RUNNER": "dask", "OPIS_SETTLE_SECONDS": "0"}


def test_a_killed_worker_costs_only_the_pages_that_it_was_reading(
    tmp_path: Path, server: str
) -> None:
    workspace, pages = Workspace(tmp_path), 12
    long_scan(workspace.inbox / "long.tif", pages, lines=4)
    environ = os.environ | _on_dask(server) | {"OPIS_JOBS": "2"}
    run = subprocess.Popen([OPIS, "ingest"], cwd=tmp_path, env=environ)
    while len(before := _readings(workspace)) < 5:
        assert run.poll() is None
        time.sleep(0.1)
    _workers(run)[0].kill()
    assert run.wait(timeout=PATIENCE) == 0
    after = _readings(workspace)
    assert len(after) == pages
    assert {path: after[path] for path in before} == before, "a page was read twice"
    (version,) = workspace.versions()
    record = json.loads(data(version, "record.json").read_text("utf-8"))
    assert [page["number"] for page in record["pages"]] == list(range(1, pages + 1))
    assert {page["state"] for page in record["pages"]} == {"ok"}
    assert workspace.opis("verify").returncode == 0


@contextmanager
def _cluster(workspace: Workspace, *workers: dict[str, str]) -> Iterator[str]:
    address = f"tcp://127.0.0.1:{free_port()}"
    dask = [sys.executable, "-m", "dask"]
    with ExitStack() as stack:
        words = [["scheduler", "--host", address, "--no-dashboard"]]
        words += [["worker", address, "--no-dashboard", "--no-nanny"] for _ in workers]
        for command, environ in zip(words, [{}, *workers], strict=True):
            process = subprocess.Popen(
                [*dask, *command], cwd=workspace.folder, env=os.environ | environ,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            stack.callback(process.wait)
            stack.callback(process.terminate)
        yield address


def test_a_scheduler_that_does_not_answer_or_has_no_workers_is_reported(
    tmp_path: Path, server: str
) -> None:
    workspace = Workspace(tmp_path)
    long_scan(workspace.inbox / "long.tif", 1)
    free_address = f"tcp://127.0.0.1:{free_port()}"
    patience = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "2s"}
    with _cluster(workspace) as idle_address:
        reasons = {free_address: "does not answer", idle_address: "has no workers"}
        for address, reason in reasons.items():
            environ = _on_dask(server) | patience | {"OPIS_SCHEDULER": address}
            result = workspace.opis("ingest", **environ)
            assert result.returncode == 2, result.stdout + result.stderr
            assert f"{address} {reason}" in result.stderr
            assert "Nothing was taken; the scans stay in the inbox." in result.stderr
    assert (workspace.inbox / "long.tif").is_file()


def _client(address: str) -> Any:
    make: Any = distributed.Client
    return make(address)


def test_all_workers_of_a_scheduler_read_pages(tmp_path: Path, server: str) -> None:
    workspace, pages, most_tasks = Workspace(tmp_path), 8, 0
    long_scan(workspace.inbox / "long.tif", pages, lines=4)
    worker = {"PREFECT_API_URL": server}
    with _cluster(workspace, worker, worker) as address, _client(address) as dask:
        dask.wait_for_workers(2, timeout=PATIENCE)
        environ = os.environ | _on_dask(server) | {"OPIS_SCHEDULER": address, "OPIS_JOBS": "1"}
        run = subprocess.Popen([OPIS, "ingest"], cwd=tmp_path, env=environ)
        while run.poll() is None:
            most_tasks = max(most_tasks, sum(map(len, dask.processing().values())))
            time.sleep(0.1)
    assert run.returncode == 0
    assert most_tasks > 2, "the workers had no more pages than the jobs of one machine"
    (version,) = workspace.versions()
    record = json.loads(data(version, "record.json").read_text("utf-8"))
    assert [page["state"] for page in record["pages"]] == ["ok"] * pages


def test_the_doctor_reports_a_worker_with_another_engine(tmp_path: Path, server: str) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    (tmp_path / "empty").mkdir()
    other = {"PREFECT_API_URL": "", "TESSDATA_PREFIX": str(tmp_path / "empty")}
    with _cluster(workspace, {"PREFECT_API_URL": server}, other) as address:
        until = time.monotonic() + PATIENCE
        output = ""
        while output.count("worker tcp") < 2:
            assert time.monotonic() < until, output
            result = workspace.opis("doctor", "--workers", OPIS_SCHEDULER=address, COLUMNS="300")
            output = result.stdout + result.stderr
    assert result.returncode == 1
    assert output.count("sees inbox and output") == 1
    assert output.count("Its engine or language data differ") == 1
    assert output.count("It has no PREFECT_API_URL") == 1
    assert not list(workspace.output.rglob("doctor-*"))


def test_differences_between_workers_are_sentences() -> None:
    ours = WorkerInfo("0.1.0", "3.8.8", "tesseract 5", "", "", 100.0)
    theirs = {
        "a": ours,
        "b": replace(ours, opis="0.0.9", folder_problem="It does not see /srv/inbox."),
        "c": replace(ours, clock=160.0),
        "d": ModuleNotFoundError("No module named 'flows'"),
        "e": replace(ours, server_problem="It has no PREFECT_API_URL."),
    }
    looks = list(compare_workers(ours, WorkerReplies(theirs, 99.0, 101.0)))
    assert [look.ok for look in looks] == [True, False, False, False, False]
    assert "Opis 0.0.9, here is 0.1.0" in looks[1].detail
    assert "does not see /srv/inbox" in looks[1].detail
    assert "+59 s off" in looks[2].detail
    assert "It has no Opis" in looks[3].detail
    assert looks[4].detail == "It has no PREFECT_API_URL."


def test_without_a_scheduler_the_doctor_says_what_to_set(tmp_path: Path) -> None:
    result = Workspace(tmp_path).opis("doctor", "--workers")
    assert result.returncode == 2
    assert "Set OPIS_SCHEDULER" in result.stderr
