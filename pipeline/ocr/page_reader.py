"""Reads one page image: prepared, blank or not, recognized once or twice, and judged.

A first reading by the recipe that is best in general; a second by another where the evidence is
doubtful; the better one is kept, by the evidence alone.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.errors import PageError, PageTimeoutError
from pipeline.imaging.pixels import Grey
from pipeline.model import PageReading, PageState, ProcessingStep
from pipeline.ocr.attempt import (
    Attempt,
    PreparedView,
    attempt_reading,
    attempt_with_lines_separated,
    view_of,
)
from pipeline.ocr.engine import (
    Binarization,
    Engine,
    PageSegmentation,
    RecognitionOptions,
    map_boxes,
)
from pipeline.ocr.evidence import unread_components
from pipeline.ocr.language_detection import (
    LanguageGuess,
    detect_language,
    detect_second_language,
    sole_language,
)
from pipeline.ocr.preprocess import PreparedImage, prepare_image, unprocessed_image
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.scratch_files import scratch_prefix
from pipeline.ocr.stamps import has_only_stamps
from pipeline.text import PageText, Word

_SURE_CONFIDENCE = 0.75  #: 0..1; from here the engine's confidence in a word is to be believed
_TEXT_SURE_SHARE = 0.25  #: of the letters read; under it the page holds scraps, not text
_FEW_SURE_WORDS = 3  #: this few sure words make no text when the rest is scraps
_MIN_COVERED = 0.9  #: 0..1; with less covered, whole lines are missing
_GRAIN_SIGMA = 0.6  #: pixels of the prepared image; a second look does without what is finer
_WRONG_KNOWN_SHARE = 0.35  #: 0..1; with fewer letters known the page lies otherwise than it looks
_WRONG_SURE_SHARE = 0.5  #: 0..1; the same for marks in sure words
_FOREIGN_SHARE, _FOREIGN_MIN_LETTERS = (
    0.25,
    200,
)  #: 0..1, known among the letters; and of so many at least
_RECIPE_OPTIONS = {
    Recipe.LOCAL: (PageSegmentation.PAGE, Binarization.SAUVOLA),
    Recipe.BLOCK: (PageSegmentation.BLOCK, Binarization.SAUVOLA),
}


def read_image(page: Grey, engine: Engine, recipe: Recipe = Recipe.EVIDENCE) -> PageReading:
    """Return how the reading went; never raises for what a page or the engine does.

    Args:
        page: grey pixels of the page image, height x width, 0 is black.
        engine: reads the prepared image from a file.
        recipe: how; only to compare recipes should it be another than the first.
    """
    begun = time.monotonic()
    prepared = unprocessed_image(page) if recipe is Recipe.UNTOUCHED else prepare_image(page)
    seconds = {"prepare": time.monotonic() - begun}
    if prepared.is_blank:
        marks = f"{prepared.components.count} marks of letter size"
        detail = f"nothing on the page looks like text ({marks})"
        return PageReading(PageState.BLANK, steps=prepared.steps, detail=detail, seconds=seconds)
    begun = time.monotonic()
    attempts, trouble = _collect_attempts(page, prepared, engine, recipe)
    seconds["recognize"] = time.monotonic() - begun
    if not attempts:
        late = isinstance(trouble, PageTimeoutError)
        state = PageState.TIMEOUT if late else PageState.ERROR
        return PageReading(state, steps=prepared.steps, detail=str(trouble), seconds=seconds)
    best = max(attempts, key=_rank)
    state, text, detail = _accepted_text(best)
    height, width = page.shape
    return PageReading(
        state,
        map_boxes(text, lambda box: best.image.to_page(box, width, height)),
        (*best.image.steps, _recognition_step(best, attempts, engine)),
        detail,
        languages=best.options.languages,
        readings=len(attempts),
        expected_error=best.evidence.expected_error if state is PageState.OK else None,
        seconds=seconds,
    )


def _collect_attempts(
    page: Grey, prepared: PreparedImage, engine: Engine, recipe: Recipe
) -> tuple[list[Attempt], Exception | None]:
    """Return all readings of a page, and what ended them; one that failed spoils no other."""
    attempts: list[Attempt] = []
    with tempfile.TemporaryDirectory(prefix=scratch_prefix()) as folder:
        try:
            for attempt in _iterate_attempts(page, prepared, engine, recipe, Path(folder)):
                attempts.append(attempt)  # noqa: PERF402  what came before an error is kept
        except (PageError, PageTimeoutError) as error:
            return attempts, error
    return attempts, None


def _iterate_attempts(
    page: Grey, prepared: PreparedImage, engine: Engine, recipe: Recipe, folder: Path
) -> Iterator[Attempt]:
    """Yield readings of a page until one stands or nothing is left that may help."""
    view = view_of(prepared)
    if recipe is Recipe.UNTOUCHED:
        yield attempt_reading(view, RecognitionOptions(engine.languages), engine, folder)
        return
    language = None if prepared.quarters else sole_language(engine.languages, prepared.components)
    guessed = language is not None
    if language is None:
        view, language = _orient_view(page, view, engine, folder)
    first = attempt_reading(
        view, RecognitionOptions((language,), *_RECIPE_OPTIONS.get(recipe, ())), engine, folder
    )
    yield first
    if guessed and _looks_wrong(first, monolingual=len(engine.languages) == 1):
        view, language = _orient_view(page, view, engine, folder)
        how = replace(first.options, languages=(language,))
        if view.image is not first.image or how != first.options:
            first = attempt_reading(view, how, engine, folder)
            yield first
    if recipe is not Recipe.EVIDENCE:
        return
    if first.evidence.is_doubtful:
        yield _attempt_again(first, view, engine, folder)


def _attempt_again(first: Attempt, view: PreparedView, engine: Engine, folder: Path) -> Attempt:
    """Read a doubtful page in two languages if it is in two, else by another recipe."""
    rest = unread_components(first.text, view.line_components)
    other = detect_second_language(
        view.image.pixels, rest, first.options.languages[0], engine, folder
    )
    if other is not None:
        how = replace(first.options, languages=(*first.options.languages, other))
        return attempt_reading(view, how, engine, folder)
    lost = first.evidence.covered_share < _MIN_COVERED
    layout = PageSegmentation.BLOCK if lost else PageSegmentation.PAGE
    how = replace(first.options, segmentation=layout, binarization=Binarization.SAUVOLA)
    return attempt_with_lines_separated(
        replace(view, image=view.image.smooth(_GRAIN_SIGMA)), how, engine, folder
    )


def _orient_view(
    page: Grey, view: PreparedView, engine: Engine, folder: Path
) -> tuple[PreparedView, str]:
    """Return the view in which a few lines make the most sense, and their language.

    The page is turned by quarters if need be.
    """
    upright = best = _guess_view_language(view, engine, folder)
    for quarters in (2, 1, 3):
        if best[1].is_clear:
            break
        other = _guess_view_language(view_of(view.image.rotate(quarters)), engine, folder)
        if other[1].score > 2 * best[1].score:
            best = other
    looked, found = best
    if best is not upright:  # as it would be had it lain so on the glass
        looked = view_of(prepare_image(page, looked.image.quarters))
    return looked, found.language


def _guess_view_language(
    view: PreparedView, engine: Engine, folder: Path
) -> tuple[PreparedView, LanguageGuess]:
    return view, detect_language(
        view.image.pixels, view.image.components, view.line_components, engine, folder
    )


def _looks_wrong(attempt: Attempt, *, monolingual: bool) -> bool:
    """Tell whether the page may lie otherwise, or be in another language if there is one."""
    evidence = attempt.evidence
    if evidence.known_share >= _WRONG_KNOWN_SHARE:
        return False
    return evidence.sure_share < _WRONG_SURE_SHARE or not monolingual


def _recognition_step(best: Attempt, attempts: list[Attempt], engine: Engine) -> ProcessingStep:
    """Say how the reading that is kept was made, and what spoke for it."""
    evidence = best.evidence
    return ProcessingStep(
        "recognize",
        {
            "languages": "+".join(best.options.languages),
            "options": engine.format_options(best.options),
            "reading": f"{attempts.index(best) + 1} of {len(attempts)}",
            "covered": f"{evidence.covered_share}",
            "sure": f"{evidence.sure_share}",
            "known": f"{evidence.known_share:.4f}",
        },
    )


def _rank(attempt: Attempt) -> tuple[bool, float]:
    """Rank readings: one that is text before one that is scraps, then what speaks for it."""
    return accept_or_blank(attempt.text)[0] is PageState.OK, attempt.evidence.score


def _accepted_text(best: Attempt) -> tuple[PageState, PageText, str]:
    """Return what stands of a reading: the text, or nothing with the reason why."""
    state, text, detail = accept_or_blank(best.text)
    if state is PageState.OK and has_only_stamps(text, best.image.pixels):
        read = " ".join(word.text for word in text.words())
        return PageState.BLANK, PageText(), f"nothing but a stamp: {read}"
    return state, text, detail or _foreign_detail(best)


def _foreign_detail(best: Attempt) -> str:
    """Say so where hardly a word of a page of text is one of the language it was read in."""
    evidence = best.evidence
    if evidence.letters < _FOREIGN_MIN_LETTERS or evidence.known_share >= _FOREIGN_SHARE:
        return ""
    return (
        f"only {evidence.known_share:.0%} of its letters stand in words that Opis knows in "
        f"{'+'.join(best.options.languages)}: it may be in another language, "
        "which its sidecar can tell"
    )


def accept_or_blank(text: PageText) -> tuple[PageState, PageText, str]:
    """Tell text from scraps: stamps, show-through and stains that the engine saw letters in.

    A page where hardly a letter was read with confidence has no text; what the engine made of it
    would be invention. Returns the state, the text that stands, and a sentence.
    """
    words = [word for word in text.words() if any(mark.isalnum() for mark in word.text)]
    sure = [word for word in words if word.confidence >= _SURE_CONFIDENCE and len(word.text) > 1]
    if not words:
        return PageState.BLANK, PageText(), "the engine read no word"
    share = _count_letters(sure) / _count_letters(words)
    if share < _TEXT_SURE_SHARE or (len(sure) <= _FEW_SURE_WORDS and share < 2 * _TEXT_SURE_SHARE):
        detail = f"{len(words)} scraps, {share:.0%} of their letters read with confidence: no text"
        return PageState.BLANK, PageText(), detail
    return PageState.OK, text, ""


def _count_letters(words: list[Word]) -> int:
    return sum(len(word.text) for word in words)
