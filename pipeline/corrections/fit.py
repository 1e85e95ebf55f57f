"""Finds for each correction its line in a reading of the page.

A correction fits where its words still stand as it found them, or as it made them. So a new
reading that reads a corrected word rightly keeps the correction, and one that reads a third thing
there does not: then a person decides. What else it changes in the line is looked at again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.cleaning.word_edits import merge_words
from pipeline.corrections.correction import Correction, CorrectionAction, PlacedCorrection
from pipeline.text import Box, PageText

_MIN_OVERLAP = 0.5  #: of the lower and of the narrower box


@dataclass(frozen=True, slots=True)
class FittedPage:
    """The corrections of a page, each with its line or without one."""

    placed: tuple[PlacedCorrection, ...] = ()  #: in the order of the log
    unfit: tuple[Correction, ...] = ()  #: their place holds something else by now


def fit_corrections(
    text: PageText, image_sha256: str, corrections: Iterable[Correction]
) -> FittedPage:
    """Return for each correction of a page the line that it is about.

    Args:
        text: a reading of the page.
        image_sha256: of the page image.
        corrections: those of the page that count, the oldest first.
    """
    lines = list(text.lines())
    texts, boxes = [line.text for line in lines], [line.box for line in lines]
    placed, unfit = list[PlacedCorrection](), list[Correction]()
    for correction in corrections:
        same_image = correction.image == image_sha256
        number = find_line(boxes, correction.box) if same_image else None
        text_now = None if number is None else _text_with(correction, texts[number - 1])
        if number is not None and text_now is not None:
            is_whole = not correction.action.changes_text or text_now == correction.after
            placed.append(PlacedCorrection(number, correction, text_now, is_whole))
            if correction.action.settles_line:
                unfit = [one for one in unfit if not is_same_place(one.box, correction.box)]
            texts[number - 1] = text_now
        elif not correction.action.settles_line:
            continue
        elif number is not None or correction.action is not CorrectionAction.NOT_TEXT:
            unfit.append(correction)
    return FittedPage(tuple(placed), tuple(unfit))


def find_line(lines: Sequence[Box], box: Box) -> int | None:
    """Return the number, from 1, of the line in a place; None if there is none.

    Of lines that share as much with it, such as one around another, the smaller is meant.

    Args:
        lines: boxes of the lines.
        box: the place.
    """
    near = [
        (_shared_area(line, box), -line.width * line.height, -number)
        for number, line in enumerate(lines, 1)
        if is_same_place(line, box)
    ]
    return -max(near)[2] if near else None


def is_same_place(one: Box, other: Box) -> bool:
    """Return whether two boxes share at least half of their height and of their width.

    >>> is_same_place(Box(0, 0, 100, 20), Box(10, 4, 120, 22))
    True
    """
    width, height = _shared_size(one, other)
    return (
        height >= _MIN_OVERLAP * min(one.height, other.height)
        and width >= _MIN_OVERLAP * min(one.width, other.width)
    )  # fmt: skip


def _text_with(correction: Correction, text: str) -> str | None:
    """Return a line with a correction; None if the correction does not fit it."""
    if not correction.action.changes_text:
        return text if text == correction.before else None
    return merge_words(correction.before, correction.after, text) or None  # no line is empty


def _shared_size(one: Box, other: Box) -> tuple[int, int]:
    width = min(one.right, other.right) - max(one.x, other.x)
    return max(width, 0), max(min(one.bottom, other.bottom) - max(one.y, other.y), 0)


def _shared_area(one: Box, other: Box) -> int:
    width, height = _shared_size(one, other)
    return width * height
