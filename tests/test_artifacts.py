"""A person looks at the Prefect UI while three scans are taken, one of them bad."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, sync_playwright  # noqa: A004

from tests.campaigns.served import Served
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
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(Workspace(tmp_path_factory.mktemp("report")))
    _drop_three(made.workspace)  # before it starts, so that one run takes all
    made.start()
    made.wait_for_output("Watching")
    yield made
    made.kill_everything()


@pytest.fixture(scope="module")
def page(served: Served) -> Iterator[Page]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=_QUIET)
        made = browser.new_page(viewport={"width": 1400, "height": 1000}, reduced_motion="reduce")
        made.set_default_timeout(PATIENCE * 1000)
        yield made
        browser.close()


def _shown(page: Page, words: str) -> Locator:
    """Wait until words are to be seen; the UI looks at the server only now and then."""
    found = page.get_by_text(words).first
    for _ in range(30):
        try:
            found.wait_for(timeout=8_000)
        except TimeoutError:
            page.reload()
        else:
            return found
    pytest.fail(f"never shown: {words}")


def _follow(page: Page, words: str, address: str) -> None:
    """Click on words that lead somewhere, again where the list was drawn anew under the click."""
    for _ in range(30):
        _shown(page, words).click()
        with suppress(TimeoutError):
            page.wait_for_url(address, timeout=8_000)
            return
    pytest.fail(f"leads nowhere: {words}")


def _drop_three(workspace: Workspace) -> None:
    workspace.drop(LETTER)
    scan_pdf(workspace.inbox / "bare.pdf", 1)
    (workspace.inbox / "notes.pdf").write_text("these are only words")


def test_the_run_its_table_and_the_reason_are_found_by_clicking(
    served: Served, page: Page, tmp_path: Path
) -> None:
    page.goto(f"http://127.0.0.1:{served.port}/runs")
    _follow(page, "ingest 3 scans", "**/flow-run/**")
    _shown(page, "ingest 3 scans, 5 pages")
    served.wait_for_output("[waits 0 · runs nothing · published 2 · refused 1]")
    page.reload()
    _shown(page, "Refusals")
    _shown(page, "refused: notes.pdf is no scan")  # in its log
    page.screenshot(path=tmp_path / "run.png")
    assert not page.get_by_text("Traceback").count()
    page.get_by_text("Artifacts", exact=True).last.click()
    page.get_by_text("Run report").first.wait_for()
    page.screenshot(path=tmp_path / "artifacts.png")
    page.goto(f"http://127.0.0.1:{served.port}/artifacts/key/ingest-inbox")
    page.get_by_role("heading", name="Run report").wait_for()
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    page.get_by_text("refused", exact=True).first.wait_for()
    page.screenshot(path=tmp_path / "table.png")
    link = page.get_by_role("link", name="rgaspi-f558-op11-d330-l0110-0113 v1").first
    _lead_to_the_record(page, link.get_attribute("href") or "", tmp_path)


def _lead_to_the_record(page: Page, address: str, shots: Path) -> None:
    """Go where the run report links: to the reading room, or to the folder until that is built."""
    page.goto(address)
    page.get_by_role("heading", level=1).wait_for()
    page.screenshot(path=shots / "record.png")
    assert "rgaspi-f558-op11-d330-l0110-0113" in page.content()
    page.goto(f"{address.replace('/go/', '/')}/data/")
    page.get_by_role("link", name="README.txt").wait_for()
    page.screenshot(path=shots / "folder.png")
    page.get_by_role("link", name="README.txt").click()
    page.get_by_text("WHAT THIS IS").wait_for()
