"""Sources and other readings of words come back as they were written, wherever a text goes."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.exports.alto import broken_alto_rules, read_page_text, to_alto
from pipeline.model import PageReading, PageState
from pipeline.ocr.engine import map_boxes
from pipeline.record.assemble import assemble_record
from pipeline.record.record import Record, RecordPage
from pipeline.repository.publish import publish_record
from pipeline.repository.version_reader import stored_pages
from pipeline.scan import ReadPage
from pipeline.settings import Settings
from pipeline.text import Alternative, Line, PageText, Role, WordSource
from pipeline.workers.page_cache import PageCache
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, scan_pdf, text
from tests.schemas import needs_schemas, schema_errors

SOURCES = st.sampled_from(WordSource)
_LETTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
_ALTERNATIVES = st.lists(
    st.builds(
        Alternative,
        st.text(_LETTERS).map(lambda words: " ".join(words.split())).filter(bool),
        SOURCES,
    ),
    max_size=3,
)


def with_readings(
    page: PageText, alternatives: list[Alternative], source: WordSource = WordSource.ENGINE
) -> PageText:
    """Return the text with this source and these alternatives of each word."""
    return page.with_lines(
        Line(
            tuple(
                replace(word, alternatives=tuple(alternatives), source=source)
                for word in line.words
            )
        )
        for line in page.lines()
    )


def read_pages() -> list[ReadPage]:
    alternatives = [Alternative("anders", WordSource.ENGINE)]
    return [
        replace(page, reading=replace(page.reading, text=text))
        for page in pages()
        for text in [with_readings(page.reading.text, alternatives, WordSource.SECOND_ENGINE)]
    ]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, RecordPage]:
    scan = admitted_scan(scan_pdf(tmp_path_factory.mktemp("scan") / "scan.pdf"))
    record = assemble_record(scan, pages(), SIGNATURE, CLOCK)
    return record, record.pages[0]


@given(_ALTERNATIVES, SOURCES)
def test_they_come_back_from_alto(
    plain: tuple[Record, RecordPage], alternatives: list[Alternative], source: WordSource
) -> None:
    written = with_readings(next(pages()).reading.text, alternatives, source)
    read = read_page_text(to_alto(*plain, written, []))
    assert read.with_roles(Role.TEXT for _ in read.lines()) == written


@needs_schemas
def test_they_are_valid_alto(plain: tuple[Record, RecordPage]) -> None:
    alternatives = [Alternative("of the", source) for source in WordSource]
    written = with_readings(next(pages()).reading.text, alternatives, WordSource.SECOND_ENGINE)
    content = to_alto(*plain, written, [])
    assert list(broken_alto_rules(etree.fromstring(content), plain[1])) == []
    assert b'<ALTERNATIVE PURPOSE="second-engine">of the</ALTERNATIVE>' in content
    assert schema_errors("alto", content) == []


@given(_ALTERNATIVES, SOURCES)
def test_they_come_back_from_the_page_cache(
    tmp_path_factory: pytest.TempPathFactory, alternatives: list[Alternative], source: WordSource
) -> None:
    cache = PageCache(tmp_path_factory.mktemp("cache"))
    reading = PageReading(PageState.OK, with_readings(text("a b\nc"), alternatives, source))
    cache.store_reading("key", reading)
    assert cache.load_reading("key") == reading


def test_a_cached_reading_from_before_there_were_any_has_none(tmp_path: Path) -> None:
    cache = PageCache(tmp_path)
    reading = PageReading(PageState.OK, text("a b"))
    cache.store_reading("key", reading)
    (file,) = tmp_path.rglob("*.json")
    content = file.read_text("utf-8")
    new = ',"alternatives":[],"source":"engine"'
    assert content.count(new) == 2
    file.write_text(content.replace(new, ""), "utf-8")
    assert cache.load_reading("key") == reading


def test_boxes_and_roles_change_and_they_stay() -> None:
    alternatives = (Alternative("б", WordSource.ENGINE),)
    page = with_readings(text("а а\nа"), [*alternatives], WordSource.SECOND_ENGINE)
    for changed in (
        map_boxes(page, lambda box: replace(box, x=box.x + 1)),
        page.with_roles([Role.HEADING, Role.STAMP]),
    ):
        assert {word.alternatives for word in changed.words()} == {alternatives}
        assert {word.source for word in changed.words()} == {WordSource.SECOND_ENGINE}


def test_a_version_that_is_cleaned_again_keeps_them(tmp_path: Path) -> None:
    read = read_pages()
    scan = admitted_scan(scan_pdf(tmp_path / "inbox" / "scan.pdf"))
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    record = assemble_record(scan, iter(read), SIGNATURE, CLOCK)
    result = publish_record(scan, record, lambda: iter(read), settings, CLOCK)
    stored = stored_pages(result.folder, record)
    assert [page.reading.text for page in stored] == [page.reading.text for page in read]


@pytest.mark.parametrize("words", ["", " ", "a  b", "a ", "\ta"])
def test_an_alternative_is_words_with_one_space_between(words: str) -> None:
    with pytest.raises(ValueError, match="one space"):
        Alternative(words, WordSource.ENGINE)
