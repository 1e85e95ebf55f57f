"""Finds the marks on a page that have the size and shape of letters."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.ocr.transform import AffineTransform

_NumberArray = NDArray[np.integer[Any] | np.floating[Any]]

_MIN_LETTER_HEIGHT, _MAX_LETTER_HEIGHT = (
    5,
    160,
)  #: pixels; what may be a letter at any sane resolution
_MIN_CONTRAST = 12  #: grey levels below its neighbourhood that make a mark, of 255
_HALVING_SIZE = 2400  #: pixels of the longer side; from here half of them show letters as well


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class LetterComponents:
    """Letter-like marks: one entry of each array for each, lengths in pixels."""

    x: NDArray[np.float64]  #: centres, origin top left
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    ink_grey: int  #: median grey of their pixels, 0 is black; 0 where there is none

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.x)

    @property
    def typical_height(self) -> float:
        """Their median height, pixels; 0 where there is none."""
        return float(np.median(self.height)) if self.count else 0.0

    def apply_transform(self, transform: AffineTransform) -> "LetterComponents":
        """Return them where ``transform`` puts them; heights scale with it and do not turn."""
        x, y = (
            transform.a * self.x + transform.b * self.y + transform.c,
            transform.d * self.x + transform.e * self.y + transform.f,
        )
        return LetterComponents(x, y, self.height * transform.scale, self.ink_grey)


def find_letter_components(page: Grey) -> LetterComponents:
    """Find the marks that have the size and shape of letters on a levelled page.

    Args:
        page: grey pixels, height x width, 0 is black; the paper is white.
    """
    if max(page.shape) < _HALVING_SIZE or min(page.shape) < 2 * _MIN_LETTER_HEIGHT:
        return _detect_components(page)
    # Four times faster, and the grain of the paper no longer passes for letters.
    found = _detect_components(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return LetterComponents(2 * found.x, 2 * found.y, 2 * found.height, found.ink_grey)


def _detect_components(page: cv2.typing.MatLike) -> LetterComponents:
    # A threshold of the neighbourhood sees faint typing beside a black border; Otsu's does not.
    ink = cv2.adaptiveThreshold(
        page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, _MIN_CONTRAST
    )
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    shaped = (height >= _MIN_LETTER_HEIGHT) & (height <= _MAX_LETTER_HEIGHT) & (width >= 2)
    shaped &= (width <= 3 * height) & (height <= 6 * width) & (area > 0.12 * width * height)
    shaped[0] = False  # the paper
    # Specks outnumber letters on dirty paper, but cover less of it: weigh marks by their area.
    shaped &= height > _weighted_median(height[shaped], area[shaped]) / 2
    depth = int(np.median(page[shaped[labels]])) if shaped.any() else 0
    x, y = centres[shaped].T
    return LetterComponents(x, y, height[shaped].astype(np.float64), depth)


def _weighted_median(values: _NumberArray, weights: _NumberArray) -> float:
    """Return the value at which half of the weight is reached; 0 where there is none."""
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
