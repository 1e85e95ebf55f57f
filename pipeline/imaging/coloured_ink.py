"""Take coloured ink, of stamps and pencils, off black writing that it covers.

An ink passes on a share of each colour of the light that falls on it, and the shares of inks that
lie on each other multiply: the absorbances, logarithms of these shares, add up. Black ink absorbs
red, green and blue alike; a coloured ink absorbs one of them little. So the smallest of the three
absorbances is that of the black ink, and little more.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging.pixels import Grey, on_white, to_grey

Rgb = NDArray[np.uint8]  #: height x width x 3

_COLOUR_MODES = frozenset(["RGB", "RGBA", "P", "PA", "CMYK", "YCbCr"])  #: of Pillow
_UNIT = 80  #: steps of absorbance (natural logarithm) in a byte: up to 3.2, where black ends
_DARKEST = 10  #: level of a channel; what is darker is noise to a logarithm
_COLOURED = 0.4  #: difference of absorbances; yellowed paper and its grain have less
#: Of the smallest absorbance; a JPEG gives black strokes the tint of the paper, which differs less.
_SATURATED = 0.8
_FRINGE = 0.15  #: difference of absorbances, of the edges of coloured strokes
_BLACK = 0.6  #: smallest absorbance; black writing has more
_SAMPLE_SIDE = 1024  #: pixels; the longer side of the sample
_MIN_COLOURED = 0.0005  #: of the page; less is no mark
_MAX_COLOURED = 1.0  #: of the black pixels; with more, the writing itself is coloured
_REACH = 15  #: pixels of the sample; strokes of one mark are nearer to each other
_MIN_LENGTH = 60  #: pixels of the sample; shorter ones are corrections in ink, which are text
_MAX_DEPTH = 0.7  #: of the absorbance of black; darker ink cannot be told from the writing
_MAX_EDGE = 0.5  #: of a mark's length along the picture's edge; with more it is the ground's colour
_MAX_MARKS = 200  #: on a page; one with more is a picture in colour
_MIN_BLACK = 5  #: pixels of the sample, in a mark's region; with fewer it covers no writing


@dataclass(frozen=True, slots=True, eq=False)  # holds an array: compared by identity
class BlackWriting:
    """A page without the coloured marks that cover its black writing."""

    pixels: Grey
    marks: int  #: how many were taken off

    def transform(self, change: Callable[[Grey], Grey]) -> "BlackWriting":
        """Return it with changed pixels, as the page's own were changed."""
        return replace(self, pixels=change(self.pixels))


def find_black_writing(image: Image.Image) -> BlackWriting | None:
    """Return a page without coloured marks over its black writing; None if there are none.

    Coloured marks beside the writing stay, and so does writing that is itself coloured.

    Args:
        image: the page, upright, in any mode of Pillow.
    """
    if image.mode not in _COLOUR_MODES:
        return None
    factor = min(1.0, _SAMPLE_SIDE / max(image.size))
    width, height = (max(round(side * factor), 1) for side in image.size)
    sample = _rgb_pixels(image.resize((width, height), Image.Resampling.NEAREST))
    paper = _paper_colour(sample)
    least, spread = _absorbances(sample, paper)
    coloured = (spread > _COLOURED * _UNIT) & (spread > _SATURATED * least)
    black = (least > _BLACK * _UNIT) & ~coloured
    if not _MIN_COLOURED * black.size <= coloured.sum() <= _MAX_COLOURED * black.sum():
        return None
    black_level = float(np.median(least[black]))
    count, regions = _covering_marks(least, coloured, black_level)
    if not count:
        return None
    ink = float(np.percentile(least[regions & coloured], 75)), black_level
    region = cv2.resize(regions.astype(np.uint8), image.size, interpolation=cv2.INTER_NEAREST) > 0
    pixels = np.array(to_grey(image), dtype=np.uint8)
    _take_off(pixels, _rgb_pixels(image), paper, ink, region)
    return BlackWriting(pixels, count)


def _rgb_pixels(image: Image.Image) -> Rgb:
    flat = on_white(image) if image.has_transparency_data else image.convert("RGB")
    return np.asarray(flat, dtype=np.uint8)


def _paper_colour(sample: Rgb) -> NDArray[np.uint8]:
    """Return the colour of the paper: the median of the lighter half of the pixels."""
    levels = sample.min(axis=2)
    light = sample[levels >= np.median(levels)]
    return np.asarray(np.median(light, axis=0), dtype=np.uint8)


def _absorbances(pixels: Rgb, paper: NDArray[np.uint8]) -> tuple[Grey, Grey]:
    """Return the smallest absorbance of each pixel, and the largest less the smallest.

    In steps of 1 / ``_UNIT``, relative to the paper.
    """
    levels = np.maximum(np.arange(256), _DARKEST)
    planes = []
    for channel in range(3):
        absorbance = np.log(max(int(paper[channel]), _DARKEST) / levels)
        table = np.clip(absorbance * _UNIT, 0, 255).astype(np.uint8)
        planes.append(cv2.LUT(np.ascontiguousarray(pixels[..., channel]), table))
    red, green, blue = planes
    least = cv2.min(cv2.min(red, green), blue)
    most = cv2.max(cv2.max(red, green), blue)
    return np.asarray(least, dtype=np.uint8), np.asarray(cv2.subtract(most, least), dtype=np.uint8)


def _covering_marks(
    least: Grey, coloured: NDArray[np.bool_], black_level: float
) -> tuple[int, NDArray[np.bool_]]:
    """Return how many coloured marks of the sample cover black writing, and where they are."""
    # Single pixels are the noise of a camera.
    strokes = cv2.medianBlur(coloured.astype(np.uint8), 3)
    kernel = np.ones((_REACH, _REACH), np.uint8)
    joined = cv2.dilate(cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, kernel), np.ones((3, 3)))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    marks = stats[1:] if count <= _MAX_MARKS else stats[:0]
    covering = [
        _covers_black(number, labels, mark, least, coloured, black_level)
        for number, mark in enumerate(marks, start=1)
    ]
    # A stamp has parts that cover nothing, within its frame.
    start, end = marks[:, :2], marks[:, :2] + marks[:, 2:4]
    inside = (start[:, None] >= start[covering]) & (end[:, None] <= end[covering])
    chosen = np.flatnonzero(np.any(np.all(inside, axis=2), axis=1)) + 1
    return sum(covering), np.isin(labels, chosen)


def _covers_black(
    number: int,
    labels: "cv2.typing.MatLike",
    mark: "cv2.typing.MatLike",
    least: Grey,
    coloured: NDArray[np.bool_],
    black_level: float,
) -> bool:
    """Return whether a mark of the sample covers black writing."""
    x, y, width, height = mark[:4].tolist()
    length = max(width, height)
    edges = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    on_edge = sum(np.count_nonzero(edge == number) for edge in edges)
    if length < _MIN_LENGTH or on_edge > _MAX_EDGE * length:
        return False
    part = np.s_[y : y + height, x : x + width]
    region = labels[part] == number
    level = np.median(least[part][region & coloured[part]])
    is_black = least[part][region] > (level + black_level) / 2
    return bool(level <= _MAX_DEPTH * black_level and np.count_nonzero(is_black) >= _MIN_BLACK)


def _take_off(
    pixels: Grey,
    rgb: Rgb,
    paper: NDArray[np.uint8],
    ink: tuple[float, float],
    region: NDArray[np.bool_],
) -> None:
    """Put the grey of the black ink in place of coloured pixels of the region.

    Args:
        pixels: of the page, in grey; changed.
        rgb: the same in colour.
        paper: its colour.
        ink: smallest absorbances of the coloured ink alone and of the black ink alone.
        region: of the marks.
    """
    rows, columns = (np.flatnonzero(region.any(axis=side)) for side in (1, 0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    least, spread = _absorbances(np.ascontiguousarray(rgb[part]), paper)
    coloured, black = ink
    steps = np.clip(np.arange(256) - coloured, 0, None) * black / max(black - coloured, 1.0)
    weights = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, as Pillow's conversion to grey
    levels = float(paper @ weights) * np.exp(-steps / _UNIT)
    replaced = cv2.LUT(least, levels.round().astype(np.uint8))
    fringes = cv2.dilate((spread > _FRINGE * _UNIT).astype(np.uint8), np.ones((3, 3), np.uint8))
    chosen = region[part] & (fringes > 0)
    np.copyto(pixels[part], np.maximum(replaced, pixels[part]), where=chosen)
