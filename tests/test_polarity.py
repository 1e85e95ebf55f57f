"""A page or a frame in negative is made positive before anything else; no other page is touched."""

from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.imaging.pixels import Grey
from pipeline.model import PageState
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.polarity import make_positive
from pipeline.ocr.preprocess import prepare_image
from pipeline.ocr.tesseract import Tesseract
from pipeline.text_metrics import cer
from tests.test_sheet import (
    FULL_PAGES,
    GROUNDS,
    HEIGHT,
    LINES,
    WIDTH,
    as_grey,
    grain,
    lay,
    side_by_side,
    typed,
)
from tests.workspace import PATIENCE


def negative_of(page: Grey) -> Grey:
    return np.asarray(255 - page, dtype=np.uint8)


def framed(frame: Grey, border: int, grey: int = 245) -> Grey:
    return np.pad(frame, border, constant_values=grey)


def worn_negative() -> Grey:
    """Unevenly lit, with the grain of film."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = 1 - 0.5 * (x**2 + y**2) / 2
    return as_grey(negative_of(typed()) * light + 9 * grain(HEIGHT, WIDTH, 1, 1))


NEGATIVES: dict[str, Callable[[], Grey]] = {
    "white on black": lambda: negative_of(typed(245, 10)),
    "light grey on dark grey": lambda: negative_of(typed(205, 90)),
    "a pale negative": lambda: negative_of(typed(115, 30)),
    "grain and a vignette": worn_negative,
    "black and white": lambda: np.where(typed() < 130, 255, 0).astype(np.uint8),
    "sideways": lambda: np.rot90(negative_of(typed())).copy(),
    "two lines": lambda: negative_of(typed(blocks=1))[:170],
}


@pytest.mark.parametrize("page", NEGATIVES.values(), ids=NEGATIVES)
def test_a_page_in_negative_is_inverted(page: Callable[[], Grey]) -> None:
    positive = make_positive(page())
    assert positive is not None
    assert np.array_equal(positive.pixels, 255 - page())
    assert (positive.step.name, dict(positive.step.settings)) == ("invert", {})


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 120), st.integers(60, 130), st.integers(9, 200), st.integers(215, 255))
def test_a_frame_in_negative_is_as_its_positive(
    ground: int, contrast: int, border: int, white: int
) -> None:
    page = typed(255 - ground, 255 - ground - contrast)
    positive = make_positive(framed(negative_of(page), border, white))
    assert positive is not None
    frame = positive.pixels[border:-border, border:-border]
    inner = slice(10, -10), slice(10, -10)
    assert np.abs(frame[inner].astype(int) - page[inner]).max() <= 12  # grain lighter than paper
    assert positive.pixels.min() >= page.min()  # no line along its edge
    assert positive.pixels[0, 0] <= np.median(page)  # no lighter border


@pytest.mark.parametrize("border", [0, 137])
def test_dense_white_lines_are_no_paper(border: int) -> None:
    page = np.full((HEIGHT, WIDTH), 10, np.uint8)
    for row in range(40, HEIGHT - 30, 15):
        cv2.putText(page, LINES[row % 6], (60, row), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 250, 1)
    positive = make_positive(framed(page, border))
    assert positive is not None
    frame = positive.pixels[border : border + HEIGHT, border : border + WIDTH]
    assert np.mean(frame < 100) == pytest.approx(np.mean(page > 155), rel=0.02)


def test_provenance_says_where_the_frame_lies() -> None:
    positive = make_positive(framed(negative_of(typed()), 120))
    assert positive is not None
    assert positive.is_frame
    sides = {side: int(pixels) for side, pixels in positive.step.settings.items()}
    assert sides == pytest.approx({"x": 120, "y": 120, "width": WIDTH, "height": HEIGHT}, abs=4)


def test_what_is_typed_beside_a_frame_stays_as_it_is() -> None:
    page = framed(negative_of(typed()), 150)
    cv2.putText(page, "Film 12, frame 330", (200, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2)
    positive = make_positive(page)
    assert positive is not None
    above = slice(0, 120)
    assert np.array_equal(positive.pixels[above] < 100, page[above] < 100)
    assert "cut-out-sheet" not in [step.name for step in prepare_image(page).steps]


@pytest.mark.parametrize("degrees", [1.5, -3.0])
def test_a_frame_that_lies_askew_is_inverted_without_its_border(degrees: float) -> None:
    size = WIDTH + 200, HEIGHT + 200
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    turn[:, 2] += 100, 100
    picture = cv2.warpAffine(negative_of(typed()), turn, size, borderValue=(245,))
    positive = make_positive(np.asarray(picture, dtype=np.uint8))
    assert positive is not None
    expected = cv2.warpAffine(typed(), turn, size, borderValue=(205,))
    assert np.abs(positive.pixels.astype(int) - expected).mean() < 1
    assert positive.pixels.min() >= 50


@pytest.mark.parametrize("is_left", [True, False], ids=["left", "right"])
def test_of_a_positive_beside_a_negative_only_the_negative_is_inverted(is_left: bool) -> None:
    halves = (negative_of(typed()), typed())
    positive = make_positive(np.hstack(halves if is_left else halves[::-1]))
    assert positive is not None
    assert np.count_nonzero(positive.pixels < 130) == pytest.approx(
        2 * np.count_nonzero(typed() < 130), rel=0.02
    )


def test_a_black_page_without_writing_costs_no_recognition() -> None:
    dark = as_grey(18 + 3 * grain(HEIGHT, WIDTH, 2, 2))
    cv2.circle(dark, (400, 500), 60, 160, -1)
    prepared = prepare_image(dark)
    assert prepared.steps[0].name == "invert"
    assert prepared.is_blank


def redacted(boxes: int, height: int) -> Grey:
    page = typed()
    for box in range(boxes):
        page[100 + 180 * box : 100 + 180 * box + height, 200:700] = 5
    return page


def with_large_photograph() -> Grey:
    page = typed()
    page[380:1230, 40:860] = as_grey(50 + 35 * grain(850, 820, 30, 30))
    return page


def with_light_letters_on_a_band() -> Grey:
    page = typed()
    page[110:175] = 255 - page[110:175]
    return page


def on_ground(name: str) -> Grey:
    return lay(typed(), name, 2.0)[0]


POSITIVES: dict[str, Callable[[], Grey]] = {
    **{name: page for name, page in FULL_PAGES.items() if name != "a negative"},
    **{f"a sheet on {name}": partial(on_ground, name) for name in GROUNDS},
    "a narrow sheet before black": lambda: framed(typed()[:, :300], 400, 8),
    "two leaves before black": lambda: side_by_side(typed(), typed()),
    "black boxes over words": lambda: redacted(5, 40),
    "black boxes over most of the page": lambda: redacted(6, 165),
    "a dark photograph over most of the page": with_large_photograph,
    "light letters on a dark band": with_light_letters_on_a_band,
    "a carbon copy before black": lambda: framed(typed(95, 50), 150, 5),
    "a sliver": lambda: typed()[:, :3],
}


@pytest.mark.parametrize("page", POSITIVES.values(), ids=POSITIVES)
def test_a_positive_is_left_as_it_is(page: Callable[[], Grey]) -> None:
    assert make_positive(page()) is None


@pytest.mark.tesseract
def test_a_negative_is_read_as_well_as_its_positive_and_as_often() -> None:
    enlarged = np.asarray(cv2.resize(typed(), None, fx=2, fy=2), dtype=np.uint8)
    engine = Tesseract(("eng",), PATIENCE)
    positive = read_image(enlarged, engine)
    negative = read_image(framed(negative_of(enlarged), 200), engine)
    assert negative.state is PageState.OK
    assert cer("\n".join(LINES * 3), negative.text.raw_text) < 0.03
    assert negative.readings <= positive.readings + 1
