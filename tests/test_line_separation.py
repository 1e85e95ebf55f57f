"""Lines of a page drawn apart, and the way back."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.imaging.pixels import Grey
from pipeline.ocr.evidence import LineComponents
from pipeline.ocr.line_separation import SeparatedLines, separate_lines
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.tesseract import Tesseract
from pipeline.text import Box
from pipeline.text_metrics import line_error
from tests.workspace import PATIENCE

TYPICAL = 20
WIDTH = 400
GAP = 12


def letters(pitch: int, rows: int, seed: int = 0) -> list[Box]:
    """Letters of unequal height; of neighbouring rows some reach past each other."""
    random = np.random.default_rng(seed)
    return [
        Box(x, 60 + pitch * row - rise, 9, TYPICAL + rise + fall)
        for row in range(rows)
        for column, x in enumerate(range(20, WIDTH - 30, 16))
        for rise, fall in [((6, 0), (0, 6))[column % 2] if random.random() < 0.3 else (0, 0)]
    ]


def drawn(boxes: list[Box]) -> Grey:
    page = np.full((boxes[-1].bottom + 60, WIDTH), 255, np.uint8)
    for box in boxes:
        cv2.rectangle(page, (box.x, box.y), (box.right - 1, box.bottom - 1), 0, -1)
    return page


def marks(boxes: list[Box]) -> LineComponents:
    middles = [(box.x + box.width / 2, box.y + box.height / 2) for box in boxes]
    return LineComponents(*np.array(middles, dtype=float).T)


def apart(pitch: int, rows: int, seed: int = 0) -> tuple[Grey, SeparatedLines]:
    boxes = letters(pitch, rows, seed)
    page = drawn(boxes)
    return page, separate_lines(page, marks(boxes), TYPICAL)


def moved(result: SeparatedLines, box: Box) -> Box:
    """Where a letter went that no seam cuts."""
    passed = (result.seams[:, box.x + box.width // 2] <= box.y + box.height // 2).sum()
    return Box(box.x, box.y + GAP * int(passed), box.width, box.height)


@given(st.integers(27, 45), st.integers(2, 12), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_every_letter_of_a_spread_page_comes_back_to_its_own_pixels(
    pitch: int, rows: int, seed: int
) -> None:
    page, result = apart(pitch, rows, seed)
    assert len(result.seams) == rows - 1
    for box in letters(pitch, rows, seed):
        there = moved(result, box)
        ink = result.pixels[there.y : there.bottom, there.x : there.right]
        assert not ink.any(), "a seam runs through a letter that it could go round"
        assert result.map_back(there) == box
    assert (result.pixels == 0).sum() == (page == 0).sum()


def test_a_box_over_several_lines_comes_back_as_high_as_it_was() -> None:
    _, result = apart(30, 6)
    box = Box(20, 60, 40, 30 * 3 + TYPICAL)
    there = Box(box.x, box.y, box.width, box.height + GAP * 3)
    assert result.map_back(there) == box


def strips(page: Grey) -> int:
    """How many strips of ink white rows divide the page into."""
    inked = (page < 255).any(axis=1)
    return int((np.diff(inked.astype(int)) == 1).sum())


def test_between_lines_that_reached_past_each_other_runs_a_white_strip() -> None:
    page, result = apart(27, 8, seed=3)
    assert strips(page) < 8, "the page was not tight"
    assert strips(result.pixels) == 8


def test_lines_far_from_each_other_are_left_alone() -> None:
    page, result = apart(60, 6)
    assert not len(result.seams)
    assert (result.pixels == page).all()


def test_a_page_without_lines_is_left_alone() -> None:
    page = np.full((50, 40), 255, np.uint8)
    assert separate_lines(page, LineComponents(np.zeros(0), np.zeros(0)), 0.0).pixels is page


LINES = (
    "The Government has agreed to receive",
    "the representative of the committee in",
    "January and asks that the place of the",
    "meeting should be kept secret until the",
)


@pytest.mark.tesseract
def test_tight_lines_that_the_engine_loses_are_read_where_they_stand() -> None:
    pitch, rows = 34, 40
    page = np.full((300 + pitch * rows, 1500), 230, np.uint8)
    for row in range(rows):
        place = (120, 150 + pitch * row)
        cv2.putText(page, LINES[row % 4], place, cv2.FONT_HERSHEY_COMPLEX, 1.5, (40,), 4)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), 2), np.uint8)
    typed = "\n".join(LINES[row % 4] for row in range(rows))
    once = read_image(page, Tesseract(("eng",), PATIENCE), Recipe.GENERAL)
    reading = read_image(page, Tesseract(("eng",), PATIENCE))
    assert line_error(typed, once.text.raw_text) > 0.3
    assert line_error(typed, reading.text.raw_text) < 0.05
    assert "spread-lines" in [step.name for step in reading.steps]
    middles = [line.box.y + line.box.height / 2 for line in reading.text.lines()]
    away = [min(abs(middle - (136 + pitch * row)) for middle in middles) for row in range(rows)]
    assert sum(one < pitch / 3 for one in away) > 0.9 * rows
