"""Divide a word emphasized by spacing into its letters, where the engine did so only in part.

Typists emphasize a name by a space after each letter (B e r n e r). The engine reads such a word in
pieces of any length (Bern er). Letters that stand two places apart are words of their own, so that
the cleaning step ``close-up-letters`` can join all of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipeline.model import Model, ProcessingStep
from pipeline.ocr.attempt import Attempt
from pipeline.text import Block, Box, Line, PageText, Word

#: All lengths below are in places of the typewriter, from a letter to the next.
_LETTER = 0.8  #: width of a letter
_SPACED = (1.65, 2.4)  #: between two spaced letters
_GAP = (0.7, 3.6)  #: of paper between two pieces of spaced words; the upper one is between words
_MAX_HEIGHT = 1.5  #: of the usual height of words: larger letters stand farther apart anyway
_MIN_LETTERS = 4  #: in a run; two or three words of one letter may follow each other
_MIN_LENGTH, _MIN_WORDS = 5, 8  #: letters of a word, and such words, from which places are known


_MARKS = ".,;:!?-"


@dataclass(frozen=True, slots=True)
class _Measures:
    """The usual width of a place and height of a word on the page, in pixels."""

    place: float
    height: float


def split_spaced_letters(best: Attempt) -> Attempt:
    """Return a reading in which each letter of a spaced word is a word; print stays as it is."""
    measures = _measures_of(best.text)
    if measures is None or best.options.model is Model.STOCK:
        return best
    blocks = tuple(
        Block(tuple(_split_line(line, measures) for line in block.lines))
        for block in best.text.blocks
    )
    text = PageText(blocks)
    if text == best.text:
        return best
    count = sum(1 for _ in text.words()) - sum(1 for _ in best.text.words())
    step = ProcessingStep("split-spaced-letters", {"places": str(count)})
    return best.with_text(text, step)


def _measures_of(text: PageText) -> _Measures | None:
    words = [word for word in text.words() if len(word.text) >= _MIN_LENGTH]
    if len(words) < _MIN_WORDS:
        return None
    places = [word.box.width / (len(word.text) - 1 + _LETTER) for word in words]
    return _Measures(median(places), median(word.box.height for word in words))


def _split_line(line: Line, measures: _Measures) -> Line:
    words = [
        piece
        for run in _runs(line.words, measures)
        for word in run
        for piece in (_letters_of(word, measures) if _is_emphasized(run) else [word])
    ]
    return line if len(words) == len(line.words) else replace(line, words=tuple(words))


def _runs(words: Sequence[Word], measures: _Measures) -> Iterator[list[Word]]:
    """Yield the words in runs: of spaced letters that follow each other, or of one other word."""
    run = [words[0]]
    for before, word in pairwise(words):
        gap = (word.box.x - before.box.right) / measures.place
        both = _is_spaced(before, measures) and _is_spaced(word, measures)
        if both and _GAP[0] <= gap <= _GAP[1]:
            run.append(word)
        else:
            yield run
            run = [word]
    yield run


def _is_emphasized(run: Sequence[Word]) -> bool:
    """Return whether a run is a spaced word that the engine divided only in part."""
    lengths = [len(_core(word)) for word in run]
    return min(lengths) == 1 < max(lengths) and sum(lengths) >= _MIN_LETTERS


def _is_spaced(word: Word, measures: _Measures) -> bool:
    """Return whether a word is one letter, or its letters stand two places apart."""
    core = _core(word)
    if not core.isalpha() or word.box.height > _MAX_HEIGHT * measures.height:
        return False
    return len(core) == 1 or _SPACED[0] <= _step(word, measures) / measures.place <= _SPACED[1]


def _core(word: Word) -> str:
    """Return the letters of a word without the mark after it."""
    return word.text[:-1] if word.text[-1] in _MARKS else word.text


def _step(word: Word, measures: _Measures) -> float:
    """Return the distance between two letters of a word of several, in pixels."""
    core = _core(word)
    marks = len(word.text) - len(core)
    return (word.box.width - (_LETTER + marks) * measures.place) / (len(core) - 1)


def _letters_of(word: Word, measures: _Measures) -> list[Word]:
    """Return each letter of a spaced word as a word; marks stay with the last one."""
    core = _core(word)
    if len(core) == 1:
        return [word]
    step, width = _step(word, measures), max(int(_LETTER * measures.place), 1)
    texts = [*core[:-1], word.text[len(core) - 1 :]]
    pieces = []
    for number, text in enumerate(texts):
        x = word.box.x + round(number * step)
        right = word.box.right if number == len(core) - 1 else x + width
        box = Box(x, word.box.y, max(right - x, 1), word.box.height)
        pieces.append(Word(text, box, word.confidence, source=word.source))
    return pieces
