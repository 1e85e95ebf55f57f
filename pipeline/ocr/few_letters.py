"""Read a page of few letters, a cover or a title page, in every script and by two recipes.

Its few letters, mostly capitals, tell neither script nor language before they are read: В, Е, О, Р
and Т stand in both alphabets. So it is read in each script until one makes sense; such a page costs
a tenth of a page of typing.
"""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

from pipeline.ocr.attempt import Attempt, PreparedView, attempt_reading
from pipeline.ocr.engine import Binarization, Engine, RecognitionOptions
from pipeline.ocr.evidence import Evidence
from pipeline.ocr.language_detection import language_of_few_words, languages_by_script

#: 0..1; with fewer letters known, or less confidence, the page may be in the other script.
_MIN_KNOWN_SHARE, _MIN_CONFIDENCE = 0.6, 0.9


def iterate_few_letters(
    view: PreparedView, engine: Engine, folder: Path
) -> Generator[Attempt, None, Attempt | None]:
    """Yield readings in each script until one makes sense; return the best, None for no script.

    Args:
        view: the page.
        engine: its languages are the candidates.
        folder: for the image of the page.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    best: Attempt | None = None
    for group in languages_by_script(engine.languages, view.image.components):
        options = RecognitionOptions(group[:1], model=view.model)
        attempt = attempt_reading(view, options, engine, folder)
        yield attempt
        language = language_of_few_words(attempt.text, group)
        if language != group[0]:
            options = replace(options, languages=(language,))
            attempt = attempt_reading(view, options, engine, folder)
            yield attempt
        best = attempt if best is None else max(best, attempt, key=_rank)
        if _makes_sense(best.evidence):
            break
    if best is None:
        return None
    options = replace(best.options, binarization=Binarization.SAUVOLA)
    other = attempt_reading(view, options, engine, folder)
    yield other
    return max(best, other, key=_rank)


def _makes_sense(evidence: Evidence) -> bool:
    return evidence.known_share >= _MIN_KNOWN_SHARE and evidence.confidence >= _MIN_CONFIDENCE


def _rank(attempt: Attempt) -> tuple[float, float]:
    """Return a sort key: the score of the evidence, then the engine's confidence."""
    return attempt.evidence.score, attempt.evidence.confidence
