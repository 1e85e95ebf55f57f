"""Find which way up a page is, in which language and which script: a few lines tell."""

from pathlib import Path

from pipeline.imaging.pixels import Grey
from pipeline.ocr.attempt import PreparedView, view_of
from pipeline.ocr.engine import Engine, RecognitionOptions
from pipeline.ocr.language_detection import LanguageGuess, detect_language
from pipeline.ocr.other_scripts import find_other_script
from pipeline.ocr.preprocess import prepare_image


def orient_view(
    page: Grey, view: PreparedView, engine: Engine, folder: Path
) -> tuple[PreparedView, RecognitionOptions]:
    """Return the page in the orientation in which a few lines read best, and how to read it.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    upright = best = _guess_view_language(view, engine, folder)
    if not best[1].is_clear:
        other_script = find_other_script(page, view, engine, folder)
        if other_script is not None:
            return other_script
    for quarters in (2, 1, 3):
        if best[1].is_clear:
            break
        other = _guess_view_language(view_of(view.image.rotate(quarters)), engine, folder)
        if other[1].score > 2 * best[1].score:
            best = other
    best_view, guess = best
    if best is not upright:  # prepared as if it had been scanned in this orientation
        best_view = view_of(prepare_image(page, best_view.image.quarters))
    return best_view, RecognitionOptions((guess.language,))


def _guess_view_language(
    view: PreparedView, engine: Engine, folder: Path
) -> tuple[PreparedView, LanguageGuess]:
    return view, detect_language(
        view.image.pixels, view.image.components, view.line_components, engine, folder
    )
