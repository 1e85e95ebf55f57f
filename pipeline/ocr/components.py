"""Finds the marks on a page that have the size and shape of letters."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.transform import Way

Grey = NDArray[np.uint8]
_Numbers = NDArray[np.integer[Any] | np.floating[Any]]

_LEAST, _MOST = 5, 160  #: pixels; what may be a letter at any sane resolution
_CONTRAST = 12  #: grey levels below its neighbourhood that make a mark, of 255
_FINE = 2400  #: pixels of the longer side; from here half of them show letters as well


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class Marks:
    """Letter-like marks: one entry of each array for each, lengths in pixels."""

    x: NDArray[np.float64]  #: centres, origin top left
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    ink: int  #: median grey of their pixels, 0 is black; 0 where there is none

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.x)

    @property
    def typical(self) -> float:
        """Their median height, pixels; 0 where there is none."""
        return float(np.median(self.height)) if self.count else 0.0

    def seen(self, way: Way) -> "Marks":
        """Return them where ``way`` puts them; heights grow with the image, and do not turn."""
        x, y = way.a * self.x + way.b * self.y + way.c, way.d * self.x + way.e * self.y + way.f
        return Marks(x, y, self.height * way.size, self.ink)


def find_marks(page: Grey) -> Marks:
    """Find the marks that have the size and shape of letters on a levelled page.

    Args:
        page: grey pixels, height x width, 0 is black; the paper is white.
    """
    if max(page.shape) < _FINE or min(page.shape) < 2 * _LEAST:
        return _marks(page)
    # Four times faster, and the grain of the paper no longer passes for letters.
    found = _marks(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    return Marks(2 * found.x, 2 * found.y, 2 * found.height, found.ink)


def _marks(page: cv2.typing.MatLike) -> Marks:
    # A threshold of the neighbourhood sees faint typing beside a black border; Otsu's does not.
    ink = cv2.adaptiveThreshold(
        page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, _CONTRAST
    )
    _, labels, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    shaped = (height >= _LEAST) & (height <= _MOST) & (width >= 2)
    shaped &= (width <= 3 * height) & (height <= 6 * width) & (area > 0.12 * width * height)
    shaped[0] = False  # the paper
    # Specks outnumber letters on dirty paper, but cover less of it: weigh marks by their area.
    shaped &= height > _weighted_median(height[shaped], area[shaped]) / 2
    depth = int(np.median(page[shaped[labels]])) if shaped.any() else 0
    x, y = centres[shaped].T
    return Marks(x, y, height[shaped].astype(np.float64), depth)


def _weighted_median(values: _Numbers, weights: _Numbers) -> float:
    """Return the value at which half of the weight is reached; 0 where there is none."""
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
