"""Read one page image: prepare it, recognize it once or more, choose the best reading.

The first reading uses the recipe that is best in general; if its evidence is doubtful, a second
uses another recipe. The evidence alone decides between them.
"""

import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import PageError, PageTimeoutError
from pipeline.imaging.page_image import PagePixels
from pipeline.imaging.pixels import Grey
from pipeline.model import PageReading, PageState, ProcessingStep
from pipeline.ocr.attempt import (
    Attempt,
    recognition_step,
)
from pipeline.ocr.blank_pages import accept_or_blank, accept_or_blank_marks
from pipeline.ocr.engine import (
    Engine,
    map_boxes,
)
from pipeline.ocr.foreign_text import foreign_text_detail
from pipeline.ocr.list_rows import KeptRows, keep_rows
from pipeline.ocr.page_attempts import iterate_attempts
from pipeline.ocr.page_number import read_page_number
from pipeline.ocr.preprocess import prepare_image, unprocessed_image
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.scraps import set_scraps_aside
from pipeline.ocr.second_engine import STEP_NAME, SecondEngine, review_text
from pipeline.ocr.spaced_letters import split_spaced_letters
from pipeline.system.scratch_files import scratch_prefix
from pipeline.text import Box, PageText, Scrap

_Rank: TypeAlias = tuple[bool, float, float]  #: see `_rank`
_NO_TEXT: _Rank = (False, 0.0, 0.0)


def read_page(
    page: PagePixels,
    engine: Engine,
    recipe: Recipe = Recipe.EVIDENCE,
    second_engine: SecondEngine | None = None,
) -> PageReading:
    """Return the reading of a page.

    Where coloured marks cover the writing, the page is read with and without them; the evidence
    decides: taking off the ink of a mark may leave scraps of it. The other arguments are those of
    `read_image`.
    """
    writing = page.writing if recipe is Recipe.EVIDENCE else None
    reading, rank = _read_and_rank(page.pixels, engine, recipe, second_engine)
    if writing is None:
        return reading
    other, other_rank = _read_and_rank(writing.pixels, engine, recipe, second_engine)
    best = reading
    if other_rank > rank:
        step = ProcessingStep("remove-coloured-marks", {"marks": str(writing.marks)})
        best = replace(other, steps=(step, *other.steps))
    sums = {name: other.seconds[name] + reading.seconds.get(name, 0) for name in other.seconds}
    return replace(best, readings=reading.readings + other.readings, seconds=reading.seconds | sums)


def read_image(
    page: Grey,
    engine: Engine,
    recipe: Recipe = Recipe.EVIDENCE,
    second_engine: SecondEngine | None = None,
) -> PageReading:
    """Return the reading of a page; a failure of the engine becomes its state, not an error.

    Args:
        page: grey pixels of the page image, height x width, 0 is black.
        engine: reads the prepared image from a file.
        recipe: other than the default only to compare recipes.
        second_engine: reads doubtful lines of the best reading again; None if there is none.
    """
    return _read_and_rank(page, engine, recipe, second_engine)[0]


def _read_and_rank(
    page: Grey, engine: Engine, recipe: Recipe, second_engine: SecondEngine | None
) -> tuple[PageReading, _Rank]:
    """Return the reading of a page, and the rank of its best attempt."""
    started = time.monotonic()
    prepared = unprocessed_image(page) if recipe is Recipe.UNTOUCHED else prepare_image(page)
    seconds = {"prepare": time.monotonic() - started}
    if prepared.is_blank:
        marks = f"{prepared.components.count} marks of letter size"
        detail = f"nothing on the page looks like text ({marks})"
        blank = PageReading(PageState.BLANK, steps=prepared.steps, detail=detail, seconds=seconds)
        return blank, _NO_TEXT
    started = time.monotonic()
    attempts: list[Attempt] = []
    with tempfile.TemporaryDirectory(prefix=scratch_prefix("page")) as folder:
        readings = iterate_attempts(page, prepared, engine, recipe, Path(folder))
        kept, error = _collect_attempts(readings, attempts, engine, recipe, Path(folder))
    seconds["recognize"] = time.monotonic() - started
    if kept is None:
        state = PageState.TIMEOUT if isinstance(error, PageTimeoutError) else PageState.ERROR
        failed = PageReading(state, steps=prepared.steps, detail=str(error), seconds=seconds)
        return failed, _NO_TEXT
    recognized = recognition_step(kept.first, attempts, engine)
    reading = _best_reading(page, recipe, kept, recognized, second_engine, seconds)
    return replace(reading, readings=len(attempts)), _rank(kept.first)


def _collect_attempts(
    readings: Iterator[Attempt],
    attempts: list[Attempt],
    engine: Engine,
    recipe: Recipe,
    folder: Path,
) -> tuple[KeptRows | None, PageError | None]:
    """Add the readings to a list; return the best, lists in rows, and what ended it if any."""
    error: PageError | None = None
    try:
        for attempt in readings:
            attempts.append(attempt)  # noqa: PERF402  readings before an error are kept
        if recipe is Recipe.EVIDENCE:
            kept = keep_rows(max(attempts, key=_rank), engine, folder)
            numbered = read_page_number(kept.attempt, engine, folder)
            return replace(kept, attempt=split_spaced_letters(numbered)), None
    except PageError as failure:
        error = failure
    best = max(attempts, key=_rank, default=None)
    return None if best is None else KeptRows(best, best), error


def _best_reading(
    page: Grey,
    recipe: Recipe,
    kept: KeptRows,
    recognized: ProcessingStep,
    second_engine: SecondEngine | None,
    seconds: dict[str, float],
) -> PageReading:
    """Return the best of the readings, its boxes in pixels of the page image."""
    best = kept.attempt
    state, text, detail = _accepted_text(best)
    detail = "; ".join(filter(None, (detail, kept.fault)))
    scraps: tuple[Scrap, ...] = ()
    if recipe is not Recipe.UNTOUCHED:  # compared with: all that the engine alone reads
        text, scraps = set_scraps_aside(text, best.image.pixels.shape, best.options.languages)
    error = None
    if text.confidence is not None:  # scraps say nothing about the text
        error = replace(best.evidence, confidence=text.confidence).expected_error
        error = max(error, round(kept.doubtful_share, 4))
    started = time.monotonic()
    text, steps = review_text(text, best.image.pixels, best.options.languages, second_engine)
    if steps:
        seconds |= {STEP_NAME: time.monotonic() - started}
    height, width = page.shape

    def to_page(box: Box) -> Box:
        return best.image.to_page(box, width, height)

    return PageReading(
        state,
        map_boxes(text, to_page),
        (*best.image.steps, recognized, *steps),
        detail,
        languages=best.options.languages,
        expected_error=error,
        scraps=tuple(replace(scrap, box=to_page(scrap.box)) for scrap in scraps),
        seconds=seconds,
    )


def _rank(attempt: Attempt) -> _Rank:
    """Return a sort key: text before scraps, then the score of the evidence.

    Of a few words all may be known in several readings; there the engine's confidence decides.
    """
    confidence = attempt.evidence.confidence if attempt.image.components.are_few else 0.0
    return (
        accept_or_blank(attempt.text, attempt.image)[0] is PageState.OK,
        attempt.evidence.score,
        confidence,
    )


def _accepted_text(best: Attempt) -> tuple[PageState, PageText, str]:
    """Return the state, the text, empty if the page is blank, and a sentence about it or none."""
    state, text, detail = accept_or_blank(best.text, best.image)
    if state is PageState.OK:
        state, text, detail = accept_or_blank_marks(text, best.image)
    if detail or state is PageState.BLANK:
        return state, text, detail
    return state, text, foreign_text_detail(text, best.evidence, best.options.languages)
