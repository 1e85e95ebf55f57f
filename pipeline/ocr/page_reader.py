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
from pipeline.model import PageState, Reading, Step
from pipeline.ocr.attempt import Attempt, View, attempt, attempt_apart, view_of
from pipeline.ocr.components import Grey
from pipeline.ocr.engine import Engine, How, Layout, Threshold, mapped
from pipeline.ocr.evidence import left_over
from pipeline.ocr.language_detection import Found, look, look_for_another, sole_language
from pipeline.ocr.preprocess import Prepared, prepare, untouched
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.scratch_files import scratch_name
from pipeline.ocr.stamps import only_stamped
from pipeline.text import PageText, Word

_SURE = 0.75  #: 0..1; from here the engine's confidence in a word is to be believed
_SURE_SHARE = 0.25  #: of the letters read; under it the page holds scraps, not text
_SCRAPS = 3  #: this few sure words make no text when the rest is scraps
_LOST = 0.9  #: 0..1; with less covered, whole lines are missing
_GRAIN = 0.6  #: pixels of the prepared image; a second look does without what is finer
_STRANGE = 0.35  #: 0..1; with fewer letters known the page lies otherwise than it looks
_SURELY_STRANGE = 0.5  #: 0..1; the same for marks in sure words
_FOREIGN, _ENOUGH = 0.25, 200  #: 0..1, known among the letters; and of so many at least
_FIXED = {
    Recipe.LOCAL: (Layout.PAGE, Threshold.SAUVOLA),
    Recipe.BLOCK: (Layout.BLOCK, Threshold.SAUVOLA),
}


def read_image(page: Grey, engine: Engine, recipe: Recipe = Recipe.EVIDENCE) -> Reading:
    """Return how the reading went; never raises for what a page or the engine does.

    Args:
        page: grey pixels of the page image, height x width, 0 is black.
        engine: reads the prepared image from a file.
        recipe: how; only to compare recipes should it be another than the first.
    """
    begun = time.monotonic()
    prepared = untouched(page) if recipe is Recipe.UNTOUCHED else prepare(page)
    seconds = {"prepare": time.monotonic() - begun}
    if prepared.blank:
        detail = (
            f"nothing on the page looks like text ({prepared.marks.count} marks of letter size)"
        )
        return Reading(PageState.BLANK, steps=prepared.steps, detail=detail, seconds=seconds)
    begun = time.monotonic()
    attempts, trouble = _tried(page, prepared, engine, recipe)
    seconds["recognize"] = time.monotonic() - begun
    if not attempts:
        late = isinstance(trouble, PageTimeoutError)
        state = PageState.TIMEOUT if late else PageState.ERROR
        return Reading(state, steps=prepared.steps, detail=str(trouble), seconds=seconds)
    best = max(attempts, key=_promise)
    state, text, detail = _stands(best)
    height, width = page.shape
    return Reading(
        state,
        mapped(text, lambda box: best.image.to_page(box, width, height)),
        (*best.image.steps, _told(best, attempts)),
        detail,
        languages=best.how.languages,
        readings=len(attempts),
        expected_error=best.evidence.expected_error if state is PageState.OK else None,
        seconds=seconds,
    )


def _tried(
    page: Grey, prepared: Prepared, engine: Engine, recipe: Recipe
) -> tuple[list[Attempt], Exception | None]:
    """Return all readings of a page, and what ended them; one that failed spoils no other."""
    attempts: list[Attempt] = []
    with tempfile.TemporaryDirectory(prefix=scratch_name()) as folder:
        try:
            for attempt in _attempts(page, prepared, engine, recipe, Path(folder)):
                attempts.append(attempt)  # noqa: PERF402  what came before an error is kept
        except (PageError, PageTimeoutError) as error:
            return attempts, error
    return attempts, None


def _attempts(
    page: Grey, prepared: Prepared, engine: Engine, recipe: Recipe, folder: Path
) -> Iterator[Attempt]:
    """Yield readings of a page until one stands or nothing is left that may help."""
    view = view_of(prepared)
    if recipe is Recipe.UNTOUCHED:
        yield attempt(view, How(engine.languages), engine, folder)
        return
    language = None if prepared.quarters else sole_language(engine.languages, prepared.marks)
    guessed = language is not None
    if language is None:
        view, language = _looked_right(page, view, engine, folder)
    first = attempt(view, How((language,), *_FIXED.get(recipe, ())), engine, folder)
    yield first
    if guessed and _strange(first, alone=len(engine.languages) == 1):
        view, language = _looked_right(page, view, engine, folder)
        how = replace(first.how, languages=(language,))
        if view.image is not first.image or how != first.how:
            first = attempt(view, how, engine, folder)
            yield first
    if recipe is not Recipe.EVIDENCE:
        return
    if first.evidence.doubted:
        yield _second(first, view, engine, folder)


def _second(first: Attempt, view: View, engine: Engine, folder: Path) -> Attempt:
    """Read a doubtful page in two languages if it is in two, else by another recipe."""
    rest = left_over(first.text, view.marks)
    other = look_for_another(view.image.pixels, rest, first.how.languages[0], engine, folder)
    if other is not None:
        how = replace(first.how, languages=(*first.how.languages, other))
        return attempt(view, how, engine, folder)
    lost = first.evidence.covered < _LOST
    layout = Layout.BLOCK if lost else Layout.PAGE
    how = replace(first.how, layout=layout, threshold=Threshold.SAUVOLA)
    return attempt_apart(replace(view, image=view.image.smoothed(_GRAIN)), how, engine, folder)


def _looked_right(page: Grey, view: View, engine: Engine, folder: Path) -> tuple[View, str]:
    """Return the view in which a few lines make the most sense, and their language.

    The page is turned by quarters if need be.
    """
    upright = best = _looked(view, engine, folder)
    for quarters in (2, 1, 3):
        if best[1].clear:
            break
        other = _looked(view_of(view.image.turned(quarters)), engine, folder)
        if other[1].weight > 2 * best[1].weight:
            best = other
    looked, found = best
    if best is not upright:  # as it would be had it lain so on the glass
        looked = view_of(prepare(page, looked.image.quarters))
    return looked, found.language


def _looked(view: View, engine: Engine, folder: Path) -> tuple[View, Found]:
    return view, look(view.image.pixels, view.image.marks, view.marks, engine, folder)


def _strange(attempt: Attempt, *, alone: bool) -> bool:
    """Tell whether the page may lie otherwise, or be in another language if there is one."""
    evidence = attempt.evidence
    if evidence.share_known >= _STRANGE:
        return False
    return evidence.sure < _SURELY_STRANGE or not alone


def _told(best: Attempt, attempts: list[Attempt]) -> Step:
    """Say how the reading that is kept was made, and what spoke for it."""
    evidence = best.evidence
    return Step(
        "recognize",
        {
            "languages": "+".join(best.how.languages),
            "options": best.how.options,
            "reading": f"{attempts.index(best) + 1} of {len(attempts)}",
            "covered": f"{evidence.covered}",
            "sure": f"{evidence.sure}",
            "known": f"{evidence.share_known:.4f}",
        },
    )


def _promise(attempt: Attempt) -> tuple[bool, float]:
    """Rank readings: one that is text before one that is scraps, then what speaks for it."""
    return judge(attempt.text)[0] is PageState.OK, attempt.evidence.worth


def _stands(best: Attempt) -> tuple[PageState, PageText, str]:
    """Return what stands of a reading: the text, or nothing with the reason why."""
    state, text, detail = judge(best.text)
    if state is PageState.OK and only_stamped(text, best.image.pixels):
        read = " ".join(word.text for word in text.words())
        return PageState.BLANK, PageText(), f"nothing but a stamp: {read}"
    return state, text, detail or _foreign(best)


def _foreign(best: Attempt) -> str:
    """Say so where hardly a word of a page of text is one of the language it was read in."""
    evidence = best.evidence
    if evidence.letters < _ENOUGH or evidence.share_known >= _FOREIGN:
        return ""
    return (
        f"only {evidence.share_known:.0%} of its letters stand in words that Opis knows in "
        f"{'+'.join(best.how.languages)}: it may be in another language, which its sidecar can tell"
    )


def judge(text: PageText) -> tuple[PageState, PageText, str]:
    """Tell text from scraps: stamps, show-through and stains that the engine saw letters in.

    A page where hardly a letter was read with confidence has no text; what the engine made of it
    would be invention. Returns the state, the text that stands, and a sentence.
    """
    words = [word for word in text.words() if any(mark.isalnum() for mark in word.text)]
    sure = [word for word in words if word.confidence >= _SURE and len(word.text) > 1]
    if not words:
        return PageState.BLANK, PageText(), "the engine read no word"
    share = _letters(sure) / _letters(words)
    if share < _SURE_SHARE or (len(sure) <= _SCRAPS and share < 2 * _SURE_SHARE):
        detail = f"{len(words)} scraps, {share:.0%} of their letters read with confidence: no text"
        return PageState.BLANK, PageText(), detail
    return PageState.OK, text, ""


def _letters(words: list[Word]) -> int:
    return sum(len(word.text) for word in words)
