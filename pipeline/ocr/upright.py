"""The text of a page as it lies once the page is turned so that its lines run level.

Boxes are published in pixels of the page image, where the lines of a page that lay sideways run up
or down. What goes by rows and by the width of words needs them level.
"""

from dataclasses import dataclass

from pipeline.model import PageImage, PageReading
from pipeline.ocr.engine import map_boxes
from pipeline.ocr.transform import AffineTransform
from pipeline.text import PageText


@dataclass(frozen=True, slots=True)
class UprightText:
    """A text with its boxes in pixels of the turned page image."""

    text: PageText
    quarters: int  #: clockwise turns from the page image, 0 to 3
    width: int  #: of the turned page image, pixels
    height: int


def to_upright(reading: PageReading, image: PageImage | None) -> UprightText:
    """Return the text of a page as it lies once it is turned as it was for reading."""
    if image is None:
        return UprightText(reading.text, 0, 1, 1)
    turns = [int(step.settings["degrees"]) for step in reading.steps if step.name == "turn"]
    quarters, (width, height) = sum(turns) // 90 % 4, (image.width, image.height)
    way = AffineTransform.from_quarter_turns(quarters, width, height)
    if quarters % 2:
        width, height = height, width
    text = (
        map_boxes(reading.text, lambda box: way.map_box(box, width, height))
        if quarters
        else reading.text
    )
    return UprightText(text, quarters, width, height)
