"""Makes a page image easy to read, and says what it did.

One recipe so far: level the background, deepen faint ink, then scale so that letters have the
height the engine reads best. Levelling comes first, at full size: the other order lost pages.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.model import Step
from pipeline.text import Box

Grey = NDArray[np.uint8]
_Numbers = NDArray[np.integer[Any] | np.floating[Any]]

_LETTER_TARGET = 19.0  #: pixels; median letter height after scaling, about 200 dpi for typing
_LETTER_MIN, _LETTER_MAX = 5, 160  #: pixels; what may be a letter at any sane resolution
_INK_CONTRAST = 12  #: grey levels below its neighbourhood that make a mark, of 255
_DEEP_INK, _PAPER = 180, 245  #: grey: ink darker than this needs no help; where paper begins
_LARGEST = 3600  #: pixels; the longer side is not scaled up beyond this
_BLANK_LETTERS = 8  #: fewer letter-like marks than this is no text


@dataclass(frozen=True, slots=True)
class Prepared:
    """An image for the engine and the way back to the page image."""

    pixels: Grey
    scale: float  #: prepared pixels per page-image pixel
    letters: int  #: marks the size and shape of letters
    steps: tuple[Step, ...]

    @property
    def blank(self) -> bool:
        """Whether there is nothing on the page that could be text."""
        return self.letters < _BLANK_LETTERS

    def to_page(self, box: Box, width: int, height: int) -> Box:
        """Map a box of the prepared image to the page image of the given size, in pixels."""
        x = min(int(box.x / self.scale), width - 1)
        y = min(int(box.y / self.scale), height - 1)
        right = min(max(round(box.right / self.scale), x + 1), width)
        bottom = min(max(round(box.bottom / self.scale), y + 1), height)
        return Box(x, y, right - x, bottom - y)


def prepare(page: Grey) -> Prepared:
    """Level the background, deepen faint ink and scale to a readable letter height.

    Args:
        page: grey pixels, height x width, 0 is black.
    """
    steps: list[Step] = []
    if not _is_bilevel(page):
        page = level(page)
        steps.append(Step("level-background", {"divide-by": "closed and blurred paper"}))
    letters = find_letters(page)
    if letters.ink > _DEEP_INK:
        page = deepen(page, letters.ink)
        steps.append(Step("deepen-ink", {"ink": str(letters.ink), "paper": str(_PAPER)}))
    scale = _scale(letters, page.shape)
    if scale != 1.0:
        kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        page = _grey(cv2.resize(page, None, fx=scale, fy=scale, interpolation=kind))
        steps.append(
            Step("scale", {"factor": f"{scale:.4f}", "letter-height": f"{_LETTER_TARGET}"})
        )
    return Prepared(page, scale, letters.count, tuple(steps))


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


@dataclass(frozen=True, slots=True)
class Letters:
    """What the marks that look like letters have in common."""

    count: int
    height: float  #: median, pixels; 0 where there is none
    ink: int  #: median grey of their pixels, 0 is black; 0 where there is none


def find_letters(page: Grey) -> Letters:
    """Find the marks that have the size and shape of letters on a levelled page."""
    # A threshold of the neighbourhood sees faint typing beside a black border; Otsu's does not.
    ink = cv2.adaptiveThreshold(
        page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, _INK_CONTRAST
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    shaped = (height >= _LETTER_MIN) & (height <= _LETTER_MAX) & (width >= 2)
    shaped &= (width <= 3 * height) & (height <= 6 * width) & (area > 0.12 * width * height)
    shaped[0] = False  # the paper
    # Specks outnumber letters on dirty paper, but cover less of it: weigh marks by their area.
    typical = _weighted_median(height[shaped], area[shaped])
    shaped &= height > typical / 2
    count = int(shaped.sum())
    if not count:
        return Letters(0, 0.0, 0)
    depth = int(np.median(page[shaped[labels]]))
    return Letters(count, float(np.median(height[shaped])), depth)


def _weighted_median(values: _Numbers, weights: _Numbers) -> float:
    """Return the value at which half of the weight is reached; 0 where there is none."""
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _scale(letters: Letters, shape: tuple[int, ...]) -> float:
    """Return the factor that brings letters to the target, within what helps."""
    if letters.count < _BLANK_LETTERS:
        return 1.0
    # What looks like tiny letters on a page of many pixels is paper grain: never blow that up.
    largest = max(_LARGEST / max(shape), 1.0)
    factor = min(max(_LETTER_TARGET / letters.height, 0.2), 2.5, largest)
    return 1.0 if 0.92 < factor < 1.09 or min(shape) * factor < 50 else round(factor, 4)


def _is_bilevel(page: Grey) -> bool:
    return bool(np.all((page == 0) | (page == 255)))


def _grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
