"""What the Prefect UI shows of a run over three scans, one of them bad."""

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, TimeoutError, expect, sync_playwright  # noqa: A004

from pipeline.record.version_folder import VersionFolder
from tests.campaigns.opis_serve import OpisServe, pages_address
from tests.factories import scan_pdf
from tests.workspace import LETTER, PATIENCE, ROOT, Workspace

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
pytestmark = [
    pytest.mark.prefect,
    pytest.mark.tesseract,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
_QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
    "--disable-component-update", "--no-first-run", "--disable-software-rasterizer",
]  # fmt: skip


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpisServe]:
    workspace = Workspace(tmp_path_factory.mktemp("report"))
    serve = OpisServe(workspace, {"OPIS_ASK_PEOPLE": "true"})
    _drop_three(serve.workspace)  # before it starts, so that one run takes all
    serve.start()
    serve.wait_for_output("Watching")
    yield serve
    serve.kill_everything()


@pytest.fixture(scope="module")
def page(serve: OpisServe) -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
        page.set_default_timeout(PATIENCE * 1000)
        yield page
        browser.close()


def _wait_for_text(page: Page, words: str) -> Locator:
    """Wait until the page shows these words; the UI asks the server only now and then."""
    element = page.get_by_text(words).first
    for _ in range(30):
        try:
            element.wait_for(timeout=8_000)
        except TimeoutError:
            page.reload()
        else:
            return element
    pytest.fail(f"never shown: {words}")


def _leave_the_ui(page: Page) -> None:
    """Show nothing while the test waits for Opis: the UI draws its timeline all the time."""
    page.goto("about:blank")


def _follow(page: Page, words: str, address: str) -> None:
    """Click on the words of a link, again if the list was drawn anew during the click."""
    for _ in range(30):
        _wait_for_text(page, words).click()
        with suppress(TimeoutError):
            page.wait_for_url(address, timeout=8_000)
            return
    pytest.fail(f"does not lead to {address}: {words}")


def _drop_three(workspace: Workspace) -> None:
    workspace.drop(LETTER)
    scan_pdf(workspace.inbox / "bare.pdf", 1)
    (workspace.inbox / "notes.pdf").write_text("these are only words")


def test_the_run_its_table_and_the_reason_are_found_by_clicking(
    serve: OpisServe, page: Page, tmp_path: Path
) -> None:
    page.goto(f"http://127.0.0.1:{serve.port}/runs")
    _follow(page, "ingest 3 scans", "**/flow-run/**")
    _wait_for_text(page, "ingest 3 scans, 5 pages")
    address = page.url
    _leave_the_ui(page)
    serve.wait_for_output("[waits 0 · runs nothing · published 2 · refused 1]")
    page.goto(address)
    _wait_for_text(page, "Refusals")
    _wait_for_text(page, "refused: notes.pdf is no scan")  # in its log
    page.screenshot(path=tmp_path / "run.png")
    assert not page.get_by_text("Traceback").count()
    page.get_by_text("Artifacts", exact=True).last.click()
    page.get_by_text("Run report").first.wait_for()
    page.screenshot(path=tmp_path / "artifacts.png")
    page.goto(f"http://127.0.0.1:{serve.port}/artifacts/key/ingest-inbox")
    page.get_by_role("heading", name="Run report").wait_for()
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    page.get_by_text("refused", exact=True).first.wait_for()
    page.screenshot(path=tmp_path / "table.png")
    link = page.get_by_role("link", name="rgaspi-f558-op11-d330-l0110-0113 v1").first
    _lead_to_the_record(page, link.get_attribute("href") or "", tmp_path)


def test_a_selection_is_revised_as_a_dry_run_by_the_form(
    serve: OpisServe, page: Page, tmp_path: Path
) -> None:
    serve.wait_for_output("[waits 0 · runs nothing · published 2 · refused 1]")
    before = serve.workspace.versions()
    deployment = _deployment_id(serve, "selection", "reclean")
    for _ in range(10):  # the form may be drawn anew while it is filled
        page.goto(f"http://127.0.0.1:{serve.port}/deployments/deployment/{deployment}/run")
        place = page.get_by_role("textbox").nth(1)  # after the run's name
        place.fill("RGASPI, f. 558")
        page.screenshot(path=tmp_path / "form.png")
        with suppress(TimeoutError):  # the form was drawn anew
            page.get_by_role("button", name="Submit").click()
            page.wait_for_url("**/flow-run/**", timeout=8_000)
        _leave_the_ui(page)
        if run := _finished_run(serve, "reclean 1 record, dry run", 60):
            break
    assert run is not None
    assert "0 of 1 record would change" in run["state"]["message"]
    _open_artifact(serve, page, "differences")
    page.get_by_role("heading", name="What would change").wait_for()
    page.screenshot(path=tmp_path / "differences.png")
    assert serve.workspace.versions() == before


def test_an_automation_copies_what_is_published(
    serve: OpisServe, page: Page, tmp_path: Path
) -> None:
    _leave_the_ui(page)
    (written,) = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs" / "serve.md").read_text("utf-8"), re.DOTALL
    )
    automation = yaml.safe_load(written)
    (action,) = automation["actions"]
    action["deployment_id"] = _deployment_id(serve, "copies")
    action["parameters"] = {"url": (tmp_path / "copies").as_uri()}
    serve.query("automations/", **automation)
    scan_pdf(serve.workspace.inbox / "later.pdf", 2)
    run = _finished_run(serve, f"push to {action['parameters']['url']}")
    assert run["state"]["message"].startswith("3 versions at")
    assert len(list((tmp_path / "copies").rglob("bagit.txt"))) == 3
    events = serve.query("events/filter", filter={"event": {"prefix": ["opis."]}})["events"]
    named = {(event["event"], event["payload"].get("id") or event["payload"]["scan"])
             for event in events}  # fmt: skip
    assert ("opis.record.published", "rgaspi-f558-op11-d330-l0110-0113") in named
    assert ("opis.scan.refused", "notes.pdf") in named
    page.goto(f"http://127.0.0.1:{serve.port}/automations")
    page.get_by_text("copies of what is published").wait_for()
    page.screenshot(path=tmp_path / "automations.png")


def test_what_is_corrected_at_the_desk_is_published_by_a_run(serve: OpisServe, page: Page) -> None:
    before = serve.workspace.versions()
    desk = f"{pages_address(serve)}/desk"
    page.goto(f"{desk}/rgaspi-f558-op11-d330-l0110-0113/4/20")
    page.locator("#text").fill("будет член Политбюро, имеющий право говорить от нашего")
    page.keyboard.press("Enter")
    page.wait_for_url("**saved=**")
    page.goto(f"{desk}/")
    page.get_by_role("button", name="Publish them as next versions").click()
    page.get_by_text("Publishing has begun").wait_for()
    _leave_the_ui(page)
    run = _finished_run(serve, "publish-corrections 1 record")
    assert run["state"]["type"] == "COMPLETED", run["state"]["message"]
    (made,) = set(serve.workspace.versions()) - set(before)
    assert "имеющий право" in VersionFolder(made).load_record().reading_text


def test_the_way_from_scan_to_record_is_shown(serve: OpisServe, page: Page, tmp_path: Path) -> None:
    for key, words in (("lineage", "From scan to record"), ("worst-page", "are expected to be")):
        _open_artifact(serve, page, key)
        page.get_by_text(words).first.wait_for()
        page.screenshot(path=tmp_path / f"{key}.png")


def test_a_question_about_a_scan_is_answered_by_a_form(
    serve: OpisServe, page: Page, tmp_path: Path
) -> None:
    name = "RGASPI_f558_op11_d332_ll0001-0003.pdf"
    scan_pdf(serve.workspace.inbox / name, 4)
    serve.wait_for_output(f"waits: {name}")
    run = _find_run(serve, f"decide on {name}", {"PAUSED"})
    assert run is not None
    for answer, state in (("0001-0003", "PAUSED"), ("0001-0003, -", "COMPLETED")):
        _answer_form(page, f"http://127.0.0.1:{serve.port}/runs/flow-run/{run['id']}", answer)
        page.screenshot(path=tmp_path / "answered.png")
        _leave_the_ui(page)
        run = _find_run(serve, run["name"], {state}, before=run)
        assert run is not None, f"never was {state}"
    assert "Anna Petrova decided on leaves: 0001, 0002, 0003, -" in run["state"]["message"]
    serve.wait_for_output(f"published {name}")
    (version,) = [one for one in serve.workspace.versions() if "d332" in str(one)]
    made = VersionFolder(version).load_record()
    assert [one.leaf for one in made.pages] == ["0001", "0002", "0003", None]
    assert made.origins["leaves"] == "decision of Anna Petrova"


def _answer_form(page: Page, address: str, answer: str) -> None:
    """Resume a suspended run with this answer by the form of the UI.

    A run is suspended a moment before Prefect has its form, and the form gets its proposal late or
    never: then the page is asked for again.
    """
    dialog, patience = page.get_by_role("dialog"), 8_000
    boxes = dialog.get_by_role("textbox")
    for _ in range(30):
        page.goto(address)
        with suppress(TimeoutError, AssertionError):
            page.get_by_role("button", name="Resume").first.click(timeout=patience)
            expect(boxes.nth(0)).to_have_value(re.compile("."), timeout=patience)
            boxes.nth(0).fill(answer, timeout=patience)
            boxes.nth(1).fill("Anna Petrova", timeout=patience)
            dialog.get_by_role("button", name="Submit").click(timeout=patience)
            expect(dialog).to_be_hidden(timeout=patience)
            return
    pytest.fail(f"the form of {address} took no answer")


def _find_run(
    serve: OpisServe, name: str, states: set[str], seconds: float = PATIENCE, before: Any = None
) -> Any:
    """Wait for a run with this name in one of the states, other than the state before; or None."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for run in serve.query("flow_runs/filter", flow_runs={"name": {"any_": [name]}}):
            is_new = before is None or run["state_id"] != before["state_id"]
            if is_new and run["state_type"] in states:
                return run
        time.sleep(0.5)
    return None


def _open_artifact(serve: OpisServe, page: Page, key: str) -> None:
    """Open the newest artifact with a key."""
    (newest,) = serve.query("artifacts/latest/filter", artifacts={"key": {"any_": [key]}})
    page.goto(f"http://127.0.0.1:{serve.port}/artifacts/artifact/{newest['latest_id']}")


def _deployment_id(serve: OpisServe, name: str, entrypoint: str = "") -> str:
    (found,) = [
        one["id"]
        for one in serve.query("deployments/filter")
        if one["name"] == name and one["entrypoint"].endswith(entrypoint)
    ]
    return str(found)


def _finished_run(serve: OpisServe, name: str, seconds: float = PATIENCE) -> Any:
    """Wait for the end of a run with this name; return it, or None if none ended in time."""
    return _find_run(serve, name, {"COMPLETED", "FAILED", "CRASHED"}, seconds)


def _lead_to_the_record(page: Page, address: str, shots: Path) -> None:
    """Follow a link of the run report: to the site, or to the folder until the site is built."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    page.screenshot(path=shots / "record.png")
    assert "rgaspi-f558-op11-d330-l0110-0113" in page.content()
    page.goto(f"{address.replace('/go/', '/')}/data/")
    page.get_by_role("link", name="README.txt").wait_for()
    page.screenshot(path=shots / "folder.png")
    page.get_by_role("link", name="README.txt").click()
    page.get_by_text("WHAT THIS IS").wait_for()
