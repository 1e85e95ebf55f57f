"""The site as a person uses it: in Chromium, with a mouse or without, on a phone."""

import functools
import http.server
import json
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from wordfreq import top_n_list

from pipeline.settings import Settings
from pipeline.site.build import Site
from pipeline.site.search import stem_text
from pipeline.workers.pool import WorkerPool
from tests.factories import publish_sample
from tests.workspace import PATIENCE, ROOT

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
expect.set_options(timeout=PATIENCE * 1000)
AXE = ROOT / ".tools" / "npm" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RECORD = "rgaspi-f558-op11-d330-l0110-0112"
TEXTS = (
    "1. Мы получили Вашу телеграмму.\nЕщё раз просим\nне спешить с переговорами",
    "2. Гоминьдан и Нанкин\nждут посредничества держав",
    "Телеграмма отправлена\nс войной и героем",
)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its name in the base
        del format, args


@contextmanager
def serve_site(folder: Path) -> Iterator[str]:
    """Build the site and serve it by a plain file server; yield its address."""
    settings = Settings(inbox=folder / "inbox", output=folder / "output")
    readers = WorkerPool(1)
    try:
        Site(settings, readers).build(lambda _: None)
    finally:
        readers.close()
    handler = functools.partial(_Quiet, directory=str(settings.output / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site of two records."""
    folder = tmp_path_factory.mktemp("site")
    publish_sample(folder, TEXTS, references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112")
    publish_sample(
        folder,
        ("The minutes of a meeting\nin Moscow",),
        references="GARF, f. R-5446, op. 1, d. 2, l. 3",
    )
    with serve_site(folder) as where:
        yield where


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # One process for all pages, which are of one site: it costs a third of a second to start.
        flags = ["--no-sandbox", "--process-per-site"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    """What pages share: cookies and stored values, of which the site sets none."""
    return browser.new_context(permissions=["clipboard-read", "clipboard-write"])


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that complains of what the content security policy refuses, and of what is missing."""
    page, troubles = context.new_page(), list[str]()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda message: troubles.append(message.text) if message.type == "error" else None,
    )
    page.on(
        "response",
        lambda response: troubles.append(response.url) if response.status >= 400 else None,
    )
    yield page
    page.close()
    assert not troubles


def ask(page: Page, address: str, words: str, home: str = "") -> None:
    page.goto(f"{address}/{home}search/index.html")
    page.get_by_role("searchbox").fill(words)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).not_to_be_empty(timeout=20_000)
    expect(page.locator("#results")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("home", ["", "ru/"])
def test_another_form_of_a_russian_word_leads_to_its_line_on_the_image(
    page: Page, address: str, home: str
) -> None:
    ask(page, address, "переговоры", home)
    date = "14 января 1949 г." if home else "January 14, 1949"
    expect(page.locator("#results li").first).to_contain_text(date)
    page.locator("#results a").first.click()
    expect(page).to_have_url(
        f"{address}/{home}id/{RECORD}/0110/index.html?mark=%D0%BF%D0%B5%D1%80%D0%B5%D0%B3%D0%BE%D0%B2%D0%BE%D1%80%D0%B0%D0%BC%D0%B8"
    )
    lit = page.locator(".line.lit")
    expect(lit).to_contain_text("переговорами")
    place = [float(part) for part in (lit.get_attribute("data-place") or "").split()]
    light, frame = (
        page.locator(".frame > .light").bounding_box(),
        page.locator(".frame").bounding_box(),
    )
    assert light is not None
    assert frame is not None
    assert abs((light["y"] - frame["y"]) / frame["height"] * 100 - place[1]) < 0.5


@pytest.mark.parametrize(
    ("words", "leaf"),
    [
        ("ещё", "0110"), ("еще", "0110"), ("война", "0112"), ("герой", "0112"),
        ("Гоминьдану", "0111"), ("посредн", "0111"),
        ('"Телеграмма отправлена"', "0112"), ("«Ждут посредничества»", "0111"),
        ("meetings", "3"), ("meeting", "3"),
        ("ф.558 оп.11 д.330 л.112", "0112"), ("РГАСПИ. Ф. 558. Оп. 11. Д. 330. Л. 111", "0111"),
        ("RGASPI 558/11/330/110", "0110"), ("RGASPI, f. 558, op. 11, d. 330, ll. 112", "0112"),
        ("ГАРФ, ф. Р-5446, оп. 1, д. 2, л. 3", "3"),
    ],
)  # fmt: skip
def test_words_in_two_languages_and_references_in_any_spelling_are_found(
    page: Page, address: str, words: str, leaf: str
) -> None:
    ask(page, address, words)
    found = page.locator("#results a").first.get_attribute("href") or ""
    assert f"/{leaf}/index.html" in found


@pytest.mark.parametrize(
    "words",
    [
        "RGASPI 558/11/331",
        "ьъыщ",
        "война и мир",
        "воина",
        '"посредничества ждут"',
        "теле фон",
        "телефон",
    ],
)
def test_what_is_not_there_is_not_found(page: Page, address: str, words: str) -> None:
    ask(page, address, words)
    assert page.inner_text("#status") == "Nothing was found."


def test_the_browser_stems_as_the_index_was_stemmed(page: Page, address: str) -> None:
    words = [word for word in top_n_list("ru", 5000) if re.fullmatch("[а-яё]+", word)]
    page.goto(f"{address}/search/index.html")
    found = page.evaluate(
        """async (words) => {
          const { stemmer } = await import(new URL("../libraries/stemmers/ru.js", location.href));
          return words.map((word) => stemmer(word.replaceAll("ё", "е")).replaceAll("й", "ј"));
        }""",
        words,
    )
    assert len(words) > 4000
    assert found == [stem_text(word) for word in words]


def test_a_filter_narrows_what_is_found(page: Page, address: str) -> None:
    ask(page, address, "GARF")
    page.get_by_label("Archive").select_option("RGASPI")
    expect(page.locator("#status")).to_have_text("Nothing was found.")
    expect(page.get_by_label("Language").locator("option")).to_have_text(["any", "Russian (6)"])
    expect(page.get_by_label("Review").locator("option")).to_have_text(
        ["any", "no review needed (6)"]
    )


def test_a_language_is_called_by_its_name(page: Page, address: str) -> None:
    for home, name in (("", "Russian"), ("ru/", "русский")):
        page.goto(f"{address}/{home}id/{RECORD}/index.html")
        expect(page.locator("dl.facts dd", has_text=name)).to_have_count(1)


def test_searching_is_quick_and_light(page: Page, address: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda got: sizes.append(len(got.body())) if got.ok else None)
    ask(page, address, "телеграмма")
    assert sum(sizes) < 300_000


def test_a_citation_of_the_leaf_in_view_is_copied(page: Page, address: str) -> None:
    page.goto(f"{address}/id/{RECORD}/0112/index.html")
    page.get_by_text("Get citation").click()
    page.get_by_role("button", name="Copy").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("RGASPI, f. 558, op. 11, d. 330, l. 112.")
    page.get_by_text("Share").click()
    page.locator(".copy-link").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/id/{RECORD}/0112/"


def test_the_picture_and_the_text_are_in_step(page: Page, address: str) -> None:
    page.goto(f"{address}/id/{RECORD}/0111/index.html")
    page.hover("#line-2")
    expect(page.locator(".frame > .light")).to_be_visible()
    box = page.locator(".frame > .light").bounding_box()
    assert box is not None
    page.hover("h1")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".line.lit")).to_have_attribute("id", "line-2")


def test_one_of_the_texts_of_a_leaf_is_chosen(page: Page, address: str) -> None:
    page.goto(f"{address}/id/{RECORD}/0110/index.html")
    expect(page.locator(".lines")).to_be_visible()
    expect(page.locator(".reading")).to_be_hidden()
    page.get_by_role("button", name="Reading text").click()
    expect(page.locator(".reading")).to_be_visible()
    expect(page.locator(".lines")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".reading")).to_contain_text("Гоминьдан и Нанкин")
    page.goto(f"{address}/id/{RECORD}/0111/index.html#line-2")
    expect(page.locator(".line.lit")).to_be_visible()


def test_leaves_are_turned_and_lines_lit_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/id/{RECORD}/0110/index.html")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(f"{address}/id/{RECORD}/0111/index.html")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator(".line:focus").count():
            break
    expect(page.locator(".line.lit")).to_have_attribute("id", "line-1")


def test_a_leaf_is_enlarged(page: Page, address: str) -> None:
    page.goto(f"{address}/id/{RECORD}/0110/index.html")
    page.get_by_text("Enlarge").click()
    expect(page.locator(".zoom canvas").first).to_be_visible()
    page.locator("#line-1").focus()
    expect(page.locator(".zoom .light")).to_be_visible()


def test_a_pdf_is_shown_when_it_is_asked_for(page: Page, address: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}/id/{RECORD}/index.html")
    page.get_by_text("Files", exact=True).click()
    assert not [one for one in requests if one.endswith(".pdf")]
    for place, name in enumerate(("original/scan.pdf", "searchable.pdf")):
        page.get_by_role("button", name="Show here").nth(place).click()
        pdf = page.locator(".shown object")
        expect(pdf).to_be_visible()
        assert str(pdf.get_attribute("data")).endswith(f"/v1/{name}")
        assert "read the leaves below" in str(pdf.text_content())


def test_everything_can_be_read_and_cited_without_javascript(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.get_by_role("link", name="RGASPI").click()
    for level in ("f. 558", "op. 11", "d. 330"):
        page.get_by_role("link", name=level).click()
    page.locator("main .rows a").first.click()
    expect(page.locator(".reading").first).to_contain_text("Гоминьдан и Нанкин")
    page.get_by_text("Get citation").click()
    expect(page.locator(".citation").first).to_be_visible()
    page.get_by_role("link", name="0111").first.click()
    expect(page.locator(".lines")).to_contain_text("ждут посредничества держав")
    expect(page.get_by_role("img")).to_be_visible()
    context.close()


def test_a_printed_page_has_picture_text_and_citation_and_no_buttons(
    page: Page, address: str
) -> None:
    page.goto(f"{address}/id/{RECORD}/0111/index.html")
    expect(page.locator(".printed")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_contain_text("RGASPI, f. 558, op. 11, d. 330, l. 111")
    for part in (".page-image img", ".lines"):
        expect(page.locator(part)).to_be_visible()
    for part in ("header.site", ".tools", "footer.site"):
        expect(page.locator(part)).to_be_hidden()


def test_a_link_to_a_paragraph_of_a_long_record_leads_to_its_page(
    page: Page, tmp_path: Path
) -> None:
    lines = "\n".join([("телеграммы" * 16 + " ") * 6] * 24)
    texts = [f"Лист {number}\n{lines}" for number in range(1, 5)]
    sample = publish_sample(tmp_path, texts, references="RGASPI, f. 558, op. 11, d. 330, ll. 1-4")
    with serve_site(tmp_path) as address:
        record = f"{address}/id/{sample.record_id}"
        for address_part, expected in (
            ("#p-2", "#p-2"),
            ("#p-4", "2.html#p-4"),
            ("2.html#p-1", "index.html#p-1"),
        ):
            page.goto(f"{record}/{address_part}")
            expect(page).to_have_url(f"{record}/{expected}")
            expect(page.locator(f"#{expected.split('#')[1]}")).to_be_in_viewport()
            page.goto("about:blank")


def test_a_word_is_found_whose_stem_stands_in_another_part_of_the_index(
    page: Page, tmp_path: Path
) -> None:
    letters = product("бвгджзклпт", repeat=4)
    many = [["ма" + "".join(next(letters)) + "к" for _ in range(6 * 24)] for _ in range(64)]
    texts = ["\n".join(" ".join(leaf[at : at + 6]) for at in range(0, 144, 6)) for leaf in many]
    publish_sample(
        tmp_path, ["Товарищу Мао Цзэдуну", *texts],
        references="RGASPI, f. 558, op. 11, d. 330, ll. 1-65",
    )  # fmt: skip
    with serve_site(tmp_path) as address:
        assert len(list(tmp_path.rglob("pagefind/index/*.pf_index"))) > 1
        for words in ("Мао", "мао цзэдуну"):
            ask(page, address, words)
            expect(page.locator("#results li")).to_have_count(1)


def test_a_leaf_is_found_by_what_is_suggested_for_a_word(page: Page, tmp_path: Path) -> None:
    cases = json.loads((ROOT / "tests" / "cases" / "misread-letters.json").read_text("utf-8"))
    reference = "RGASPI, f. 558, op. 11, d. 330, l. 0110"
    publish_sample(tmp_path, (cases["misread"][0]["text"],), references=reference)
    with serve_site(tmp_path) as address:
        for words in ("Одесса", "следует", "Владивосток Одессу"):
            ask(page, address, words)
            expect(page.locator("#results li")).to_have_count(1)
        result = page.locator("#results li")
        expect(result).to_contain_text("в Олессу.")
        expect(result).to_contain_text("perhaps Одессу (read as Олессу)")
        result.get_by_role("link").click()
        expect(page.locator(".line.lit")).to_contain_text("Владивосток")
        word = page.locator("ruby", has_text="Олессу.")
        expect(word.locator("rt")).to_have_text("Одессу?")
        word.hover()
        assert page.locator(".frame > .light").bounding_box()


@pytest.mark.skipif(not AXE.exists(), reason="axe-core was not brought by the set-up")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_fault_that_axe_knows(browser: Browser, address: str, scheme: Any) -> None:
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    for path in (
        "index.html", f"id/{RECORD}/index.html", f"id/{RECORD}/0110/index.html",
        f"id/{RECORD}/v1/index.html",
        f"ru/id/{RECORD}/0110/index.html", "search/index.html?q=телеграмма", "archives/index.html",
        "archives/rgaspi/f558/op11/d330/index.html", "dates/index.html", "people/index.html",
    ):  # fmt: skip
        page.goto(f"{address}/{path}")
        page.add_script_tag(content=AXE.read_text("utf-8"))
        asked = json.dumps({"runOnly": RULES})
        found = page.evaluate(f"axe.run(document, {asked})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
    context.close()


def test_nothing_is_wider_than_a_phone(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 700})
    page = context.new_page()
    wide: Callable[[], int] = lambda: page.evaluate("document.documentElement.scrollWidth")  # noqa: E731
    for path in (
        "index.html",
        f"id/{RECORD}/index.html",
        f"id/{RECORD}/0110/index.html",
        "search/index.html",
    ):
        page.goto(f"{address}/{path}")
        assert wide() <= 360, path
    context.close()
