"""Reads one page image: prepared, blank or not, recognized, and judged for being text at all."""

import tempfile
import time
from pathlib import Path

import cv2

from pipeline.errors import PageError, PageTimeoutError
from pipeline.model import PageState, Reading, Step
from pipeline.reading.ocr import Engine, mapped
from pipeline.reading.prepare import Grey, Prepared, prepare
from pipeline.reading.stamps import only_stamped
from pipeline.text import PageText, Word

_SURE = 0.75  #: 0..1; from here the engine's confidence in a word is to be believed
_SURE_SHARE = 0.25  #: of the letters read; under it the page holds scraps, not text
_SCRAPS = 3  #: this few sure words make no text when the rest is scraps


def read_image(page: Grey, engine: Engine) -> Reading:
    """Return how the reading went; never raises for what a page or the engine does.

    Args:
        page: grey pixels of the page image, height x width, 0 is black.
        engine: reads the prepared image from a file.
    """
    begun = time.monotonic()
    prepared = prepare(page)
    seconds = {"prepare": time.monotonic() - begun}
    if prepared.blank:
        detail = f"nothing on the page looks like text ({prepared.letters} marks of letter size)"
        return Reading(PageState.BLANK, steps=prepared.steps, detail=detail, seconds=seconds)
    begun = time.monotonic()
    state, text, detail = _recognize(prepared, engine)
    seconds["recognize"] = time.monotonic() - begun
    if state is PageState.OK:
        state, text, detail = judge(text)
    if state is PageState.OK and only_stamped(text, prepared.pixels):
        read = " ".join(word.text for word in text.words())
        state, text, detail = PageState.BLANK, PageText(), f"nothing but a stamp: {read}"
    text = mapped(text, lambda box: prepared.to_page(box, page.shape[1], page.shape[0]))
    steps = (*prepared.steps, Step("recognize"))
    return Reading(state, text, steps, detail, seconds)


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


def _recognize(prepared: Prepared, engine: Engine) -> tuple[PageState, PageText, str]:
    with tempfile.TemporaryDirectory(prefix="opis-page-") as folder:
        image = Path(folder) / "page.pgm"
        cv2.imwrite(str(image), prepared.pixels)
        try:
            return PageState.OK, engine.read(image), ""
        except PageTimeoutError as error:
            return PageState.TIMEOUT, PageText(), str(error)
        except PageError as error:
            return PageState.ERROR, PageText(), str(error)


def _letters(words: list[Word]) -> int:
    return sum(len(word.text) for word in words)
