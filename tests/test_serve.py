"""``opis serve`` as a person starts, uses and ends it; it recovers from what goes wrong."""

import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.campaigns.opis_serve import (
    OpisServe,
    count_readings,
    drop_small,
    long_scan,
    pages_address,
    start_then_kill,
)
from tests.factories import scan_pdf
from tests.workspace import LETTER, PATIENCE, Workspace, data

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpisServe]:
    """One for several tests, in any order; it has published a letter and refused a file."""
    workspace = Workspace(tmp_path_factory.mktemp("serving"))
    workspace.drop(LETTER)  # before it starts, so that one run takes both
    (workspace.inbox / "notes.pdf").write_text("these are only words")
    for serve in start_then_kill(OpisServe(workspace, {"OPIS_DAILY": "* * * * *"})):
        serve.wait_for_output("published RGASPI")
        serve.wait_for_output("refused: notes.pdf is no")
        serve.wait_for_output("[waits 0 · runs nothing · published 1 · refused 1]")
        yield serve


def test_a_scan_that_arrives_is_published_and_served(serve: OpisServe) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{serve.port}/", timeout=60) as page:
        assert b"Prefect" in page.read()
    version = _letter_version(serve)
    inside = version.relative_to(serve.workspace.output / "records").as_posix()
    folder = f"{pages_address(serve)}/{inside}/data/"
    leads = f"{pages_address(serve)}/go/{inside}"
    tables = [one for one in serve.query("artifacts/filter") if one["type"] == "table"]
    (table,) = [one for one in tables if f"({leads})" in one["data"]]
    assert "notes.pdf is no scan" in table["description"]
    with urllib.request.urlopen(folder, timeout=60) as page:
        assert b"searchable.pdf" in page.read()
        assert page.headers["Content-Security-Policy"] == "sandbox"
    with urllib.request.urlopen(f"{folder}text.txt", timeout=60) as page:
        assert page.read() == data(version, "text.txt").read_bytes()
    with urllib.request.urlopen(f"{pages_address(serve)}/metrics", timeout=60) as page:
        assert re.search(rb'opis_scans_total{fate="published"} [1-9]', page.read())
    for outside in (
        "/go/../../etc/v1",
        "/../catalog.sqlite",
        "/%2e%2e/catalog.sqlite",
        "/.opis/",
        "/none",
    ):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(pages_address(serve) + outside, timeout=60)


def test_the_link_of_a_run_leads_to_the_site_once_it_is_built(serve: OpisServe) -> None:
    version = _letter_version(serve)
    inside = version.relative_to(serve.workspace.output / "records").as_posix()
    until = time.monotonic() + PATIENCE
    while True:
        with urllib.request.urlopen(f"{pages_address(serve)}/go/{inside}", timeout=60) as page:
            if "/site/" in page.geturl():
                break
        assert time.monotonic() < until, (
            serve.workspace.folder / "prefect" / "opis-site.log"
        ).read_text()
        time.sleep(1)
    assert page.geturl().endswith(f"/site/id/{version.parent.name}/v1/")
    with urllib.request.urlopen(
        f"{pages_address(serve)}/site/oai?verb=Identify", timeout=60
    ) as answer:
        assert b"<protocolVersion>2.0" in answer.read()


def test_a_notice_reports_the_run_and_its_log_names_the_outcome_of_each_scan(
    serve: OpisServe,
) -> None:
    serve.wait_for_output("opis: notice: ingest 2 scans, 4 pages Refusals 1 record published")
    (run,) = serve.started_runs(flow_runs={"state": {"name": {"any_": ["Refusals"]}}})
    log, until = "", time.monotonic() + PATIENCE
    while "refused: notes.pdf" not in log and time.monotonic() < until:  # sent in batches
        logs = serve.query("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})
        log = "\n".join(entry["message"] for entry in logs)
        time.sleep(0.5)
    assert "published: RGASPI_f558_op11_d330_ll0110-0113.pdf as rgaspi-f558" in log
    assert "refused: notes.pdf is no scan" in log
    artifacts = serve.query("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
    (progress,) = [one for one in artifacts if one["type"] == "progress"]
    assert progress["data"] == 100
    assert "4 of 4 pages read" in progress["description"]


def test_the_deployments_are_there_with_their_schedules(serve: OpisServe) -> None:
    crons = {
        f"{one['entrypoint'].rpartition('.')[2]}/{one['name']}": [
            schedule["schedule"]["cron"] for schedule in one["schedules"]
        ]
        for one in serve.query("deployments/filter")
    }
    scheduled = {name: found for name, found in crons.items() if found}
    assert scheduled == {
        "ingest_inbox/nightly": ["0 2 * * *"],
        "verify_fixity/weekly": ["0 4 * * 0"],
        "summarize/daily": ["* * * * *"],
    }
    assert crons.keys() - scheduled.keys() == {
        "ingest_inbox/on-arrival", "decide/question", "reread/selection", "reclean/selection",
        "publish_corrections/corrections",
        "build_site/reading-room", "push/copies", "evaluate/gate",
    }  # fmt: skip


def test_what_is_scheduled_has_a_name_and_runs(serve: OpisServe) -> None:
    """Prefect made no scheduled runs with a newer SQLAlchemy, and only its log said so."""
    until = time.monotonic() + PATIENCE
    named = re.compile(r"daily, 20\d\d-\d\d-\d\d \d\d:\d\d")
    while time.monotonic() < until:
        found = serve.query("flow_runs/filter", sort="EXPECTED_START_TIME_ASC")
        runs = [run for run in found if run["auto_scheduled"]]
        ended = [run for run in runs if run["state_type"] == "COMPLETED"]
        if ended and any(named.fullmatch(run["name"]) for run in runs):
            break
        time.sleep(1)
    assert ended[0]["name"] == "summary of the archive"
    assert "in the inbox." in ended[0]["state"]["message"]
    log = (serve.workspace.folder / "prefect" / "opis-server.log").read_text("utf-8")
    assert "Traceback" not in log
    (daily,) = [one for one in serve.query("deployments/filter") if one["name"] == "daily"]
    serve.query(f"deployments/{daily['id']}/pause_deployment")  # it would slow the other tests


def test_it_answers_no_other_host_and_starts_nothing_for_another_page(serve: OpisServe) -> None:
    (deployment,) = [
        one for one in serve.query("deployments/filter") if one["name"] == "on-arrival"
    ]
    before = len(serve.started_runs())
    start = f"http://127.0.0.1:{serve.port}/api/deployments/{deployment['id']}/create_flow_run"
    for url, headers, status in (
        (f"{pages_address(serve)}/", {"Host": "evil.example"}, 421),
        (f"{pages_address(serve)}/%00", {}, 400),
        (f"http://127.0.0.1:{serve.port}/", {"Host": "evil.example"}, 421),
        (f"http://127.0.0.1:{serve.port}/%00", {}, 400),
        (start, {"Host": f"evil.example:{serve.port}"}, 421),
        (start, {"Origin": "http://evil.example"}, 403),
        (start, {"Origin": pages_address(serve)}, 403),
    ):
        request = urllib.request.Request(url, b"{}" if url == start else None, headers)
        with pytest.raises(urllib.error.HTTPError, match=f" {status}:"):
            urllib.request.urlopen(request, timeout=60)
    assert len(serve.started_runs()) == before


def test_a_run_that_is_requested_takes_no_file_from_outside_the_inbox(serve: OpisServe) -> None:
    (deployment,) = [
        one for one in serve.query("deployments/filter") if one["name"] == "on-arrival"
    ]
    secret = scan_pdf(serve.workspace.folder / "secret" / "secret.pdf", 1)
    flow_run = serve.query(
        f"deployments/{deployment['id']}/create_flow_run", parameters={"scans": [str(secret)]}
    )
    run = _wait_for_end(serve, flow_run["id"])
    assert run["state"]["name"] == "Failed"
    assert "secret.pdf is not in the inbox" in run["state"]["message"]
    assert secret.exists()


def test_verification_is_a_run_that_a_person_may_ask_for(serve: OpisServe) -> None:
    deployment_ids = {one["name"]: one["id"] for one in serve.query("deployments/filter")}
    flow_run = serve.query(f"deployments/{deployment_ids['weekly']}/create_flow_run")
    run = _wait_for_end(serve, flow_run["id"])
    assert (run["name"], run["state"]["name"]) == ("verify all records", "Completed")
    message = re.fullmatch(r"(\d+) versions? checked, all .*", run["state"]["message"])
    assert message is not None
    assert 1 <= int(message[1]) <= len(serve.workspace.versions())


def _wait_for_log(serve: OpisServe, run_id: str, words: str) -> None:
    """Wait for words in the log of a run; no message may name a state that is not final."""
    until = time.monotonic() + PATIENCE
    while True:
        logs = serve.query("logs/filter", logs={"flow_run_id": {"any_": [run_id]}}, limit=200)
        messages = [log["message"] for log in logs]
        assert not any("Running()" in message for message in messages)
        if any(words in message for message in messages):
            return
        assert time.monotonic() < until, messages
        time.sleep(0.2)


def test_a_cancelled_run_stops_at_once_and_a_retry_goes_on(serve: OpisServe) -> None:
    before = len(serve.workspace.versions())
    kept = count_readings(serve)
    long_scan(serve.workspace.inbox / "long.tif", 16)
    serve.wait_for_output("ingest 1 scan, 16 pages")
    while count_readings(serve) < kept + 4:
        time.sleep(0.1)
    (run,) = serve.started_runs(flow_runs={"state": {"type": {"any_": ["RUNNING"]}}})
    serve.query(f"flow_runs/{run['id']}/set_state", state={"type": "CANCELLING"})
    until = time.monotonic() + PATIENCE
    while serve.processes_of_kind("child") or serve.processes_of_kind("tesseract"):
        assert time.monotonic() < until, "it went on reading"
        time.sleep(0.1)
    assert count_readings(serve) < kept + 16, "it went on reading to the end"
    assert _wait_for_end(serve, run["id"])["state"]["name"] == "Cancelled"
    _wait_for_log(serve, run["id"], "This run was stopped before its end.")
    assert (serve.workspace.inbox / "long.tif").exists()
    read = count_readings(serve)
    again = {"type": "SCHEDULED", "name": "AwaitingRetry"}
    serve.query(f"flow_runs/{run['id']}/set_state", state=again, force=True)
    serve.wait_for_output("published long.tif")
    assert count_readings(serve) == kept + 16
    assert read >= kept + 4
    assert len(serve.workspace.versions()) == before + 1


def test_a_scan_that_comes_in_slices_is_one_record(serve: OpisServe) -> None:
    before = len(serve.workspace.versions())
    whole = scan_pdf(serve.workspace.folder / "slices.pdf", 12).read_bytes()
    step = len(whole) // 5 + 1
    for times, place in enumerate(range(0, len(whole), step), 1):
        with (serve.workspace.inbox / "slices.pdf").open("ab") as file:
            file.write(whole[place : place + step])
        if place + step < len(whole):  # a run has looked at it: each slice looks like the last
            serve.wait_for_output("waits: slices.pdf is cut off", times=times)
    serve.wait_for_output("published slices.pdf")
    assert "waits: slices.pdf is cut off" in serve.output_text()
    assert "refused: slices.pdf" not in serve.output_text()
    assert len(serve.workspace.versions()) == before + 1


def test_without_events_what_arrives_is_found_all_the_same(tmp_path: Path) -> None:
    environ = {"OPIS_EVENTS": "false", "OPIS_KEEP_INBOX": "true"}
    for serve in start_then_kill(OpisServe(Workspace(tmp_path), environ)):
        digests = drop_small(serve, range(3))
        for number in range(3):
            serve.wait_for_output(f"published scan {number}.png")
        digests += drop_small(serve, range(3, 4))
        serve.wait_for_output("published scan 3.png")  # the inbox was listed again, once a second
        serve.wait_for_output("runs nothing · published 4")
        runs = serve.started_runs()
        assert len(runs) <= len(digests), "what is kept in the inbox starts no run by itself"
        assert len(digests) == len(serve.workspace.versions())


def _wait_for_end(serve: OpisServe, run_id: str, seconds: float = PATIENCE) -> Any:
    until = time.monotonic() + seconds
    while True:
        (run,) = serve.query("flow_runs/filter", flow_runs={"id": {"any_": [run_id]}})
        if run["state"]["type"] in {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}:
            return run
        assert time.monotonic() < until, run["state"]
        time.sleep(0.2)


def _letter_version(serve: OpisServe) -> Path:
    """Return the version that the letter was published as."""
    return next(one for one in serve.workspace.versions() if "rgaspi-f558" in one.parent.name)
