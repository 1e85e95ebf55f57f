"""Makes a page image easy to read, and says what it did.

Level the background, deepen faint ink, scale so that letters have the height the engine reads
best, turn and straighten the lines. Levelling comes first, at full size: the other order lost
pages.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.model import Step
from pipeline.reading.lie import sideways, slope
from pipeline.reading.marks import Grey, Marks, find_marks
from pipeline.reading.placed import Way
from pipeline.text import Box

_LETTER_TARGET = 19.0  #: pixels; median letter height after scaling, about 200 dpi for typing
_DEEP_INK, _PAPER = 180, 245  #: grey: ink darker than this needs no help; where paper begins
_LARGEST = 3600  #: pixels; the longer side is not scaled up beyond this
_BLANK_LETTERS = 8  #: fewer letter-like marks than this is no text


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class Prepared:
    """An image for the engine and the way from the page image to it."""

    pixels: Grey
    way: Way
    letters: int  #: marks the size and shape of letters
    steps: tuple[Step, ...]

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the page that could be text."""
        return self.letters < _BLANK_LETTERS

    def to_page(self, box: Box, width: int, height: int) -> Box:
        """Map a box of the prepared image to the page image of the given size, in pixels."""
        return self.way.back().box(box, width, height)

    def turned(self, quarters: int) -> "Prepared":
        """Return the same turned clockwise by quarter turns."""
        height, width = self.pixels.shape
        way = self.way.then(Way.turned(quarters, width, height))
        step = Step("turn", {"degrees": str(90 * quarters)})
        pixels = np.ascontiguousarray(np.rot90(self.pixels, -quarters))
        return Prepared(pixels, way, self.letters, (*self.steps, step))


def prepare(page: Grey) -> Prepared:
    """Level, deepen, scale, turn lines that run up or down, straighten those that slope.

    Upside down looks like upright here; only reading tells.

    Args:
        page: grey pixels, height x width, 0 is black.
    """
    steps: list[Step] = []
    if not _is_bilevel(page):
        page = level(page)
        steps.append(Step("level-background", {"divide-by": "closed and blurred paper"}))
    marks = find_marks(page)
    if marks.ink > _DEEP_INK:
        page = deepen(page, marks.ink)
        steps.append(Step("deepen-ink", {"ink": str(marks.ink), "paper": str(_PAPER)}))
    way, scale = Way(), _scale(marks, page.shape)
    if scale != 1.0:
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        scaled = _grey(cv2.resize(page, None, fx=scale, fy=scale, interpolation=kind))
        way = Way.scaled(scaled.shape[1] / page.shape[1], scaled.shape[0] / page.shape[0])
        page = scaled
        steps.append(
            Step("scale", {"factor": f"{scale:.4f}", "letter-height": f"{_LETTER_TARGET}"})
        )
    done = Prepared(page, way, marks.count, tuple(steps))
    on_side = sideways(marks)
    x, y = (marks.y, -marks.x) if on_side else (marks.x, marks.y)
    # On its side and standing on its head look alike, too: 270 degrees are tried by reading.
    return straightened(done.turned(3) if on_side else done, slope(x, y, marks))


def untouched(page: Grey) -> Prepared:
    """Return the page as it is, to compare with."""
    return Prepared(page, Way(), find_marks(page).count, ())


def straightened(prepared: Prepared, degrees: float) -> Prepared:
    """Return the image with lines level that fall to the right by so many degrees."""
    if not degrees:
        return prepared
    height, width = prepared.pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    pixels = cv2.warpAffine(
        prepared.pixels, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(255,)
    )
    way = prepared.way.then(Way(*turn.ravel().tolist()))
    step = Step("straighten", {"degrees": str(degrees)})
    return Prepared(_grey(pixels), way, prepared.letters, (*prepared.steps, step))


def level(page: Grey) -> Grey:
    """Divide by an estimate of the bare paper, so that paper is white and ink keeps its depth.

    The estimate: the page at an eighth of its size, dark strokes closed away, then blurred.
    """
    height, width = page.shape
    small_size = (max(width // 8, 1), max(height // 8, 1))
    small = cv2.resize(page, small_size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    )
    paper = cv2.GaussianBlur(closed, (0, 0), 6)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return _grey(cv2.divide(page, np.maximum(full, 1), scale=255))


def deepen(page: Grey, ink: int) -> Grey:
    """Stretch grey levels so that ``ink`` becomes black and paper white; what is darker stays."""
    ramp = (np.arange(256) - ink) * (255 / (_PAPER - ink))
    return _grey(cv2.LUT(page, np.clip(ramp, 0, 255).astype(np.uint8)))


def _scale(marks: Marks, shape: tuple[int, ...]) -> float:
    """Return the factor that brings letters to the target, within what helps."""
    if marks.count < _BLANK_LETTERS:
        return 1.0
    # What looks like tiny letters on a page of many pixels is paper grain: never blow that up.
    largest = max(_LARGEST / max(shape), 1.0)
    factor = min(max(_LETTER_TARGET / marks.typical, 0.2), 2.5, largest)
    return 1.0 if 0.92 < factor < 1.09 or min(shape) * factor < 50 else round(factor, 4)


def _is_bilevel(page: Grey) -> bool:
    return bool(np.all((page == 0) | (page == 255)))


def _grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
