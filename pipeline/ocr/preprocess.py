"""Makes a page image easy to read, and says what it did.

Turn the page, level the background, deepen faint ink, scale so that letters have the height the
engine reads best, straighten the lines. Levelling comes before scaling: the other order lost pages.
Turning comes first of all, so that a page reads the same however it lay on the scanner's glass.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.model import Step
from pipeline.ocr.components import Grey, Marks, find_marks
from pipeline.ocr.skew import sideways, slope
from pipeline.ocr.transform import Way
from pipeline.text import Box

_LETTER_TARGET = 19.0  #: pixels; median letter height after scaling, about 200 dpi for typing
_DEEP_INK, _PAPER = 180, 245  #: grey: ink darker than this needs no help; where paper begins
_BLACK = 0.85  #: of the ink's grey; what becomes black, so that strokes keep their edges
_GRAIN = 0.04  #: of the letters' height; grain is finer, strokes are not
_LARGEST = 3600  #: pixels; the longer side is not scaled up beyond this
_STAY = Way()
_BLANK_LETTERS = 8  #: fewer letter-like marks than this is no text


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class Prepared:
    """An image for the engine, what was done to the page image, and the way from there."""

    pixels: Grey
    marks: Marks  #: of letter size, in pixels of this image
    way: Way = _STAY  #: from the page image
    steps: tuple[Step, ...] = ()
    quarters: int = 0  #: clockwise turns from the page image, 0 to 3

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the page that could be text."""
        return self.marks.count < _BLANK_LETTERS

    def to_page(self, box: Box, width: int, height: int) -> Box:
        """Map a box of the prepared image to the page image of the given size, in pixels."""
        return self.way.back().box(box, width, height)

    def smoothed(self, sigma: float) -> "Prepared":
        """Return it blurred by a Gaussian of so many pixels: without the grain of the paper."""
        pixels = _grey(cv2.GaussianBlur(self.pixels, (0, 0), sigma))
        return self.after(Step("smooth", {"sigma": f"{sigma:.2f}"}), pixels, self.marks)

    def turned(self, quarters: int) -> "Prepared":
        """Return it turned clockwise by quarter turns."""
        pixels, way = _turned(self.pixels, quarters)
        marks = find_marks(pixels) if quarters % 2 else self.marks.seen(way)  # width is now height
        image = self.after(_turn(quarters), pixels, marks, way)
        return replace(image, quarters=(self.quarters + quarters) % 4)

    def after(self, step: Step, pixels: Grey, marks: Marks, way: Way = _STAY) -> "Prepared":
        """Return it with one more step behind it."""
        return Prepared(pixels, marks, self.way.then(way), (*self.steps, step), self.quarters)


def prepare(page: Grey, quarters: int | None = None) -> Prepared:
    """Turn, level, deepen, scale, and straighten the lines that slope.

    Args:
        page: grey pixels, height x width, 0 is black.
        quarters: clockwise turns, 0 to 3; where none are told, lines that run up or down are
            turned. Upside down looks like upright here; only reading tells.
    """
    image = _levelled(page, quarters or 0)
    if quarters is None and sideways(image.marks):
        return prepare(page, 3)
    return _straightened(_scaled(_deepened(image)))


def untouched(page: Grey) -> Prepared:
    """Return the page as it is, to compare with."""
    return Prepared(page, find_marks(page))


def _levelled(page: Grey, quarters: int) -> Prepared:
    """Return the page turned clockwise by quarters, its paper white."""
    pixels, way = _turned(page, quarters) if quarters else (page, _STAY)
    steps = (_turn(quarters),) if quarters else ()
    if not _is_bilevel(pixels):
        pixels = level(pixels)
        steps = (*steps, Step("level-background", {"divide-by": "closed and blurred paper"}))
    return Prepared(pixels, find_marks(pixels), way, steps, quarters)


def _turned(pixels: Grey, quarters: int) -> tuple[Grey, Way]:
    """Return pixels turned clockwise by quarters, and the way there."""
    height, width = pixels.shape
    return np.ascontiguousarray(np.rot90(pixels, -quarters)), Way.turned(quarters, width, height)


def _turn(quarters: int) -> Step:
    return Step("turn", {"degrees": str(90 * quarters)})


def _deepened(image: Prepared) -> Prepared:
    """Return the image with faint ink made dark; its grain, which would darken too, goes first."""
    if image.marks.ink <= _DEEP_INK:
        return image
    image = image.smoothed(_GRAIN * image.marks.typical)
    marks = find_marks(image.pixels)
    black = round(_BLACK * marks.ink)
    step = Step("deepen-ink", {"black": str(black), "paper": str(_PAPER)})
    return image.after(step, deepen(image.pixels, black), marks)


def _scaled(image: Prepared) -> Prepared:
    """Return the image with letters of the height that the engine reads best."""
    factor = _factor(image.marks, image.pixels.shape)
    if factor == 1.0:
        return image
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = _grey(cv2.resize(image.pixels, None, fx=factor, fy=factor, interpolation=kind))
    (height, width), (before_high, before_wide) = pixels.shape, image.pixels.shape
    way = Way.scaled(width / before_wide, height / before_high)
    step = Step("scale", {"factor": f"{factor:.4f}", "letter-height": f"{_LETTER_TARGET}"})
    return image.after(step, pixels, image.marks.seen(way), way)


def _straightened(image: Prepared) -> Prepared:
    """Return the image with its lines level."""
    degrees = slope(image.marks)
    if not degrees:
        return image
    height, width = image.pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    pixels = _grey(
        cv2.warpAffine(image.pixels, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(255,))
    )
    way = Way(*turn.ravel().tolist())
    step = Step("straighten", {"degrees": str(degrees)})
    return image.after(step, pixels, image.marks.seen(way), way)


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
    paper = np.maximum(cv2.GaussianBlur(closed, (0, 0), 6), 1)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return _grey(cv2.divide(page, full, scale=255))


def deepen(page: Grey, black: int) -> Grey:
    """Stretch grey levels so that ``black`` becomes black and paper white."""
    ramp = (np.arange(256) - black) * (255 / (_PAPER - black))
    return _grey(cv2.LUT(page, np.clip(ramp, 0, 255).astype(np.uint8)))


def _factor(marks: Marks, shape: tuple[int, ...]) -> float:
    """Return the factor that brings letters to the target, within what helps."""
    if marks.count < _BLANK_LETTERS:
        return 1.0
    # What looks like tiny letters on a page of many pixels is paper grain: never blow that up.
    largest = max(_LARGEST / max(shape), 1.0)
    factor = min(max(_LETTER_TARGET / marks.typical, 0.2), 2.5, largest)
    return 1.0 if 0.92 < factor < 1.09 or min(shape) * factor < 50 else round(factor, 4)


def _is_bilevel(page: Grey) -> bool:
    # Some rows tell a grey page at once; only who passes is looked at whole.
    return all(bool(np.all((rows == 0) | (rows == 255))) for rows in (page[::50], page))


def _grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
