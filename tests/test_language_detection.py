"""Which lines are read to find a page's language, and which language their words have."""

import numpy as np
import pytest

from pipeline.ocr.components import LetterComponents
from pipeline.ocr.evidence import Evidence, LineComponents, find_line_components, weigh_evidence
from pipeline.ocr.language_detection import fullest_band, guess_language, shortest_lines
from tests.factories import text

RUSSIAN = "товарищ просит передать что правительство согласно на встречу в январе"
ENGLISH = "the government has agreed to receive the representative in january as you asked"
GERMAN = "die Regierung hat beschlossen dass der Vertreter im Januar nicht kommen kann"


def lines(*counts: int, apart: int = 60) -> LineComponents:
    """Lines of so many letters each, so many pixels apart."""
    x = np.concatenate([100 + 12.0 * np.arange(count) for count in counts])
    y = np.concatenate([np.full(count, 100.0 + apart * row) for row, count in enumerate(counts)])
    return LineComponents(x, y)


def test_two_whole_lines_are_enough_where_they_hold_enough_letters() -> None:
    top, bottom = shortest_lines(lines(60, 60, 60, 60))
    assert bottom - top < 60 + 2 * 19 + 19
    assert (100 - top) % 60 == pytest.approx(18, abs=4)  # the letters' middle, and their ascenders


def test_short_lines_are_passed_by_for_full_ones() -> None:
    top, _ = shortest_lines(lines(5, 8, 5, 60, 60, 9))
    assert top == pytest.approx(100 + 3 * 60 - 18, abs=4)


def test_where_no_lines_part_the_fullest_rows_are_taken() -> None:
    dense = LineComponents(np.tile(np.arange(9.0), 400), np.repeat(np.arange(0, 1600, 4.0), 9))
    assert shortest_lines(dense) == fullest_band(dense)


def test_a_page_with_a_few_letters_has_lines_and_a_band() -> None:
    few = lines(4)
    top, bottom = shortest_lines(few)
    assert top <= 100 <= bottom
    top, bottom = fullest_band(few)
    assert top <= 100 <= bottom


@pytest.mark.parametrize(
    ("sentence", "among", "expected"),
    [
        pytest.param(ENGLISH, ("eng", "deu", "fra"), "eng", id="English"),
        pytest.param(GERMAN, ("eng", "deu", "fra"), "deu", id="German"),
        pytest.param(RUSSIAN, ("rus",), "rus", id="Russian"),
    ],
)
def test_the_words_decide_the_language(
    sentence: str, among: tuple[str, ...], expected: str
) -> None:
    guess = guess_language(text(sentence), among)
    assert guess.language == expected
    assert guess.is_clear


def test_from_a_few_letters_nothing_is_found() -> None:
    guess = guess_language(text("der Zug"), ("eng", "deu"))
    assert (guess.language, guess.confidence) == ("eng", 0)
    assert not guess.is_clear


def test_a_reading_that_leaves_lines_out_is_doubted() -> None:
    marks = LineComponents(
        np.array([30.0, 120.0, 500.0, 520.0]), np.array([30.0, 30.0, 700.0, 700.0])
    )
    read = weigh_evidence(text("товарищ просит"), marks, ("rus",))
    assert (read.covered_share, read.is_doubtful) == (0.5, True)
    assert read.known_letters == read.letters == 13


def test_more_known_words_and_fewer_doubtful_ones_are_worth_more() -> None:
    nothing = LineComponents(np.zeros(0), np.zeros(0))
    sure = weigh_evidence(text("товарищ просит передать"), nothing, ("rus",))
    unsure = weigh_evidence(text("товарищ просит передать", confidence=0.4), nothing, ("rus",))
    strange = weigh_evidence(text("товцрищ прхсит передать"), nothing, ("rus",))
    assert sure.score > unsure.score
    assert sure.score > strange.score


def test_the_expected_error_grows_with_the_engines_doubt() -> None:
    errors = [Evidence(1, 1, 0, 0, 0, sure).expected_error for sure in (1, 0.95, 0.9, 0.7, 0)]
    assert errors == sorted(errors)
    assert errors[0] == 0
    assert errors[-1] == 1


def test_marks_that_stand_alone_are_no_lines() -> None:
    x, y = np.array([100.0, 118.0, 136.0, 900.0]), np.array([50.0, 50.0, 50.0, 900.0])
    found = find_line_components(LetterComponents(x, y, np.full(4, 19.0), 40), (1000, 1000))
    assert list(found.x) == [100, 118, 136]
