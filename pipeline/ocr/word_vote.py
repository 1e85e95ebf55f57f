"""The vote of two engines on each word of a line: no word is added or removed, none is lost.

A known word wins over an unknown one. Otherwise it depends on the kind of difference how sure the
first engine may be and still lose: the second one sees shapes better, but knows no language.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
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
_SURE_CONFIDENCE = 0.9  #: 0..1; a known word that the first engine is so sure of is right
#: 0..1; with less agreement on such words of a page, the second engine misreads its letters.
_MIN_AGREEMENT = 0.75
#: As the signature of a reading names them.
VOTE_RULES = (
    f"known {_KNOWN_WINS_BELOW}, signs {_WINS_BELOW[Difference.SIGNS]}, "
    f"letters {_WINS_BELOW[Difference.LETTERS]}, agreement {_MIN_AGREEMENT}"
)

_STYLES = {"„“”«»": '"', "‚‘’´`": "'", "–—‐": "-"}
_SAME_SIGN = str.maketrans({mark: same for marks, same in _STYLES.items() for mark in marks})
_SAME_KEY = str.maketrans("lIOo", "1100")  #: letters that typewriters use as digits


def agreement(lines: Iterable[tuple[Line, str]], knows: Knows) -> float:
    """Return the share, 0..1, of surely right words that are read the same; 1 if there are none.

    Args:
        lines: each with the second engine's reading of it.
        knows: see `Knows`.
    """
    agreed = [
        text is not None and difference_of(word.text, text) is Difference.NONE
        for line, other in lines
        for word, text in _align_line(line, other)
        if word.confidence >= _SURE_CONFIDENCE and knows(word.text)
    ]
    return sum(agreed) / len(agreed) if agreed else 1.0


def vote_on_lines(lines: Sequence[tuple[Line, str]], knows: Knows) -> list[Line]:
    """Return the lines with each word as the vote decides, and the losing words as alternatives.

    Args:
        lines: of a page, each with the second engine's reading of it.
        knows: see `Knows`.
    """
    is_trusted = agreement(lines, knows) >= _MIN_AGREEMENT
    return [
        replace(
            line,
            words=tuple(
                word if text is None else _vote_on_word(word, text, knows, is_trusted=is_trusted)
                for word, text in _align_line(line, other)
            ),
        )
        for line, other in lines
    ]


def _align_line(line: Line, other: str) -> Iterator[tuple[Word, str | None]]:
    """Return each word of a line with what the other reading has in its place."""
    return zip(line.words, align_words([word.text for word in line.words], other), strict=True)


def difference_of(text: str, other: str) -> Difference:
    """Return how two readings of a word differ.

    >>> difference_of("1943,", "l943,"), difference_of("1943,", "1943.")
    (<Difference.NONE: 1>, <Difference.SIGNS: 2>)
    """
    first, second = text.translate(_SAME_SIGN), other.translate(_SAME_SIGN)
    has_digit = any(sign.isdigit() for sign in text + other)
    if first == second or (has_digit and first.translate(_SAME_KEY) == second.translate(_SAME_KEY)):
        return Difference.NONE
    if _keep_characters(str.isalnum, first) == _keep_characters(str.isalnum, second):
        return Difference.SIGNS
    if _without_accents(first) == _without_accents(second):
        return Difference.ACCENTS
    return Difference.CASE if first.casefold() == second.casefold() else Difference.LETTERS


def _vote_on_word(word: Word, other: str, knows: Knows, *, is_trusted: bool) -> Word:
    difference = difference_of(word.text, other)
    if difference is Difference.NONE or _is_spaced_out(other):
        return word
    if not (is_trusted and _wins(other, word, difference, knows)):
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
    return _keep_characters(
        lambda sign: not unicodedata.combining(sign), unicodedata.normalize("NFD", text)
    )


def _keep_characters(is_kept: Callable[[str], bool], text: str) -> str:
    return "".join(filter(is_kept, text))
