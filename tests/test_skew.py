"""Points and boxes of a page that is turned, scaled or straightened, and the way back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.components import LetterComponents
from pipeline.ocr.skew import is_sideways, skew_angle
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box

WIDTH, HEIGHT = 1600, 2200
BOXES = st.builds(
    Box, st.integers(0, 1500), st.integers(0, 2100), st.integers(1, 99), st.integers(1, 99)
)


def sloped(degrees: float) -> AffineTransform:
    radians = math.radians(degrees)
    cosine, sine = math.cos(radians), math.sin(radians)
    return AffineTransform(cosine, -sine, 0, sine, cosine, 0)


WAYS = st.one_of(
    st.builds(AffineTransform.from_scale, st.floats(0.2, 3), st.floats(0.2, 3)),
    st.builds(
        AffineTransform.from_quarter_turns, st.integers(0, 3), st.just(WIDTH), st.just(HEIGHT)
    ),
    st.builds(sloped, st.floats(-8, 8)),
)


def page(degrees: float = 0.0, lines: int = 30) -> LetterComponents:
    """Letters in level lines of unequal length, then turned clockwise about the origin."""
    random = np.random.default_rng(1)
    x = np.concatenate([np.arange(100, 100 + 17 * random.integers(20, 70), 17.0)] * lines)
    y = np.repeat(60.0 * np.arange(2, lines + 2), len(x) // lines) + random.normal(0, 1, len(x))
    return LetterComponents(x, y, np.full(len(x), 19.0), 40).apply_transform(sloped(degrees))


@given(WAYS, WAYS, st.floats(0, WIDTH), st.floats(0, HEIGHT))
def test_the_inverse_of_a_transform_maps_a_point_back(
    one: AffineTransform, two: AffineTransform, x: float, y: float
) -> None:
    way = one.then(two)
    assert way.inverse().map_point(*way.map_point(x, y)) == pytest.approx((x, y), abs=1e-6)
    assert way.map_point(x, y) == pytest.approx(two.map_point(*one.map_point(x, y)), abs=1e-6)


@given(BOXES, st.integers(1, 3))
def test_four_quarter_turns_bring_every_box_back_to_the_pixel(box: Box, quarters: int) -> None:
    turned = AffineTransform.from_quarter_turns(quarters, WIDTH, HEIGHT)
    size = (WIDTH, HEIGHT) if quarters == 2 else (HEIGHT, WIDTH)
    there = turned.map_box(box, *size)
    assert turned.inverse().map_box(there, WIDTH, HEIGHT) == box
    assert there.width * there.height == box.width * box.height


@given(BOXES, WAYS)
def test_a_box_mapped_there_and_back_contains_the_original_box(
    box: Box, way: AffineTransform
) -> None:
    there = way.map_box(Box(box.x, box.y, box.width, box.height), 10**6, 10**6)
    corners = [way.map_point(x, y) for x in (box.x, box.right) for y in (box.y, box.bottom)]
    if all(x >= 0 and y >= 0 for x, y in corners):
        back = way.inverse().map_box(there, WIDTH, HEIGHT)
        assert back.x <= box.x
        assert back.y <= box.y
        assert back.right >= min(box.right, WIDTH)
        assert back.bottom >= min(box.bottom, HEIGHT)


@pytest.mark.parametrize("degrees", [-7.8, -5, -1.2, 0.7, 2.5, 5, 7.5])
def test_the_slope_of_lines_is_found_to_a_fifth_of_a_degree(degrees: float) -> None:
    assert skew_angle(page(degrees)) == pytest.approx(degrees, abs=0.2)


@pytest.mark.parametrize("degrees", [-0.3, 0, 0.3])
def test_lines_that_hardly_slope_are_left_alone(degrees: float) -> None:
    assert skew_angle(page(degrees)) == 0


def test_lines_that_run_up_the_page_are_detected() -> None:
    assert not is_sideways(page())
    assert is_sideways(page().apply_transform(AffineTransform.from_quarter_turns(1, WIDTH, HEIGHT)))
    assert is_sideways(page().apply_transform(AffineTransform.from_quarter_turns(3, WIDTH, HEIGHT)))


def test_a_few_marks_have_no_angle_and_are_not_sideways() -> None:
    few = page(5, lines=1)
    few = LetterComponents(few.x[:30], few.y[:30], few.height[:30], 40)
    assert (skew_angle(few), is_sideways(few)) == (0, False)
