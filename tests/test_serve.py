"""``opis serve`` as a person starts, uses and ends it; what goes wrong goes right again."""

import base64
import json
import os
import socket
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import psutil
import pytest
from PIL import Image, ImageDraw

from pipeline.fixity import file_sha256
from tests.campaigns.served import Served, amiss, long_scan
from tests.factories import scan_pdf
from tests.workspace import LETTER, Workspace, data, outliving

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]
SECRET = "keeper:correct-horse"


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that serves several tests, one after the other."""
    yield from _started(Served(Workspace(tmp_path_factory.mktemp("serving"))))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """One that a test may break."""
    yield from _started(Served(Workspace(tmp_path)))


def _started(made: Served) -> Iterator[Served]:
    made.start()
    made.until_said("Watching")
    try:
        yield made
    finally:
        if made.run is not None and made.run.poll() is None:
            made.kill_everything()


def test_a_scan_that_arrives_is_published_and_handed_out(serving: Served) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/", timeout=10) as page:
        assert b"Prefect" in page.read()
    serving.workspace.drop(LETTER)
    (serving.workspace.inbox / "notes.pdf").write_text("these are only words")
    serving.until_said("published RGASPI")
    serving.until_said("refused: notes.pdf is no")
    serving.until_said("[waits 0 · runs nothing · published 1 · refused 1]")
    version = serving.workspace.versions()[0]
    inside = version.relative_to(serving.workspace.output / "records").as_posix()
    folder = f"{_pages(serving)}/{inside}/data/"
    table = next(one for one in serving.ask("artifacts/filter") if one["type"] == "table")
    leads = f"{_pages(serving)}/go/{inside}"
    assert f"({leads})" in table["data"]
    assert "notes.pdf is no scan" in table["description"]
    with urllib.request.urlopen(folder, timeout=10) as page:
        assert b"searchable.pdf" in page.read()
        assert page.headers["Content-Security-Policy"] == "sandbox"
    with urllib.request.urlopen(f"{folder}text.txt", timeout=10) as page:
        assert page.read() == data(version, "text.txt").read_bytes()
    with urllib.request.urlopen(f"{_pages(serving)}/metrics", timeout=10) as page:
        assert b'opis_scans_total{fate="published"} 1.0' in page.read()
    for outside in (
        "/go/../../etc/v1",
        "/../catalog.sqlite",
        "/%2e%2e/catalog.sqlite",
        "/.opis/",
        "/none",
    ):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(_pages(serving) + outside, timeout=10)


def test_the_link_of_a_run_leads_to_the_reading_room_once_it_is_built(serving: Served) -> None:
    version = serving.workspace.versions()[0]
    inside = version.relative_to(serving.workspace.output / "records").as_posix()
    until = time.monotonic() + 120
    while True:
        with urllib.request.urlopen(f"{_pages(serving)}/go/{inside}", timeout=10) as page:
            if "/site/" in page.geturl():
                break
        assert time.monotonic() < until, (
            serving.workspace.folder / "prefect" / "opis-site.log"
        ).read_text()
        time.sleep(1)
    assert page.geturl().endswith(f"/site/id/{version.parent.name}/v1/")
    with urllib.request.urlopen(f"{_pages(serving)}/site/oai?verb=Identify", timeout=10) as answer:
        assert b"<protocolVersion>2.0" in answer.read()


def test_the_run_is_told_of_and_its_log_says_what_became_of_each_scan(serving: Served) -> None:
    serving.until_said("opis: notice: ingest 2 scans, 4 pages Refusals 1 record published")
    (run,) = serving.ask("flow_runs/filter", flow_runs={"state": {"name": {"any_": ["Refusals"]}}})
    told, until = "", time.monotonic() + 30
    while "refused: notes.pdf" not in told and time.monotonic() < until:  # it is sent in batches
        logs = serving.ask("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})
        told = "\n".join(entry["message"] for entry in logs)
        time.sleep(0.5)
    assert "published: RGASPI_f558_op11_d330_ll0110-0113.pdf as rgaspi-f558" in told
    assert "refused: notes.pdf is no scan" in told
    progress = [one for one in serving.ask("artifacts/filter") if one["type"] == "progress"]
    assert progress[0]["data"] == 100
    assert "4 of 4 pages read" in progress[0]["description"]


def test_the_deployments_are_there_with_their_schedules(serving: Served) -> None:
    found = {one["name"]: one for one in serving.ask("deployments/filter")}
    assert set(found) == {"on-arrival", "nightly", "weekly"}
    crons = {
        name: [one["schedule"]["cron"] for one in deployment["schedules"]]
        for name, deployment in found.items()
    }
    assert crons == {"on-arrival": [], "nightly": ["0 2 * * *"], "weekly": ["0 4 * * 0"]}


def test_verification_is_a_run_that_a_person_may_ask_for(serving: Served) -> None:
    found = {one["name"]: one["id"] for one in serving.ask("deployments/filter")}
    asked = serving.ask(f"deployments/{found['weekly']}/create_flow_run")
    run = _ended(serving, asked["id"])
    assert (run["name"], run["state"]["name"]) == ("verify all records", "Completed")
    assert run["state"]["message"] == "1 version checked, all as they were published."


def test_a_cancelled_run_stops_at_once_and_a_retry_goes_on(serving: Served) -> None:
    before = len(serving.workspace.versions())
    kept = _kept(serving)
    long_scan(serving.workspace.inbox / "long.tif", 24)
    serving.until_said("ingest 1 scan, 24 pages")
    while _kept(serving) < kept + 4:
        time.sleep(0.1)
    (run,) = serving.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["RUNNING"]}}})
    serving.ask(f"flow_runs/{run['id']}/set_state", state={"type": "CANCELLING"})
    until = time.monotonic() + 5
    while serving.parts("child") or serving.parts("tesseract"):
        assert time.monotonic() < until, "it went on reading"
        time.sleep(0.1)
    assert _ended(serving, run["id"])["state"]["name"] == "Cancelled"
    assert (serving.workspace.inbox / "long.tif").exists()
    read = _kept(serving)
    again = {"type": "SCHEDULED", "name": "AwaitingRetry"}
    serving.ask(f"flow_runs/{run['id']}/set_state", state=again, force=True)
    serving.until_said("published long.tif")
    assert _kept(serving) == kept + 24
    assert read >= kept + 4
    assert len(serving.workspace.versions()) == before + 1


def test_a_scan_that_comes_in_slices_is_one_record(serving: Served) -> None:
    before = len(serving.workspace.versions())
    whole = scan_pdf(serving.workspace.folder / "slices.pdf", 12).read_bytes()
    step = len(whole) // 5 + 1
    for place in range(0, len(whole), step):
        with (serving.workspace.inbox / "slices.pdf").open("ab") as file:
            file.write(whole[place : place + step])
        time.sleep(5)  # longer than a run takes to begin: each slice looks like the last
    serving.until_said("published slices.pdf")
    assert "waits: slices.pdf is cut off" in serving.said()
    assert "refused: slices.pdf" not in serving.said()
    assert len(serving.workspace.versions()) == before + 1


def test_sigterm_ends_it_in_the_midst_of_a_long_scan(serving: Served) -> None:
    before, kept = len(serving.workspace.versions()), _kept(serving)
    scan = serving.workspace.inbox / "longer.tif"
    long_scan(scan, 60)
    serving.until_said("ingest 1 scan, 60 pages")
    while _kept(serving) < kept + 4:
        time.sleep(0.2)
    serving.ends(15)
    assert scan.exists()
    assert len(serving.workspace.versions()) == before


def test_a_kill_leaves_nothing_behind_and_the_next_start_goes_on(served: Served) -> None:
    dropped = _drop(served, range(3))
    long_scan(served.workspace.inbox / "long.tif", 12)
    dropped[file_sha256(served.workspace.inbox / "long.tif")] += 1
    while _kept(served) < 5:
        time.sleep(0.1)
    family = served.family()
    assert served.run is not None
    served.run.kill()
    served.run.wait()
    assert not outliving(family)
    dropped += _drop(served, range(3, 6))  # while it is down
    served.start()
    served.until_said("run had been stopped; scans are kept.")
    served.until_said("published long.tif")
    for number in range(6):
        served.until_said(f"published scan {number}.png")
    (dead,) = served.ask("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["CRASHED"]}}})
    assert "Nothing is lost" in dead["state"]["message"]
    assert amiss(served.workspace, dropped) == []


@pytest.mark.skipif("TEST_POSTGRES" in os.environ, reason="its database is no file")
def test_prefects_database_may_go_at_any_time(served: Served) -> None:
    dropped = _drop(served, range(1))
    served.until_said("published scan 0.png")
    for path in (served.workspace.folder / "prefect").glob("prefect.db*"):
        path.unlink()
    dropped += _drop(served, range(1, 3))
    served.until_said("published scan 2.png", 180)
    served.ends(15)
    (served.workspace.folder / "prefect" / "prefect.db").write_bytes(b"this is no database" * 400)
    dropped += _drop(served, range(3, 4))
    served.start()
    served.until_said("published scan 3.png", 180)
    assert list((served.workspace.folder / "prefect").glob("prefect.db.broken-*"))
    assert amiss(served.workspace, dropped) == []


def test_without_events_what_arrives_is_found_all_the_same(tmp_path: Path) -> None:
    served = Served(Workspace(tmp_path), {"OPIS_EVENTS": "false", "OPIS_KEEP_INBOX": "true"})
    for made in _started(served):
        dropped = _drop(made, range(3))
        for number in range(3):
            made.until_said(f"published scan {number}.png")
        time.sleep(5)
        assert made.said().count("scan 1.png") == 1, "what is kept in the inbox is not taken again"
        assert len(dropped) == len(made.workspace.versions())


def test_it_does_not_listen_beyond_this_machine_without_a_password(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.inbox.mkdir()
    open_door = workspace.opis("serve", OPIS_HOST="0.0.0.0")
    assert open_door.returncode == 2
    assert "set OPIS_AUTH to NAME:PASSWORD" in open_door.stderr


@pytest.fixture(scope="module")
def hears() -> Iterator[HTTPServer]:
    """A server of somebody's that keeps what is posted to it."""
    with HTTPServer(("127.0.0.1", 0), _Hears) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


class _Hears(BaseHTTPRequestHandler):
    posted: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, hears: HTTPServer) -> Iterator[Served]:
    """One that others reach with a password, and that tells somebody of failures."""
    environ = {
        "OPIS_HOST": "0.0.0.0", "OPIS_AUTH": SECRET,
        "OPIS_NOTIFY_URL": f"http://127.0.0.1:{hears.server_port}/hook",
    }  # fmt: skip
    yield from _started(Served(Workspace(tmp_path_factory.mktemp("guarded")), environ))


def test_others_are_let_in_only_with_a_password(guarded: Served) -> None:
    _drop(guarded, range(1))
    guarded.until_said("published scan 0.png")
    time.sleep(2)
    api = f"http://{_outside()}:{guarded.port}/api/flow_runs/count"
    for url, content in ((api, b"{}"), (f"{_pages(guarded)}/", None)):
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "")
        with pytest.raises(urllib.error.HTTPError, match=r"40[13]"):
            _fetch(url, content, "keeper:guess")
    assert b"unidentified" in _fetch(f"{_pages(guarded)}/", None, SECRET)
    assert "opis:" not in guarded.said()


def test_failures_are_told_at_the_address_that_a_setting_names(guarded: Served) -> None:
    (guarded.workspace.inbox / "notes.pdf").write_text('these are "only" words')
    until = time.monotonic() + 60
    while not _Hears.posted:
        assert time.monotonic() < until, guarded.said()
        time.sleep(0.2)
    (told,) = _Hears.posted
    assert set(told) == {"run", "state", "message", "id"}
    assert (told["run"], told["state"]) == ("ingest 1 scan", "Refusals")
    assert "refused: notes.pdf is no scan" in told["message"]


def test_the_password_is_written_nowhere(guarded: Served) -> None:
    paths = [path for path in guarded.workspace.folder.rglob("*") if path.is_file()]
    assert guarded.workspace.folder / "prefect" / "opis-server.log" in paths
    told = [path.read_bytes() for path in paths]
    assert not [content for content in told if b"correct-horse" in content]


def _fetch(url: str, content: bytes | None, secret: str) -> bytes:
    given = base64.b64encode(secret.encode()).decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {given}"}
    request = urllib.request.Request(url, content, headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return bytes(answer.read())


def _outside() -> str:
    """Return an address of this machine that others can reach, or loopback where it has none."""
    found = [
        one.address
        for several in psutil.net_if_addrs().values()
        for one in several
        if one.family is socket.AF_INET and not one.address.startswith("127.")
    ]
    return found[0] if found else "127.0.0.1"


def _pages(served: Served) -> str:
    """Return where it says that it hands out records."""
    return served.said().rpartition("records are at ")[2].partition(". Ctrl-C")[0]


def _ended(served: Served, run: str, seconds: float = 60) -> Any:
    until = time.monotonic() + seconds
    while True:
        (found,) = served.ask("flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        if found["state"]["type"] in {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}:
            return found
        assert time.monotonic() < until, found["state"]
        time.sleep(0.2)


def _kept(served: Served) -> int:
    """Return how many readings are in the page cache."""
    return len(list(served.workspace.output.rglob("reading/**/*.json")))


def _drop(served: Served, numbers: range) -> Counter[str]:
    """Drop small scans, each another, and return their digests."""
    dropped: Counter[str] = Counter()
    for number in numbers:
        made = Image.new("L", (500, 300), 235)
        ImageDraw.Draw(made).text((40, 40), f"scan {number}\nof the talks", 15, font_size=40)
        beside = served.workspace.folder / f"scan {number}.png"
        made.save(beside)
        dropped[file_sha256(beside)] += 1
        beside.rename(served.workspace.inbox / beside.name)
    return dropped
