"""PAGE XML: valid, consistent as OCR-D wants it, and what leaves comes back unchanged."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.corrections.correction import CorrectionAction
from pipeline.corrections.fit import find_line
from pipeline.exports.alto import read_page_text
from pipeline.exports.page_xml import baseline_points, to_page_xml
from pipeline.exports.source import XSI
from pipeline.model import ProcessingStep
from pipeline.record.record import Record
from pipeline.repository.correction_log import read_corrections
from pipeline.review.imported import ImportReport, ImportSource, import_corrections
from pipeline.review.layout_files import read_layout_file
from pipeline.review.page_lines import load_newest
from pipeline.settings import Settings
from pipeline.text import Alternative, Block, Box, Line, PageText, Role, Word, WordSource
from tests.factories import (
    CLOCK,
    HEIGHT,
    WIDTH,
    admitted_scan,
    publish_sample,
    record,
    settings_in,
    text,
)
from tests.schemas import EXPORT_CASES, needs_schemas, schema_errors
from tests.test_corrections import decide, publish

UNICODE = "{*}TextEquiv/{*}Unicode"


def page_of(sample: Record, page_text: PageText, roles: tuple[Role, ...] | None = None) -> bytes:
    """Return the PAGE file of the first page of a record with another text."""
    lines = len(list(page_text.lines()))
    page = sample.pages[0].model_copy(update={"line_roles": roles or (Role.TEXT,) * lines})
    return to_page_xml(sample, page, page_text, "0001.jpg", "page-0001")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Record:
    scan = tmp_path_factory.mktemp("scan") / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    return record(admitted_scan(scan, 1), ("Товарищу",))


TEXTS = {
    "two blocks": text("Товарищу Мао Цзэ-дуну.\nМы получили\n\nФилиппов"),
    "nothing": PageText(),
    "odd letters": text('a<b> & "c" \U0001f600 — «№ 5» \u05e9\u05dc\u05d5\u05dd \x07'),
    "narrow words": PageText((Block((Line((Word("|", Box(5, 5, 1, 1), 0.0),)),)),)),
}


@needs_schemas
@pytest.mark.parametrize("name", TEXTS)
def test_every_page_is_of_its_schema(name: str, sample: Record) -> None:
    assert schema_errors("page", page_of(sample, TEXTS[name])) == []


@needs_schemas
@pytest.mark.parametrize("role", Role)
def test_a_region_of_each_role_is_of_its_schema(role: Role, sample: Record) -> None:
    content = page_of(sample, text("Слово"), (role,))
    assert schema_errors("page", content) == []
    assert f"structure {{type:{role};}}".encode() in content


@needs_schemas
def test_a_corrupted_page_is_not_of_its_schema(sample: Record) -> None:
    content = page_of(sample, TEXTS["two blocks"]).decode()
    for case in EXPORT_CASES["page"]["breaks_schema"]:
        assert case["good"] in content
        assert schema_errors("page", content.replace(case["good"], case["bad"]).encode())


def test_the_reading_order_is_that_of_the_blocks(sample: Record) -> None:
    root = etree.fromstring(page_of(sample, TEXTS["two blocks"]))
    order = [node.get("regionRef") for node in root.iter("{*}RegionRefIndexed")]
    assert order == [node.get("id") for node in root.iter("{*}TextRegion")] == ["r1", "r2"]
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))


def test_the_text_of_each_level_is_that_of_the_level_below(sample: Record) -> None:
    """OCR-D checks it: words joined by spaces are the line, lines by line ends the region."""
    root = etree.fromstring(page_of(sample, TEXTS["two blocks"]))
    for parent, child, mark in (("TextRegion", "TextLine", "\n"), ("TextLine", "Word", " ")):
        for node in root.iter(f"{{*}}{parent}"):
            parts = [
                one.findtext("{*}TextEquiv/{*}Unicode") or "" for one in node.iter(f"{{*}}{child}")
            ]
            assert node.findtext("{*}TextEquiv/{*}Unicode") == mark.join(parts)


def test_a_word_has_one_text_and_says_if_it_is_of_a_person(sample: Record) -> None:
    other = Alternative("думаем", WordSource.SECOND_ENGINE)
    words = (
        Word("лумаем", Box(10, 10, 80, 20), 0.41234567, (other,)),
        Word("что", Box(100, 10, 40, 20), 1.0, source=WordSource.PERSON),
    )
    root = etree.fromstring(page_of(sample, PageText((Block((Line(words),)),))))
    texts = [
        (word.get("custom"), one.get("conf"), one.findtext("{*}Unicode"))
        for word in root.iter("{*}Word")
        for one in word.iter("{*}TextEquiv")
    ]
    assert texts == [(None, "0.4123", "лумаем"), ("source {type:person;}", "1", "что")]


def test_escriptorium_finds_the_schema_that_it_accepts(sample: Record) -> None:
    root = etree.fromstring(page_of(sample, PageText()))
    assert (root.get(f"{{{XSI}}}schemaLocation") or "").split() == [
        "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15",
        "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15/pagecontent.xsd",
    ]


#: words from left to right, each with the bottom of its box; the ends of the baseline
BASELINES: dict[str, tuple[list[tuple[str, int]], list[tuple[int, int]]]] = {
    "no letter reaches below": ([("Томск", 30), ("Москва", 30)], [(10, 30), (190, 30)]),
    "one does, and does not count": ([("Томск", 30), ("Петербург,", 36)], [(10, 30), (190, 30)]),
    "all do": ([("дуб", 30), ("ягуар", 30)], [(10, 26), (190, 26)]),
    "the line rises": ([("Томск", 34), ("Москва", 24)], [(10, 34), (190, 24)]),
    "one box is too high": (
        [("Томск", 30), ("и", 30), ("Москва", 30), ("нами", 55), ("и", 30)], [(10, 30), (490, 30)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BASELINES)
def test_words_stand_on_the_baseline(name: str) -> None:
    words, points = BASELINES[name]
    line = Line(
        tuple(
            Word(word, Box(10 + 100 * place, 10, 80, bottom - 10), 0.9)
            for place, (word, bottom) in enumerate(words)
        )
    )
    found = list(baseline_points(line))
    assert [x for x, _ in found] == [x for x, _ in points]
    assert [y for _, y in found] == pytest.approx([y for _, y in points], abs=4)


def test_a_line_that_runs_down_has_no_baseline(sample: Record) -> None:
    words = tuple(Word("字", Box(10, 10 + 40 * row, 30, 30), 0.9) for row in range(3))
    assert list(baseline_points(Line(words))) == []


def test_lines_of_a_page_that_was_turned_have_no_baseline(sample: Record) -> None:
    def turned(log: Record) -> Record:
        activities = [
            one.model_copy(update={"steps": (ProcessingStep("turn", {"degrees": "90"}),)})
            if one.plan == "read"
            else one
            for one in log.provenance.activities
        ]
        provenance = log.provenance.model_copy(update={"activities": tuple(activities)})
        return log.model_copy(update={"provenance": provenance})

    assert b"<Baseline" in page_of(sample, text("Слово"))
    assert b"<Baseline" not in page_of(turned(sample), text("Слово"))


LETTERS = st.characters(codec="utf-8", exclude_categories=["Z", "C"])
BOXES = st.builds(
    Box,
    st.integers(0, WIDTH - 50), st.integers(0, HEIGHT - 50),
    st.integers(1, 50), st.integers(1, 50),
)  # fmt: skip
WORDS = st.builds(Word, st.text(LETTERS, min_size=1, max_size=8), BOXES, st.floats(0, 1))
#: lines that lie anywhere, also over one another, but no two in the same box
LINES = st.lists(
    st.builds(Line, st.lists(WORDS, min_size=1, max_size=4).map(tuple)),
    max_size=12,
    unique_by=lambda line: line.box,
)


@st.composite
def page_texts(draw: st.DrawFn) -> PageText:
    """Return a text of any blocks."""
    lines = draw(LINES)
    ends = sorted(draw(st.sets(st.integers(1, max(len(lines) - 1, 1))))) if lines else []
    cuts = [0, *(end for end in ends if end < len(lines)), len(lines)]
    return PageText(
        tuple(Block(tuple(lines[start:end])) for start, end in pairwise(cuts) if start < end)
    )


@pytest.mark.slow
@hypothesis_settings(max_examples=100, deadline=None)
@given(page_texts())
def test_what_leaves_as_page_comes_back_line_by_line(sample: Record, page_text: PageText) -> None:
    content = page_of(sample, page_text)
    lines = list(page_text.lines())
    layout = read_layout_file(content, "0001.xml")
    image = sample.pages[0].image
    assert image is not None
    assert layout.page_number == 1
    assert [line.text for line in layout.lines] == [line.text for line in lines]
    places = [line.box for line in lines]
    found = [find_line(places, line.box_on(image)) for line in layout.lines]
    assert found == list(range(1, len(lines) + 1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def take_back(record_id: str, settings: Settings) -> list[ImportReport]:
    """Export each page of the newest version as PAGE, and import it as corrections."""
    folder, newest = load_newest(record_id, settings)
    reports = []
    for page in newest.pages:
        page_text = read_page_text(folder.alto(page.number).read_bytes())
        content = to_page_xml(newest, page, page_text, f"{page.number:04d}.jpg", "a")
        source = ImportSource(f"{page.number:04d}.xml", content, "Vera", record_id)
        reports.append(import_corrections(source, settings, CLOCK))
    return reports


LETTER = ("Товарищу Мао.\nМы лумаем, что слелует\nпередать дело.\n\n| ___", "", "Филиппов")


def test_a_published_page_comes_back_unchanged(tmp_path: Path, settings: Settings) -> None:
    record_id = publish_sample(tmp_path, LETTER).record_id
    reports = take_back(record_id, settings)
    assert [(one.corrected, one.same, one.problems) for one in reports] == [
        (0, 4, []), (0, 0, []), (0, 1, []),
    ]  # fmt: skip
    assert read_corrections(settings.output) == []


def test_what_people_corrected_comes_back_unchanged(tmp_path: Path, settings: Settings) -> None:
    record_id = publish_sample(tmp_path, LETTER).record_id
    decide(settings, record_id, 2, "Мы думаем, что следует сегодня же")
    decide(settings, record_id, 3, action=CorrectionAction.NOT_TEXT)
    decide(settings, record_id, 1, "Мао.")
    publish(record_id, settings)
    first, *_ = take_back(record_id, settings)
    assert (first.corrected, first.same, first.problems) == (0, 4, [])
