"""The site: every link leads to a page or a file, and nothing is built twice."""

import html
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote

import html5lib
import pytest
from lxml import etree
from lxml import html as tree
from PIL import Image

from pipeline.description.level_descriptions import DescribedLevel, LevelDescription
from pipeline.record.assemble import reassemble_record
from pipeline.repository.catalog import Catalog
from pipeline.repository.level_log import add_levels
from pipeline.repository.publish import publish_record
from pipeline.settings import Settings
from pipeline.site.build import BuildCounts, Site
from pipeline.site.listing import listing_of
from pipeline.workers.pool import WorkerPool
from tests.factories import CLOCK, LETTER, SIGNATURE, admitted_scan, publish_sample
from tests.factories import pages as pages_read
from tests.workspace import Workspace

TEXTS = ("1. Мы получили <Вашу> телеграмму.\nЕщё раз: всё & вся", "Гоминьдан и Нанкин", "")
RECORD = "rgaspi-f558-op11-d330-l0110-0112"


@pytest.fixture(scope="module")
def readers() -> Iterator[WorkerPool]:
    pool = WorkerPool(1)
    yield pool
    pool.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    publish_sample(tmp_path, TEXTS, references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112")
    return Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")


def build(settings: Settings, readers: WorkerPool) -> tuple[BuildCounts, list[str]]:
    messages: list[str] = []
    return Site(settings, readers).build(messages.append), messages


def pages(settings: Settings) -> dict[Path, tree.HtmlElement]:
    folder = settings.output / "site"
    reader = tree.HTMLParser(encoding="utf-8")
    return {path: tree.parse(path, reader).getroot() for path in folder.rglob("*.html")}


def home_of(settings: Settings, ui: str = "") -> Path:
    return settings.output / "site" / ui / "id" / RECORD


def content(settings: Settings) -> dict[str, bytes]:
    folder = settings.output / "site"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_link_and_picture_of_every_page_is_there(
    settings: Settings, readers: WorkerPool
) -> None:
    build(settings, readers)
    site_pages = pages(settings)
    lists = 1 + 5 + 2 + 3 + 1  # front, levels, years, three kinds without headings, search
    assert len(site_pages) == 2 * (lists + 1 + 1 + 3)  # record, version, three leaves; twice
    for path, page in site_pages.items():
        links = [*page.xpath("//@href"), *page.xpath("//@src")]
        for each in page.xpath("//@srcset"):
            links += [part.split()[0] for part in each.split(", ")]
        assert links
        for link in links:
            if re.match(r"https?:|data:", link):
                assert "cdn" not in link
                continue
            name, _, place = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            assert target.is_file(), f"{path.name} links to {link}"
            assert not place or site_pages[target].xpath(f"//*[@id='{place}']")
        for picture in page.xpath("//img"):
            assert picture.get("alt") is not None
            assert int(picture.get("width")) > 0


def test_a_reference_manager_finds_what_the_record_is(tmp_path: Path, readers: WorkerPool) -> None:
    """The keys are those that Zotero reads of COinS; a URL that leads nowhere is left out."""
    sample = publish_sample(tmp_path, creator="Filippov [Stalin]")
    folders = {"inbox": tmp_path / "inbox", "output": tmp_path / "output"}
    for base in ("https://archive.example", "https://opis.invalid"):
        build(Settings(**folders, base_url=base), readers)
        page = tree.parse(tmp_path / "output" / "site" / "id" / sample.record_id / "index.html")
        metadata = parse_qs(page.xpath("string(//span[@class='Z3988']/@title)"))
        url = f"{base}/id/{sample.record_id}/"
        assert metadata.pop("rft_id", None) == (None if base.endswith("invalid") else [url])
        assert metadata == {
            "ctx_ver": ["Z39.88-2004"], "rft_val_fmt": ["info:ofi/fmt:kev:mtx:dc"],
            "rft.type": ["manuscript"], "rft.aulast": ["Filippov [Stalin]"],
            "rft.title": ["Cable, Filippov [Stalin] to Cde. Mao Zedong"],
            "rft.date": ["1949-01-14"], "rft.language": ["ru"],
            "rft.identifier": [sample.record_id],
            "rft.source": ["RGASPI, f. 558, op. 11, d. 330, ll. 0110-0111"],
        }  # fmt: skip


def test_a_leaf_shows_its_lines_where_they_stand(settings: Settings, readers: WorkerPool) -> None:
    build(settings, readers)
    leaf = tree.parse(home_of(settings) / "0110" / "index.html")
    lines = leaf.xpath("//p[@class='line']")
    shown = "\n".join(" ".join(line.text_content().split()) for line in lines)
    assert shown == TEXTS[0]
    for place in leaf.xpath("//@data-place"):
        left, top, width, height = map(float, place.split())
        assert 0 <= left <= left + width <= 100.01
        assert 0 <= top <= top + height <= 100.01
    pictures = list((home_of(settings) / "v1" / "pages").glob("*.jpg"))
    widths = []
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.format == "JPEG"
            widths.append(image.width)
            named = re.search(r"-([0-9]+)\.jpg", picture.name)
            assert not named or int(named[1]) == image.width
    assert len(pictures) >= 2
    assert (home_of(settings) / "0112" / "index.html").is_file()


def test_what_a_record_says_is_on_its_page_and_nothing_is_markup(
    settings: Settings, readers: WorkerPool
) -> None:
    build(settings, readers)
    source = (home_of(settings) / "index.html").read_text("utf-8")
    for fact in ("January 14, 1949", "Cable, Filippov [Stalin] to Cde. Mao Zedong",
                 "Sergey Radchenko", "RGASPI, f. 558, op. 11, d. 330, ll. 110-112",
                 "<Вашу> телеграмму", "всё & вся"):  # fmt: skip
        assert html.escape(fact, quote=False) in source
    assert "<Вашу>" not in source
    page = tree.fromstring(source)
    assert any("RGASPI" in one.text_content() for one in page.xpath("//p[@class='citation']"))


def facts(settings: Settings, record_id: str, ui: str = "") -> list[tuple[str, str, list[str]]]:
    """Return label, text and links of each fact on the page of a record."""
    page = tree.parse(settings.output / "site" / ui / "id" / record_id / "index.html")
    return [
        (
            value.xpath("string(preceding-sibling::dt[1])"),
            " ".join(value.text_content().split()),
            value.xpath(".//a/@href"),
        )
        for value in page.xpath("//dd")
    ]


def test_a_relation_is_shown_at_both_sides_once_the_other_one_comes(
    tmp_path: Path, settings: Settings, readers: WorkerPool
) -> None:
    letter, answer = "РГАСПИ. Ф. 558. Оп. 11. Д. 331. Л. 0005", "The <answer>"
    other = publish_sample(
        tmp_path, ("Ответ.",), title=answer, references="RGASPI, f. 17, op. 3, d. 5, l. 2",
        reply_to=[letter, RECORD], part_of="RGASPI, f. 17, op. 3, d. 5", related="https://a.test/1",
    )  # fmt: skip
    build(settings, readers)
    shown = facts(settings, other.record_id)
    assert ("Reply to", f"{letter} (not published here yet)", []) in shown
    place = "../../archives/rgaspi/f17/op3/d5/index.html"
    assert ("Part of", "RGASPI, f. 17, op. 3, d. 5", [place]) in shown
    assert ("Related to", "https://a.test/1", ["https://a.test/1"]) in shown
    assert [label for label, _, _ in shown].count("Reply to") == 2
    assert ("Answered by", answer, [f"../../id/{other.record_id}/index.html"]) in facts(
        settings, RECORD
    )
    assert any(label == "Ответ" for label, _, _ in facts(settings, RECORD, "ru"))
    russian = f"{letter} (здесь ещё не опубликован)"
    assert ("Ответ на документ", russian, []) in facts(settings, other.record_id, "ru")
    before = content(settings)
    came = publish_sample(
        tmp_path,
        ("Письмо.", "Ещё."),
        title="The letter",
        references="RGASPI, f. 558, op. 11, d. 331, ll. 5-6",
    )
    counts, messages = build(settings, readers)
    assert (counts.rebuilt, sorted(messages)) == (
        2, sorted(f"made {one.record_id}" for one in (came, other))
    )  # fmt: skip
    link = f"../../id/{came.record_id}/index.html"
    assert ("Reply to", "The letter", [link]) in facts(settings, other.record_id)
    assert ("Answered by", answer, [f"../../id/{other.record_id}/index.html"]) in facts(
        settings, came.record_id
    )
    home = f"id/{RECORD}/index.html"
    assert content(settings)[home] == before[home]


def test_the_ladder_shows_what_is_known_of_the_levels(
    tmp_path: Path, settings: Settings, readers: WorkerPool
) -> None:
    other = publish_sample(tmp_path, ("А.",), references="RGASPI, f. 17, op. 3, d. 5, l. 2")
    build(settings, readers)
    description = LevelDescription.model_validate(
        {
            "title": "Сталин <Иосиф>", "dates": "1866–1986", "extent": "16 174 ед. хр.",
            "titles": [{"value": "Papers of J. V. Stalin", "language": "en"}],
            "note": "Личный фонд.\n\nПередан в 1999 г.",
        }
    )  # fmt: skip
    level = DescribedLevel("RGASPI, f. 558", description)
    add_levels([level], "_levels.yaml", settings.output, CLOCK)
    counts, messages = build(settings, readers)
    assert (counts.rebuilt, messages) == (1, [f"made {RECORD}"])
    place = "../../archives/rgaspi/f558/index.html"
    fact = ("In the archive", "f. 558: Papers of J. V. Stalin, 1866–1986, 16 174 ед. хр.", [place])
    assert fact in facts(settings, RECORD)
    assert not [label for label, _, _ in facts(settings, other.record_id) if label == fact[0]]
    for path in (
        home_of(settings, "ru") / "index.html",
        home_of(settings, "ru") / "0110/index.html",
    ):
        page = tree.parse(path)
        steps = [
            " ".join(one.text_content().split()) for one in page.xpath("//nav[@class='levels']//a")
        ]
        assert steps == ["RGASPI", "f. 558 Сталин <Иосиф>", "op. 11", "d. 330"]
    archives = settings.output / "site" / "ru" / "archives" / "rgaspi"
    listed = tree.parse(archives / "index.html").xpath("//ul[@class='rows']/li")
    assert [" ".join(one.text_content().split()) for one in listed] == [
        "f. 17 1", "f. 558 Сталин <Иосиф>, 1866–1986, 16 174 ед. хр. 1",
    ]  # fmt: skip
    fond = tree.parse(archives / "f558" / "index.html")
    assert [one.text_content() for one in fond.xpath("//p[@class='summary']")] == [
        "Сталин <Иосиф>, 1866–1986, 16 174 ед. хр.", "Личный фонд.", "Передан в 1999 г.",
    ]  # fmt: skip
    assert build(settings, readers)[0].rebuilt == 0


def test_what_did_not_change_is_not_made_again(settings: Settings, readers: WorkerPool) -> None:
    assert build(settings, readers) == (BuildCounts(1, 1, 0), [f"made {RECORD}"])
    before = content(settings)
    folder = settings.output / "site"
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert build(settings, readers) == (BuildCounts(1, 0, 0), [])
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times
    named = settings.model_copy(update={"organization": "Archive of Archives"})
    assert build(named, readers)[0] == BuildCounts(1, 1, 0)
    assert b"Archive of Archives" in (folder / "index.html").read_bytes()
    assert build(settings, readers)[0] == BuildCounts(1, 1, 0)
    assert content(settings) == before, "the same records give the same bytes"


@pytest.mark.slow
def test_a_withdrawn_record_shows_no_leaf(settings: Settings, readers: WorkerPool) -> None:
    build(settings, readers)
    workspace = Workspace(settings.output.parent)
    result = workspace.opis("withdraw", RECORD, "--reason", "a person's data")
    assert result.returncode == 0, result.stderr
    with Catalog(settings.catalog, settings.records) as catalog:
        assert catalog.get_entry(RECORD).status == "withdrawn"
    assert build(settings, readers)[0] == BuildCounts(1, 1, 0)
    home = home_of(settings)
    assert sorted(path.relative_to(home).as_posix() for path in home.rglob("*.*")) == [
        "found.json", "index.html", "v2/index.html",
    ]  # fmt: skip
    assert "телеграмму" not in (home / "found.json").read_text("utf-8")
    source = (home / "index.html").read_text("utf-8")
    assert "Withdrawn with version 2: a person" in source
    assert "телеграмму" not in source
    assert workspace.opis("verify").returncode == 0


HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "javascript:alert(1)",
    "'{{ 7 * 7 }}'{% raw %}",
    "'; DROP TABLE record; --",
)


def test_nothing_that_anybody_wrote_is_markup(tmp_path: Path, readers: WorkerPool) -> None:
    evil = "".join(HOSTILE)
    publish_sample(
        tmp_path, ("<script>alert(1)</script>",), title=evil, creator=evil, summary=evil,
        collection=evil, subjects=[evil], note=evil, funder=evil, contributors=[evil],
        references="RGASPI, f. 558, op. 11, d. 330, l. 0110",
    )  # fmt: skip
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    build(settings, readers)
    for path, page in pages(settings).items():
        for script in page.xpath("//script"):
            data = script.get("type") == "application/ld+json"
            assert script.get("src") or (data and json.loads(script.text)), path
        assert not page.xpath("//@*[starts-with(name(), 'on')]"), path
        assert not page.xpath("//*[starts-with(@href, 'javascript:') or @src = 'x']"), path
        assert "'49'" not in etree.tostring(page, encoding="unicode"), path
    record = tree.parse(home_of(settings).with_name("rgaspi-f558-op11-d330-l0110") / "index.html")
    assert evil in record.xpath("string(//h1)")
    etree.parse(settings.output / "site" / "atom.xml")


def test_every_page_is_html_to_the_letter(settings: Settings, readers: WorkerPool) -> None:
    build(settings, readers)
    for path in (settings.output / "site").rglob("*.html"):
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(path.read_text("utf-8"))
        source = path.read_text("utf-8")
        ids = re.findall(r' id="([^"]*)"', source)
        assert len(ids) == len(set(ids)), path
        assert len(source.encode()) < 200_000


def test_a_new_version_keeps_the_page_and_the_files_of_the_old_one(
    tmp_path: Path, readers: WorkerPool
) -> None:
    sample = publish_sample(tmp_path)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    build(settings, readers)
    old = sample.folder.load_record()
    other = (LETTER[0].replace("получили", "приняли"), LETTER[1])
    new = reassemble_record(old, pages_read(other), SIGNATURE, CLOCK)
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf")
    publish_record(
        scan, new, lambda: pages_read(other), settings, CLOCK, ("reread", "a better engine")
    )
    closed = WorkerPool(1)
    closed.close()  # nothing is drawn anew: both versions are of one scan
    assert build(settings, closed)[0] == BuildCounts(1, 1, 0)
    home = settings.output / "site" / "id" / sample.record_id
    drawn = [
        {path.name: path.read_bytes() for path in (home / name / "pages").glob("*.jpg")}
        for name in ("v1", "v2")
    ]
    assert drawn[0] == drawn[1] != {}
    before, after = ((home / name / "index.html").read_text("utf-8") for name in ("v1", "v2"))
    assert "This is an older version." in before
    assert "получили" in before
    assert "This is an older version." not in after
    assert "приняли" in after
    assert (home / "v1" / "searchable.pdf").is_file()
    assert "приняли" in (home / "index.html").read_text("utf-8")


def test_a_reviewed_record_is_nowhere_called_unreviewed(
    tmp_path: Path, readers: WorkerPool
) -> None:
    sample = publish_sample(tmp_path)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    old = sample.folder.load_record()
    new = reassemble_record(old, pages_read(LETTER), SIGNATURE, CLOCK)
    reviewed = new.model_copy(update={"status": "reviewed", "needs_review": True})
    scan = admitted_scan(tmp_path / "inbox" / "scan.pdf")
    publish_record(
        scan, reviewed, lambda: pages_read(LETTER), settings, CLOCK, ("reread", "a person read it")
    )
    build(settings, readers)
    site = settings.output / "site"
    home = site / "id" / sample.record_id
    assert "Compared with the images by" in (home / "index.html").read_text("utf-8")
    for page in (site / "index.html", home / "index.html", home / "v2" / "index.html"):
        assert not re.search("not yet reviewed|needs review", page.read_text("utf-8")), page
    files = (home / "v2" / "README.txt", home / "v2" / "export" / "tei.xml")
    for file in files:
        text = file.read_text("utf-8")
        assert re.search("compared with the images", text), file
        assert not re.search("not reviewed|nobody has compared", text), file


@pytest.mark.slow
def test_a_long_record_goes_on_on_further_pages(tmp_path: Path, readers: WorkerPool) -> None:
    lines = "\n".join(["внешнеполитического " * 6] * 24)
    texts = [f"Лист {number}\n{lines}" for number in range(1, 41)]
    sample = publish_sample(tmp_path, texts, references="RGASPI, f. 558, op. 11, d. 330, ll. 1-40")
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    build(settings, readers)
    record = f"id/{sample.record_id}"
    for home in (record, f"{record}/v1", f"ru/{record}"):
        folder = settings.output / "site" / home
        shown = []
        for name in ("index.html", "2.html", "3.html"):
            assert (folder / name).stat().st_size < 200_000
            page = tree.parse(folder / name)
            shown += page.xpath("//div[@class='reading']//h3")
            for link in page.xpath("//nav[@class='parts']//a/@href | //a[@rel='next']/@href"):
                assert (folder / link).is_file()
            assert bool(page.xpath("//dl[@class='facts']")) is (name == "index.html")
        assert [one.text_content() for one in shown] == [str(number) for number in range(1, 41)]
        assert not (folder / "4.html").exists()


def test_feeds_and_lists_name_every_record(settings: Settings, readers: WorkerPool) -> None:
    build(settings, readers)
    site = settings.output / "site"
    names = {"a": "http://www.w3.org/2005/Atom", "s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    feed = etree.parse(site / "atom.xml")
    assert feed.xpath("string(//a:entry/a:link/@href)", namespaces=names).endswith(f"/id/{RECORD}/")
    assert "T" in feed.xpath("string(/a:feed/a:updated)", namespaces=names)
    places = etree.parse(site / "sitemap.xml").xpath("//s:loc/text()", namespaces=names)
    assert places == [f"https://opis.invalid/id/{RECORD}/"]
    assert "Sitemap: https://opis.invalid/sitemap.xml" in (site / "robots.txt").read_text()
    for path in ("archives/rgaspi/f558/op11/d330", "dates/1949"):
        assert RECORD in (site / path / "index.html").read_text("utf-8")


@pytest.mark.slow
def test_a_long_list_goes_on_on_further_pages(
    settings: Settings, readers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.site.indexes._ROWS_PER_PAGE", 1)
    for number in (1, 2):
        place = f"RGASPI, f. 558, op. 11, d. 330, l. {number}"
        publish_sample(settings.output.parent, ("слово",) * number, references=place)
    build(settings, readers)
    folder = settings.output / "site" / "dates" / "1949"
    found = [tree.parse(folder / name) for name in ("index.html", "2.html", "3.html")]
    assert [len(page.xpath("//main//ul/li")) for page in found] == [1, 1, 1]
    assert found[1].xpath("//nav[@class='parts']/a/@href") == ["index.html", "3.html"]
    assert found[1].xpath("string(//nav[@class='parts']/span)") == "2"
    monkeypatch.setattr("pipeline.site.indexes._ROWS_PER_PAGE", 200)
    workspace = Workspace(settings.output.parent)
    assert workspace.opis("withdraw", RECORD, "--reason", "a test").returncode == 0
    build(settings, readers)
    assert not (folder / "2.html").exists()
    assert len(tree.parse(folder / "index.html").xpath("//main//ul/li")) == 3


def test_the_pictures_that_the_iiif_manifest_names_are_there(
    settings: Settings, readers: WorkerPool
) -> None:
    build(settings, readers)
    home = home_of(settings) / "v1"
    manifest = json.loads((home / "export" / "iiif-manifest.json").read_bytes())
    for canvas in manifest["items"]:
        body = canvas["items"][0]["items"][0]["body"]
        picture = settings.output / "site" / body["id"].removeprefix("https://opis.invalid/")
        with Image.open(picture) as image:
            assert image.size == (body["width"], body["height"])
            assert image.size == (canvas["width"], canvas["height"])


@pytest.mark.slow
def test_the_command_builds_it(settings: Settings) -> None:
    workspace = Workspace(settings.output.parent)
    result = workspace.opis("site")
    assert result.returncode == 0, result.stderr
    assert "1 record, 1 rebuilt, 0 removed" in result.stdout


@pytest.mark.parametrize(("date", "year"), [("194X", 1940), ("19XX", 1900), ("[..1949]", 1949)])
def test_a_record_stands_under_one_year_in_the_catalogue_and_on_the_site(
    tmp_path: Path, date: str, year: int
) -> None:
    sample = publish_sample(tmp_path, date=date)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.get_entry(sample.record_id)
        listing = listing_of(entry, catalog.load_record(sample.record_id, None))
    with sqlite3.connect(settings.catalog) as db:
        assert db.execute("SELECT year FROM record").fetchall() == [(year,)]
    assert listing.year == str(year)
