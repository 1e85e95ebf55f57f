"""What speaks for a reading: ink that was read, words that the engine is sure of, known words.

Never the transcription. A page whose marks lie outside all words has lost lines; one whose
words nobody knows was read in the wrong language, upside down, or from too poor an image.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.components import Marks
from pipeline.ocr.lexicon import known_letters
from pipeline.text import PageText, Word

_SURE = 0.6  #: 0..1; the engine's confidence from which a word counts
_REACH = 2.2  #: letter heights; marks this near on a row stand in one line
_FEWEST = 3  #: marks that make a line
_COVERED, _SURELY = 0.95, 0.85  #: 0..1; with less of either a second reading is worth its time
_SLOPE, _POWER = 2.4, 1.9  #: of the CER over the engine's doubt: least squares of the logarithms
_PENALTY = 0.3  #: known letters that one doubtful letter costs: more words are not more text


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well a reading accounts for the page."""

    covered: float  #: 0..1, marks in lines that lie in a word's box
    sure: float  #: 0..1, the same in a word that the engine is sure of
    known: int  #: letters in words that the language is known to have
    letters: int  #: in words of two letters and more
    doubtful: int  #: characters of words that the engine is not sure of
    confidence: float = 1.0  #: 0..1, the engine's, mean of all words

    @property
    def worth(self) -> float:
        """The larger, the better a reading of the same page."""
        return self.known - _PENALTY * self.doubtful

    @property
    def doubted(self) -> bool:
        """Whether another reading may be better."""
        return self.covered < _COVERED or self.sure < _SURELY

    @property
    def expected_error(self) -> float:
        """The CER to be expected, 0..1: a power of the engine's doubt, fitted to typed pages."""
        return round(min(_SLOPE * math.pow(1 - self.confidence, _POWER), 1.0), 4)

    @property
    def share_known(self) -> float:
        """Known letters among all, 0..1."""
        return self.known / max(self.letters, 1)


def weigh(text: PageText, marks: "LineMarks", languages: tuple[str, ...]) -> Evidence:
    """Weigh a reading whose boxes are in pixels of the image that the marks were found on."""
    words = list(text.words())
    covered, sure = _inside(words, marks), _inside(_trusted(words), marks)
    known, letters = known_letters((word.text for word in words), languages)
    doubtful = sum(len(word.text) for word in words if word.confidence < _SURE)
    mean = 1.0 if text.confidence is None else text.confidence
    return Evidence(_share(covered), _share(sure), known, letters, doubtful, mean)


def left_over(text: PageText, marks: "LineMarks") -> "LineMarks":
    """Return the marks that lie in no word that the engine is sure of."""
    rest = ~_inside(_trusted(text.words()), marks)
    return LineMarks(marks.x[rest], marks.y[rest])


def _trusted(words: Iterable[Word]) -> list[Word]:
    return [word for word in words if word.confidence >= _SURE]


def _inside(words: Iterable[Word], marks: "LineMarks") -> NDArray[np.bool_]:
    """Tell of each mark whether it lies in one of the words."""
    found = np.zeros(len(marks.x), dtype=bool)
    for box in (word.box for word in words):
        inside = (marks.x >= box.x - 2) & (marks.x <= box.right + 2)
        found |= inside & (marks.y >= box.y - 2) & (marks.y <= box.bottom + 2)
    return found


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class LineMarks:
    """Centres of the marks that stand in lines, in pixels, origin top left."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]


def line_marks(found: Marks, shape: tuple[int, ...]) -> LineMarks:
    """Return the marks of letter size that have others beside them: writing, not stains.

    Args:
        found: all marks, in pixels of an image.
        shape: height and width of that image.
    """
    height = found.typical
    chosen = (found.height > 0.6 * height) & (found.height < 1.8 * height)
    x, y = found.x[chosen], found.y[chosen]
    if not len(x):
        return LineMarks(x, y)
    rows = np.zeros(shape, dtype=np.uint8)
    row = np.clip(y, 0, shape[0] - 1).astype(int)
    column = np.clip(x, 0, shape[1] - 1).astype(int)
    rows[row, column] = 1
    reach = max(int(2 * _REACH * height), 1) | 1
    kernel = np.ones((max(int(0.8 * height), 1) | 1, reach), dtype=np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(rows, kernel))
    lines = labels[row, column]
    full = np.bincount(lines)[lines] >= _FEWEST
    return LineMarks(x[full], y[full])


def _share(flags: NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), 4) if len(flags) else 1.0
