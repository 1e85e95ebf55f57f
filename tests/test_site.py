"""The reading room: every link leads somewhere, and nothing is made twice."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import html as tree
from PIL import Image

from pipeline.holdings.catalog import Catalog
from pipeline.reading.pool import Readers
from pipeline.settings import Settings
from pipeline.site.build import Built, Site
from tests.factories import published
from tests.house import House

TEXTS = ("1. Мы получили <Вашу> телеграмму.\nЕщё раз: всё & вся", "Гоминьдан и Нанкин", "")
RECORD = "rgaspi-f558-op11-d330-l0110-0112"


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    made = Readers(1)
    yield made
    made.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    published(tmp_path, TEXTS, references="RGASPI, f. 558, op. 11, d. 330, ll. 0110-0112")
    return Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")


def build(settings: Settings, readers: Readers) -> tuple[Built, list[str]]:
    told: list[str] = []
    return Site(settings, readers).build(told.append), told


def pages(settings: Settings) -> dict[Path, tree.HtmlElement]:
    folder = settings.output / "site"
    reader = tree.HTMLParser(encoding="utf-8")
    return {path: tree.parse(path, reader).getroot() for path in folder.rglob("*.html")}


def content(settings: Settings) -> dict[str, bytes]:
    folder = settings.output / "site"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_link_and_picture_of_every_page_is_there(
    settings: Settings, readers: Readers
) -> None:
    build(settings, readers)
    found = pages(settings)
    assert len(found) == 1 + 4 + 1 + 3  # front, four rungs, a record, three leaves
    for path, page in found.items():
        links = [*page.xpath("//@href"), *page.xpath("//@src")]
        for each in page.xpath("//@srcset"):
            links += [part.split()[0] for part in each.split(", ")]
        assert links
        for link in links:
            if re.match(r"https?:", link):
                assert "cdn" not in link
                continue
            name, _, place = link.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            assert target.is_file(), f"{path.name} links to {link}"
            assert not place or found[target].xpath(f"//*[@id='{place}']")
        for picture in page.xpath("//img"):
            assert picture.get("alt") is not None
            assert int(picture.get("width")) > 0


def test_a_leaf_shows_its_lines_where_they_stand(settings: Settings, readers: Readers) -> None:
    build(settings, readers)
    leaf = tree.parse(settings.output / "site" / "records" / RECORD / "0110" / "index.html")
    lines = leaf.xpath("//p[@class='line']")
    shown = "\n".join(" ".join(line.text_content().split()) for line in lines)
    assert shown == TEXTS[0]
    for place in leaf.xpath("//@data-place"):
        left, top, width, height = map(float, place.split())
        assert 0 <= left <= left + width <= 100.01
        assert 0 <= top <= top + height <= 100.01
    for width in (400, 800, 1600):
        pictures = list((settings.output / "site" / "records" / RECORD).rglob(f"{width}.webp"))
        for picture in pictures:
            with Image.open(picture) as image:
                assert (image.format, image.width) == ("WEBP", width)
    assert (settings.output / "site" / "records" / RECORD / "0112" / "index.html").is_file()


def test_what_a_record_says_is_on_its_page_and_nothing_is_markup(
    settings: Settings, readers: Readers
) -> None:
    build(settings, readers)
    source = (settings.output / "site" / "records" / RECORD / "index.html").read_text("utf-8")
    for said in ("January 14, 1949", "Cable, Filippov [Stalin] to Cde. Mao Zedong",
                 "Sergey Radchenko", "RGASPI, f. 558, op. 11, d. 330, ll. 110-112",
                 "<Вашу> телеграмму", "всё & вся"):  # fmt: skip
        assert html.escape(said, quote=False) in source
    assert "<Вашу>" not in source
    page = tree.fromstring(source)
    assert any("RGASPI" in one.text_content() for one in page.xpath("//p[@class='citation']"))


def test_what_did_not_change_is_not_made_again(settings: Settings, readers: Readers) -> None:
    assert build(settings, readers) == (Built(1, 1, 0), [f"made {RECORD}"])
    before = content(settings)
    folder = settings.output / "site"
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert build(settings, readers) == (Built(1, 0, 0), [])
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times
    named = settings.model_copy(update={"organization": "Archive of Archives"})
    assert build(named, readers)[0] == Built(1, 1, 0)
    assert b"Archive of Archives" in (folder / "index.html").read_bytes()
    assert build(settings, readers)[0] == Built(1, 1, 0)
    assert content(settings) == before, "the same records give the same bytes"


def test_a_withdrawn_record_shows_no_leaf(settings: Settings, readers: Readers) -> None:
    build(settings, readers)
    house = House(settings.output.parent)
    done = house.opis("withdraw", RECORD, "--reason", "a person's data")
    assert done.returncode == 0, done.stderr
    with Catalog(settings.catalog, settings.records) as catalog:
        assert catalog.entry(RECORD).status == "withdrawn"
    assert build(settings, readers)[0] == Built(1, 1, 0)
    home = settings.output / "site" / "records" / RECORD
    assert sorted(path.name for path in home.iterdir()) == ["index.html"]
    source = (home / "index.html").read_text("utf-8")
    assert "Withdrawn with version 2: a person" in source
    assert "телеграмму" not in source
    assert house.opis("verify").returncode == 0


def test_the_command_builds_it(settings: Settings) -> None:
    house = House(settings.output.parent)
    done = house.opis("site")
    assert done.returncode == 0, done.stderr
    assert "1 records, 1 made anew, 0 taken away" in done.stdout
