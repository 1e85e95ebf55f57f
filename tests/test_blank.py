"""On a page without text no text is invented; made of the letter's own images, really read."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.random import default_rng

from pipeline.imaging.page_image import extract_page_image
from pipeline.imaging.pixels import Grey
from pipeline.model import PageState
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.tesseract import Tesseract
from tests.workspace import LETTER, PATIENCE

pytestmark = pytest.mark.tesseract
STAMPED = slice(0, 430)  #: rows of the first leaf: registry stamp and leaf number, no typing


@cache
def leaf(number: int) -> Grey:
    return extract_page_image(LETTER, "application/pdf", number, 300, 10**9)[0]


def paper(seed: int = 1) -> "np.ndarray[tuple[int, int], np.dtype[np.float32]]":
    lumps = default_rng(seed).normal(212, 7, (12, 9)).astype(np.float32)
    return cv2.resize(lumps, (2480, 3508), interpolation=cv2.INTER_CUBIC)  # type: ignore[return-value]


def scanned(sheet: "np.ndarray[tuple[int, int], np.dtype[np.float32]]") -> Grey:
    grain = default_rng(2).normal(0, 2, sheet.shape)
    return np.clip(sheet + grain, 0, 255).astype(np.uint8)


def bare() -> Grey:
    return scanned(paper())


def bordered() -> Grey:
    sheet = paper()
    sheet[:, :50], sheet[:60] = 20, 30
    return scanned(sheet)


def stamped() -> Grey:
    sheet = paper()
    sheet[STAMPED] = leaf(1)[STAMPED]
    return scanned(sheet)


def numbered() -> Grey:
    sheet = paper()
    sheet[STAMPED, 2000:] = leaf(1)[STAMPED, 2000:]
    return scanned(sheet)


def shown_through(strength: float, blur: float) -> Grey:
    behind = cv2.GaussianBlur(leaf(2)[:, ::-1].astype(np.float32), (0, 0), blur)
    behind[1500:] = 215  # twelve lines are enough
    return scanned(paper() - strength * np.clip(215 - behind, 0, 255))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        pytest.param(bare, "nothing on the page looks like text", id="bare paper"),
        pytest.param(bordered, "nothing on the page looks like text", id="a scanner's border"),
        pytest.param(stamped, "nothing but a stamp: ", id="a registry stamp"),
        pytest.param(numbered, "", id="a leaf number alone"),
        pytest.param(lambda: shown_through(0.2, 5), "no text", id="faint show-through"),
        pytest.param(lambda: shown_through(0.5, 3), "no text", id="strong show-through"),
    ],
)
def test_a_page_without_text_is_blank_and_says_why(page: object, reason: str) -> None:
    assert callable(page)
    reading = read_image(page(), Tesseract(("rus", "eng"), PATIENCE))
    assert (reading.state, list(reading.text.words())) == (PageState.BLANK, [])
    assert reason in reading.detail


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 3)])
def test_a_sliver_of_a_page_is_blank(shape: tuple[int, int]) -> None:
    reading = read_image(np.full(shape, 200, np.uint8), Tesseract(("rus", "eng"), PATIENCE))
    assert reading.state is PageState.BLANK


def test_a_stamp_beside_typing_takes_nothing_away() -> None:
    reading = read_image(leaf(1), Tesseract(("rus",), PATIENCE))
    assert reading.state is PageState.OK
    assert len(list(reading.text.words())) > 190
