"""The vote of two engines on each word of a line: no word is added or removed, none is lost.

A known word wins over an unknown one. Otherwise it depends on the kind of difference how sure the
first engine may be and still lose: the second one sees shapes better, but knows no language.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from enum import Enum, auto

from pipeline.ocr.word_alignment import align_words
from pipeline.text import Alternative, Line, Word, WordSource

Knows = Callable[[str], bool]  #: whether a word is known in the languages of the page


class Difference(Enum):
    """How two readings of a word differ."""

    NONE = auto()  #: or by what typewriters write alike, or by the style of a mark
    SIGNS = auto()  #: by what is no letter and no digit
    ACCENTS = auto()
    CASE = auto()
    LETTERS = auto()


#: 0..1, confidence of the first engine below which a known word wins over its unknown one.
_KNOWN_WINS_BELOW = 0.95
#: The same where both words are known, or neither; where it is missing the first engine wins.
_WINS_BELOW = {Difference.SIGNS: 0.9, Difference.LETTERS: 0.6}
VOTE_RULES = "known 0.95, signs 0.9, letters 0.6"  #: as the signature of a reading names them

_STYLES = {"„“”«»": '"', "‚‘’´`": "'", "–—‐": "-"}
_SAME_SIGN = str.maketrans({mark: same for marks, same in _STYLES.items() for mark in marks})
_SAME_KEY = str.maketrans("lIOo", "1100")  #: letters that typewriters use as digits


def vote_on_line(line: Line, other: str, knows: Knows) -> Line:
    """Return the line with each word as the vote decides, and the losing words as alternatives.

    Args:
        line: as the first engine read it.
        other: the second engine's reading of the line.
        knows: see `Knows`.
    """
    others = align_words([word.text for word in line.words], other)
    words = (
        word if text is None else _vote_on_word(word, text, knows)
        for word, text in zip(line.words, others, strict=True)
    )
    return replace(line, words=tuple(words))


def difference_of(text: str, other: str) -> Difference:
    """Return how two readings of a word differ.

    >>> difference_of("1943,", "l943,"), difference_of("1943,", "1943.")
    (<Difference.NONE: 1>, <Difference.SIGNS: 2>)
    """
    first, second = text.translate(_SAME_SIGN), other.translate(_SAME_SIGN)
    has_digit = any(sign.isdigit() for sign in text + other)
    if first == second or (has_digit and first.translate(_SAME_KEY) == second.translate(_SAME_KEY)):
        return Difference.NONE
    if _only(str.isalnum, first) == _only(str.isalnum, second):
        return Difference.SIGNS
    if _without_accents(first) == _without_accents(second):
        return Difference.ACCENTS
    return Difference.CASE if first.casefold() == second.casefold() else Difference.LETTERS


def _vote_on_word(word: Word, other: str, knows: Knows) -> Word:
    difference = difference_of(word.text, other)
    if difference is Difference.NONE or _is_spaced_out(other):
        return word
    if not _wins(other, word, difference, knows):
        alternative = Alternative(other, WordSource.SECOND_ENGINE)
        return replace(word, alternatives=(*word.alternatives, alternative))
    alternative = Alternative(word.text, word.source)
    return replace(
        word,
        text=other,
        alternatives=(alternative, *word.alternatives),
        source=WordSource.SECOND_ENGINE,
    )


def _wins(other: str, word: Word, difference: Difference, knows: Knows) -> bool:
    """Return whether the second engine's word stands; several words in place of one never do."""
    if " " in other:
        return False
    if knows(other) != knows(word.text):
        return knows(other) and word.confidence < _KNOWN_WINS_BELOW
    return word.confidence < _WINS_BELOW.get(difference, 0)


def _is_spaced_out(text: str) -> bool:
    """Return whether a space stands between all letters, as for emphasis."""
    parts = text.split()
    return len(parts) > 1 and all(len(part) == 1 for part in parts)


def _without_accents(text: str) -> str:
    return _only(lambda sign: not unicodedata.combining(sign), unicodedata.normalize("NFD", text))


def _only(is_kept: Callable[[str], bool], text: str) -> str:
    return "".join(filter(is_kept, text))
