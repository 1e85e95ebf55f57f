"""A sheet in a picture that shows more is found; where the sheet is all, nothing changes."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.model import PageReading, PageState, ProcessingStep
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.preprocess import prepare_image
from pipeline.ocr.sheet import find_sheet
from pipeline.ocr.tesseract import Tesseract
from pipeline.record.pages import draft_page
from pipeline.scan import ReadPage
from pipeline.text import Block, Box, Line, PageText, Role, Word
from pipeline.text_metrics import cer
from tests.factories import source
from tests.workspace import PATIENCE

WIDTH, HEIGHT = 900, 1270
LINES = (
    "The post office asks for birds of good weight and of a",
    "quiet temper. Two horses wait behind the customs house",
    "until the river is open, and the keeper of the bridge",
    "writes down what they carry: salt, lamp oil, nine bags",
    "of wheat. He was told that the railway would be closed",
    "from the first week of March, and he believes it.",
)
INK = 60


def grain(
    height: int, width: int, across: float, down: float, seed: int = 0
) -> NDArray[np.float32]:
    """Noise of unit deviation whose grains have this size in pixels."""
    size = int(height / down) + 2, int(width / across) + 2
    noise = np.random.default_rng(seed).standard_normal(size).astype(np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC))


def as_grey(values: NDArray[np.floating]) -> Grey:
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def typed(paper: int = 205, ink: int = INK, blocks: int = 3) -> Grey:
    """A page of small print on slightly uneven paper."""
    page = as_grey(paper + 1.5 * grain(HEIGHT, WIDTH, 2, 2))
    for block in range(blocks):
        for number, line in enumerate(LINES):
            place = (80, 120 + 24 * number + 200 * block)
            cv2.putText(page, line, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, 1, cv2.LINE_AA)
    return page


GROUNDS: dict[str, Callable[[int, int], NDArray[np.float32]]] = {
    "a table with a coarse grain": lambda h, w: 150 + 26 * grain(h, w, 3, 1.5),
    "wood": lambda h, w: 125 + 15 * grain(h, w, 200, 14) + 16 * grain(h, w, 90, 3),
    "wood across": lambda h, w: 125 + 15 * grain(h, w, 14, 200) + 16 * grain(h, w, 3, 90),
    "stone": lambda h, w: 160 + 22 * grain(h, w, 7, 7) + 12 * grain(h, w, 2, 2),
    "dark cloth": lambda h, w: 60 + 14 * grain(h, w, 2, 2),
    "an even desk": lambda h, w: 140 + 2 * grain(h, w, 2, 2),
    "a scanner's lid": lambda h, w: 12 + 5 * grain(h, w, 2, 2),
}


def lay(page: Grey, ground: str, degrees: float = 0.0) -> tuple[Grey, Box]:
    """Lay a page on a ground that is wider and higher; return the picture and the page's box."""
    height, width = HEIGHT + 240, WIDTH + 260
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    turn[:, 2] += 130, 120
    inside = cv2.warpAffine(np.ones((HEIGHT, WIDTH), np.float32), turn, (width, height))
    paper = cv2.warpAffine(
        page.astype(np.float32), turn, (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    picture = GROUNDS[ground](height, width) * (1 - inside) + paper * inside
    return as_grey(picture), Box(*cv2.boundingRect((inside > 0.5).astype(np.uint8)))


def assert_same_box(found: Box, expected: Box, tolerance: int = 12) -> None:
    sides = np.array([(b.x, b.y, b.right, b.bottom) for b in (found, expected)])
    assert np.abs(sides[0] - sides[1]).max() <= tolerance, (found, expected)


def dark_pixels(page: Grey) -> int:
    return int(np.count_nonzero(page < (INK + 205) // 2))


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("degrees", [0.0, 2.0, -3.0])
def test_the_sheet_is_found_whole_and_nothing_else_is_left(ground: str, degrees: float) -> None:
    picture, box = lay(typed(), ground, degrees)
    sheet = find_sheet(picture)
    assert sheet is not None
    assert_same_box(sheet.box, box)
    ink = dark_pixels(lay(typed(), "an even desk", degrees)[0])
    assert dark_pixels(sheet.cut_out(picture)) == pytest.approx(ink, rel=0.01)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.sampled_from(sorted(GROUNDS)), st.floats(-6, 6))
def test_no_letter_is_lost_however_the_sheet_lies(ground: str, degrees: float) -> None:
    picture, _ = lay(typed(), ground, degrees)
    sheet = find_sheet(picture)
    left = picture if sheet is None else sheet.cut_out(picture)
    assert dark_pixels(left) >= 0.99 * dark_pixels(lay(typed(), "an even desk", degrees)[0])


def test_a_table_that_is_larger_than_the_sheet_is_not_the_sheet() -> None:
    table = as_grey(GROUNDS["an even desk"](HEIGHT + 900, WIDTH + 1200))
    table[500 : 500 + HEIGHT, 700 : 700 + WIDTH] = typed()
    sheet = find_sheet(table)
    assert sheet is not None
    assert_same_box(sheet.box, Box(700, 500, WIDTH, HEIGHT))


def vignetted() -> Grey:
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    return as_grey(typed() * (1 - 0.4 * (x**2 + y**2)))


def with_photograph() -> Grey:
    page = typed()
    page[700:1100, 200:700] = as_grey(70 + 30 * grain(400, 500, 30, 30))
    return page


def with_ruled_table() -> Grey:
    page = typed()
    for row in range(60, 1200, 60):
        cv2.line(page, (40, row), (860, row), INK, 3)
    for column in (40, 400, 860):
        cv2.line(page, (column, 60), (column, 1140), INK, 3)
    return page


def cropped_in_the_text() -> Grey:
    """Heavy type that all four sides of the picture cut."""
    page = np.full((HEIGHT, WIDTH), 215, np.uint8)
    for row in range(10, HEIGHT + 20, 26):
        text = " ".join(LINES)
        cv2.putText(page, text, (-30, row), cv2.FONT_HERSHEY_SIMPLEX, 0.55, INK, 2, cv2.LINE_AA)
    return page


FULL_PAGES: dict[str, Callable[[], Grey]] = {
    "a plain page": typed,
    "a dark carbon copy": lambda: typed(95, 50),
    "faint type": lambda: typed(205, 180),
    "a shadow towards the edges": vignetted,
    "a dark photograph": with_photograph,
    "a ruled table": with_ruled_table,
    "a bilevel scan": lambda: np.where(typed() < 130, 0, 255).astype(np.uint8),
    "a negative": lambda: np.asarray(255 - typed(), np.uint8),
    "type cut by all four sides": cropped_in_the_text,
    "bare paper": lambda: typed(blocks=0),
    "nothing but a table": lambda: as_grey(GROUNDS["stone"](HEIGHT, WIDTH)),
    "a strip": lambda: typed()[:40],
    "one pixel": lambda: np.zeros((1, 1), np.uint8),
}


@pytest.mark.parametrize("page", FULL_PAGES.values(), ids=FULL_PAGES)
def test_a_sheet_that_fills_the_picture_is_left_alone(page: Callable[[], Grey]) -> None:
    assert find_sheet(page()) is None


def test_torn_edges_before_black_keep_every_letter() -> None:
    page, random = typed(), np.random.default_rng(3)
    torn = np.cumsum(random.integers(-4, 5, HEIGHT)).clip(-30, 30) + 40
    for row, edge in enumerate(torn):
        page[row, :edge] = 15
    picture, _ = lay(page, "a scanner's lid")
    sheet = find_sheet(picture)
    assert sheet is not None
    assert dark_pixels(sheet.cut_out(picture)) >= 0.99 * dark_pixels(typed())
    assert np.median(sheet.cut_out(picture)[200:1000, : sheet.margin + 15]) > 180


def test_a_bilevel_page_stays_bilevel() -> None:
    page = np.where(np.pad(typed(), ((0, 0), (200, 0))) < 130, 0, 255).astype(np.uint8)
    sheet = find_sheet(page)
    assert sheet is not None
    assert set(np.unique(sheet.cut_out(page))) == {0, 255}


def test_a_narrow_border_that_leaves_no_marks_changes_nothing() -> None:
    page = typed()
    page[:, :40] = 30
    assert find_sheet(page) is None


def side_by_side(left: Grey, right: Grey) -> Grey:
    table = as_grey(60 + 8 * grain(HEIGHT + 100, left.shape[1] + right.shape[1] + 100, 2, 2))
    table[50 : 50 + HEIGHT, : left.shape[1]] = left
    table[50 : 50 + HEIGHT, left.shape[1] + 60 : left.shape[1] + 60 + right.shape[1]] = right
    return table


def test_two_leaves_with_text_are_both_kept() -> None:
    sheet = find_sheet(side_by_side(typed(), typed(blocks=2)))
    assert sheet is not None
    assert_same_box(sheet.box, Box(0, 50, 2 * WIDTH + 60, HEIGHT))


@pytest.mark.parametrize(
    "facing", [typed()[:, 400:650], typed(blocks=0)[:, :300]], ids=["cut lines", "bare paper"]
)
def test_the_edge_of_a_facing_page_is_not_read(facing: Grey) -> None:
    sheet = find_sheet(side_by_side(facing, typed()))
    assert sheet is not None
    assert_same_box(sheet.box, Box(facing.shape[1] + 60, 50, WIDTH, HEIGHT))


def test_a_slip_with_a_few_words_is_kept() -> None:
    slip = as_grey(190 + 1.5 * grain(HEIGHT, 300, 2, 2))
    cv2.putText(slip, "Copy No. 7", (60, 600), cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    sheet = find_sheet(side_by_side(slip, typed()))
    assert sheet is not None
    assert sheet.box.x <= 60


def test_provenance_says_where_the_sheet_lies_and_boxes_stay_in_pixels_of_the_page() -> None:
    picture, box = lay(typed(), "wood", 2.0)
    prepared = prepare_image(picture)
    step = prepared.steps[0]
    assert step.name == "cut-out-sheet"
    settings_ = {key: int(value) for key, value in step.settings.items()}
    assert_same_box(Box(**settings_), box)
    middle = Box(prepared.pixels.shape[1] // 2, prepared.pixels.shape[0] // 2, 1, 1)
    there = prepared.to_page(middle, picture.shape[1], picture.shape[0])
    assert abs(there.x - (box.x + box.width / 2)) < 12
    assert abs(there.y - (box.y + box.height / 2)) < 12


def test_a_sheet_that_lies_sideways_is_cut_out_and_turned() -> None:
    picture = np.rot90(lay(typed(), "stone")[0]).copy()
    names = [step.name for step in prepare_image(picture).steps]
    assert names[:2] == ["cut-out-sheet", "turn"]


@pytest.mark.parametrize(("turn", "place"), [("", (430, 110)), ("90", (305, 360))])
def test_a_leaf_number_is_looked_for_in_the_corner_of_the_sheet(
    turn: str, place: tuple[int, int]
) -> None:
    cut = {"x": "300", "y": "100", "width": "200", "height": "300"}
    steps = [ProcessingStep("cut-out-sheet", cut)]
    steps += [ProcessingStep("turn", {"degrees": turn})] if turn else []
    size = (12, 30) if turn else (30, 12)
    number = Line((Word("0110", Box(*place, *size), 0.9),))
    body = Line((Word("Protokoll", Box(380, 250, *size), 0.9),))
    text = PageText((Block((number,)), Block((body,))))
    read = ReadPage(1, source(1), PageReading(PageState.OK, text, tuple(steps)))
    assert draft_page(read, "110").furniture.roles[0] is Role.LEAF_NUMBER


@pytest.mark.tesseract
def test_nothing_is_read_from_the_table() -> None:
    picture, box = lay(typed(), "a table with a coarse grain", 1.5)
    reading = read_image(
        np.asarray(cv2.resize(picture, None, fx=2, fy=2)), Tesseract(("eng",), PATIENCE)
    )
    assert reading.state is PageState.OK
    truth = "\n".join(LINES * 3)
    assert cer(truth, reading.text.raw_text) < 0.05
    for word in reading.text.words():
        assert 2 * box.x <= word.box.x
        assert word.box.right <= 2 * box.right
