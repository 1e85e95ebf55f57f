"""Typed lists: drawn pages whose rows are read across, and running text whose columns are not."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pipeline.cleaning.clean import clean
from pipeline.exports.alto import read_page_text, to_alto
from pipeline.exports.source import ExportSource, placed_lines
from pipeline.exports.tei import to_tei
from pipeline.imaging.pixels import Grey
from pipeline.layout.lists import cells_of, find_lists
from pipeline.layout.page import assign_roles
from pipeline.ocr.attempt import Attempt
from pipeline.ocr.components import LetterComponents
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.evidence import Evidence
from pipeline.ocr.list_rows import (
    KeptRows,
    count_unread_cells,
    find_torn_lines,
    keep_rows,
    put_rows_in,
    set_lists_apart,
)
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.preprocess import PreparedImage
from pipeline.ocr.tesseract import Tesseract
from pipeline.text import Block, Box, Line, PageText, Role, Word
from tests.factories import admitted_scan, pages, record
from tests.workspace import PATIENCE

CASES = json.loads((Path(__file__).parent / "cases" / "lists.json").read_text("utf-8"))
WIDE, HIGH = 12, 24  #: pixels from letter to letter, from line to line
PAGE = (100 * WIDE, 60 * HIGH)


def words(line: str, y: int) -> tuple[Word, ...]:
    words, at = [], 0
    for text in line.split():
        at = line.index(text, at)
        box = Box(20 + at * WIDE, 20 + y * HIGH, len(text) * WIDE - 2, HIGH - 8)
        words.append(Word(text, box, 0.9))
        at += len(text)
    return tuple(words)


def across(drawn: list[str]) -> PageText:
    """Return a page as an engine reads it that reads every line across."""
    return PageText((Block(tuple(Line(words(line, y)) for y, line in enumerate(drawn) if line)),))


def in_columns(drawn: list[str]) -> PageText:
    """Return a page as an engine reads it that takes cells for columns."""
    lines = [Line(words(line, y)) for y, line in enumerate(drawn) if line]
    rows = [cells_of(line) for line in lines]
    single = [line for line, row in zip(lines, rows, strict=True) if len(row) == 1]
    starts = sorted({cell.left // (6 * WIDE) for row in rows if len(row) > 1 for cell in row})
    columns = [
        Block(tuple(lines))
        for start in starts
        if (
            lines := [
                Line(cell.words)
                for row in rows
                if len(row) > 1
                for cell in row
                if cell.left // (6 * WIDE) == start
            ]
        )
    ]
    head = [Block(tuple(single))] if single else []
    return PageText((*head, *columns))


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    lists = find_lists(list(across(case["page"]).lines()))
    assert [len(found.rows) for found in lists] == case["lists"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_columns_of_running_text_are_not_read_again(case: dict[str, Any]) -> None:
    if "torn" in case:
        assert bool(find_torn_lines(in_columns(case["page"]))) == case["torn"]


WAREHOUSES = next(case["page"] for case in CASES if case["label"] == "a list of warehouses")


def test_rows_take_the_place_of_columns() -> None:
    torn = in_columns([*WAREHOUSES, "", "Signed by the keeper of the northern stores"])
    (found,) = find_lists(list(across(WAREHOUSES).lines()))
    mended = put_rows_in(torn, found)
    expected = [" ".join(line.split()) for line in WAREHOUSES if line]
    assert [line.text for line in mended.lines()] == [
        expected[0], "Signed by the keeper of the northern stores", *expected[1:],
    ]  # fmt: skip
    assert sorted(w.text for w in mended.words()) == sorted(w.text for w in torn.words())


def attempt(text: PageText, places: list[tuple[float, float]]) -> Attempt:
    """Return a reading of an image with a letter at each place."""
    x, y = (np.array(values, dtype=np.float64) for values in zip(*places, strict=True))
    components = LetterComponents(x, y, np.full(len(x), 16.0), 0)
    image = PreparedImage(np.full((PAGE[1], PAGE[0]), 255, np.uint8), components)
    return Attempt(image, RecognitionOptions(("eng",)), text, Evidence(1.0, 1.0, 1, 1, 0))


def letters(text: PageText) -> list[tuple[float, float]]:
    return [
        (word.box.x + (n + 0.5) * WIDE, word.box.y + word.box.height / 2)
        for word in text.words()
        for n in range(len(word.text))
    ]


class Reader:
    """An engine that reads a page across, where it is asked for one block of lines."""

    def __init__(self, text: PageText) -> None:
        self.text, self.asked = text, 0

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        assert image.exists()
        self.asked += 1
        return self.text


def keep_list(torn: PageText, rows: PageText, folder: Path) -> tuple[KeptRows, int]:
    reader = Reader(rows)
    result = keep_rows(attempt(torn, letters(across(WAREHOUSES))), reader, folder)  # type: ignore[arg-type]
    return result, reader.asked


def test_a_torn_list_is_read_again_in_rows(tmp_path: Path) -> None:
    whole = across(WAREHOUSES)
    result, asked = keep_list(in_columns(WAREHOUSES), whole, tmp_path)
    assert [line.text for line in result.attempt.text.lines()] == [x.text for x in whole.lines()]
    assert (asked, result.fault, result.doubtful_share) == (1, "", 0.0)
    assert [step.name for step in result.attempt.image.steps] == ["keep-rows"]


def test_a_list_that_is_in_rows_is_not_read_again(tmp_path: Path) -> None:
    whole = across(WAREHOUSES)
    result, asked = keep_list(whole, whole, tmp_path)
    assert list(result.attempt.text.lines()) == list(whole.lines())
    assert [len(block.lines) for block in result.attempt.text.blocks] == [1, 9]
    assert (asked, result.fault) == (0, "")


def test_a_list_that_cannot_be_kept_together_is_a_fault_of_the_reading(tmp_path: Path) -> None:
    torn = in_columns(WAREHOUSES)
    poor = across([line[:20] for line in WAREHOUSES])
    result, _ = keep_list(torn, poor, tmp_path)
    assert result.attempt.text == torn
    assert result.fault == "the rows of a list could not be kept together"
    assert result.doubtful_share > 0.5


def test_cells_that_no_word_covers_are_counted() -> None:
    whole = across(WAREHOUSES)
    lost = across([line[:62] for line in WAREHOUSES[:-2]] + WAREHOUSES[-2:])
    cells, share = count_unread_cells(attempt(lost, letters(whole)))
    assert cells == len([line for line in WAREHOUSES[:-2] if line[62:].strip()])
    assert 0 < share < 0.1
    assert count_unread_cells(attempt(whole, letters(whole))) == (0, 0.0)


def test_a_mark_beside_numbered_text_is_no_cell() -> None:
    points = across([f"{n}.   The keeper shall count the sacks of the store" for n in range(1, 8)])
    marks = [(place[0] + 30 * WIDE, place[1] + 10) for place in letters(points)[:40]]
    assert count_unread_cells(attempt(points, [*letters(points), *marks])) == (0, 0.0)


def test_a_word_as_high_as_several_rows_reads_none_of_them() -> None:
    whole = across(WAREHOUSES)
    rows = [line for line in whole.lines() if len(cells_of(line)) > 1]
    last = Box.around(row.words[-1].box for row in rows)
    invented = Line((*rows[0].words[:-1], Word("BTW", last, 0.9)))
    short = [Line(row.words[:-1]) for row in rows[1:-1]]
    text = PageText((Block((invented, *short, rows[-1])),))
    assert count_unread_cells(attempt(text, letters(whole)))[0] == len(rows) - 1


def test_rows_are_lines_of_the_reading_text_without_empty_lines() -> None:
    page = [*WAREHOUSES, "", "The keeper of the northern stores has signed this list."]
    laid = assign_roles(across(page), PAGE)
    roles = [line.role for line in laid.lines()]
    rows = len([line for line in WAREHOUSES if line]) - 1
    assert roles == [Role.HEADING, *[Role.TABLE_ROW] * rows, Role.PARAGRAPH]
    paragraphs = clean(laid.raw_text, roles).text.split("\n\n")
    assert [text.count("\n") for text in paragraphs] == [0, rows - 1, 0]


def test_numbered_points_stay_points() -> None:
    points = [f"{n}.  The keeper shall count the sacks of the store" for n in range(1, 6)]
    roles = [line.role for line in assign_roles(across(points), PAGE).lines()]
    assert Role.TABLE_ROW not in roles


def test_alto_and_tei_have_a_table(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    (read,) = pages(["\n".join(" ".join(line.split()) for line in WAREHOUSES if line)])
    text = assign_roles(set_lists_apart(across(WAREHOUSES)), PAGE)
    roles = tuple(line.role for line in text.lines())
    sample = record(admitted_scan(scan, 1), [read.reading.text.raw_text])
    page = sample.pages[0].model_copy(update={"line_roles": roles})
    sample = sample.model_copy(update={"pages": (page,)})
    rows = [cells_of(line) for line in text.lines() if line.role is Role.TABLE_ROW]
    alto = to_alto(sample, page, text, ())
    assert b'TYPE="table"' in alto
    assert alto.count(b"<SP HPOS") == sum(len(row) - 1 for row in rows)
    assert read_page_text(alto) == text
    source = ExportSource(sample, (placed_lines(text, page),), "https://archive.example.org")
    tei = to_tei(source).decode()
    assert tei.count("<row") == len(rows)
    assert tei.count("<cell>") == sum(map(len, rows))
    assert "<cell>Customs hall</cell>" in tei


def typed(drawn: list[str]) -> Grey:
    """Return an image of a page, each letter at a multiple of one pitch."""
    page = np.full((46 * len(drawn) + 160, 26 * max(map(len, drawn)) + 160), 235, np.uint8)
    for row, line in enumerate(drawn):
        for column, mark in enumerate(line):
            place = (80 + 26 * column, 100 + 46 * row)
            cv2.putText(page, mark, place, cv2.FONT_HERSHEY_COMPLEX, 0.9, (50,), 2, cv2.LINE_AA)
    return page


@pytest.mark.tesseract
def test_tesseract_reads_a_list_in_rows() -> None:
    reading = read_image(typed(WAREHOUSES), Tesseract(("eng",), timeout=PATIENCE))
    read = [line.text.split() for line in reading.text.lines()]
    for row in WAREHOUSES[3:]:
        _, *cells, _ = row.split()  # a lone digit may be misread
        assert any(set(cells) <= set(words) for words in read), (row, read)
    assert read[0] == WAREHOUSES[0].split()


@pytest.mark.tesseract
def test_the_order_of_running_text_stays_as_tesseract_has_it() -> None:
    page = next(case["page"] for case in CASES if "two columns of running" in case["label"])
    reading = read_image(typed(page), Tesseract(("eng",), timeout=PATIENCE))
    assert "keep-rows" not in {step.name for step in reading.steps}
    assert not reading.detail


def test_a_heading_that_is_torn_with_its_list_is_mended(tmp_path: Path) -> None:
    torn = in_columns([line.replace(" OF ", "         OF ") for line in WAREHOUSES])
    result, _ = keep_list(torn, across(WAREHOUSES), tmp_path)
    assert [line.text for line in result.attempt.text.lines()] == [
        " ".join(line.split()) for line in WAREHOUSES if line
    ]
