"""Draws the lines of a tightly typed page apart, so that the engine does not take two for one.

Between two rows of letters runs a seam of least ink, round ascenders and descenders (Arvanitopoulos
and Suesstrunk, 2014: seam carving for text lines); along each seam white is put in. Where lines
touch, Tesseract loses whole ones; apart, it reads them.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.evidence import LineComponents
from pipeline.text import Box

_SEAM_GAP = 12  #: pixels of white along each seam
_MAX_ROW_DISTANCE = 2.4  #: letter heights from row to row; with more between them nothing touches
_ROW_CORE = 0.3  #: letter heights about a row's middle that no seam enters
_MIN_ROW_DISTANCE = 0.55  #: letter heights; of two peaks nearer than this one is no row
_MIN_ROW_SHARE = 0.25  #: of a full row's marks; with fewer there is no row
_STRAY_COST, _BEND_COST = (
    0.02,
    0.3,
)  #: what a pixel off the middle costs, and a turn, in black pixels
_WALL_COST = np.float32(1e9)


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels
class SeparatedLines:
    """An image whose lines are drawn apart, and the seams along which that was done."""

    pixels: Grey
    seams: NDArray[np.intp]  #: seams x width: the first row below each, in the image before
    letter_height: float  #: letter height, pixels

    @property
    def step(self) -> ProcessingStep:
        """What was done, for provenance."""
        return ProcessingStep(
            "spread-lines", {"seams": str(len(self.seams)), "gap": f"{_SEAM_GAP}"}
        )

    def map_back(self, box: Box) -> Box:
        """Return where a box of this image lay before the lines were drawn apart."""
        within = min(box.height, self.letter_height) / 2
        column = min(box.x + box.width // 2, self.pixels.shape[1] - 1)
        top = max(box.y - self._added_above(column, box.y + within), 0)
        bottom = box.bottom - self._added_above(column, box.bottom - within)
        return Box(box.x, top, box.width, max(bottom - top, 1))

    def _added_above(self, column: int, row: float) -> int:
        """Return the pixels put in above a place of this image."""
        ends = self.seams[:, column] + _SEAM_GAP * np.arange(len(self.seams)) + _SEAM_GAP / 2
        return _SEAM_GAP * int(np.searchsorted(ends, row))


def separate_lines(
    pixels: Grey, components: LineComponents, letter_height: float
) -> SeparatedLines:
    """Draw the lines of an upright page apart.

    Args:
        pixels: grey, height x width, 0 is black, paper is white.
        components: the letters that stand in lines, in its pixels.
        letter_height: their median height, pixels.
    """
    height, width = pixels.shape
    bands = [
        (round(upper + _ROW_CORE * letter_height), round(lower - _ROW_CORE * letter_height))
        for upper, lower in pairwise(_row_middles(components, height, letter_height))
        if lower - upper <= _MAX_ROW_DISTANCE * letter_height
    ]
    bands = [(top, bottom) for top, bottom in bands if bottom - top >= 3]  # else no room
    if not bands:
        return SeparatedLines(pixels, np.zeros((0, width), dtype=np.intp), letter_height)
    seams = _find_seams(pixels, bands)
    return SeparatedLines(_insert_gaps(pixels, seams), seams, letter_height)


def _row_middles(components: LineComponents, height: int, letter_height: float) -> list[int]:
    """Return the middles of the rows of letters, top to bottom: peaks of their number."""
    heights = np.clip(components.y, 0, height - 1).astype(int)
    number = np.bincount(heights, minlength=height).astype(np.float32).reshape(-1, 1)
    smooth = cv2.GaussianBlur(number, (0, 0), max(letter_height / 5, 0.5))
    reach = int(_MIN_ROW_DISTANCE * letter_height)
    highest = cv2.dilate(smooth, np.ones((2 * reach + 1, 1), dtype=np.uint8)).ravel()
    profile = np.asarray(smooth).ravel()
    full = np.percentile(profile[profile > 0], 90) if len(components.y) else 0
    rows: list[int] = []
    for peak in np.flatnonzero((profile == highest) & (profile > _MIN_ROW_SHARE * full)):
        if not rows or peak - rows[-1] > reach:
            rows.append(int(peak))
    return rows


def _find_seams(pixels: Grey, bands: list[tuple[int, int]]) -> NDArray[np.intp]:
    """Return the seam of least ink through each band, bands x columns.

    All bands at once, column by column: the cheapest way to each pixel comes from the left, or
    from one above or below it.
    """
    width = pixels.shape[1]
    deepest = max(bottom - top for top, bottom in bands)
    cost = np.full((len(bands), deepest, width), _WALL_COST, dtype=np.float32)
    for number, (top, bottom) in enumerate(bands):
        away = np.abs(np.arange(bottom - top) - (bottom - top) / 2)
        cost[number, : bottom - top] = 1 - pixels[top:bottom] / 255 + _STRAY_COST * away[:, None]
    turns = np.zeros(cost.shape, dtype=np.int8)
    reached = cost[:, :, 0]
    edge = np.full((len(bands), 1), _WALL_COST, dtype=np.float32)
    for column in range(1, width):
        above = np.concatenate([edge, reached[:, :-1]], axis=1) + _BEND_COST
        below = np.concatenate([reached[:, 1:], edge], axis=1) + _BEND_COST
        ways = np.stack([reached, above, below])
        turns[:, :, column] = np.array([0, -1, 1])[ways.argmin(axis=0)]
        reached = cost[:, :, column] + ways.min(axis=0)
    tops = np.array([top for top, _ in bands], dtype=np.intp)
    return _trace_seams(turns, reached.argmin(axis=1)) + tops[:, None]


def _trace_seams(turns: NDArray[np.int8], ends: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows of the cheapest ways, from their right ends back to the left."""
    seams = np.empty((turns.shape[0], turns.shape[2]), dtype=np.intp)
    each, row = np.arange(len(ends)), ends
    for column in range(turns.shape[2] - 1, -1, -1):
        seams[:, column] = row
        row = row + turns[each, row, column]
    return seams


def _insert_gaps(pixels: Grey, seams: NDArray[np.intp]) -> Grey:
    """Return the image with ``_SEAM_GAP`` rows of white at each seam."""
    height, width = pixels.shape
    passed = np.zeros((height, width), dtype=np.intp)
    np.add.at(passed, (seams, np.arange(width)[None, :]), 1)
    rows = np.arange(height)[:, None] + _SEAM_GAP * passed.cumsum(axis=0)
    apart = np.full((height + _SEAM_GAP * len(seams), width), 255, dtype=np.uint8)
    apart[rows, np.arange(width)[None, :]] = pixels
    return apart
