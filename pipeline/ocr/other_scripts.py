"""Find pages in scripts other than Cyrillic and Latin, and how their lines run.

The engine's own model names the script and the page's orientation; it is asked only where no
Cyrillic or Latin language makes sense of the page.
"""

from dataclasses import replace
from pathlib import Path

import cv2

from pipeline.imaging.pixels import Grey
from pipeline.ocr.attempt import PreparedView, view_of
from pipeline.ocr.engine import Engine, PageSegmentation, RecognitionOptions
from pipeline.ocr.evidence import LineComponents
from pipeline.ocr.language_codes import (
    is_east_asian,
    is_letter_script,
    is_vertical,
    script_name,
)
from pipeline.ocr.language_detection import fullest_band
from pipeline.ocr.lexicon import count_known_letters
from pipeline.ocr.preprocess import prepare_image
from pipeline.ocr.skew import is_sideways

_EAST_ASIAN_HEIGHT = 38.0  #: pixels; characters of many strokes need twice the height of letters
_EAST_ASIAN_NAMES = frozenset(["Han", "Hiragana", "Japanese", "Katakana"])
_BAND_SIZE = 600  #: pixels; some nine lines of such characters: its edges cut through one or two
_BLOCK = PageSegmentation.BLOCK
_MIN_CONFIDENCE = 0.6  #: 0..1; a page whose lines are read with less is not in that script
_MIN_SCRIPT_SHARE = 0.5  #: 0..1, letters in the script, or in known words of the language


def find_other_script(
    page: Grey, view: PreparedView, engine: Engine, folder: Path
) -> tuple[PreparedView, RecognitionOptions] | None:
    """Return the upright page and the options to read it with; None if it is Cyrillic or Latin.

    Args:
        page: grey pixels of the page image.
        view: the page as it was prepared, perhaps turned.
        engine: its languages are the candidates.
        folder: for images of the page and of its lines.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    others = [code for code in engine.languages if not is_letter_script(code)]
    if not others:
        return None
    path = folder / "orientation.pgm"
    cv2.imwrite(str(path), view.image.pixels)
    found = engine.find_orientation(path)
    is_certain = len(others) == len(engine.languages)
    candidates = [code for code in others if found and _may_be_in(code, found.script)]
    if not candidates and not is_certain:
        return None
    quarters = (view.image.quarters + found.quarters) % 4 if found else 0
    upright = _prepare(page, quarters, candidates or others)
    best = _best_options(upright, candidates or others, engine, folder)
    if best is None and is_certain:
        best = _options(others[0], down=False)
    return None if best is None else (upright, best)


def _may_be_in(language: str, script: str) -> bool:
    """Return whether a page that the engine takes for this script may be in a language."""
    if is_east_asian(language):  # a Japanese line may have hardly any kana
        return script in _EAST_ASIAN_NAMES
    return script_name(language) == script


def _prepare(page: Grey, quarters: int, languages: list[str]) -> PreparedView:
    if is_east_asian(languages[0]):
        return view_of(prepare_image(page, quarters, _EAST_ASIAN_HEIGHT))
    return view_of(prepare_image(page, quarters))


def _best_options(
    view: PreparedView, languages: list[str], engine: Engine, folder: Path
) -> RecognitionOptions | None:
    """Return the options that read a few lines best; None if none reads them."""
    down = is_east_asian(languages[0]) and is_sideways(view.image.components)
    fitting = [code for code in languages if is_vertical(code) == down] or languages
    path = folder / "band.pgm"
    cv2.imwrite(str(path), _band(view, down=down))
    confidences: dict[str, float] = {}
    for code in fitting:
        options = _options(code, down=down)
        text = engine.read(path, options if down else replace(options, segmentation=_BLOCK))
        words = list(text.words())
        known, letters = count_known_letters((word.text for word in words), (code,))
        confidence = sum(len(word.text) * word.confidence for word in words)
        confidence /= max(sum(len(word.text) for word in words), 1)
        if confidence >= _MIN_CONFIDENCE and known >= _MIN_SCRIPT_SHARE * letters:
            confidences[code] = confidence
    best = max(confidences, key=lambda code: confidences[code], default=None)
    return None if best is None else _options(best, down=down)


def _options(language: str, *, down: bool) -> RecognitionOptions:
    segmentation = PageSegmentation.VERTICAL if down else PageSegmentation.PAGE
    return RecognitionOptions((language,), segmentation)


def _band(view: PreparedView, *, down: bool) -> Grey:
    """Return the part of the page with the most letters: rows, or lines that run down."""
    lines, pixels = view.line_components, view.image.pixels
    if down:
        return pixels[:, slice(*fullest_band(LineComponents(lines.y, lines.x), _BAND_SIZE))]
    return pixels[slice(*fullest_band(lines, _BAND_SIZE))]
