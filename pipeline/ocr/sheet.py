"""Find the sheet of paper in a picture that shows more: table, black border, facing page, fingers.

On a small copy whose strokes are closed away, bare paper is an even zone with a sharp edge: a table
is darker, or rough, and a shadow on the paper has no edge. The even zone with the most letters is
the sheet; other zones stay if they hold text. A sheet that fills its picture is left as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.components import LetterComponents, find_letter_shapes
from pipeline.ocr.evidence import find_line_components
from pipeline.ocr.skew import row_sharpness
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box

_SMALL_SIDE = 1024  #: pixels; the longer side of the copy, on which letters are 5 to 15 high
_STROKE = 11  #: pixels of the copy; strokes are thinner
_MAX_LETTER = 60  #: pixels of the copy
_EDGE, _FINER_EDGES = 12, (8, 6)  #: grey levels from pixel to pixel; a sheet's edge is steeper
_BRIDGE, _WIDER_BRIDGE = 5, 9  #: pixels; zones that only a narrower bridge joins are two
_MIN_SHEET, _MAX_SHEET = 0.12, 0.99  #: of the picture's area; outside of them nothing is cut out
_FULL_SHEET = 0.93  #: of the picture's area; by a finer edge a sheet must be smaller
_MIN_SOLID, _SURELY_SOLID = 0.93, 0.98  #: of the area of its convex hull: a sheet has no bays
_FRAME = 0.03  #: of the picture's sides, all around; texture shows there
_MIN_EVEN = 0.4  #: of the area inside its outline; a table around a sheet has less
_MIN_LETTERS = 8  #: letters of a sheet
_MIN_LEAF = 0.004  #: of the picture's area; a smaller zone is a part of something else
_CALM_STEP = 20  #: grey levels between neighbours; strokes and texture have more
_MIN_CALM = 0.8  #: of the pixels around a few letters on bare paper
_KEPT_ROWS = 0.98  #: of the sharpness of rows; less where letters in rows were lost
_FEW_LETTERS, _MANY_LETTERS = 3, 30  #: letters in lines; of text on calm paper, and on any
#: Of the rows of letters, of a sheet and of another leaf; the texture of a table has no rows.
_MIN_SHARPNESS, _LEAF_SHARPNESS = 1.8, 6.0
_MIN_BRIGHTNESS = 0.25  #: of the sheet's; on darker zones no letter is darker still
_FACING_WIDTH = 0.4  #: of the sheet's width; a narrower leaf that the picture cuts off is not read
_NOTCH = 31  #: pixels; narrower notches in the outline of the sheet (clips, holes) belong to it
_GROWTH = 9  #: pixels around its zone in which the edge of the sheet lies
_EDGE_SIGMA = 2.5  #: pixels
_COARSE = 8  #: pixels; the paper is continued outside on a copy so many times smaller


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class Sheet:
    """A sheet in a picture: its box, and its outline on a small copy of what the box holds."""

    box: Box  #: in pixels of the picture
    mask: Grey  #: 255 is the sheet, 0 is not
    paper: Grey  #: bare paper, continued outside of the sheet

    @property
    def transform(self) -> AffineTransform:
        """The transform from the picture to the box."""
        return AffineTransform(c=-self.box.x, f=-self.box.y)

    @property
    def step(self) -> ProcessingStep:
        """The processing step that provenance publishes."""
        box = self.box
        sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        return ProcessingStep("cut-out-sheet", {key: str(value) for key, value in sides.items()})

    def cut_out(self, picture: Grey) -> Grey:
        """Return what the box holds, with bare paper in place of what is not the sheet."""
        box = self.box
        pixels = picture[box.y : box.bottom, box.x : box.right].copy()
        mask = cv2.resize(self.mask, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
        paper = cv2.resize(self.paper, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
        np.copyto(pixels, np.asarray(paper, dtype=np.uint8), where=mask < 128)
        return pixels


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class _Zone:
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

    @property
    def is_solid(self) -> bool:
        """Whether it may be a sheet; a table around a sheet is none."""
        return self.solidity >= _MIN_SOLID and self.evenness >= _MIN_EVEN


def find_sheet(picture: Grey) -> Sheet | None:
    """Return the sheet, or None if it fills the picture or cannot be told from what is around it.

    Args:
        picture: grey pixels, height x width, 0 is black.
    """
    scale = min(_SMALL_SIDE / max(picture.shape), 1.0)
    if min(picture.shape) * scale < 2 * _NOTCH:
        return None
    resized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = np.asarray(resized, dtype=np.uint8)
    paper = _close_strokes(small)
    calm = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) < _CALM_STEP
    found = _find_zones(paper, find_letter_shapes(small, _MAX_LETTER), calm)
    if found is None:
        return None
    sheet, others = found
    parts = [sheet, *(zone for zone in others if _is_leaf(zone, sheet, paper, calm))]
    others = [zone for zone in others if zone not in parts]
    # Closing raises the grain of a table: a blur of the picture shows the edge before it.
    edges = cv2.min(paper, cv2.GaussianBlur(small, (0, 0), _EDGE_SIGMA))
    mask = _trace_edge(edges, np.maximum.reduce([_fill_bays(part, others) for part in parts]))
    if not _MIN_SHEET <= np.count_nonzero(mask) / mask.size <= _MAX_SHEET:
        return None
    return _build_sheet(picture, mask, paper)


def _close_strokes(small: Grey) -> Grey:
    """Return the bare paper; black around the picture keeps narrow black borders from closing."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_STROKE, _STROKE))
    closed = cv2.morphologyEx(np.pad(small, _STROKE), cv2.MORPH_CLOSE, kernel)
    inner = closed[_STROKE:-_STROKE, _STROKE:-_STROKE]
    return np.asarray(cv2.medianBlur(np.ascontiguousarray(inner), 5), dtype=np.uint8)


def _find_zones(
    paper: Grey, letters: LetterComponents, calm: NDArray[np.bool_]
) -> tuple[_Zone, list[_Zone]] | None:
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


def _loses_rows(sheet: _Zone, coarser: tuple[_Zone, list[_Zone]] | None) -> bool:
    """Return whether letters that stand in rows are outside of a sheet by a finer edge."""
    return coarser is not None and sheet.sharpness < _KEPT_ROWS * coarser[0].sharpness


def _is_frame_calm(calm: NDArray[np.bool_]) -> bool:
    """Return whether the picture shows no texture along its sides."""
    rows, columns = (max(round(_FRAME * side), 1) for side in calm.shape)
    inner = calm[rows:-rows, columns:-columns]
    framed = np.count_nonzero(calm) - np.count_nonzero(inner)
    return bool(framed >= _MIN_CALM * (calm.size - inner.size))


def _part_zones(zones: Iterator["_Zone"]) -> tuple[_Zone, list[_Zone]] | None:
    """Return the zone of the sheet, which has the most letters, and the others."""
    everything = list(zones)
    sheets = [zone for zone in everything if zone.is_solid and zone.area >= _MIN_SHEET]
    sheet = max(sheets, key=lambda zone: zone.letters.count, default=None)
    if sheet is None or sheet.letters.count < _MIN_LETTERS or sheet.sharpness < _MIN_SHARPNESS:
        return None
    return sheet, [zone for zone in everything if zone is not sheet]


def _iterate_zones(
    paper: Grey, letters: LetterComponents, edge: int, bridge: int
) -> Iterator[_Zone]:
    """Yield the zones without an edge of so many grey levels, those of some size."""
    gradient = cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    even = cv2.morphologyEx(
        (gradient < edge).astype(np.uint8), cv2.MORPH_OPEN, np.ones((bridge, bridge), np.uint8)
    )
    _, labels, stats, _ = cv2.connectedComponentsWithStats(even, connectivity=4)
    for label, area in enumerate(stats[:, cv2.CC_STAT_AREA]):
        if label and area >= _MIN_LEAF * paper.size:
            yield _measure_zone(labels == label, letters)


def _measure_zone(pixels: NDArray[np.bool_], letters: LetterComponents) -> _Zone:
    contours, _ = cv2.findContours(
        pixels.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    outline = np.zeros(pixels.shape, dtype=np.uint8)
    cv2.drawContours(outline, contours, -1, (1,), cv2.FILLED)
    area = np.count_nonzero(outline)
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(contours)))
    zone = _Zone(
        pixels, outline, letters, area / pixels.size, area / max(hull, 1),
        np.count_nonzero(pixels) / area,
    )  # fmt: skip
    inside = outline.astype(bool) if zone.is_solid else pixels
    on_zone = inside[letters.y.astype(int), letters.x.astype(int)]
    return replace(zone, letters=letters.select(on_zone))


def _is_leaf(zone: _Zone, sheet: _Zone, paper: Grey, calm: NDArray[np.bool_]) -> bool:
    """Return whether a zone beside the sheet holds text of its own, and not of a page cut off."""
    dark = np.median(paper[zone.pixels]) < _MIN_BRIGHTNESS * np.median(paper[sheet.pixels])
    if dark or zone.outline[sheet.outline > 0].any() or _is_cut_off(zone, sheet):
        return False
    in_lines = len(find_line_components(zone.letters, zone.pixels.shape).x)
    if calm[zone.pixels].mean() >= _MIN_CALM:
        return in_lines >= _FEW_LETTERS and zone.evenness >= _MIN_CALM
    return in_lines >= _MANY_LETTERS and zone.sharpness >= _LEAF_SHARPNESS


def _is_cut_off(zone: _Zone, sheet: _Zone) -> bool:
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


def _fill_bays(part: _Zone, others: list[_Zone]) -> Grey:
    """Return the outline with its bays, where letters at the edge may stand, but no other zone."""
    kernel = np.ones((_NOTCH, _NOTCH), np.uint8)
    outline = cv2.morphologyEx(part.outline, cv2.MORPH_OPEN, kernel)
    contours, _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return part.outline
    hull = cv2.convexHull(np.concatenate(contours))
    filled = cv2.fillConvexPoly(np.zeros_like(part.outline), hull, (1,))
    for other in others:
        filled[other.pixels] = 0
    bays = cv2.morphologyEx(
        cv2.subtract(filled, outline), cv2.MORPH_OPEN, np.ones((_GROWTH, _GROWTH), np.uint8)
    )
    return np.asarray(cv2.max(outline, bays), dtype=np.uint8)


def _trace_edge(edges: cv2.typing.MatLike, outline: Grey) -> Grey:
    """Return the sheet, 255 inside: its outline grown to the steepest edge around it."""
    kernel = np.ones((_NOTCH, _NOTCH), np.uint8)
    whole = cv2.morphologyEx(np.pad(outline, _NOTCH), cv2.MORPH_CLOSE, kernel)
    whole = whole[_NOTCH:-_NOTCH, _NOTCH:-_NOTCH]
    near = cv2.dilate(whole, np.ones((2 * _GROWTH + 1, 2 * _GROWTH + 1), np.uint8))
    markers = np.where(whole > 0, 1, np.where(near > 0, 0, 2)).astype(np.int32)
    cv2.watershed(cv2.cvtColor(edges, cv2.COLOR_GRAY2BGR), markers)
    # Watershed leaves a frame of -1 around the picture.
    markers[[0, -1]], markers[:, [0, -1]] = markers[[1, -2]], markers[:, [1, -2]]
    mask = np.where(markers == 1, 255, 0).astype(np.uint8)
    return np.asarray(cv2.erode(mask, np.ones((3, 3), np.uint8)), dtype=np.uint8)


def _build_sheet(picture: Grey, mask: Grey, paper: Grey) -> Sheet:
    """Return the sheet with its box in pixels of the picture."""
    x, y, width, height = cv2.boundingRect(mask)
    across, down = picture.shape[1] / mask.shape[1], picture.shape[0] / mask.shape[0]
    left, top = round(x * across), round(y * down)
    box = Box(left, top, round((x + width) * across) - left, round((y + height) * down) - top)
    inner = slice(y, y + height), slice(x, x + width)
    return Sheet(box, mask[inner], _continue_paper(paper, mask)[inner])


def _continue_paper(paper: Grey, mask: Grey) -> Grey:
    """Return the bare paper, continued outside of the sheet by that near its edge."""
    inside = mask > 0
    usual = float(np.median(paper[inside]))
    if usual == 255:  # bilevel, and stays so
        return np.full_like(paper, 255)
    core = cv2.erode(mask, np.ones((_STROKE, _STROKE), np.uint8)) > 0  # its rim is blurred
    size = max(mask.shape[1] // _COARSE, 1), max(mask.shape[0] // _COARSE, 1)
    share, light = (
        cv2.GaussianBlur(
            cv2.resize(values.astype(np.float32), size, interpolation=cv2.INTER_AREA), (0, 0), 3
        )
        for values in (core, np.where(core, paper, 0))
    )
    near = np.clip((light + 0.01 * usual) / (share + 0.01), 0, 255).astype(np.uint8)
    spread = cv2.resize(near, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.where(inside, paper, spread), dtype=np.uint8)
