"""How the lines of a page lie: upright or on their side, and by how much they slope.

The centres of the letters are projected along a direction; along the lines they fall into few
narrow heaps, along any other they spread (the projection profile of Postl, 1988, over marks
instead of pixels: 100 directions of 2,000 letters take a few milliseconds).
"""

import numpy as np
from numpy.typing import NDArray

from pipeline.ocr.components import LetterComponents

_MAX_SKEW = 8.0  #: degrees either way
_MIN_COMPONENTS = 40  #: marks; of fewer nothing can be said
_SIDEWAYS_RATIO = 1.1  #: how much sharper lines must be on the side before the page is turned
_MIN_SKEW = 0.5  #: degrees; the engine reads less than this as well as none


def is_sideways(components: LetterComponents) -> bool:
    """Return whether the lines run up and down the page."""
    if components.count < _MIN_COMPONENTS:
        return False
    level, upright = (
        _sharpest_direction(components.x, components.y, components),
        _sharpest_direction(components.y, -components.x, components),
    )
    return upright[1] > _SIDEWAYS_RATIO * level[1]


def skew_angle(components: LetterComponents) -> float:
    """Return the angle by which the lines fall to the right, in degrees, -8 to 8; 0 if hardly."""
    if components.count < _MIN_COMPONENTS:
        return 0.0
    angle, _ = _sharpest_direction(components.x, components.y, components)
    return angle if abs(angle) >= _MIN_SKEW else 0.0


def _sharpest_direction(
    x: NDArray[np.float64], y: NDArray[np.float64], components: LetterComponents
) -> tuple[float, float]:
    """Return the direction of the sharpest profile, in degrees, and how sharp it is."""
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
    across = (y * np.cos(radians) - x * np.sin(radians)) / (height / 3)
    heaps = np.bincount((across - across.min()).astype(int))
    return float(heaps.var() / heaps.mean())
