"""Detect the language of a page among several by reading a few of its lines.

Script first: a model of one script cannot read another, and the share of tall letters tells which
to try first. Then language: a model of any language of the script reads enough words correctly to
identify the language by its word list. Scripts other than Cyrillic and Latin are found by
``other_scripts``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.ocr.components import LetterComponents
from pipeline.ocr.engine import Engine, PageSegmentation, RecognitionOptions
from pipeline.ocr.evidence import LineComponents
from pipeline.ocr.language_codes import is_letter_script, script_of
from pipeline.ocr.lexicon import count_listed_letters, language_costs
from pipeline.text import PageText

_MIN_COMPONENTS = 90  #: components; two typed lines are nearly always enough
_MAX_LINES = 6  #: lines read at most to reach that number
_BAND_HEIGHT = 190  #: pixels of the prepared image, whose letters are 19 high: about four lines
_ROW_STEP, _BAND_STEP = 4, 20  #: pixels; steps in which lines are separated, and bands compared
_MIN_ROW_COMPONENTS = 3  #: components in a row step; a step with fewer ends a line
_LINE_MARGIN = 18  #: pixels from the middle of the letters, for ascenders and descenders
#: 0..1; a script that reaches both needs no rival: of 54 pages none did with the other script's
#: model, and all but three with their own.
_CLEAR_CONFIDENCE, _CLEAR_KNOWN_SHARE = 0.6, 0.3
_LOW_PERCENTILE = 15  #: percentile of the heights that is the height of a low letter
_TALL_RATIO = 1.25  #: low letters' heights from which a letter is tall
#: 0..1, share of tall letters; Cyrillic has fewer, Latin more: б ф against b d f h k l t. True of
#: 94 pages of 94; a wrong guess costs only time.
_MAX_CYRILLIC_TALL = 0.265
_MIN_LETTERS = 40  #: letters; fewer identify no language
_READ_CONFIDENCE = 0.3  #: 0..1; the engine's confidence from which a word is evidence
#: Nats by which a whole page must be likelier in another language to be read again: a word or two.
_MIN_PAGE_GAIN = 20.0
_MIN_GAIN = 3.0  #: nats by which the words must be likelier than in the first language


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """The likely language of some lines, with its evidence."""

    language: str
    confidence: float = 1.0  #: 0..1, the engine's, mean of the words
    known_letters: int = 0  #: letters in words of the language's word list
    letters: int = 1  #: letters in words of two letters and more

    @property
    def score(self) -> float:
        """Rank among the guesses for a page; higher is better."""
        return self.confidence * self.known_letters

    @property
    def is_clear(self) -> bool:
        """Whether no other script and no other rotation of the page needs to be tried."""
        return (
            self.confidence >= _CLEAR_CONFIDENCE
            and self.known_letters >= _CLEAR_KNOWN_SHARE * self.letters
        )


def sole_language(languages: tuple[str, ...], components: LetterComponents) -> str | None:
    """Return the sole language, or the sole one of the script that the heights suggest, or None."""
    if not all(map(is_letter_script, languages)):
        return None
    if len(languages) == 1:
        return languages[0]
    likely = min(_group_by_script(languages), key=_script_mismatch(components))
    return likely[0] if len(likely) == 1 else None


def languages_by_script(
    languages: tuple[str, ...], components: LetterComponents
) -> list[tuple[str, ...]]:
    """Return the Cyrillic and the Latin languages apart, those that the heights suggest first."""
    letter_languages = tuple(filter(is_letter_script, languages))
    return sorted(_group_by_script(letter_languages), key=_script_mismatch(components))


def detect_language(
    pixels: Grey,
    components: LetterComponents,
    line_components: LineComponents,
    engine: Engine,
    folder: Path,
) -> LanguageGuess:
    """Return the likeliest language of a page; the main one, with score 0, if there is no evidence.

    Args:
        pixels: the prepared image, height x width.
        components: its components of letter size.
        line_components: those that stand in lines.
        engine: its languages are the candidates.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    best = LanguageGuess(engine.languages[0], 0.0)
    groups = languages_by_script(engine.languages, components)
    for rows in dict.fromkeys((shortest_lines(line_components), fullest_band(line_components))):
        if best.is_clear or not len(line_components.y):
            break
        path = folder / "lines.pgm"
        cv2.imwrite(str(path), pixels[slice(*rows)])
        best = max(best, _best_guess(path, groups, engine), key=lambda guess: guess.score)
    return best


def detect_second_language(
    pixels: Grey, unread: LineComponents, first_language: str, engine: Engine, folder: Path
) -> str | None:
    """Return the language, in another script, of the lines that the first reading missed, or None.

    Args:
        pixels: the prepared image, height x width.
        unread: components that were not read with confidence.
        first_language: the language that the page was read in.
        engine: its languages are the candidates.
        folder: for the image of the lines.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    groups = [
        group
        for group in _group_by_script(filter(is_letter_script, engine.languages))
        if script_of(group[0]) != script_of(first_language)
    ]
    if not groups or not is_letter_script(first_language) or len(unread.y) < _MIN_COMPONENTS:
        return None
    path = folder / "rest.pgm"
    cv2.imwrite(str(path), pixels[slice(*shortest_lines(unread))])
    guess = _best_guess(path, groups, engine)
    return guess.language if guess.is_clear else None


def _best_guess(image: Path, groups: list[tuple[str, ...]], engine: Engine) -> LanguageGuess:
    """Read an image of lines in each script until a guess is clear; return the best guess."""
    best = LanguageGuess(engine.languages[0], 0.0)
    for group in groups:
        guess = guess_language(
            engine.read(image, RecognitionOptions((group[0],), PageSegmentation.BLOCK)), group
        )
        best = max(best, guess, key=lambda guess: guess.score)
        if best.is_clear:
            break
    return best


def guess_language(text: PageText, languages: tuple[str, ...]) -> LanguageGuess:
    """Return the likeliest of some languages of one script, by the words in their word lists."""
    words = _read_words(text)
    code = likeliest_language(words, languages)
    known, letters = count_listed_letters(words, code)
    if letters < _MIN_LETTERS:
        return LanguageGuess(languages[0], 0.0)
    return LanguageGuess(code, text.confidence or 0.0, known, letters)


def likeliest_language(
    words: Sequence[str], languages: tuple[str, ...], min_gain: float = _MIN_GAIN
) -> str:
    """Return the language in which words are likeliest; the first, unless another gains enough.

    Args:
        words: as they were read, by a model of any language of the script.
        languages: of one script.
        min_gain: nats by which the words must be likelier than in the first language.
    """
    costs = language_costs(words, languages)
    best = min(languages, key=lambda code: costs[code])
    return best if costs[best] <= costs[languages[0]] - min_gain else languages[0]


def language_of_page(text: PageText, read_in: str, languages: tuple[str, ...]) -> str:
    """Return the language of most of a page that was read: the one it was read in, or a likelier.

    The few lines that were tried before may have been a letterhead or a quotation.
    """
    others = [code for code in languages if code != read_in]
    candidates = (read_in, *(code for code in others if script_of(code) == script_of(read_in)))
    if len(candidates) == 1 or not is_letter_script(read_in):
        return read_in
    return likeliest_language(_read_words(text), candidates, _MIN_PAGE_GAIN)


def language_of_few_words(text: PageText, languages: tuple[str, ...]) -> str:
    """Return the likeliest of some languages of one script for a page of a few words."""
    return likeliest_language(_read_words(text), languages)


def _read_words(text: PageText) -> list[str]:
    return [word.text for word in text.words() if word.confidence >= _READ_CONFIDENCE]


def shortest_lines(components: LineComponents) -> tuple[int, int]:
    """Return the top and bottom, in pixels, of the least whole lines with enough components.

    Returns the fullest band if no such lines are shorter than a band.
    """
    counts = np.bincount((components.y / _ROW_STEP).astype(int), minlength=1)
    edges = np.flatnonzero(np.diff(counts >= _MIN_ROW_COMPONENTS, prepend=False, append=False))
    tops, bottoms, cumulative = edges[::2], edges[1::2], np.concatenate(([0], counts.cumsum()))
    windows = [
        (int(bottom - top), int(top))
        for first, top in enumerate(tops)
        for bottom in bottoms[first : first + _MAX_LINES]
        if cumulative[bottom] - cumulative[top] >= _MIN_COMPONENTS
    ]
    height, top = min(windows, default=(_BAND_HEIGHT, 0))
    if height * _ROW_STEP + 2 * _LINE_MARGIN >= _BAND_HEIGHT:
        return fullest_band(components)
    return max(top * _ROW_STEP - _LINE_MARGIN, 0), (top + height) * _ROW_STEP + _LINE_MARGIN


def fullest_band(components: LineComponents, height: int = _BAND_HEIGHT) -> tuple[int, int]:
    """Return the top and bottom, in pixels, of the band with the most components."""
    counts = np.bincount((components.y / _BAND_STEP).astype(int), minlength=1)
    band_counts = np.convolve(counts, np.ones(height // _BAND_STEP), mode="valid")
    top = int(band_counts.argmax()) * _BAND_STEP if len(counts) > height // _BAND_STEP else 0
    return top, top + height


def _script_mismatch(components: LetterComponents) -> Callable[[tuple[str, ...]], bool]:
    """Return a predicate: do the letter heights suggest another script than these languages'?"""
    tall = components.height > _TALL_RATIO * np.percentile(components.height, _LOW_PERCENTILE)
    cyrillic = float(tall.mean()) < _MAX_CYRILLIC_TALL
    return lambda group: (script_of(group[0]) == "Cyrl") is not cyrillic


def _group_by_script(languages: Iterable[str]) -> list[tuple[str, ...]]:
    """Group languages by script; keep their order."""
    groups: dict[str, list[str]] = {}
    for code in languages:
        groups.setdefault(script_of(code), []).append(code)
    return [tuple(group) for group in groups.values()]
