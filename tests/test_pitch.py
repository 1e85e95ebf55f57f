"""The pitch of letters distinguishes typewriting from print."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.components import LetterComponents
from pipeline.ocr.pitch import find_pitch

SHAPE = (1800, 1400)
HEIGHT = 19.0


def letters(pitch: float, spread: float, lines: int = 20, seed: int = 1) -> LetterComponents:
    """Components of lines; their distances vary by ``spread``, a share of the pitch."""
    random = np.random.default_rng(seed)
    count = int(1200 / pitch)
    steps = pitch * (1 + spread * random.uniform(-1, 1, (lines, count)))
    x = 60 + np.cumsum(steps, axis=1)
    shaken = x + random.normal(0, 0.06 * pitch, x.shape)  # letters are not centred in their cells
    y = 80 + 50 * np.arange(lines)[:, None] + random.normal(0, 1, x.shape)
    return LetterComponents(shaken.ravel(), y.ravel(), np.full(x.size, HEIGHT), 60)


@pytest.mark.slow
@given(pitch=st.floats(14, 26), seed=st.integers(0, 1000))
def test_letters_of_one_pitch_agree_on_it(pitch: float, seed: int) -> None:
    found = find_pitch(letters(pitch, 0, seed=seed), SHAPE)
    assert found.agreement > 0.8
    assert found.width == pytest.approx(pitch, rel=0.01)
    assert not found.is_print


@pytest.mark.slow
@given(pitch=st.floats(14, 26), seed=st.integers(0, 1000))
def test_letters_of_many_widths_are_print(pitch: float, seed: int) -> None:
    assert find_pitch(letters(pitch, 0.5, seed=seed), SHAPE).is_print


def test_a_page_with_few_long_lines_is_not_called_print() -> None:
    assert not find_pitch(letters(18, 0.5, lines=4), SHAPE).is_print
    nothing = LetterComponents(np.empty(0), np.empty(0), np.empty(0), 0)
    assert find_pitch(nothing, SHAPE).windows == 0


def test_a_line_that_drifts_is_typewriting_all_the_same() -> None:
    typed = letters(18, 0)
    drift = 8 * np.sin(typed.x / 200) + typed.y / 40
    waved = LetterComponents(typed.x + drift, typed.y, typed.height, 60)
    assert find_pitch(waved, SHAPE).agreement > 0.6
