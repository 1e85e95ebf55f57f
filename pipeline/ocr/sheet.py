"""Cut the sheet of paper out of a picture that shows more.

A table, a black border, the edge of a facing page, fingers: none of it is levelled or read. What
holds text stays, and a sheet that fills its picture is left as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.background import level_background
from pipeline.ocr.components import LetterComponents, find_letter_shapes
from pipeline.ocr.paper_zones import MIN_SHEET, STROKE, Zone, close_strokes, find_leaves
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box

_STEP_NAME = "cut-out-sheet"  #: in provenance
_SMALL_SIDE = 1024  #: pixels; the longer side of the small copy
_LETTERS_SIDE = 1600  #: pixels; the longer side of a copy that shows letters of 5 pixels
_MAX_LETTER = 100  #: pixels of that copy
_LARGE_OUTSIDE = 0.1  #: of the picture's area; less than that is cut off only if it has marks
_FEW_MARKS = 4  #: marks like letters outside of the sheet; fewer are harmless
_RIM = 9  #: pixels; marks nearer to the sheet are its own edge
_MARGIN = 20  #: pixels of the small copy
_NOTCH = 31  #: pixels; narrower notches in the outline of the sheet (clips, holes) belong to it
_GROWTH = 9  #: pixels around its zone in which the edge of the sheet lies
_EDGE_SIGMA = 2.5  #: pixels
_COARSE = 8  #: pixels; the paper is continued outside on a copy so many times smaller


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class Sheet:
    """A sheet in a picture: its box, and its outline on a small copy of what the box holds."""

    box: Box  #: in pixels of the picture
    mask: Grey  #: 255 is the sheet, 0 is not
    paper: Grey  #: bare paper, continued outside of the sheet and into a margin around the box

    @property
    def margin(self) -> int:
        """The width of the margin around the box, pixels of the picture; the engine needs one."""
        return int(_MARGIN * self.box.width / self.mask.shape[1])

    @property
    def transform(self) -> AffineTransform:
        """The transform from the picture to what is cut out."""
        return AffineTransform(c=self.margin - self.box.x, f=self.margin - self.box.y)

    @property
    def step(self) -> ProcessingStep:
        """The processing step that provenance publishes."""
        box = self.box
        sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        return ProcessingStep(_STEP_NAME, {key: str(value) for key, value in sides.items()})

    def cut_out(self, picture: Grey) -> Grey:
        """Return the sheet with a margin; bare paper stands in place of what is not the sheet."""
        box, margin = self.box, self.margin
        size = box.width + 2 * margin, box.height + 2 * margin
        paper = cv2.resize(self.paper, size, interpolation=cv2.INTER_LINEAR)
        pixels = np.asarray(paper, dtype=np.uint8)
        mask = cv2.resize(self.mask, (box.width, box.height), interpolation=cv2.INTER_LINEAR)
        inner = pixels[margin : margin + box.height, margin : margin + box.width]
        np.copyto(inner, picture[box.y : box.bottom, box.x : box.right], where=mask >= 128)
        return pixels


def find_sheet(picture: Grey) -> Sheet | None:
    """Return the sheet, or None if it fills the picture or cannot be told from what is around it.

    Args:
        picture: grey pixels, height x width, 0 is black.
    """
    if min(picture.shape) * min(_SMALL_SIDE / max(picture.shape), 1.0) < 2 * _NOTCH:
        return None
    larger = _resize(picture, _LETTERS_SIDE)
    small = _resize(larger, _SMALL_SIDE)
    paper = close_strokes(small)
    found = find_leaves(
        small, paper, _scale_letters(find_letter_shapes(larger, _MAX_LETTER), larger, small)
    )
    if found is None:
        return None
    leaves, others = found
    # Closing raises the grain of a table: a blur of the picture shows the edge before it.
    edges = cv2.min(paper, cv2.GaussianBlur(small, (0, 0), _EDGE_SIGMA))
    mask = _trace_edge(edges, np.maximum.reduce([_fill_bays(leaf, others) for leaf in leaves]))
    if np.count_nonzero(mask) < MIN_SHEET * mask.size or _is_quiet_outside(larger, mask):
        return None
    return _build_sheet(picture, mask, paper)


def _is_quiet_outside(larger: Grey, mask: Grey) -> bool:
    """Return whether little is outside of the sheet, and levelling makes no marks of it."""
    sheet = cv2.dilate(mask, np.ones((_RIM, _RIM), np.uint8)) > 0
    if np.count_nonzero(sheet) < (1 - _LARGE_OUTSIDE) * sheet.size:
        return False
    shapes = find_letter_shapes(level_background(larger), _MAX_LETTER)
    marks = _scale_letters(shapes, larger, mask)
    outside = ~sheet[marks.y.astype(int), marks.x.astype(int)]
    return bool(np.count_nonzero(outside) < _FEW_MARKS)


def _scale_letters(letters: LetterComponents, larger: Grey, small: Grey) -> LetterComponents:
    """Return the letters of the larger copy in pixels of the small one."""
    across, down = small.shape[1] / larger.shape[1], small.shape[0] / larger.shape[0]
    return letters.apply_transform(AffineTransform.from_scale(across, down))


def _resize(picture: Grey, longer_side: int) -> Grey:
    scale = min(longer_side / max(picture.shape), 1.0)
    resized = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(resized, dtype=np.uint8)


def sheet_box(steps: Iterable[ProcessingStep]) -> Box | None:
    """Return the box of the sheet that one of the steps cut out, in pixels; None if none did."""
    for step in steps:
        if step.name == _STEP_NAME:
            return Box(**{side: int(value) for side, value in step.settings.items()})
    return None


def _fill_bays(leaf: Zone, others: list[Zone]) -> Grey:
    """Return the outline with its bays, where letters at the edge may stand, but no other zone."""
    kernel = np.ones((_NOTCH, _NOTCH), np.uint8)
    outline = cv2.morphologyEx(leaf.outline, cv2.MORPH_OPEN, kernel)
    contours, _ = cv2.findContours(outline, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return leaf.outline
    hull = cv2.convexHull(np.concatenate(contours))
    filled = cv2.fillConvexPoly(np.zeros_like(leaf.outline), hull, (1,))
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
    around = np.pad(_continue_paper(paper, mask)[inner], _MARGIN, mode="edge")
    return Sheet(box, mask[inner], around)


def _continue_paper(paper: Grey, mask: Grey) -> Grey:
    """Return the bare paper, continued outside of the sheet by that near its edge."""
    inside = mask > 0
    usual = float(np.median(paper[inside]))
    if usual == 255:  # bilevel, and stays so
        return np.full_like(paper, 255)
    core = cv2.erode(mask, np.ones((STROKE, STROKE), np.uint8)) > 0  # its rim is blurred
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
