"""Move the lines of a tightly typed page apart, so that the engine does not merge them.

A seam of least ink runs between two rows of letters, around ascenders and descenders
(Arvanitopoulos and Suesstrunk, 2014: seam carving for text lines); white is inserted along each
seam. Where lines touch, Tesseract loses whole lines; once they are apart, it reads them.
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

_SEAM_GAP = 12  #: pixels of white inserted along each seam
_MAX_ROW_DISTANCE = 2.4  #: letter heights from row to row; lines farther apart do not touch
_ROW_CORE = 0.3  #: letter heights above and below a row's middle that no seam enters
_MIN_ROW_DISTANCE = 0.55  #: letter heights; of two nearer peaks only one is a row
_MIN_ROW_SHARE = 0.25  #: of a full row's components; a peak with fewer is no row
_STRAY_COST = 0.02  #: cost, in black pixels, of each pixel of distance from the band's middle
_BEND_COST = 0.3  #: cost, in black pixels, of a step up or down
_WALL_COST = np.float32(1e9)  #: cost outside a band


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class SeparatedLines:
    """An image with its lines moved apart, and the seams along which white was inserted."""

    pixels: Grey
    seams: NDArray[np.intp]  #: seams x width: the first row below each seam, in the original image
    letter_height: float  #: median letter height, pixels

    @property
    def step(self) -> ProcessingStep:
        """The processing step that provenance publishes."""
        return ProcessingStep(
            "spread-lines", {"seams": str(len(self.seams)), "gap": f"{_SEAM_GAP}"}
        )

    def map_back(self, box: Box) -> Box:
        """Return a box of this image in pixels of the original image."""
        within = min(box.height, self.letter_height) / 2
        column = min(box.x + box.width // 2, self.pixels.shape[1] - 1)
        top = max(box.y - self._added_above(column, box.y + within), 0)
        bottom = box.bottom - self._added_above(column, box.bottom - within)
        return Box(box.x, top, box.width, max(bottom - top, 1))

    def _added_above(self, column: int, row: float) -> int:
        """Return the number of rows inserted above a point of this image."""
        ends = self.seams[:, column] + _SEAM_GAP * np.arange(len(self.seams)) + _SEAM_GAP / 2
        return _SEAM_GAP * int(np.searchsorted(ends, row))


def separate_lines(
    pixels: Grey, components: LineComponents, letter_height: float
) -> SeparatedLines:
    """Move the lines of an upright page apart.

    Args:
        pixels: grey, height x width, 0 is black, paper is white.
        components: those that stand in lines, in the image's pixels.
        letter_height: their median height, pixels.
    """
    height, width = pixels.shape
    bands = [
        (round(upper + _ROW_CORE * letter_height), round(lower - _ROW_CORE * letter_height))
        for upper, lower in pairwise(_row_middles(components, height, letter_height))
        if lower - upper <= _MAX_ROW_DISTANCE * letter_height
    ]
    bands = [(top, bottom) for top, bottom in bands if bottom - top >= 3]  # a seam needs three rows
    if not bands:
        return SeparatedLines(pixels, np.zeros((0, width), dtype=np.intp), letter_height)
    seams = _find_seams(pixels, bands)
    return SeparatedLines(_insert_gaps(pixels, seams), seams, letter_height)


def _row_middles(components: LineComponents, height: int, letter_height: float) -> list[int]:
    """Return the middle of each row of letters, top to bottom: peaks of the components' number."""
    positions = np.clip(components.y, 0, height - 1).astype(int)
    counts = np.bincount(positions, minlength=height).astype(np.float32).reshape(-1, 1)
    smooth = cv2.GaussianBlur(counts, (0, 0), max(letter_height / 5, 0.5))
    reach = int(_MIN_ROW_DISTANCE * letter_height)
    local_maxima = cv2.dilate(smooth, np.ones((2 * reach + 1, 1), dtype=np.uint8)).ravel()
    profile = np.asarray(smooth).ravel()
    typical = np.percentile(profile[profile > 0], 90) if len(components.y) else 0
    rows: list[int] = []
    for peak in np.flatnonzero((profile == local_maxima) & (profile > _MIN_ROW_SHARE * typical)):
        if not rows or peak - rows[-1] > reach:
            rows.append(int(peak))
    return rows


def _find_seams(pixels: Grey, bands: list[tuple[int, int]]) -> NDArray[np.intp]:
    """Return the row of the seam of least ink through each band, bands x columns.

    All bands at once, column by column: the cheapest path to a pixel comes from its left neighbour,
    or from the pixel above or below that.
    """
    width = pixels.shape[1]
    max_height = max(bottom - top for top, bottom in bands)
    cost = np.full((len(bands), max_height, width), _WALL_COST, dtype=np.float32)
    for number, (top, bottom) in enumerate(bands):
        offsets = np.abs(np.arange(bottom - top) - (bottom - top) / 2)
        cost[number, : bottom - top] = 1 - pixels[top:bottom] / 255 + _STRAY_COST * offsets[:, None]
    moves = np.zeros(cost.shape, dtype=np.int8)
    total = cost[:, :, 0]
    edge = np.full((len(bands), 1), _WALL_COST, dtype=np.float32)
    for column in range(1, width):
        above = np.concatenate([edge, total[:, :-1]], axis=1) + _BEND_COST
        below = np.concatenate([total[:, 1:], edge], axis=1) + _BEND_COST
        candidates = np.stack([total, above, below])
        moves[:, :, column] = np.array([0, -1, 1])[candidates.argmin(axis=0)]
        total = cost[:, :, column] + candidates.min(axis=0)
    tops = np.array([top for top, _ in bands], dtype=np.intp)
    return _trace_seams(moves, total.argmin(axis=1)) + tops[:, None]


def _trace_seams(moves: NDArray[np.int8], ends: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rows of the cheapest paths, followed from their right ends to the left."""
    seams = np.empty((moves.shape[0], moves.shape[2]), dtype=np.intp)
    indices, row = np.arange(len(ends)), ends
    for column in range(moves.shape[2] - 1, -1, -1):
        seams[:, column] = row
        row = row + moves[indices, row, column]
    return seams


def _insert_gaps(pixels: Grey, seams: NDArray[np.intp]) -> Grey:
    """Return the image with ``_SEAM_GAP`` rows of white at each seam."""
    height, width = pixels.shape
    seams_at = np.zeros((height, width), dtype=np.intp)
    np.add.at(seams_at, (seams, np.arange(width)[None, :]), 1)
    rows = np.arange(height)[:, None] + _SEAM_GAP * seams_at.cumsum(axis=0)
    separated = np.full((height + _SEAM_GAP * len(seams), width), 255, dtype=np.uint8)
    separated[rows, np.arange(width)[None, :]] = pixels
    return separated
