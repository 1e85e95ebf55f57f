"""Part a picture into even zones, and find which of them are sheets of paper with letters.

On a small copy whose strokes are closed away, bare paper is an even zone with a sharp edge: a table
is darker, or rough, and a shadow on the paper has no edge. Letters stand in rows, texture does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.ocr.components import LetterComponents
from pipeline.ocr.evidence import find_line_components
from pipeline.ocr.skew import row_sharpness

STROKE = 11  #: pixels of the copy; strokes are thinner
_EDGE, _FINER_EDGES = 12, (8, 6)  #: grey levels from pixel to pixel; a sheet's edge is steeper
_BRIDGE, _WIDER_BRIDGE = 5, 9  #: pixels; zones that only a narrower bridge joins are two
MIN_SHEET = 0.12  #: of the picture's area; a smaller zone is no sheet
_FULL_SHEET = 0.93  #: of the picture's area; by a finer edge a sheet must be smaller
_MIN_SOLID, _SURELY_SOLID = 0.93, 0.98  #: of the area of its convex hull: a sheet has no bays
_MIN_EVEN = 0.4  #: of the area inside its outline; a table around a sheet has less
_MIN_LETTERS = 8  #: letters of a sheet
_MOST_LETTERS = 0.6  #: of the letters on any zone; a table around the sheet has as many inside
_MIN_LEAF = 0.004  #: of the picture's area; a smaller zone is a part of something else
_FRAME = 0.03  #: of the picture's sides, all around; texture shows there
_CALM_STEP = 20  #: grey levels between neighbours; strokes and texture have more
_MIN_CALM = 0.8  #: of the pixels of a frame, or around a few letters on bare paper
_KEPT_ROWS = 0.98  #: of the sharpness of rows; less where letters in rows were lost
_FEW_LETTERS, _MANY_LETTERS = 3, 30  #: letters in lines; of text on calm paper, and on any
_IN_LINES = 0.6  #: of a few letters; marks of a table are scattered
#: Of the rows of letters, of a sheet and of another leaf; the texture of a table has no rows.
_MIN_SHARPNESS, _LEAF_SHARPNESS = 1.8, 6.0
_MIN_BRIGHTNESS = 0.25  #: of the sheet's; on darker zones no letter is darker still
_FACING_WIDTH = 0.4  #: of the sheet's width; a narrower leaf that the picture cuts off is not read


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class Zone:
    """An even part of the small copy: its pixels, all inside its outline, the letters on it."""

    pixels: NDArray[np.bool_]
    outline: Grey  #: 1 inside, holes too
    letters: LetterComponents  #: those in lines
    area: float  #: of the outline, 0..1 of the picture
    solidity: float  #: 0..1, area of the outline in its convex hull; low where it has bays
    evenness: float  #: 0..1, its pixels in the area of the outline; low where it has holes

    @property
    def sharpness(self) -> float:
        """How sharp the rows of its letters are; about 1 for scattered marks."""
        return row_sharpness(self.letters)

    def without_letters_of(self, other: "Zone") -> "Zone":
        """Return the zone without the letters inside the outline of another, which it may hold."""
        x, y = self.letters.x.astype(int), self.letters.y.astype(int)
        return replace(self, letters=self.letters.select(other.outline[y, x] == 0))

    @property
    def is_solid(self) -> bool:
        """Whether it may be a sheet; a table around a sheet is none."""
        return self.solidity >= _MIN_SOLID and self.evenness >= _MIN_EVEN


def close_strokes(small: Grey) -> Grey:
    """Return the bare paper; black around the picture keeps narrow black borders from closing."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (STROKE, STROKE))
    closed = cv2.morphologyEx(np.pad(small, STROKE), cv2.MORPH_CLOSE, kernel)
    inner = closed[STROKE:-STROKE, STROKE:-STROKE]
    return np.asarray(cv2.medianBlur(np.ascontiguousarray(inner), 5), dtype=np.uint8)


def find_leaves(
    small: Grey, paper: Grey, letters: LetterComponents
) -> tuple[list[Zone], list[Zone]] | None:
    """Return the zones with text, that of the sheet first, and the zones without.

    Args:
        small: the small copy, 0 is black.
        paper: the same, closed.
        letters: the components of letter shape, in pixels of the copy.
    """
    calm = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) < _CALM_STEP
    found = _find_zones(paper, letters, calm)
    if found is None:
        return None
    sheet, others = found
    leaves = [sheet, *(zone for zone in others if _is_leaf(zone, sheet, paper, calm))]
    return leaves, [zone for zone in others if zone not in leaves]


def _find_zones(
    paper: Grey, letters: LetterComponents, calm: NDArray[np.bool_]
) -> tuple[Zone, list[Zone]] | None:
    """Return the sheet's zone and the others; None if no zone is one sheet with letters."""
    found = _part_zones(_iterate_zones(paper, letters, _EDGE, _BRIDGE))
    parted = [found] if found and found[0].area <= _FULL_SHEET else []
    if (parted and parted[0][0].solidity >= _SURELY_SOLID) or _is_frame_calm(calm):
        return found
    for edge in _FINER_EDGES:  # of paper that is as bright as the rough table around it
        finer = _part_zones(_iterate_zones(paper, letters, edge, _WIDER_BRIDGE))
        if finer and finer[0].area <= _FULL_SHEET and not _loses_rows(finer[0], found):
            parted.append(finer)
    return max(parted, key=lambda zones: zones[0].solidity, default=found)


def _loses_rows(sheet: Zone, coarser: tuple[Zone, list[Zone]] | None) -> bool:
    """Return whether letters that stand in rows are outside of a sheet by a finer edge."""
    return coarser is not None and sheet.sharpness < _KEPT_ROWS * coarser[0].sharpness


def _is_frame_calm(calm: NDArray[np.bool_]) -> bool:
    """Return whether the picture shows no texture along its sides."""
    rows, columns = (max(round(_FRAME * side), 1) for side in calm.shape)
    inner = calm[rows:-rows, columns:-columns]
    framed = np.count_nonzero(calm) - np.count_nonzero(inner)
    return bool(framed >= _MIN_CALM * (calm.size - inner.size))


def _part_zones(zones: Iterator[Zone]) -> tuple[Zone, list[Zone]] | None:
    """Return the zone of the sheet, the smallest one around most letters, and the others."""
    everything = list(zones)
    sheets = [zone for zone in everything if zone.is_solid and zone.area >= MIN_SHEET]
    most = max((zone.letters.count for zone in sheets), default=0)
    lettered = (zone for zone in sheets if zone.letters.count >= _MOST_LETTERS * most)
    sheet = min(lettered, key=lambda zone: zone.area, default=None)
    if sheet is None or sheet.letters.count < _MIN_LETTERS or sheet.sharpness < _MIN_SHARPNESS:
        return None
    return sheet, [zone for zone in everything if zone is not sheet]


def _iterate_zones(
    paper: Grey, letters: LetterComponents, edge: int, bridge: int
) -> Iterator[Zone]:
    """Yield the zones without an edge of so many grey levels, those of some size."""
    gradient = cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    even = cv2.morphologyEx(
        (gradient < edge).astype(np.uint8), cv2.MORPH_OPEN, np.ones((bridge, bridge), np.uint8)
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    for label, area in enumerate(stats[:, cv2.CC_STAT_AREA]):
        if label and area >= _MIN_LEAF * paper.size:
            yield _measure_zone(labels == label, letters)


def _measure_zone(pixels: NDArray[np.bool_], letters: LetterComponents) -> Zone:
    contours, _ = cv2.findContours(
        pixels.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    outline = np.zeros(pixels.shape, dtype=np.uint8)
    cv2.drawContours(outline, contours, -1, (1,), cv2.FILLED)
    area = np.count_nonzero(outline)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(contours)))
    zone = Zone(
        pixels, outline, letters, area / pixels.size, area / max(hull, 1),
        np.count_nonzero(pixels) / area,
    )  # fmt: skip
    inside = outline.astype(bool) if zone.is_solid else pixels
    on_zone = inside[letters.y.astype(int), letters.x.astype(int)]
    return replace(zone, letters=letters.select(on_zone))


def _is_leaf(zone: Zone, sheet: Zone, paper: Grey, calm: NDArray[np.bool_]) -> bool:
    """Return whether a zone beside the sheet holds text of its own, and not of a page cut off."""
    if np.median(paper[zone.pixels]) < _MIN_BRIGHTNESS * np.median(paper[sheet.pixels]):
        return False
    apart = zone.without_letters_of(sheet)
    in_lines = len(find_line_components(apart.letters, zone.pixels.shape).x)
    if in_lines >= _MANY_LETTERS and apart.sharpness >= _LEAF_SHARPNESS:
        return not _is_cut_off(apart, sheet)
    bare = zone.is_solid and zone.evenness >= _MIN_CALM and calm[zone.pixels].mean() >= _MIN_CALM
    few = in_lines >= max(_FEW_LETTERS, _IN_LINES * apart.letters.count)
    return bool(bare and few and not _is_cut_off(apart, sheet))


def _is_cut_off(zone: Zone, sheet: Zone) -> bool:
    """Return whether a zone is a narrow strip of a page, whose lines the picture's edge cuts."""
    left, width = _columns(zone.outline)
    if width > _FACING_WIDTH * _columns(sheet.outline)[1] or not zone.letters.count:
        return False
    picture_width = zone.outline.shape[1]
    reach = 1.5 * zone.letters.typical_height
    from_edge = zone.letters.x if left <= 1 else picture_width - zone.letters.x
    touches = left <= 1 or left + width >= picture_width - 1
    # Evenly spread letters: as many stand at the edge as anywhere; a margin has none.
    expected = zone.letters.count * reach / max(width, 1)
    return touches and bool(np.count_nonzero(from_edge < reach) > expected / 3)


def _columns(outline: Grey) -> tuple[int, int]:
    """Return the first column of an outline, and its width."""
    columns = np.flatnonzero(outline.any(axis=0))
    return int(columns[0]), int(columns[-1] - columns[0] + 1)
