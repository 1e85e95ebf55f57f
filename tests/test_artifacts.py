"""What the Prefect UI shows of a run over three scans, one of them bad."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, sync_playwright  # noqa: A004

from tests.campaigns.opis_serve import OpisServe
from tests.factories import scan_pdf
from tests.workspace import LETTER, PATIENCE, Workspace

CHROMIUM = shutil.which("chromium")
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
    serve = OpisServe(Workspace(tmp_path_factory.mktemp("report")))
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
    serve.wait_for_output("[waits 0 · runs nothing · published 2 · refused 1]")
    page.reload()
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
