"""The desk in a browser: a page made right with the keyboard alone, two people, a kill, axe."""

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from rapidfuzz.distance import Levenshtein

from pipeline.repository.correction_log import read_corrections
from tests.test_site_app import AXE, RULES
from tests.workspace import LETTER, OPIS, PATIENCE, Workspace, data, free_port

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.tesseract,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]
RECORD = "rgaspi-f558-op11-d330-l0110-0113"
TRUTH = LETTER.with_suffix(".gt.txt")


class Desk:
    """A desk in a process of its own."""

    def __init__(self, workspace: Workspace, **environ: str) -> None:
        self.workspace, self.port = workspace, free_port()
        self.environ = {"OPIS_PAGES_PORT": str(self.port), "OPIS_USER_HEADER": "X-User", **environ}
        self.run: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/desk/"

    def start(self) -> None:
        self.run = subprocess.Popen(
            [OPIS, "desk"], cwd=self.workspace.folder, env=os.environ | self.environ,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while not any(
            one.laddr.port == self.port for one in psutil.Process(self.run.pid).net_connections()
        ):
            assert self.run.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)

    def kill(self) -> None:
        if self.run is not None:
            self.run.kill()
            self.run.wait()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, shared_pages: Path) -> Iterator[Desk]:
    workspace = Workspace(tmp_path_factory.mktemp("desk"), shared_pages)
    workspace.drop(LETTER)
    result = workspace.opis("ingest", "--direct")
    assert result.returncode == 0, result.stderr
    desk = Desk(workspace)
    desk.start()
    yield desk
    desk.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def at_desk(browser: Browser, person: str, **options: object) -> Iterator[Page]:
    context = browser.new_context(extra_http_headers={"X-User": person}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()


def right_lines(page_number: int) -> list[str]:
    """Return the lines of a page of the letter as they are typed."""
    pages = TRUTH.read_text("utf-8").split("\f")
    return [" ".join(line.split()) for line in pages[page_number - 1].splitlines() if line.strip()]


def test_a_page_is_made_right_with_the_keyboard_alone(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    truth = right_lines(3)
    with at_desk(browser, "Anna") as page:
        page.goto(f"{desk.address}{RECORD}/3/1?order=page")
        _type_lines(page, truth)
        page.screenshot(path=tmp_path / "done.png")
        _press_button(page, "Publish them as next versions")
        expect(page.get_by_text("Published.")).to_be_visible()
    record = json.loads(data(max(desk.workspace.versions()), "record.json").read_text("utf-8"))
    assert record["version"] == 2
    assert record["pages"][2]["review"] == "reviewed"
    assert record["status"] == "in-part"
    corrected = {one["text"] for one in record["pages"][2]["corrections"]}
    assert len(set(truth) - corrected) <= 1  # the stamp of the leaf is no line of the text
    assert desk.workspace.opis("verify").returncode == 0


def _type_lines(page: Page, truth: list[str]) -> None:
    """Go through the lines of a page by keys, and type each that is not as in the truth."""
    done = page.get_by_text("Every line of this choice was looked at.")
    while not done.count():
        field = page.locator("#text")
        expect(field).to_be_focused()
        shown = field.input_value()
        right = min(truth, key=lambda line: Levenshtein.distance(line, shown))
        if right != shown and Levenshtein.normalized_distance(right, shown) < 0.5:
            page.keyboard.press("Control+A")
            page.keyboard.type(right)
        with page.expect_navigation():
            page.keyboard.press("Enter")


def _press_button(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name)
    while not button.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def test_two_people_at_one_line_see_both_texts(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    address = f"{desk.address}{RECORD}/1/12"
    with at_desk(browser, "Anna") as anna, at_desk(browser, "Boris") as boris:
        for page in (anna, boris):
            page.goto(address)
        anna.locator("#text").press("End")
        anna.keyboard.type(" Anna")
        anna.keyboard.press("Enter")
        anna.wait_for_url("**saved=**")
        boris.locator("#text").press("End")
        boris.keyboard.type(" Boris")
        boris.keyboard.press("Enter")
        expect(boris.get_by_role("alert")).to_contain_text("Anna changed this line meanwhile")
        expect(boris.locator(".texts")).to_contain_text("Anna")
        assert boris.locator("#text").input_value().endswith(" Boris")
        boris.screenshot(path=tmp_path / "both.png")
        anna.keyboard.press("Alt+Z")
        anna.wait_for_url(address)
        assert not anna.locator("#text").input_value().endswith("Anna")


def test_a_suggestion_is_taken_by_a_key(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, "Anna") as page:
        page.goto(f"{desk.address}{RECORD}/4/20")
        expect(page.get_by_role("button", name="имеющий")).to_be_visible()
        page.keyboard.press("Alt+1")
        expect(page.locator("#text")).to_have_value(re.compile("имеющий право"))
        page.keyboard.press("Enter")
        page.wait_for_url("**saved=**")
    assert read_corrections(desk.workspace.output)[-1].action == "suggested"


def test_a_kill_between_two_keys_loses_nothing_that_was_kept(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, "Anna") as page:
        page.goto(f"{desk.address}{RECORD}/2/4?order=page")
        kept = page.locator("#text").input_value() + " kept"
        page.locator("#text").fill(kept)
        page.keyboard.press("Enter")
        page.wait_for_url("**saved=**")
        in_hand = page.locator("#text").input_value() + " in hand"
        page.locator("#text").fill(in_hand)
        desk.kill()
        log = read_corrections(desk.workspace.output)
        assert log[-1].after == kept
        desk.start()
        page.keyboard.press("Enter")  # the form of before the kill still counts
        page.wait_for_url("**/2/6?**")
        assert read_corrections(desk.workspace.output)[-1].after == in_hand
    assert desk.workspace.opis("verify").returncode == 0


@pytest.mark.skipif(not AXE.exists(), reason="axe-core was not brought by the set-up")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_knows(desk: Desk, browser: Browser, scheme: str) -> None:
    options = {"bypass_csp": True, "color_scheme": scheme}
    with at_desk(browser, "Anna", **options) as page:
        for path in ("", f"{RECORD}/4/", f"{RECORD}/4/20", f"report/{RECORD}/4/20", "nobody/1/1"):
            page.goto(f"{desk.address}{path}")
            page.add_script_tag(content=AXE.read_text("utf-8"))
            asked = json.dumps({"runOnly": RULES})
            found = page.evaluate(f"axe.run(document, {asked})")["violations"]
            assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path


def test_it_works_at_twice_the_size_and_without_scripts(desk: Desk, browser: Browser) -> None:
    with at_desk(browser, "Anna", viewport={"width": 640, "height": 400}) as page:
        for path in ("", f"{RECORD}/4/", f"{RECORD}/4/20"):
            page.goto(f"{desk.address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 640, path
    with at_desk(browser, "Anna", java_script_enabled=False) as page:
        page.goto(f"{desk.address}{RECORD}/4/20")
        page.locator("#text").press("Enter")
        expect(page.get_by_text("Saved:")).to_be_visible()


def test_a_line_of_the_reading_room_is_reported(desk: Desk, browser: Browser) -> None:
    result = desk.workspace.opis("site")
    assert result.returncode == 0, result.stderr
    with at_desk(browser, "") as page:
        page.goto(f"{desk.address.replace('/desk/', '/site/')}id/{RECORD}/0113/index.html")
        line = page.locator("#line-20")
        line.hover()
        line.get_by_role("link", name="Report an error, 20").click()
        page.wait_for_url(f"{desk.address}report/{RECORD}/4/20")
        page.get_by_label("Anything else").fill("имеющий")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("status")).to_contain_text("Thank you")
    assert read_corrections(desk.workspace.output)[-1].note == "имеющий"
