"""Two readings of a line side by side, and which of their words is taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ocr.word_alignment import align_words
from pipeline.ocr.word_vote import agreement, vote_on_lines
from pipeline.text import Box, Line, Word, WordSource

CASES: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "cases" / "word-vote.json").read_text("utf-8")
)
_MARKS = "abcdeiln .,-"  # few, so that readings resemble each other
READINGS = st.text(_MARKS).map(lambda text: " ".join(text.split()))
CONFIDENCES = st.floats(0, 1)


def line_of(reading: str, confidences: list[float]) -> Line:
    return Line(
        tuple(
            Word(text, Box(20 * place, 0, 18, 10), confidences[place % len(confidences)])
            for place, text in enumerate(reading.split())
        )
    )


def knows_short(word: str) -> bool:
    """A small language: its words have three letters at most."""
    return len(word) <= 3


@pytest.mark.parametrize("case", CASES["parts"], ids=lambda case: str(case["label"]))
def test_each_word_has_its_part_of_the_other_reading(case: dict[str, Any]) -> None:
    assert list(align_words(case["line"].split(), case["other"])) == case["parts"]


@pytest.mark.parametrize("case", CASES["votes"], ids=lambda case: str(case["label"]))
def test_the_vote_decides_which_word_stands(case: dict[str, Any]) -> None:
    word = Word(case["word"], Box(0, 0, 9, 9), case["confidence"])
    (line,) = vote_on_lines([(Line((word,)), case["other"])], case["known"].__contains__)
    (voted,) = line.words
    assert voted.text == case["stands"]
    assert [other.text for other in voted.alternatives] == [*filter(None, [case["alternative"]])]
    is_replaced = voted.text != word.text
    assert voted.source is (WordSource.SECOND_ENGINE if is_replaced else WordSource.ENGINE)


@given(READINGS)
def test_a_reading_is_its_own_other_with_or_without_its_spaces(reading: str) -> None:
    words = tuple(reading.split())
    assert align_words(words, reading) == words
    assert align_words(words, reading.replace(" ", "")) == words


@given(READINGS, READINGS)
def test_parts_stand_in_the_other_reading_in_their_order(reading: str, other: str) -> None:
    parts = align_words(reading.split(), other)
    assert len(parts) == len(reading.split())
    place = 0
    for part in filter(None, parts):
        assert part == part.strip()
        place = other.index(part, place) + len(part)


@given(READINGS.filter(bool), st.lists(CONFIDENCES, min_size=1))
def test_two_readings_that_are_the_same_change_nothing(
    reading: str, confidences: list[float]
) -> None:
    line = line_of(reading, confidences)
    assert vote_on_lines([(line, reading)], knows_short) == [line]
    assert agreement([(line, reading)], knows_short) == 1


@given(READINGS.filter(bool), READINGS, st.lists(CONFIDENCES, min_size=1))
def test_a_vote_adds_and_removes_no_word_and_keeps_both_readings(
    reading: str, other: str, confidences: list[float]
) -> None:
    line = line_of(reading, confidences)
    (voted,) = vote_on_lines([(line, other)], knows_short)
    assert len(voted.words) == len(line.words)
    for before, after in zip(line.words, voted.words, strict=True):
        assert (after.box, after.confidence) == (before.box, before.confidence)
        readings = {(after.text, after.source)}
        readings |= {(one.text, one.source) for one in after.alternatives}
        assert (before.text, WordSource.ENGINE) in readings
        assert {text for text, source in readings if source is WordSource.SECOND_ENGINE} <= {
            *filter(None, align_words(reading.split(), other))
        }


def test_an_engine_that_misreads_words_that_are_surely_right_wins_no_vote() -> None:
    sure = line_of("the end of all", [0.95])
    doubted = line_of("kimg", [0.3])
    rubbish = [(sure, "tbc cnd of all"), (doubted, "king")]
    assert agreement(rubbish, knows_short) == 0.5
    assert [line.text for line in vote_on_lines(rubbish, knows_short)] == [sure.text, "kimg"]
    (word,) = vote_on_lines(rubbish, knows_short)[1].words
    assert [other.text for other in word.alternatives] == ["king"]
    good = [(sure, "the end of all"), (doubted, "king")]
    assert vote_on_lines(good, knows_short)[1].text == "king"
