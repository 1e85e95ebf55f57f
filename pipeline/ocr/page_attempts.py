"""The attempts at reading a page: by the recipe that is usually best, then by others in doubt."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.imaging.pixels import Grey
from pipeline.model import Model
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
)
from pipeline.ocr.evidence import unread_components
from pipeline.ocr.few_letters import iterate_few_letters
from pipeline.ocr.language_detection import (
    detect_second_language,
    language_of_page,
    sole_language,
)
from pipeline.ocr.mixed_languages import attempt_by_line
from pipeline.ocr.page_orientation import orient_view
from pipeline.ocr.preprocess import PreparedImage
from pipeline.ocr.recipes import Recipe

_MIN_COVERED = 0.9  #: 0..1; with less covered, whole lines are missing
_GRAIN_SIGMA = 0.6  #: pixels of the prepared image; a second reading smooths away finer grain
_WRONG_KNOWN_SHARE = 0.35  #: 0..1; with fewer letters known the orientation may be wrong
_WRONG_SURE_SHARE = 0.5  #: 0..1; the same for components in sure words
_GENERAL_OPTIONS = (PageSegmentation.PAGE, Binarization.OTSU)
_RECIPE_OPTIONS = {
    Recipe.LOCAL: (PageSegmentation.PAGE, Binarization.SAUVOLA),
    Recipe.BLOCK: (PageSegmentation.BLOCK, Binarization.SAUVOLA),
}


def iterate_attempts(
    page: Grey, prepared: PreparedImage, engine: Engine, recipe: Recipe, folder: Path
) -> Iterator[Attempt]:
    """Yield readings of a page until one is good enough or no recipe is left.

    Args:
        page: grey pixels of the page image, height x width, 0 is black.
        prepared: the same, prepared for the engine.
        engine: reads the prepared image from a file.
        recipe: other than the default only to compare recipes.
        folder: for files of prepared images.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    view = view_of(prepared)
    if recipe is Recipe.UNTOUCHED:
        options = RecognitionOptions(engine.languages, model=Model.STOCK)
        yield attempt_reading(view, options, engine, folder)
        return
    first: Attempt | None = None
    language = None if prepared.quarters else sole_language(engine.languages, prepared.components)
    if prepared.components.are_few and recipe is Recipe.EVIDENCE:
        first = yield from iterate_few_letters(view, engine, folder)
    elif language is not None:
        options = RecognitionOptions((language,))
        first = attempt_reading(view, _with_recipe(options, recipe, view), engine, folder)
        yield first
    if first is None or _looks_wrong(first, monolingual=len(engine.languages) == 1):
        view, options = orient_view(page, view, engine, folder)
        options = _with_recipe(options, recipe, view)
        if first is None or view.image is not first.image or options != first.options:
            first = attempt_reading(view, options, engine, folder)
            yield first
    if recipe is Recipe.EVIDENCE:
        yield from _iterate_better_attempts(first, view, engine, folder)


def _with_recipe(
    options: RecognitionOptions, recipe: Recipe, view: PreparedView
) -> RecognitionOptions:
    """Return the options as the recipe has them, with the model that suits the page."""
    segmentation, binarization = _RECIPE_OPTIONS.get(recipe, _GENERAL_OPTIONS)
    if options.segmentation is PageSegmentation.VERTICAL:
        segmentation = options.segmentation
    return RecognitionOptions(options.languages, segmentation, binarization, view.model)


def _iterate_better_attempts(
    first: Attempt, view: PreparedView, engine: Engine, folder: Path
) -> Iterator[Attempt]:
    """Yield readings that may be better than the first: in a likelier language, by line, again."""
    earlier = first
    language = language_of_page(first.text, first.options.languages[0], engine.languages)
    if language != first.options.languages[0]:
        options = replace(first.options, languages=(language,))
        first = attempt_reading(view, options, engine, folder)
        yield first
    by_line = attempt_by_line(first, earlier, view, engine, folder)
    if by_line is not None:
        first = by_line
        yield first
    if first.evidence.is_doubtful:
        yield _attempt_again(first, view, engine, folder)


def _attempt_again(first: Attempt, view: PreparedView, engine: Engine, folder: Path) -> Attempt:
    """Read a doubtful page in a second language too if it has one, else by another recipe."""
    unread = unread_components(first.text, view.line_components)
    second_language = detect_second_language(
        view.image.pixels, unread, first.options.languages[0], engine, folder
    )
    if second_language is not None:
        options = replace(first.options, languages=(*first.options.languages, second_language))
        return attempt_reading(view, options, engine, folder)
    if first.options.segmentation is PageSegmentation.VERTICAL:
        options = replace(first.options, binarization=Binarization.SAUVOLA)
        smooth = replace(view, image=view.image.smooth(_GRAIN_SIGMA))
        return attempt_reading(smooth, options, engine, folder)
    lines_missing = first.evidence.covered_share < _MIN_COVERED
    segmentation = PageSegmentation.BLOCK if lines_missing else PageSegmentation.PAGE
    options = replace(first.options, segmentation=segmentation, binarization=Binarization.SAUVOLA)
    return attempt_with_lines_separated(
        replace(view, image=view.image.smooth(_GRAIN_SIGMA)), options, engine, folder
    )


def _looks_wrong(attempt: Attempt, *, monolingual: bool) -> bool:
    """Return whether the page may have another orientation, or another of several languages."""
    evidence = attempt.evidence
    if evidence.known_share >= _WRONG_KNOWN_SHARE:
        return False
    return evidence.sure_share < _WRONG_SURE_SHARE or not monolingual
