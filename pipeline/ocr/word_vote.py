"""The vote of two engines on each word of a line: no word is added or removed, none is lost.

A known word wins over an unknown one; else the second engine's word stands only where the first is
in doubt. The word that loses is an alternative of the other.
"""

from collections.abc import Callable
from dataclasses import replace

from pipeline.ocr.word_alignment import align_words
from pipeline.text import Alternative, Line, Word, WordSource

Knows = Callable[[str], bool]  #: whether a word is known in the languages of the page

#: 0..1, the first engine's confidence below which the second engine's word stands, where both
#: words are known or both unknown.
DOUBTED_CONFIDENCE = 0.6
#: Marks that differ only in style, or that the second engine does not have.
_SAME_MARKS = str.maketrans(
    dict.fromkeys("„“”«»", '"') | dict.fromkeys("‚‘’´`", "'") | dict.fromkeys("–—‐", "-")
)


def vote_on_line(line: Line, other: str, knows: Knows) -> Line:
    """Return the line with each word as the vote decides, and the losing words as alternatives.

    Args:
        line: as the first engine read it.
        other: the second engine's reading of the line.
        knows: see `Knows`.
    """
    others = align_words([word.text for word in line.words], other)
    return replace(
        line,
        words=tuple(
            word if text is None else _vote_on_word(word, text, knows)
            for word, text in zip(line.words, others, strict=True)
        ),
    )


def _vote_on_word(word: Word, other: str, knows: Knows) -> Word:
    if _is_same(word.text, other):
        return word
    if not _wins(other, word, knows):
        alternative = Alternative(other, WordSource.SECOND_ENGINE)
        return replace(word, alternatives=(*word.alternatives, alternative))
    alternative = Alternative(word.text, word.source)
    return replace(
        word,
        text=other,
        alternatives=(alternative, *word.alternatives),
        source=WordSource.SECOND_ENGINE,
    )


def _wins(other: str, word: Word, knows: Knows) -> bool:
    """Return whether the second engine's word stands; several words never do."""
    if " " in other:
        return False
    if knows(other) != knows(word.text):
        return knows(other)
    return word.confidence < DOUBTED_CONFIDENCE


def _is_same(text: str, other: str) -> bool:
    return text.translate(_SAME_MARKS) == other.translate(_SAME_MARKS)
