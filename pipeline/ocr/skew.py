"""How the lines of a page lie: upright or on their side, and by how much they slope.

The centres of the letters are projected along a direction; along the lines they fall into few
narrow heaps, along any other they spread (the projection profile of Postl, 1988, over marks
instead of pixels: 100 directions of 2,000 letters take a few milliseconds).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.components import Marks

_STEEPEST = 8.0  #: degrees either way
_FEWEST = 40  #: marks; of fewer nothing can be said
_SIDEWAYS = 1.1  #: how much sharper lines must be on the side before the page is turned
_SLOPING = 0.5  #: degrees; the engine reads less than this as well as none


def sideways(marks: Marks) -> bool:
    """Return whether the lines run up and down the page."""
    if marks.count < _FEWEST:
        return False
    level, upright = _profile(marks.x, marks.y, marks), _profile(marks.y, -marks.x, marks)
    return upright[1] > _SIDEWAYS * level[1]


def slope(marks: Marks) -> float:
    """Return the angle by which the lines fall to the right, in degrees, -8 to 8; 0 if hardly."""
    if marks.count < _FEWEST:
        return 0.0
    angle, _ = _profile(marks.x, marks.y, marks)
    return angle if abs(angle) >= _SLOPING else 0.0


def _profile(x: NDArray[np.float64], y: NDArray[np.float64], marks: Marks) -> tuple[float, float]:
    """Return the direction of the sharpest profile, in degrees, and how sharp it is."""
    coarse = np.arange(-_STEEPEST, _STEEPEST + 0.01, 0.5)
    best = max(coarse, key=lambda angle: _sharpness(x, y, angle, marks.typical))
    fine = np.arange(best - 0.4, best + 0.41, 0.1)
    angle = max(fine, key=lambda angle: _sharpness(x, y, angle, marks.typical))
    return round(float(angle), 1), _sharpness(x, y, angle, marks.typical)


def _sharpness(
    x: NDArray[np.float64], y: NDArray[np.float64], angle: float, height: float
) -> float:
    """Return the variance of the profile over its mean."""
    radians = np.deg2rad(angle)
    across = (y * np.cos(radians) - x * np.sin(radians)) / (height / 3)
    heaps = np.bincount((across - across.min()).astype(int))
    return float(heaps.var() / heaps.mean())
