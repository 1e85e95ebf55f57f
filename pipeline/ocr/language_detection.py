"""Finds the language of a page among those it may be in: a few lines are read, not the page.

Script first: the engine's model of one script makes nothing of another, and how many letters stand
tall says which to try first. Then language: the words of one read with the model of a neighbour are
known well enough to tell whose they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.ocr.components import LetterComponents
from pipeline.ocr.engine import Engine, PageSegmentation, RecognitionOptions
from pipeline.ocr.evidence import LineComponents
from pipeline.ocr.lexicon import count_known_letters, script_of
from pipeline.text import PageText

_MIN_COMPONENTS = 90  #: marks; two typed lines nearly always tell
_MAX_LINES = 6  #: lines; more are not read to come to so many marks
_BAND_HEIGHT = 190  #: pixels of the prepared image, whose letters are 19 high: about four lines
_ROW_STEP, _BAND_STEP = 4, 20  #: pixels; how finely lines are told apart, and bands compared
_MIN_ROW_COMPONENTS = 3  #: marks in a step; where there are fewer one line ends
_LINE_MARGIN = 18  #: pixels from the middle of the letters: what rises above them and hangs below
_CLEAR_CONFIDENCE, _CLEAR_KNOWN_SHARE = (
    0.6,
    0.3,
)  #: 0..1; a script that does so well needs no rival: of 54 pages
#: read with the other script's model none did, with their own all but three
_LOW_PERCENTILE, _TALL_RATIO = (
    15,
    1.25,
)  #: percentile of the heights that is a low letter's; what stands tall
_MAX_CYRILLIC_TALL = (
    0.265  #: 0..1; fewer tall letters than that in Cyrillic, more in Latin: б ф against
)
#: b d f h k l t; true of 94 pages of 94, and where it is not, it costs time alone
_MIN_LETTERS = 40  #: letters; from fewer nothing is found


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The language of some lines, and what speaks for it."""

    language: str
    confidence: float = 1.0  #: 0..1, mean of the words
    known_letters: int = 0  #: letters in words that the language has
    letters: int = 1  #: in words of two letters and more

    @property
    def score(self) -> float:
        """The larger, the more the lines make sense."""
        return self.confidence * self.known_letters

    @property
    def is_clear(self) -> bool:
        """Whether no other script needs to be tried, and no other way to lay the page."""
        return (
            self.confidence >= _CLEAR_CONFIDENCE
            and self.known_letters >= _CLEAR_KNOWN_SHARE * self.letters
        )


def sole_language(languages: tuple[str, ...], components: LetterComponents) -> str | None:
    """Return the language of the script that the letters look like, if it is the only one."""
    if len(languages) == 1:
        return languages[0]
    likely = min(_group_by_script(languages), key=_script_mismatch(components))
    return likely[0] if len(likely) == 1 else None


def detect_language(
    pixels: Grey,
    components: LetterComponents,
    line_components: LineComponents,
    engine: Engine,
    folder: Path,
) -> LanguageGuess:
    """Return the language of a page; the main one, unclear, where nothing speaks for any.

    Args:
        pixels: the prepared image.
        components: its marks of letter size.
        line_components: those that stand in lines.
        engine: knows which languages there are.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError, PageError: as the engine says.
    """
    best = LanguageGuess(engine.languages[0], 0.0)
    groups = sorted(_group_by_script(engine.languages), key=_script_mismatch(components))
    for rows in dict.fromkeys((shortest_lines(line_components), fullest_band(line_components))):
        if best.is_clear or not len(line_components.y):
            break
        path = folder / "lines.pgm"
        cv2.imwrite(str(path), pixels[slice(*rows)])
        best = max(best, _best_guess(path, groups, engine), key=lambda found: found.score)
    return best


def detect_second_language(
    pixels: Grey, unread: LineComponents, first_language: str, engine: Engine, folder: Path
) -> str | None:
    """Return the language of another script that lines are in which the first one left over.

    Args:
        pixels: the prepared image.
        unread: marks that were not read with confidence.
        first_language: the language that the page was read in.
        engine: knows which languages there are.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError, PageError: as the engine says.
    """
    groups = [
        group
        for group in _group_by_script(engine.languages)
        if script_of(group[0]) != script_of(first_language)
    ]
    if not groups or len(unread.y) < _MIN_COMPONENTS:
        return None
    path = folder / "rest.pgm"
    cv2.imwrite(str(path), pixels[slice(*shortest_lines(unread))])
    found = _best_guess(path, groups, engine)
    return found.language if found.is_clear else None


def _best_guess(image: Path, groups: list[tuple[str, ...]], engine: Engine) -> LanguageGuess:
    """Read some lines in each script until one makes sense."""
    best = LanguageGuess(engine.languages[0], 0.0)
    for group in groups:
        found = guess_language(
            engine.read(image, RecognitionOptions((group[0],), PageSegmentation.BLOCK)), group
        )
        best = max(best, found, key=lambda found: found.score)
        if best.is_clear:
            break
    return best


def guess_language(text: PageText, languages: tuple[str, ...]) -> LanguageGuess:
    """Return which of the languages of one script the words are most likely in."""
    words = [word.text for word in text.words() if word.confidence >= 0.3]
    scores = [(*count_known_letters(words, (code,)), code) for code in languages]
    known, letters, code = max(scores, key=lambda score: score[0])
    if letters < _MIN_LETTERS:
        return LanguageGuess(languages[0], 0.0)
    return LanguageGuess(code, text.confidence or 0.0, known, letters)


def shortest_lines(components: LineComponents) -> tuple[int, int]:
    """Return the fewest rows of whole lines that hold enough letters, top and bottom in pixels."""
    heaps = np.bincount((components.y / _ROW_STEP).astype(int), minlength=1)
    edges = np.flatnonzero(np.diff(heaps >= _MIN_ROW_COMPONENTS, prepend=False, append=False))
    tops, bottoms, held = edges[::2], edges[1::2], np.concatenate(([0], heaps.cumsum()))
    windows = [
        (int(bottom - top), int(top))
        for first, top in enumerate(tops)
        for bottom in bottoms[first : first + _MAX_LINES]
        if held[bottom] - held[top] >= _MIN_COMPONENTS
    ]
    height, top = min(windows, default=(_BAND_HEIGHT, 0))
    if height * _ROW_STEP + 2 * _LINE_MARGIN >= _BAND_HEIGHT:
        return fullest_band(components)
    return max(top * _ROW_STEP - _LINE_MARGIN, 0), (top + height) * _ROW_STEP + _LINE_MARGIN


def fullest_band(components: LineComponents) -> tuple[int, int]:
    """Return the rows that hold the most marks, top and bottom in pixels."""
    heaps = np.bincount((components.y / _BAND_STEP).astype(int), minlength=1)
    held = np.convolve(heaps, np.ones(_BAND_HEIGHT // _BAND_STEP), mode="valid")
    top = int(held.argmax()) * _BAND_STEP if len(heaps) > _BAND_HEIGHT // _BAND_STEP else 0
    return top, top + _BAND_HEIGHT


def _script_mismatch(components: LetterComponents) -> Callable[[tuple[str, ...]], bool]:
    """Return what tells whether the letters' heights speak against the script of languages."""
    tall = components.height > _TALL_RATIO * np.percentile(components.height, _LOW_PERCENTILE)
    cyrillic = float(tall.mean()) < _MAX_CYRILLIC_TALL
    return lambda group: (script_of(group[0]) == "Cyrl") is not cyrillic


def _group_by_script(languages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Group languages by script, each in the order given."""
    groups: dict[str, list[str]] = {}
    for code in languages:
        groups.setdefault(script_of(code), []).append(code)
    return [tuple(group) for group in groups.values()]
