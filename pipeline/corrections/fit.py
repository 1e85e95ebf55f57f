"""Finds for each correction its line in a reading of the page.

A correction fits where its place still holds what it corrected, or what it made. So a new reading
that reads a corrected word rightly keeps the correction, and one that reads a third thing does not:
then a person decides.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.cleaning.word_edits import edits_between
from pipeline.corrections.correction import Correction, CorrectionAction, PlacedCorrection
from pipeline.text import Box, Line, PageText

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
    texts = [line.text for line in lines]
    placed, unfit = list[PlacedCorrection](), list[Correction]()
    for correction in corrections:
        same_image = correction.image == image_sha256
        number = find_line(lines, correction.box) if same_image else None
        if number is not None and is_fit(correction, texts[number - 1]):
            placed.append(PlacedCorrection(number, correction))
            unfit = [one for one in unfit if not is_same_place(one.box, correction.box)]
            if correction.action.changes_text:
                texts[number - 1] = correction.after
        elif number is not None or correction.action is not CorrectionAction.NOT_TEXT:
            unfit.append(correction)
    return FittedPage(tuple(placed), tuple(unfit))


def find_line(lines: Sequence[Line], box: Box) -> int | None:
    """Return the number, from 1, of the line in a place; None if there is none."""
    near = [
        (_shared_area(line.box, box), -number)
        for number, line in enumerate(lines, 1)
        if is_same_place(line.box, box)
    ]
    return -max(near)[1] if near else None


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


def is_fit(correction: Correction, text: str) -> bool:
    """Return whether a line holds, in each place, what a correction found there or made of it."""
    before = correction.before
    if not correction.action.changes_text:
        return text == before
    pattern, at = list[str](), 0
    for edit in edits_between(before, correction.after):
        either = f"(?:{re.escape(edit.removed)}|{re.escape(edit.inserted)})"
        pattern += re.escape(before[at : edit.start]), either
        at = edit.start + len(edit.removed)
    return re.fullmatch("".join(pattern) + re.escape(before[at:]), text) is not None


def _shared_size(one: Box, other: Box) -> tuple[int, int]:
    width = min(one.right, other.right) - max(one.x, other.x)
    return max(width, 0), max(min(one.bottom, other.bottom) - max(one.y, other.y), 0)


def _shared_area(one: Box, other: Box) -> int:
    width, height = _shared_size(one, other)
    return width * height
