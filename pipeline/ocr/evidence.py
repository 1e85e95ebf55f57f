"""Evidence for a reading: ink inside words, confident words, known words.

A correct transcription is never used. If components are outside all words, lines were lost; if few
words are known, the page was read in the wrong language, upside down, or from too poor an image.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.components import LetterComponents, find_lines
from pipeline.ocr.lexicon import count_known_letters
from pipeline.text import PageText, Word

#: 0..1; the engine's confidence from which a word is sure. It decides which reading is chosen;
#: ``DOUBTFUL_CONFIDENCE`` decides what a record counts and the site marks: each may change alone.
_SURE_CONFIDENCE = 0.6
_MIN_COVERED, _MIN_SURE = 0.95, 0.85  #: 0..1; with less of either a second reading is worthwhile
#: CER = factor * (1 - confidence) ** power, fitted by least squares of the logarithms.
_CER_FACTOR, _CER_POWER = 2.4, 1.9
_DOUBT_PENALTY = 0.3  #: known letters that one doubtful letter costs: more words are not more text


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a reading accounts for the page."""

    covered_share: float  #: 0..1, components in lines whose centre is inside a word's box
    sure_share: float  #: 0..1, the same for words that the engine is sure of
    known_letters: int  #: letters in words of the language's word list
    letters: int  #: letters in words of two letters and more
    doubtful_characters: int  #: characters of words that the engine is not sure of
    confidence: float = 1.0  #: 0..1, the engine's, mean of all words

    @property
    def score(self) -> float:
        """Rank of a reading among those of the same page; higher is better."""
        return self.known_letters - _DOUBT_PENALTY * self.doubtful_characters

    @property
    def is_doubtful(self) -> bool:
        """Whether another reading may be better."""
        return self.covered_share < _MIN_COVERED or self.sure_share < _MIN_SURE

    @property
    def expected_error(self) -> float:
        """Expected CER, 0..1: a power of (1 - confidence), fitted to typed pages."""
        return round(min(_CER_FACTOR * math.pow(1 - self.confidence, _CER_POWER), 1.0), 4)

    @property
    def known_share(self) -> float:
        """Share of known letters among all, 0..1."""
        return self.known_letters / max(self.letters, 1)


def weigh_evidence(
    text: PageText, components: "LineComponents", languages: tuple[str, ...]
) -> Evidence:
    """Return the evidence for a text whose boxes are in pixels of the components' image."""
    words = list(text.words())
    covered, sure = _inside_words(words, components), _inside_words(_sure_words(words), components)
    known, letters = count_known_letters((word.text for word in words), languages)
    doubtful = sum(len(word.text) for word in words if word.confidence < _SURE_CONFIDENCE)
    mean = 1.0 if text.confidence is None else text.confidence
    return Evidence(_true_share(covered), _true_share(sure), known, letters, doubtful, mean)


def unread_components(text: PageText, components: "LineComponents") -> "LineComponents":
    """Return the components that are in no word that the engine is sure of."""
    unread = ~_inside_words(_sure_words(text.words()), components)
    return LineComponents(components.x[unread], components.y[unread])


def _sure_words(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.confidence >= _SURE_CONFIDENCE]


def _inside_words(words: Iterable[Word], components: "LineComponents") -> NDArray[np.bool_]:
    """Return for each component whether a word's box, 2 pixels wider each way, holds its centre."""
    is_inside = np.zeros(len(components.x), dtype=bool)
    for box in (word.box for word in words):
        in_columns = (components.x >= box.x - 2) & (components.x <= box.right + 2)
        is_inside |= in_columns & (components.y >= box.y - 2) & (components.y <= box.bottom + 2)
    return is_inside


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class LineComponents:
    """Centres of the components that stand in lines, in pixels, origin top left."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def find_line_components(components: LetterComponents, shape: tuple[int, ...]) -> LineComponents:
    """Return the components of letter size that have others beside them: writing, not stains.

    Args:
        components: all components of letter shape, in pixels of an image.
        shape: height and width of that image.
    """
    letters = find_lines(components, shape)
    return LineComponents(letters.x, letters.y)


def _true_share(flags: NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), 4) if len(flags) else 1.0
