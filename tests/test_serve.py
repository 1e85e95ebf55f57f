"""``opis serve`` as a person starts, uses and ends it; what goes wrong goes right again."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.served import (
    Served,
    count_readings,
    drop_small,
    long_scan,
    pages_address,
    started,
)
from tests.factories import scan_pdf
from tests.workspace import LETTER, PATIENCE, Workspace, data

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One that serves several tests, in any order, and has taken a letter and no scan."""
    workspace = Workspace(tmp_path_factory.mktemp("serving"))
    workspace.drop(LETTER)  # before it starts, so that one run takes both
    (workspace.inbox / "notes.pdf").write_text("these are only words")
    for served in started(Served(workspace)):
        served.wait_for_output("published RGASPI")
        served.wait_for_output("refused: notes.pdf is no")
        served.wait_for_output("[waits 0 · runs nothing · published 1 · refused 1]")
        yield served


def test_a_scan_that_arrives_is_published_and_handed_out(serving: Served) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{serving.port}/", timeout=60) as page:
        assert b"Prefect" in page.read()
    version = _letter(serving)
    inside = version.relative_to(serving.workspace.output / "records").as_posix()
    folder = f"{pages_address(serving)}/{inside}/data/"
    leads = f"{pages_address(serving)}/go/{inside}"
    tables = [one for one in serving.query("artifacts/filter") if one["type"] == "table"]
    (table,) = [one for one in tables if f"({leads})" in one["data"]]
    assert "notes.pdf is no scan" in table["description"]
    with urllib.request.urlopen(folder, timeout=60) as page:
        assert b"searchable.pdf" in page.read()
        assert page.headers["Content-Security-Policy"] == "sandbox"
    with urllib.request.urlopen(f"{folder}text.txt", timeout=60) as page:
        assert page.read() == data(version, "text.txt").read_bytes()
    with urllib.request.urlopen(f"{pages_address(serving)}/metrics", timeout=60) as page:
        assert re.search(rb'opis_scans_total{fate="published"} [1-9]', page.read())
    for outside in (
        "/go/../../etc/v1",
        "/../catalog.sqlite",
        "/%2e%2e/catalog.sqlite",
        "/.opis/",
        "/none",
    ):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(pages_address(serving) + outside, timeout=60)


def test_the_link_of_a_run_leads_to_the_reading_room_once_it_is_built(serving: Served) -> None:
    version = _letter(serving)
    inside = version.relative_to(serving.workspace.output / "records").as_posix()
    until = time.monotonic() + PATIENCE
    while True:
        with urllib.request.urlopen(f"{pages_address(serving)}/go/{inside}", timeout=60) as page:
            if "/site/" in page.geturl():
                break
        assert time.monotonic() < until, (
            serving.workspace.folder / "prefect" / "opis-site.log"
        ).read_text()
        time.sleep(1)
    assert page.geturl().endswith(f"/site/id/{version.parent.name}/v1/")
    with urllib.request.urlopen(
        f"{pages_address(serving)}/site/oai?verb=Identify", timeout=60
    ) as answer:
        assert b"<protocolVersion>2.0" in answer.read()


def test_the_run_is_told_of_and_its_log_says_what_became_of_each_scan(serving: Served) -> None:
    serving.wait_for_output("opis: notice: ingest 2 scans, 4 pages Refusals 1 record published")
    (run,) = serving.query(
        "flow_runs/filter", flow_runs={"state": {"name": {"any_": ["Refusals"]}}}
    )
    told, until = "", time.monotonic() + PATIENCE
    while "refused: notes.pdf" not in told and time.monotonic() < until:  # it is sent in batches
        logs = serving.query("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})
        told = "\n".join(entry["message"] for entry in logs)
        time.sleep(0.5)
    assert "published: RGASPI_f558_op11_d330_ll0110-0113.pdf as rgaspi-f558" in told
    assert "refused: notes.pdf is no scan" in told
    artifacts = serving.query("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    (progress,) = [one for one in artifacts if one["type"] == "progress"]
    assert progress["data"] == 100
    assert "4 of 4 pages read" in progress["description"]


def test_the_deployments_are_there_with_their_schedules(serving: Served) -> None:
    found = {one["name"]: one for one in serving.query("deployments/filter")}
    assert set(found) == {"on-arrival", "nightly", "weekly"}
    crons = {
        name: [one["schedule"]["cron"] for one in deployment["schedules"]]
        for name, deployment in found.items()
    }
    assert crons == {"on-arrival": [], "nightly": ["0 2 * * *"], "weekly": ["0 4 * * 0"]}


def test_it_answers_no_other_host_and_starts_nothing_for_another_page(serving: Served) -> None:
    (there,) = [one for one in serving.query("deployments/filter") if one["name"] == "on-arrival"]
    before = len(serving.query("flow_runs/filter"))
    start = f"http://127.0.0.1:{serving.port}/api/deployments/{there['id']}/create_flow_run"
    for url, headers, status in (
        (f"{pages_address(serving)}/", {"Host": "evil.example"}, 421),
        (f"{pages_address(serving)}/%00", {}, 400),
        (f"http://127.0.0.1:{serving.port}/", {"Host": "evil.example"}, 421),
        (f"http://127.0.0.1:{serving.port}/%00", {}, 400),
        (start, {"Host": f"evil.example:{serving.port}"}, 421),
        (start, {"Origin": "http://evil.example"}, 403),
        (start, {"Origin": pages_address(serving)}, 403),
    ):
        request = urllib.request.Request(url, b"{}" if url == start else None, headers)
        with pytest.raises(urllib.error.HTTPError, match=f" {status}:"):
            urllib.request.urlopen(request, timeout=60)
    assert len(serving.query("flow_runs/filter")) == before


def test_a_run_that_is_asked_for_takes_no_file_from_elsewhere(serving: Served) -> None:
    (there,) = [one for one in serving.query("deployments/filter") if one["name"] == "on-arrival"]
    secret = scan_pdf(serving.workspace.folder / "secret" / "secret.pdf", 1)
    asked = serving.query(
        f"deployments/{there['id']}/create_flow_run", parameters={"scans": [str(secret)]}
    )
    run = _ended(serving, asked["id"])
    assert run["state"]["name"] == "Failed"
    assert "secret.pdf is not in the inbox" in run["state"]["message"]
    assert secret.exists()


def test_verification_is_a_run_that_a_person_may_ask_for(serving: Served) -> None:
    found = {one["name"]: one["id"] for one in serving.query("deployments/filter")}
    asked = serving.query(f"deployments/{found['weekly']}/create_flow_run")
    run = _ended(serving, asked["id"])
    assert (run["name"], run["state"]["name"]) == ("verify all records", "Completed")
    message = re.fullmatch(r"(\d+) versions? checked, all .*", run["state"]["message"])
    assert message is not None
    assert 1 <= int(message[1]) <= len(serving.workspace.versions())


def _wait_for_log(serving: Served, run_id: str, words: str) -> None:
    """Wait for words in the log of a run; no state that is not final may stand there."""
    until = time.monotonic() + PATIENCE
    while True:
        logs = serving.query("logs/filter", logs={"flow_run_id": {"any_": [run_id]}}, limit=200)
        messages = [log["message"] for log in logs]
        assert not any("Running()" in message for message in messages)
        if any(words in message for message in messages):
            return
        assert time.monotonic() < until, messages
        time.sleep(0.2)


def test_a_cancelled_run_stops_at_once_and_a_retry_goes_on(serving: Served) -> None:
    before = len(serving.workspace.versions())
    kept = count_readings(serving)
    long_scan(serving.workspace.inbox / "long.tif", 16)
    serving.wait_for_output("ingest 1 scan, 16 pages")
    while count_readings(serving) < kept + 4:
        time.sleep(0.1)
    (run,) = serving.query("flow_runs/filter", flow_runs={"state": {"type": {"any_": ["RUNNING"]}}})
    serving.query(f"flow_runs/{run['id']}/set_state", state={"type": "CANCELLING"})
    until = time.monotonic() + PATIENCE
    while serving.processes_of_kind("child") or serving.processes_of_kind("tesseract"):
        assert time.monotonic() < until, "it went on reading"
        time.sleep(0.1)
    assert count_readings(serving) < kept + 16, "it went on reading to the end"
    assert _ended(serving, run["id"])["state"]["name"] == "Cancelled"
    _wait_for_log(serving, run["id"], "This run was stopped before its end.")
    assert (serving.workspace.inbox / "long.tif").exists()
    read = count_readings(serving)
    again = {"type": "SCHEDULED", "name": "AwaitingRetry"}
    serving.query(f"flow_runs/{run['id']}/set_state", state=again, force=True)
    serving.wait_for_output("published long.tif")
    assert count_readings(serving) == kept + 16
    assert read >= kept + 4
    assert len(serving.workspace.versions()) == before + 1


def test_a_scan_that_comes_in_slices_is_one_record(serving: Served) -> None:
    before = len(serving.workspace.versions())
    whole = scan_pdf(serving.workspace.folder / "slices.pdf", 12).read_bytes()
    step = len(whole) // 5 + 1
    for times, place in enumerate(range(0, len(whole), step), 1):
        with (serving.workspace.inbox / "slices.pdf").open("ab") as file:
            file.write(whole[place : place + step])
        if place + step < len(whole):  # a run has looked at it: each slice looks like the last
            serving.wait_for_output("waits: slices.pdf is cut off", times=times)
    serving.wait_for_output("published slices.pdf")
    assert "waits: slices.pdf is cut off" in serving.output_text()
    assert "refused: slices.pdf" not in serving.output_text()
    assert len(serving.workspace.versions()) == before + 1


def test_without_events_what_arrives_is_found_all_the_same(tmp_path: Path) -> None:
    served = Served(Workspace(tmp_path), {"OPIS_EVENTS": "false", "OPIS_KEEP_INBOX": "true"})
    for made in started(served):
        dropped = drop_small(made, range(3))
        for number in range(3):
            made.wait_for_output(f"published scan {number}.png")
        dropped += drop_small(made, range(3, 4))
        made.wait_for_output("published scan 3.png")  # the inbox was listed again, once a second
        made.wait_for_output("runs nothing · published 4")
        runs = made.query("flow_runs/filter")
        assert len(runs) <= len(dropped), "what is kept in the inbox starts no run by itself"
        assert len(dropped) == len(made.workspace.versions())


def _ended(served: Served, run: str, seconds: float = PATIENCE) -> Any:
    until = time.monotonic() + seconds
    while True:
        (found,) = served.query("flow_runs/filter", flow_runs={"id": {"any_": [run]}})
        if found["state"]["type"] in {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}:
            return found
        assert time.monotonic() < until, found["state"]
        time.sleep(0.2)


def _letter(served: Served) -> Path:
    """Return the version that the letter was published as."""
    return next(one for one in served.workspace.versions() if "rgaspi-f558" in one.parent.name)
