"""Covers and title pages: few letters of any size are found, and read in the script they are in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import pytest

from pipeline.imaging.pixels import Grey
from pipeline.model import PageState
from pipeline.ocr.components import find_letter_components
from pipeline.ocr.engine import Orientation, RecognitionOptions
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.preprocess import prepare_image
from pipeline.ocr.tesseract import Tesseract
from pipeline.text import PageText
from tests.factories import text
from tests.test_page_reader import CannedEngine
from tests.test_sheet import as_grey, grain
from tests.workspace import PATIENCE

WIDTH, HEIGHT = 827, 1170  #: A4 at 100 dpi


@dataclass(frozen=True)
class BilingualEngine(CannedEngine):
    """Has read the page before, in each language."""

    readings: Mapping[str, PageText] = field(default_factory=dict)
    languages: tuple[str, ...] = ("rus", "eng")

    def find_orientation(self, image: Path) -> Orientation | None:
        return None

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        return self.readings[options.languages[0]]


def bilingual(russian: tuple[str, float], english: tuple[str, float]) -> BilingualEngine:
    readings = {"rus": text(*russian), "eng": text(*english)}
    return BilingualEngine(PageText(), readings=readings)


def sheet(scale: float = 1.0) -> Grey:
    height, width = round(HEIGHT * scale), round(WIDTH * scale)
    return as_grey(215 + 4 * grain(height, width, 1, 1))


def draw_capitals(*lines: tuple[str, int, int], scale: float = 1.0) -> Grey:
    """Return a sheet with lines of capitals: each line, its top and its height at 100 dpi."""
    page = sheet(scale)
    for line, top, height in lines:
        thickness = max(round(height * scale / 8), 1)
        size = (height * scale - thickness) / 21  # capitals are 21 high at size 1
        width = cv2.getTextSize(line, cv2.FONT_HERSHEY_DUPLEX, size, thickness)[0][0]
        place = (page.shape[1] - width) // 2, round((top + height) * scale)
        cv2.putText(page, line, place, cv2.FONT_HERSHEY_DUPLEX, size, 40, thickness, cv2.LINE_AA)
    return page


COVERS: dict[str, tuple[Callable[[], Grey], float]] = {
    "3 cm": (lambda: draw_capitals(("FILE", 200, 118)), 118),
    "3 cm at 200 dpi": (lambda: draw_capitals(("FILE", 200, 118), scale=2), 236),
    "3 cm at 400 dpi": (lambda: draw_capitals(("FILE", 200, 118), scale=4), 472),
    "2 cm": (lambda: draw_capitals(("REPORTS", 200, 79), ("1931", 400, 79)), 79),
    "a year": (lambda: draw_capitals(("1937", 300, 100), scale=2), 200),
    "1 cm": (lambda: draw_capitals(("RIVER PORT", 200, 39)), 39),
    "typed, one word": (lambda: draw_capitals(("Vol.4", 500, 10), scale=3), 30),
}


@pytest.mark.parametrize(
    ("page", "height"),
    [
        pytest.param(*cover, id=name, marks=[pytest.mark.slow] if "400 dpi" in name else [])
        for name, cover in COVERS.items()
    ],
)
def test_letters_of_any_size_are_brought_to_the_height_the_engine_likes(
    page: Callable[[], Grey], height: float
) -> None:
    prepared = prepare_image(page())
    assert not prepared.is_blank
    assert prepared.transform.scale == pytest.approx(19 / height, rel=0.25)


def test_small_print_beside_large_letters_decides_the_scale() -> None:
    small = [(f"HARBOUR OFFICE PAGE {n}", 700 + 40 * n, 14) for n in range(4)]
    prepared = prepare_image(draw_capitals(("FILE", 200, 118), *small, scale=2))
    assert prepared.transform.scale == pytest.approx(19 / 28, rel=0.25)


STAINS: dict[str, Callable[[], Grey]] = {
    "bare paper": sheet,
    "a large stain": lambda: stained([(400, 500, 90)]),
    "scattered stains": lambda: stained([(100, 200, 12), (600, 900, 14), (300, 1000, 9)]),
}


def stained(stains: list[tuple[int, int, int]]) -> Grey:
    page = sheet()
    for x, y, radius in stains:
        cv2.circle(page, (x, y), radius, 60, -1)
    return page


@pytest.mark.parametrize("page", STAINS.values(), ids=STAINS)
def test_stains_are_no_letters(page: Callable[[], Grey]) -> None:
    assert prepare_image(page()).is_blank


def test_a_page_of_typing_is_prepared_for_its_typing() -> None:
    page = draw_capitals(*((30 * "TYPED ", 40 + 40 * n, 12) for n in range(25)), scale=2)
    page[200:500, 200:500] = 20  # a black box, larger than any letter
    assert find_letter_components(page).typical_height == pytest.approx(22, abs=4)


TITLE = draw_capitals(("RIVER PORT", 200, 64), ("REPORTS", 400, 64))


@pytest.mark.parametrize(
    ("russian", "english", "expected"),
    [
        pytest.param(
            ("ВТУЕК РОВТ\nВЕРОВТ$", 0.9), ("RIVER PORT\nREPORTS", 0.96), "eng", id="look-alikes"
        ),
        pytest.param(("ДЕЛО\n№ 330", 0.95), ("AENO\nNe 330", 0.9), "rus", id="russian"),
        pytest.param(("ЕЩЕ Мо. 27", 0.8), ("FILE No. 27", 0.7), "eng", id="a word of both"),
        pytest.param(("ТОМ 12", 0.96), ("TOM 12", 0.95), "rus", id="the main language first"),
    ],
)
def test_a_title_is_read_in_the_script_in_which_it_makes_sense(
    russian: tuple[str, float], english: tuple[str, float], expected: str
) -> None:
    reading = read_image(TITLE, bilingual(russian, english))
    assert (reading.state, reading.languages) == (PageState.OK, (expected,))


def test_a_number_in_small_figures_is_a_leaf_number_and_no_text() -> None:
    reading = read_image(
        draw_capitals(("110", 60, 12), scale=3), bilingual(("110", 0.96), ("110", 0.96))
    )
    assert (reading.state, reading.detail) == (PageState.BLANK, "nothing but a number: 110")


def test_a_number_in_large_figures_is_a_title() -> None:
    reading = read_image(
        draw_capitals(("1937", 300, 100), scale=2), bilingual(("1937", 0.96), ("1937", 0.96))
    )
    assert (reading.state, reading.text.raw_text) == (PageState.OK, "1937")


@pytest.mark.tesseract
def test_a_cover_is_really_read() -> None:
    page = draw_capitals(("FILE", 200, 118), ("No. 27", 450, 100), scale=2)
    reading = read_image(page, Tesseract(("rus", "eng"), PATIENCE))
    assert reading.state is PageState.OK
    assert reading.text.raw_text.split() == ["FILE", "No.", "27"]
