"""The text of a page with its boxes turned so that its lines run level.

Boxes are published in pixels of the page image; there the lines of a sideways page run up or down.
Code that works on rows or on the width of words needs level lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.model import PageImage, PageReading, ProcessingStep
from pipeline.ocr.engine import map_boxes
from pipeline.ocr.sheet import sheet_box
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box, PageText


@dataclass(frozen=True, slots=True)
class UprightText:
    """A text with boxes in pixels of the turned page image, origin top left."""

    text: PageText
    quarters: int  #: clockwise turns from the page image, 0 to 3
    width: int  #: of the turned page image, pixels
    height: int


def to_upright(reading: PageReading, image: PageImage | None) -> UprightText:
    """Return the text of a page, turned by the quarter turns that were applied for reading."""
    if image is None:
        return UprightText(reading.text, 0, 1, 1)
    quarters, (width, height) = quarter_turns(reading.steps), (image.width, image.height)
    transform = AffineTransform.from_quarter_turns(quarters, width, height)
    if quarters % 2:
        width, height = height, width
    text = (
        map_boxes(reading.text, lambda box: transform.map_box(box, width, height))
        if quarters
        else reading.text
    )
    return UprightText(text, quarters, width, height)


def quarter_turns(steps: Iterable[ProcessingStep]) -> int:
    """Return how many quarters clockwise a page image was turned for reading, 0 to 3."""
    degrees = [int(step.settings["degrees"]) for step in steps if step.name == "turn"]
    return sum(degrees) // 90 % 4


def to_upright_sheet(reading: PageReading, image: PageImage | None) -> UprightText:
    """Return the same with boxes in pixels of the turned sheet, where one was cut out."""
    upright, box = to_upright(reading, image), sheet_box(reading.steps)
    if image is None or box is None:
        return upright
    turn = AffineTransform.from_quarter_turns(upright.quarters, image.width, image.height)
    sheet = turn.map_box(box, upright.width, upright.height)
    text = map_boxes(
        upright.text,
        lambda word: Box(
            max(word.x - sheet.x, 0), max(word.y - sheet.y, 0), word.width, word.height
        ),
    )
    return UprightText(text, upright.quarters, sheet.width, sheet.height)
