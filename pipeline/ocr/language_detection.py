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

from pipeline.ocr.components import Grey, Marks
from pipeline.ocr.engine import Engine, How, Layout
from pipeline.ocr.evidence import LineMarks
from pipeline.ocr.lexicon import known_letters, script
from pipeline.text import PageText

_FEW = 90  #: marks; two typed lines nearly always tell
_SEVERAL = 6  #: lines; more are not read to come to so many marks
_BAND = 190  #: pixels of the prepared image, whose letters are 19 high: about four lines
_STEP, _COARSE = 4, 20  #: pixels; how finely lines are told apart, and bands compared
_ROW = 3  #: marks in a step; where there are fewer one line ends
_MARGIN = 18  #: pixels from the middle of the letters: what rises above them and hangs below
_CONFIDENT, _KNOWN = 0.6, 0.3  #: 0..1; a script that does so well needs no rival: of 54 pages
#: read with the other script's model none did, with their own all but three
_LOW, _TALLER = 15, 1.25  #: percentile of the heights that is a low letter's; what stands tall
_CYRILLIC = 0.265  #: 0..1; fewer tall letters than that in Cyrillic, more in Latin: б ф against
#: b d f h k l t; true of 94 pages of 94, and where it is not, it costs time alone
_ENOUGH = 40  #: letters; from fewer nothing is found


@dataclass(frozen=True, slots=True)
class Found:
    """The language of some lines, and what speaks for it."""

    language: str
    confidence: float = 1.0  #: 0..1, mean of the words
    known: int = 0  #: letters in words that the language has
    letters: int = 1  #: in words of two letters and more

    @property
    def weight(self) -> float:
        """The larger, the more the lines make sense."""
        return self.confidence * self.known

    @property
    def clear(self) -> bool:
        """Whether no other script needs to be tried, and no other way to lay the page."""
        return self.confidence >= _CONFIDENT and self.known >= _KNOWN * self.letters


def sole_language(languages: tuple[str, ...], letters: Marks) -> str | None:
    """Return the language of the script that the letters look like, if it is the only one."""
    if len(languages) == 1:
        return languages[0]
    likely = min(_by_script(languages), key=_unlikely(letters))
    return likely[0] if len(likely) == 1 else None


def look(pixels: Grey, letters: Marks, lines: LineMarks, engine: Engine, folder: Path) -> Found:
    """Return the language of a page; the main one, unclear, where nothing speaks for any.

    Args:
        pixels: the prepared image.
        letters: its marks of letter size.
        lines: those that stand in lines.
        engine: knows which languages there are.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError, PageError: as the engine says.
    """
    best = Found(engine.languages[0], 0.0)
    groups = sorted(_by_script(engine.languages), key=_unlikely(letters))
    for rows in dict.fromkeys((shortest_lines(lines), fullest_band(lines))):
        if best.clear or not len(lines.y):
            break
        path = folder / "lines.pgm"
        cv2.imwrite(str(path), pixels[slice(*rows)])
        best = max(best, _likeliest(path, groups, engine), key=lambda found: found.weight)
    return best


def look_for_another(
    pixels: Grey, rest: LineMarks, known: str, engine: Engine, folder: Path
) -> str | None:
    """Return the language of another script that lines are in which the first one left over.

    Args:
        pixels: the prepared image.
        rest: marks that were not read with confidence.
        known: the language that the page was read in.
        engine: knows which languages there are.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError, PageError: as the engine says.
    """
    groups = [group for group in _by_script(engine.languages) if script(group[0]) != script(known)]
    if not groups or len(rest.y) < _FEW:
        return None
    path = folder / "rest.pgm"
    cv2.imwrite(str(path), pixels[slice(*shortest_lines(rest))])
    found = _likeliest(path, groups, engine)
    return found.language if found.clear else None


def _likeliest(lines: Path, groups: list[tuple[str, ...]], engine: Engine) -> Found:
    """Read some lines in each script until one makes sense."""
    best = Found(engine.languages[0], 0.0)
    for group in groups:
        found = name_language(engine.read(lines, How((group[0],), Layout.BLOCK)), group)
        best = max(best, found, key=lambda found: found.weight)
        if best.clear:
            break
    return best


def name_language(text: PageText, languages: tuple[str, ...]) -> Found:
    """Return which of the languages of one script the words are most likely in."""
    words = [word.text for word in text.words() if word.confidence >= 0.3]
    scores = [(*known_letters(words, (code,)), code) for code in languages]
    known, letters, code = max(scores, key=lambda score: score[0])
    if letters < _ENOUGH:
        return Found(languages[0], 0.0)
    return Found(code, text.confidence or 0.0, known, letters)


def shortest_lines(marks: LineMarks) -> tuple[int, int]:
    """Return the fewest rows of whole lines that hold enough letters, top and bottom in pixels."""
    heaps = np.bincount((marks.y / _STEP).astype(int), minlength=1)
    edges = np.flatnonzero(np.diff(heaps >= _ROW, prepend=False, append=False))
    tops, bottoms, held = edges[::2], edges[1::2], np.concatenate(([0], heaps.cumsum()))
    windows = [
        (int(bottom - top), int(top))
        for first, top in enumerate(tops)
        for bottom in bottoms[first : first + _SEVERAL]
        if held[bottom] - held[top] >= _FEW
    ]
    height, top = min(windows, default=(_BAND, 0))
    if height * _STEP + 2 * _MARGIN >= _BAND:
        return fullest_band(marks)
    return max(top * _STEP - _MARGIN, 0), (top + height) * _STEP + _MARGIN


def fullest_band(marks: LineMarks) -> tuple[int, int]:
    """Return the rows that hold the most marks, top and bottom in pixels."""
    heaps = np.bincount((marks.y / _COARSE).astype(int), minlength=1)
    held = np.convolve(heaps, np.ones(_BAND // _COARSE), mode="valid")
    top = int(held.argmax()) * _COARSE if len(heaps) > _BAND // _COARSE else 0
    return top, top + _BAND


def _unlikely(letters: Marks) -> Callable[[tuple[str, ...]], bool]:
    """Return what tells whether the letters' heights speak against the script of languages."""
    tall = letters.height > _TALLER * np.percentile(letters.height, _LOW)
    cyrillic = float(tall.mean()) < _CYRILLIC
    return lambda group: (script(group[0]) == "Cyrl") is not cyrillic


def _by_script(languages: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Group languages by script, each in the order given."""
    groups: dict[str, list[str]] = {}
    for code in languages:
        groups.setdefault(script(code), []).append(code)
    return [tuple(group) for group in groups.values()]
