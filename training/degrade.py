"""Degrade line images as ribbons, type, carbon paper, paper and scanners do.

Each damage happens to some of the lines only. ``DAMAGES`` lists them with their probabilities, in
the order in which they happen: type, ribbon, paper, scanner.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.lines import Grey

Layer = NDArray[np.float32]  #: depth of ink, 0 is bare paper, about 255 is black
Damage = Callable[[Layer, Generator], Layer]


@dataclass(frozen=True)
class Degradation:
    """Degrades lines; a heavier one damages more of them."""

    weight: float = 1.0  #: factor of all probabilities

    def apply(self, image: Grey, random: Generator, neighbour: Grey | None = None) -> Grey:
        """Return a degraded copy of a line image; ``neighbour`` gives parts of adjacent lines."""
        paper = float(np.percentile(image, 92))
        ink = np.clip(paper - image.astype(np.float32), -40, 255)
        for probability, damage in INK_DAMAGES:
            if random.random() < probability * self.weight:
                ink = damage(ink, random)
        if neighbour is not None and random.random() < _NEIGHBOUR_PROBABILITY * self.weight:
            ink = _add_neighbour(ink, neighbour, random)
        grey = paper - ink
        for probability, damage in SCAN_DAMAGES:
            if random.random() < probability * self.weight:
                grey = damage(grey, random)
        return np.clip(grey, 0, 255).astype(np.uint8)


def _change_weight(ink: Layer, random: Generator) -> Layer:
    """Thicker or thinner strokes: a hard or a soft touch, a carbon copy."""
    kernel = np.ones((2, 2) if random.random() < 0.6 else (3, 1), np.uint8)
    changed = cv2.dilate(ink, kernel) if random.random() < 0.6 else cv2.erode(ink, kernel)
    share = random.uniform(0.3, 1)
    return _layer(ink * (1 - share) + changed * share)


def _clog(ink: Layer, random: Generator) -> Layer:
    """Type full of ink: counters and openings of e, a, c close, stops grow."""
    blurred = cv2.GaussianBlur(ink, (0, 0), random.uniform(0.8, 1.6))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (random.choice([3, 5]),) * 2)
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    filled = np.maximum(closed, np.minimum(blurred * random.uniform(1.0, 1.6), ink.max()))
    share = random.uniform(0.4, 1)
    return _layer(ink * (1 - share) + filled * share)


def _fade_along(ink: Layer, random: Generator) -> Layer:
    knots = int(random.integers(2, 8))
    return _layer(ink * _curve(ink.shape[1], random.uniform(0.3, 0.8), 1.1, knots, random)[None])


def _fade_across(ink: Layer, random: Generator) -> Layer:
    return _layer(ink * _curve(ink.shape[0], 0.5, 1.1, 4, random)[:, None])


def _change_depth(ink: Layer, random: Generator) -> Layer:
    return _layer(ink * random.uniform(0.5, 1.3))


def _break_strokes(ink: Layer, random: Generator) -> Layer:
    noise = random.random(ink.shape, np.float32)
    cloud = cv2.GaussianBlur(noise, (0, 0), random.uniform(0.8, 1.6))
    gaps = cloud > random.uniform(0.52, 0.6)
    return _layer(ink * (1 - random.uniform(0.2, 0.7) * gaps))


def _bend(ink: Layer, random: Generator) -> Layer:
    """A line that waves and slopes."""
    height, width = ink.shape
    knots = max(width // int(random.integers(120, 400)), 2)
    shift = _curve(width, -1.3, 1.3, knots, random)
    shift += np.linspace(-1, 1, width, dtype=np.float32) * random.uniform(-1.2, 1.2)
    rows = np.arange(height, dtype=np.float32)[:, None] + shift[None]
    columns = np.repeat(np.arange(width, dtype=np.float32)[None], height, axis=0)
    return _layer(cv2.remap(ink, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _underline(ink: Layer, random: Generator) -> Layer:
    height, width = ink.shape
    whole = random.random() < 0.4
    left, right = (0, width - 1) if whole else sorted(random.integers(0, width, 2).tolist())
    row = height - int(random.integers(3, 8))
    end = (right, row + int(random.choice([-1, 0, 0, 1])))
    thickness = int(random.choice([1, 1, 2]))
    return _layer(cv2.line(ink.copy(), (left, row), end, random.uniform(60, 220), thickness))


def _blur(grey: Layer, random: Generator) -> Layer:
    return _layer(cv2.GaussianBlur(grey, (0, 0), random.uniform(0.3, 1.1)))


def _scan_coarsely(grey: Layer, random: Generator) -> Layer:
    """A scan of about 100 dpi, scaled up."""
    height, width = grey.shape
    factor = random.uniform(0.4, 0.8)
    size = (max(int(width * factor), 8), max(int(height * factor), 8))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    method = cv2.INTER_CUBIC if random.random() < 0.5 else cv2.INTER_LINEAR
    return _layer(cv2.resize(small, (width, height), interpolation=method))


def _add_grain(grey: Layer, random: Generator) -> Layer:
    noise = random.standard_normal(grey.shape, np.float32)
    grain = cv2.GaussianBlur(noise, (0, 0), random.uniform(1.5, 6))
    return _layer(grey - grain * random.uniform(10, 70))


def _add_noise(grey: Layer, random: Generator) -> Layer:
    return _layer(grey + random.normal(0, random.uniform(2, 14), grey.shape))


def _add_specks(grey: Layer, random: Generator) -> Layer:
    height, width = grey.shape
    speckled = grey.copy()
    for _ in range(int(random.integers(1, 7))):
        centre = int(random.integers(width)), int(random.integers(height))
        radius = int(random.choice([0, 1, 1, 2]))
        cv2.circle(speckled, centre, radius, random.uniform(20, 120), -1)
    return speckled


def _make_bilevel(grey: Layer, random: Generator) -> Layer:
    threshold = float(np.percentile(grey, 92)) - random.uniform(45, 110)
    return _layer(np.where(grey < threshold, 0, 255))


def _compress(grey: Layer, random: Generator) -> Layer:
    quality = int(random.integers(18, 66))
    image = np.clip(grey, 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return _layer(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE))


def _stretch(grey: Layer, random: Generator) -> Layer:
    return _layer(cv2.resize(grey, None, fx=random.uniform(0.92, 1.08), fy=1))


_NEIGHBOUR_PROBABILITY = 0.12
INK_DAMAGES: tuple[tuple[float, Damage], ...] = (
    (0.22, _change_weight),
    (0.12, _clog),
    (0.25, _fade_along),
    (0.12, _fade_across),
    (0.40, _change_depth),
    (0.15, _break_strokes),
    (0.20, _bend),
    (0.06, _underline),
)
SCAN_DAMAGES: tuple[tuple[float, Damage], ...] = (
    (0.45, _blur),
    (0.20, _scan_coarsely),
    (0.15, _add_grain),
    (0.45, _add_noise),
    (0.05, _add_specks),
    (0.06, _make_bilevel),
    (0.20, _compress),
    (0.35, _stretch),
)


def _add_neighbour(ink: Layer, neighbour: Grey, random: Generator) -> Layer:
    """Feet of the line above, or heads of the line below."""
    rows, width = int(random.integers(1, 5)), ink.shape[1]
    paper = float(np.percentile(neighbour, 92))
    other = np.clip(paper - neighbour.astype(np.float32), 0, 255)
    other = np.pad(other, ((0, 0), (0, max(width - other.shape[1], 0))))[:, :width]
    joined = ink.copy()
    if random.random() < 0.5:
        joined[:rows] = np.maximum(joined[:rows], other[-8 : -8 + rows])
    else:
        joined[-rows:] = np.maximum(joined[-rows:], other[6 : 6 + rows])
    return joined


def _curve(length: int, low: float, high: float, knots: int, random: Generator) -> Layer:
    """Return a smooth curve through random values."""
    values = random.uniform(low, high, (1, max(knots, 2))).astype(np.float32)
    return _layer(cv2.resize(values, (length, 1), interpolation=cv2.INTER_CUBIC))[0]


def _layer(values: "NDArray[np.floating] | cv2.typing.MatLike") -> Layer:
    return np.asarray(values, np.float32)
