"""Page numbers between dashes are found by their shape and read by themselves; nothing else is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import settings as law
from hypothesis import strategies as st
from numpy.random import default_rng

from pipeline.imaging.pixels import Grey
from pipeline.layout.page import assign_roles
from pipeline.ocr.attempt import Attempt, view_of
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.evidence import weigh_evidence
from pipeline.ocr.page_number import find_page_number, read_page_number
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.preprocess import PreparedImage, prepare_image
from pipeline.ocr.tesseract import Tesseract
from pipeline.text import Block, Box, Line, PageText, Role, Word
from tests.test_page_reader import CannedEngine
from tests.test_sheet import as_grey, grain
from tests.workspace import PATIENCE

HIGH, WIDE = 1600, 1200
LETTER = 22  #: pixels, the height of figures
LINES = (
    "The delegation arrived in the evening",
    "and was received by the members of the",
    "committee, who handed over the letter",
    "and asked that the answer be sent soon.",
)


def typed(*marks: tuple[str, int, int], lines: tuple[str, ...] = LINES) -> Grey:
    """Return a sheet of typing, with each mark (text, left, foot) in pixels."""
    page = as_grey(225 + 3 * grain(HIGH, WIDE, 1, 1))
    written = [(line, 150, 420 + 60 * row) for row, line in enumerate(lines * 3)]
    for text, left, foot in (*written, *marks):
        cv2.putText(page, text, (left, foot), cv2.FONT_HERSHEY_SIMPLEX, 1, 40, 2, cv2.LINE_AA)
    return page


#: marks, and the box of the number: left and right in pixels, or None for no page number
SHAPES: dict[str, tuple[list[tuple[str, int, int]], tuple[int, int] | None]] = {
    "with spaces": ([("-  2  -", 560, 200)], (561, 632)),
    "without spaces": ([("-7-", 560, 200)], (561, 603)),
    "two figures": ([("-  14  -", 560, 200)], (561, 650)),
    "three figures": ([("-  128  -", 560, 200)], (561, 668)),
    "at the foot": ([("-  3  -", 560, 1560)], (561, 632)),
    "beside a stamp far away": ([("-  3  -", 500, 200), ("0110", 1000, 200)], (501, 572)),
    "nothing": ([], None),
    "a number alone": ([("2", 560, 200)], None),
    "one dash": ([("2 -", 560, 200)], None),
    "a date": ([("-4-1949", 560, 200)], None),
    "a long number": ([("-  1949  -", 560, 200)], None),
    "in a line of words": ([("nos. - 2 - of them", 400, 200)], None),
    "in the text": ([("-  2  -", 560, 900)], None),
    "two of them": ([("- 2 -", 300, 120), ("- 3 -", 800, 120)], None),
    "dashes alone": ([("- - -", 560, 200)], None),
}


@pytest.mark.parametrize("case", SHAPES)
def test_a_page_number_is_found_by_its_shape(case: str) -> None:
    marks, place = SHAPES[case]
    lines = LINES if case != "in the text" else LINES[:1]
    found = find_page_number(typed(*marks, lines=lines), LETTER)
    if place is None:
        assert found is None
    else:
        assert found is not None
        assert found.box.x == pytest.approx(place[0], abs=12)
        assert found.box.right == pytest.approx(place[1], abs=12)
        assert found.dash.right <= found.figures.x + 4
        assert found.figures.right <= found.end.x + 4


@example(0, 10, 15, 2.2250738585072014e-308)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90), st.floats(0, 60))
@law(max_examples=60)
def test_any_picture_has_one_inside_it_or_none(
    seed: int, width: int, height: int, letter: float
) -> None:
    page = default_rng(seed).integers(0, 256, (height, width), np.uint8)
    found = find_page_number(page, letter)
    if found is not None:
        assert found.box.right <= width
        assert found.box.bottom <= height


@dataclass(frozen=True)
class NumberEngine(CannedEngine):
    """Has read the crop before: one reading for each width of the gap, in order."""

    crops: tuple[str, ...] = ()
    seen: Callable[[], int] = lambda: 0

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        del image, options
        reading = self.crops[min(self.seen(), len(self.crops) - 1)]
        words = tuple(Word(part, Box(1, 1, 9, 9), 0.7) for part in reading.split())
        return PageText((Block((Line(words),)),) if words else ())


def counter() -> Callable[[], int]:
    numbers = iter(range(100))
    return lambda: next(numbers)


def attempt(page: Grey, text: PageText) -> Attempt:
    image: PreparedImage = prepare_image(page)
    view = view_of(image)
    options = RecognitionOptions(("eng",))
    evidence = weigh_evidence(text, view.line_components, options.languages)
    return Attempt(image, options, text, evidence)


def lines_of(text: PageText) -> list[str]:
    return [line.text for line in text.lines()]


BELOW = Block((Line((Word("Below", Box(100, 500, 90, 20), 0.9),)),))
READINGS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "at once": (("-2-",), ["- 2 -", "Below"]),
    "with spaces": (("- 2 -",), ["- 2 -", "Below"]),
    "dashes as other strokes": (("~2—",), ["- 2 -", "Below"]),
    "at the second try": (("e2s", "-2-"), ["- 2 -", "Below"]),
    "at the third": (("", "Ze", "=2="), ["- 2 -", "Below"]),
    "never": (("E22", "", "2"), ["Below"]),
}


@pytest.mark.parametrize("case", READINGS)
def test_it_is_read_by_itself_and_stands_above(tmp_path: Path, case: str) -> None:
    crops, expected = READINGS[case]
    before = attempt(typed(("-  2  -", 560, 200)), PageText((BELOW,)))
    engine = NumberEngine(PageText(), crops=crops, seen=counter())
    after = read_page_number(before, engine, tmp_path)
    assert lines_of(after.text) == expected
    steps = [step.name for step in after.image.steps]
    assert ("read-page-number" in steps) is (len(expected) == 2)
    assert after.text.blocks[-1] == BELOW


def test_what_was_read_in_its_place_goes_and_the_rest_stays(tmp_path: Path) -> None:
    page = typed(("-  2  -", 560, 200))
    box = find_page_number(prepare_image(page).pixels, LETTER)
    assert box is not None
    rubbish = Line((Word("с335-", box.box, 0.4),))
    beside = Line((Word("0110", Box(900, box.box.y, 60, 22), 0.9),))
    text = PageText((Block((rubbish, beside)), BELOW))
    engine = NumberEngine(PageText(), crops=("-2-",))
    after = read_page_number(attempt(page, text), engine, tmp_path).text
    assert sorted(lines_of(after)) == sorted(["- 2 -", "0110", "Below"])
    roles = {line.text: line.role for line in assign_roles(after, (WIDE, HIGH)).lines()}
    assert roles["- 2 -"] is Role.PAGE_NUMBER


def test_what_was_read_right_is_not_read_again(tmp_path: Path) -> None:
    page = typed(("-2-", 560, 200))
    marks = find_page_number(prepare_image(page).pixels, LETTER)
    assert marks is not None
    text = PageText((Block((Line((Word("-2—", marks.box, 0.8),)),)), BELOW))
    engine = NumberEngine(PageText(), crops=())  # it would fail
    assert lines_of(read_page_number(attempt(page, text), engine, tmp_path).text)[0] == "-2-"


@pytest.mark.tesseract
def test_the_engine_reads_a_page_with_its_number() -> None:
    reading = read_image(typed(("-  2  -", 560, 200)), Tesseract(("eng",), PATIENCE))
    assert "2" in next(iter(reading.text.lines())).text
