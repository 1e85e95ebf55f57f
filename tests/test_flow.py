"""The flow on a real Prefect server, looked at through the server's own eyes."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from PIL import Image

from tests.campaigns.opis_serve import long_scan
from tests.factories import scan_pdf
from tests.workspace import (
    LETTER,
    OPIS,
    PATIENCE,
    Workspace,
    data,
    outliving,
    prepare_database,
)

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture(scope="module")
def workspace(
    tmp_path_factory: pytest.TempPathFactory, server: str, shared_pages: Path
) -> Workspace:
    """One batch: the letter, a scan that is none, and a bare page where two leaves should be."""
    workspace = Workspace(tmp_path_factory.mktemp("flow"), shared_pages)
    workspace.drop(LETTER)
    Image.new("L", (800, 1100), 230).save(workspace.inbox / "RGASPI_f17_op3_d5_ll1-2.png")
    (workspace.inbox / "notes.pdf").write_text("these are only words")
    (workspace.inbox / "box\udce9.pdf").write_text(
        "a name that is not UTF-8, which no server takes"
    )
    result = workspace.opis("ingest", PREFECT_API_URL=server, OPIS_JOBS="2")
    assert result.returncode == 3, result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    return workspace


def ask(server: str, path: str, **query: Any) -> Any:
    answer = httpx.post(f"{server}/{path}/filter", json=query, timeout=PATIENCE)
    answer.raise_for_status()
    return answer.json()


def test_the_run_says_by_name_what_it_did(workspace: Workspace, server: str) -> None:
    runs = ask(server, "flow_runs")
    assert [run["name"] for run in runs] == ["ingest 4 scans, 5 pages"]
    assert sorted(runs[0]["tags"]) == ["inbox", "needs-review"]
    assert runs[0]["state"]["name"] == "Refusals"
    assert "; refused: notes.pdf is no" in runs[0]["state"]["message"]
    assert "; refused: box\\udce9.pdf cannot" in runs[0]["state"]["message"]
    assert len(workspace.versions()) == 2


def test_tasks_are_named_in_an_archivists_words(workspace: Workspace, server: str) -> None:
    tasks = {task["name"]: task["state"] for task in ask(server, "task_runs")}
    names = sorted(tasks)
    assert names[1:3] == [f"admit {LETTER.name}", "admit notes.pdf"]
    assert "read RGASPI f17 op3 d5 ll1-2, page 1" in names
    assert "publish RGASPI f558 op11 d330 ll0110-0113" in names
    letter = "read RGASPI f558 op11 d330 ll0110-0113, page "
    reads = [name.removeprefix(letter) for name in names if name.startswith(letter)]
    assert reads == ["1", "2", "3", "4"]
    assert len(workspace.versions()) == 2
    refused = tasks["admit notes.pdf"]
    assert (refused["name"], refused["type"]) == ("Refused", "FAILED")
    assert "convert it to one of these" in refused["message"]
    assert {state["type"] for name, state in tasks.items() if "notes" not in name} == {"COMPLETED"}


def test_the_table_shows_what_became_of_each_scan(workspace: Workspace, server: str) -> None:
    tables = [found["data"] for found in ask(server, "artifacts") if found["type"] == "table"]
    assert len(tables) == 1
    text = tables[0].replace("\\", "")  # names and reasons are escaped, for cells are Markdown
    for fact in (LETTER.name, "rgaspi-f558-op11-d330-l0110-0113 v1", "notes.pdf is no"):
        assert fact in text
    assert workspace.output.as_uri() in tables[0]


def test_only_small_values_crossed_a_task_boundary(workspace: Workspace, server: str) -> None:
    for task in ask(server, "task_runs"):
        assert len(str(task)) < 20_000
    assert len(workspace.versions()) == 2


def test_without_prefect_and_on_dask_the_record_is_the_same(
    workspace: Workspace, tmp_path: Path, server: str
) -> None:
    ways: dict[str, tuple[list[str], dict[str, str]]] = {
        "threads": (["ingest"], {"PREFECT_API_URL": server}),
        "direct": (["ingest", "--direct"], {}),
        "dask": (["ingest"], {"PREFECT_API_URL": server, "OPIS_RUNNER": "dask"}),
    }
    for way, (words, environ) in ways.items():
        own_workspace = Workspace(tmp_path / way)
        scan = own_workspace.inbox / "RGASPI_f17_op3_d5_ll1-3.tif"
        long_scan(scan, 3, lines=4)
        scan.with_suffix(".yaml").write_text("title: Talks\ndate: 1949-01-14\n", "utf-8")
        result = own_workspace.opis(*words, SOURCE_DATE_EPOCH="1700000000", **environ)
        assert result.returncode == 0, result.stdout + result.stderr
    for way in ("direct", "dask"):
        outputs = [tmp_path / each / "output" for each in ("threads", way)]
        comparison = subprocess.run(
            ["diff", "-r", "-x", "events-reported*", *outputs],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (comparison.returncode, comparison.stdout) == (0, "")
    assert len(workspace.versions()) == 2


def test_records_are_cleaned_again_as_a_run_of_the_flow(tmp_path: Path, server: str) -> None:
    workspace = Workspace(tmp_path)
    scan_pdf(workspace.inbox / "a.pdf", 1)
    assert workspace.opis("ingest", "--direct").returncode == 0
    (entry,) = json.loads(workspace.opis("list", "--json").stdout)
    result = workspace.opis("reclean", entry["id"], "no-such-record", PREFECT_API_URL=server)
    assert result.returncode == 1
    assert "published before" in result.stdout
    assert "There is no record 'no-such-record'" in result.stdout


def test_the_demo_runs_on_prefects_temporary_server_and_shows_its_cost(
    tmp_path: Path, shared_pages: Path
) -> None:
    workspace = Workspace(tmp_path, shared_pages)
    workspace.drop(LETTER)
    # There is no database yet.
    result = workspace.opis("ingest", PREFECT_HOME=str(tmp_path / "fresh"))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "starting a temporary server" in result.stdout
    assert "Prefect's own start and end" in result.stdout
    assert "published" in result.stdout
    assert data(workspace.versions()[0], "record.json").is_file()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_end_ends_though_prefects_server_ended_first(
    tmp_path: Path, number: signal.Signals
) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    workspace = Workspace(tmp_path)
    scan = workspace.inbox / "long.tif"
    long_scan(scan, 8, lines=8)
    prepare_database(tmp_path)
    run = subprocess.Popen(
        [OPIS, "ingest", "--jobs", "1"],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "OPIS_SETTLE_SECONDS": "0",
            "OPIS_LANGUAGES": "eng",
            "PREFECT_HOME": str(tmp_path),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not workspace.readings():
        assert run.poll() is None
        time.sleep(0.05)
    family = psutil.Process(run.pid).children(recursive=True)
    _assert_guarded(family)
    os.killpg(run.pid, number)  # as a terminal or systemd would: all of them
    run.send_signal(number)  # as `uv run` and `timeout` do: they pass it on
    _, message = run.communicate(timeout=PATIENCE)
    assert (run.returncode, message.count("\n")) == (130, 1), message
    assert message.startswith("opis: Interrupted.")
    assert not outliving(family)
    assert list(workspace.inbox.iterdir()) == [scan]


def _assert_guarded(family: list[psutil.Process]) -> None:
    """Check that Prefect's temporary server answers nobody who does not know its password."""
    ports = {
        connection.laddr.port
        for process in family
        for connection in process.net_connections("tcp4")
        if connection.status == psutil.CONN_LISTEN
    }
    answers = []
    for port in ports:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/flow_runs/filter", b"{}",
            {"Content-Type": "application/json", "Host": "evil.example"},
        )  # fmt: skip
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=PATIENCE)
        with refused.value as answer:
            answers.append(answer.code)
    assert answers == [401]
