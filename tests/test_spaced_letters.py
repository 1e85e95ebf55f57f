"""A word emphasized by spacing is divided into its letters; all other words stay whole."""

import numpy as np
import pytest

from pipeline.cleaning.clean import clean
from pipeline.ocr.attempt import Attempt
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.evidence import Evidence
from pipeline.ocr.preprocess import unprocessed_image
from pipeline.ocr.spaced_letters import split_spaced_letters
from pipeline.text import Block, Box, Line, PageText, Word

PAPER = np.full((300, 2400), 255, np.uint8)
NOTHING = Evidence(1.0, 1.0, 0, 0, 0)
PLACE = 20  #: pixels from a letter to the next
SENTENCE = "Мы получили Вашу телеграмму относительно перемирия между сторонами войны сегодня утром"


def typed(line: str, place: int = PLACE, height: int = 24) -> Line:
    """Return a typed line; within a piece, ``_`` is a place that the engine did not see."""
    words, x = [], 40
    for piece in line.split(" "):
        if piece:
            box = Box(x, 100, len(piece) * place - place // 5, height)
            words.append(Word(piece.replace("_", ""), box, 0.9))
        x += (len(piece) + 1) * place
    return Line(tuple(words))


def split(*lines: Line) -> PageText:
    attempt = Attempt(
        unprocessed_image(PAPER), RecognitionOptions(("rus",)), PageText((Block(lines),)), NOTHING
    )
    return split_spaced_letters(attempt).text


def read(line: str, place: int = PLACE, height: int = 24) -> PageText:
    """Return what becomes of a line on a page of which the rest is typed as usual."""
    return split(typed(SENTENCE), typed(line, place, height))


@pytest.mark.parametrize(
    ("line", "raw", "cleaned"),
    [
        ("мир, а п_е р_е м и р и е. Я", "мир, а п е р е м и р и е. Я", "мир, а перемирие. Я"),
        ("B_e_r_n e_r  I_s a a k , geb.", "B e r n e r I s a a k , geb.", "Berner Isaak , geb."),
        ("F_u c h_s, nar.", "F u c h s, nar.", "Fuchs, nar."),
    ],
)  # fmt: skip
def test_a_spaced_word_is_divided_and_then_closed_up(line: str, raw: str, cleaned: str) -> None:
    text = read(line).raw_text.splitlines()[1]
    assert text == raw
    assert clean(text).text == cleaned


@pytest.mark.parametrize(
    "line",
    [
        "и в Москве, а не в лесу",
        "с 1 по 5 мая",
        "Я и Ты и Он",
        "H_a_n_s_e_n, Kontorchef",
        "а б в г",
        "в т. ч. и др.",
    ],
)
def test_other_words_stay(line: str) -> None:
    assert read(line).raw_text.splitlines()[1] == " ".join(line.replace("_", "").split())


def test_larger_letters_are_not_spaced_ones() -> None:
    assert "ДЕЛО" in read("я ДЕЛО о", place=2 * PLACE, height=48).raw_text


def test_each_letter_has_its_place_and_the_confidence_of_its_piece() -> None:
    line = next(iter(list(read("п_е р_е м").lines())[1:]))
    assert [word.box.x for word in line.words] == [40 + 2 * PLACE * n for n in range(5)]
    assert {word.box.width for word in line.words} == {PLACE - PLACE // 5}
    assert {word.confidence for word in line.words} == {0.9}


def test_a_page_of_few_words_is_left_alone() -> None:
    line = typed("п_е р_е м и р и е")
    assert split(line) == PageText((Block((line,)),))
