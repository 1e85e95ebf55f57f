"""Coloured marks are taken off the black writing that they cover, and nothing else is."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.random import default_rng
from PIL import Image

from pipeline.imaging.coloured_ink import Rgb, find_black_writing
from pipeline.imaging.page_image import extract_page_image, pgm_digest
from pipeline.imaging.pixels import to_grey
from pipeline.ocr.page_reader import read_page
from pipeline.ocr.tesseract import Tesseract
from pipeline.text_metrics import line_error
from tests.workspace import PATIENCE

LINES = (
    "The delegation arrived at the station",
    "in the evening and was received there",
    "by the members of the committee, who",
    "handed over the letter of the Central",
    "Committee and asked that the answer be",
    "sent without delay to the government.",
)
YELLOWED = (232, 222, 196)
VIOLET, RED, BLUE = (120, 70, 165), (205, 60, 50), (60, 80, 170)
Colour = tuple[int, int, int]


@cache
def paper(colour: Colour = YELLOWED) -> Rgb:
    grain = default_rng(3).normal(0, 3, (1300, 1700, 1))
    return np.clip(np.array(colour) + grain, 0, 255).astype(np.uint8)


def ink(page: Rgb, mask: "cv2.typing.MatLike", colour: Colour) -> Rgb:
    """Lay ink on a page: it passes on a share of the light of each colour."""
    cover = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 0.8)[..., None]
    shares = 1 - cover * (1 - np.array(colour) / 255)
    return np.clip(page * shares, 0, 255).astype(np.uint8)


def typed(page: Rgb, colour: Colour = (35, 35, 35), lines: tuple[str, ...] = LINES) -> Rgb:
    mask = np.zeros(page.shape[:2], np.uint8)
    for row, line in enumerate(lines):
        place = (180, 330 + 90 * row)
        cv2.putText(mask, line, place, cv2.FONT_HERSHEY_COMPLEX, 1.5, (1,), 3, cv2.LINE_AA)
    return ink(page, mask, colour)


def stamped(page: Rgb, colour: Colour, centre: tuple[int, int] = (700, 560)) -> Rgb:
    mask = np.zeros(page.shape[:2], np.uint8)
    cv2.ellipse(mask, centre, (330, 190), -12, 0, 360, (1,), 9)
    cv2.ellipse(mask, centre, (290, 150), -12, 0, 360, (1,), 5)
    for row, word in enumerate(("RECEIVED", "14 JAN 1949", "ARCHIVE")):
        place = (centre[0] - 190, centre[1] - 60 + 80 * row)
        cv2.putText(mask, word, place, cv2.FONT_HERSHEY_DUPLEX, 2.2, (1,), 7, cv2.LINE_AA)
    return ink(page, mask, colour)


def pencilled(page: Rgb, colour: Colour) -> Rgb:
    mask = np.zeros(page.shape[:2], np.uint8)
    for row in (1, 2, 4):
        height = 335 + 90 * row
        cv2.line(mask, (170, height), (1150, height + 12), (1,), 9)
    return ink(page, mask, colour)


MARKED: dict[str, Callable[[], Rgb]] = {
    "a violet stamp": lambda: stamped(typed(paper()), VIOLET),
    "a red stamp": lambda: stamped(typed(paper()), RED),
    "a blue stamp on white paper": lambda: stamped(typed(paper((250, 250, 250))), BLUE),
    "red pencil under the lines": lambda: pencilled(typed(paper()), RED),
}


@cache
def marked(name: str) -> Image.Image:
    return Image.fromarray(MARKED[name]())


def beside() -> Rgb:
    return stamped(typed(paper()), VIOLET, (700, 1080))


UNTOUCHED: dict[str, Callable[[], Image.Image]] = {
    "black on yellowed paper": lambda: Image.fromarray(typed(paper())),
    "in grey": lambda: Image.fromarray(stamped(typed(paper()), VIOLET)).convert("L"),
    "nothing": lambda: Image.fromarray(paper()),
    "typed in violet": lambda: Image.fromarray(typed(paper(), VIOLET)),
    "typed in violet, black stamp": lambda: Image.fromarray(
        stamped(typed(paper(), VIOLET), (40, 40, 40))
    ),
    "a stamp beside the text": lambda: Image.fromarray(beside()),
    "a red heading": lambda: Image.fromarray(
        typed(typed(paper(), RED, LINES[:1]), lines=("", *LINES[1:]))
    ),
    "one pixel": lambda: Image.new("RGB", (1, 1), RED),
    "all red": lambda: Image.new("RGB", (500, 700), RED),
}


@pytest.mark.parametrize("name", MARKED)
def test_marks_over_the_writing_are_taken_off(name: str) -> None:
    image = marked(name)
    found = find_black_writing(image)
    assert found is not None
    assert found.marks >= 1
    grey = np.asarray(to_grey(image))
    assert (found.pixels >= grey).all()
    black = np.asarray(to_grey(Image.fromarray(typed(paper())))) < 90
    lost = black & (found.pixels > 150)
    assert lost.sum() < 0.01 * black.sum()


@pytest.mark.parametrize("mode", ["RGBA", "CMYK", "P"])
def test_marks_are_taken_off_in_any_mode(mode: str) -> None:
    image = marked("a violet stamp")
    image = image.quantize(64) if mode == "P" else image.convert(mode)
    found = find_black_writing(image)
    assert found is not None
    assert (found.pixels >= np.asarray(to_grey(image))).all()


@pytest.mark.parametrize("name", UNTOUCHED)
def test_nothing_else_is_taken_off(name: str) -> None:
    assert find_black_writing(UNTOUCHED[name]()) is None


@pytest.mark.parametrize("quality", [30, 60, 90])
def test_the_fringes_of_a_jpeg_are_no_marks(quality: int, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    Image.fromarray(typed(paper())).save(path, quality=quality)
    assert find_black_writing(Image.open(path)) is None


@given(st.integers(0, 2**32 - 1), st.integers(3, 60), st.integers(3, 60))
@settings(max_examples=40)
def test_any_picture_is_only_lightened(seed: int, width: int, height: int) -> None:
    image = Image.fromarray(default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))
    found = find_black_writing(image)
    assert found is None or (found.pixels >= np.asarray(to_grey(image))).all()


@pytest.mark.tesseract
@pytest.mark.parametrize("name", MARKED)
@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_a_page_is_read_as_if_there_were_no_marks(name: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"scan.{suffix}"
    marked(name).save(path, resolution=200, dpi=(200, 200))
    media_type = {"png": "image/png", "pdf": "application/pdf"}[suffix]
    page = extract_page_image(path, media_type, 1, 300, 10**8)
    assert page.image.sha256 == pgm_digest(page.pixels)  # the page image keeps the marks
    assert page.pixels.mean() < page.writing.pixels.mean() if page.writing else False
    reading = read_page(page, Tesseract(("eng",), PATIENCE))
    assert (reading.steps[0].name == "remove-coloured-marks") == ("stamp" in name)
    assert line_error("\n".join(LINES), reading.text.raw_text) <= 0.01
