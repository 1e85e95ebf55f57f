"""Tell text from what was read on a page that has none: scraps, a stamp, a leaf number."""

from pipeline.model import PageState
from pipeline.ocr.preprocess import PreparedImage
from pipeline.ocr.stamps import has_only_stamps
from pipeline.text import PageText, Word

_SURE_CONFIDENCE = 0.75  #: 0..1; the engine's confidence from which a word is trusted
_SURE_LARGE_CONFIDENCE = 0.6  #: 0..1; the same for letters so large that no stain has their shape
_TEXT_SURE_SHARE = 0.25  #: 0..1, sure letters of all read; with less the page has scraps, not text
_FEW_SURE_WORDS = 3  #: with so few sure words, a text needs twice that share
_FEW_MARKS = 8  #: marks of letter size; so few without letters are a leaf number


def accept_or_blank(text: PageText, image: PreparedImage) -> tuple[PageState, PageText, str]:
    """Return the state, the text (empty if it is scraps) and a sentence about it or none.

    Scraps are stamps, show-through and stains that the engine took for letters: hardly a letter of
    them was read with confidence.
    """
    words = [word for word in text.words() if any(mark.isalnum() for mark in word.text)]
    limit = _SURE_LARGE_CONFIDENCE if image.has_large_letters else _SURE_CONFIDENCE
    sure = [word for word in words if word.confidence >= limit and len(word.text) > 1]
    if not words:
        return PageState.BLANK, PageText(), "the engine read no word"
    share = _count_letters(sure) / _count_letters(words)
    if share < _TEXT_SURE_SHARE or (len(sure) <= _FEW_SURE_WORDS and share < 2 * _TEXT_SURE_SHARE):
        detail = f"{len(words)} scraps, {share:.0%} of their letters read with confidence: no text"
        return PageState.BLANK, PageText(), detail
    return PageState.OK, text, ""


def accept_or_blank_marks(text: PageText, image: PreparedImage) -> tuple[PageState, PageText, str]:
    """Return the same for a text of nothing but a stamp or a leaf number, which are never large."""
    if image.has_large_letters:
        return PageState.OK, text, ""
    has_letters = any(mark.isalpha() for word in text.words() for mark in word.text)
    if image.components.count < _FEW_MARKS and not has_letters:
        return PageState.BLANK, PageText(), f"nothing but a number: {text.raw_text}"
    if has_only_stamps(text, image.pixels):
        words = " ".join(word.text for word in text.words())
        return PageState.BLANK, PageText(), f"nothing but a stamp: {words}"
    return PageState.OK, text, ""


def _count_letters(words: list[Word]) -> int:
    return sum(len(word.text) for word in words)
