"""Detect whether the lines of a page run sideways, and the angle of their skew.

The centres of the letters are projected along a direction: along the lines they form a few narrow
peaks, along any other direction they spread (the projection profile of Postl, 1988, over components
instead of pixels: 100 directions of 2,000 letters take a few milliseconds).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.components import LetterComponents

_MAX_SKEW = 8.0  #: degrees either way
_MIN_COMPONENTS = 40  #: components; fewer give no reliable profile
_SIDEWAYS_RATIO = 1.1  #: a page is turned if its vertical profile is so many times sharper
_MIN_SKEW = 0.5  #: degrees; the engine reads a smaller skew as well as none


def is_sideways(components: LetterComponents) -> bool:
    """Return whether the lines run up or down the page; False for too few components."""
    if components.count < _MIN_COMPONENTS:
        return False
    _, horizontal = _sharpest_direction(components.x, components.y, components)
    _, vertical = _sharpest_direction(components.y, -components.x, components)
    return vertical > _SIDEWAYS_RATIO * horizontal


def skew_angle(components: LetterComponents) -> float:
    """Return the angle by which lines fall to the right, degrees, about -8 to 8; 0 if under 0.5."""
    if components.count < _MIN_COMPONENTS:
        return 0.0
    angle, _ = _sharpest_direction(components.x, components.y, components)
    return angle if abs(angle) >= _MIN_SKEW else 0.0


def row_sharpness(components: LetterComponents) -> float:
    """Return how sharp the rows are along the sharpest direction; about 1 for scattered marks."""
    if components.count < 2:
        return 0.0
    return _sharpest_direction(components.x, components.y, components)[1]


def _sharpest_direction(
    x: NDArray[np.float64], y: NDArray[np.float64], components: LetterComponents
) -> tuple[float, float]:
    """Return the direction of the sharpest profile, in degrees, and its sharpness."""
    coarse = np.arange(-_MAX_SKEW, _MAX_SKEW + 0.01, 0.5)
    best = max(coarse, key=lambda angle: _profile_sharpness(x, y, angle, components.typical_height))
    fine = np.arange(best - 0.4, best + 0.41, 0.1)
    angle = max(fine, key=lambda angle: _profile_sharpness(x, y, angle, components.typical_height))
    return round(float(angle), 1), _profile_sharpness(x, y, angle, components.typical_height)


def _profile_sharpness(
    x: NDArray[np.float64], y: NDArray[np.float64], angle: float, height: float
) -> float:
    """Return the variance of the profile over its mean."""
    radians = np.deg2rad(angle)
    positions = (y * np.cos(radians) - x * np.sin(radians)) / (height / 3)
    counts = np.bincount((positions - positions.min()).astype(int))
    return float(counts.var() / counts.mean())
