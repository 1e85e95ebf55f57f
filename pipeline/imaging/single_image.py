"""Tells whether one image is the page: upright, covering it, and nothing else to be seen."""

from dataclasses import dataclass
from typing import Any

import pikepdf

from pipeline.imaging.page_content import Rect, common, page_marks
from pipeline.imaging.placement import SLACK, Turn, cropped, lying, placed
from pipeline.model import Placement

_COVER = 0.02  #: share of a side that the image may leave blank
_OBLONG = 1.1  #: the longer side of a pixel over the shorter
_MASKS = ("/SMask", "/Mask", "/Alternates")
_PLAIN = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}  #: and channels


@dataclass(frozen=True, slots=True)
class SoleImage:
    """The one image of a page, and how it lies there."""

    stream: Any  #: the pikepdf stream
    width: int  #: pixels, as stored
    height: int
    turn: Turn
    placement: Placement
    opaque: bool  #: no mask of any kind: it hides what lies under it
    plain: bool  #: grey or colour as every decoder takes it; inks and Lab are not
    channels: int  #: numbers a pixel is stored in, 1 of a palette; 0 where unknown
    jpeg_mode: str  #: Pillow's mode if the JPEG stream alone says what it looks like, else empty

    @property
    def dpi(self) -> tuple[float, float]:
        """Pixels per inch across and down the page as it is seen."""
        wide, high = (self.width, self.height)
        left, top, right, bottom = self.turn.crop
        if self.turn.transposed:
            wide, high = high, wide
        wide, high = wide - left - right, high - top - bottom
        if self.turn.rotate % 180:
            wide, high = high, wide
        return wide / self.placement.width * 72, high / self.placement.height * 72

    @property
    def takeable(self) -> bool:
        """Whether its own pixels show what a reader sees; if not, the page is to be drawn.

        Not so with masks, with inks, and where pixels are so oblong that letters would look
        squashed, as in a fax.
        """
        across, down = self.dpi
        return self.opaque and self.plain and 1 / _OBLONG < across / down < _OBLONG

    @property
    def filters(self) -> str:
        """How it is compressed, by the names in the PDF."""
        found = self.stream.get("/Filter", [])
        names = [found] if isinstance(found, pikepdf.Name) else list(found)
        return " ".join(str(name).removeprefix("/") for name in names) or "uncompressed"


def sole_image(page: pikepdf.Page) -> SoleImage | None:
    """Return the image that is the page, or None where the page must be drawn.

    Raises:
        PikepdfError, ValueError, TypeError, LookupError: the page is too odd to be understood.
    """
    marks = page_marks(page)
    if len(marks.images) != 1 or marks.over:
        return None
    shown = marks.images[0]
    rotate = int(page.obj.get("/Rotate", 0)) % 360
    found = lying(shown.matrix)
    if found is None or rotate % 90:
        return None
    rect, transposed, mirrored_x, mirrored_y = found
    visible = _visible(_rect(page.mediabox), _rect(page.cropbox))
    opaque = not _is_masked(shown.stream)
    if not _covers(rect, shown.clip, visible, strict=marks.under):
        return None
    if marks.under and not opaque:
        return None
    width, height = int(shown.stream["/Width"]), int(shown.stream["/Height"])
    seen = (height, width) if transposed else (width, height)
    crop, kept = cropped(rect, visible, seen)
    if crop[0] + crop[2] >= seen[0] or crop[1] + crop[3] >= seen[1]:
        return None  # less than a pixel of it is seen
    turn = Turn(transposed, mirrored_x, mirrored_y, crop, rotate)
    placement = placed(kept, visible, rotate)
    space = shown.stream.get("/ColorSpace")
    return SoleImage(
        stream=shown.stream,
        width=width,
        height=height,
        turn=turn,
        placement=placement,
        opaque=opaque,
        plain=_channels(space) > 0,
        channels=1 if _is_palette(space) else _direct(space),
        jpeg_mode=_jpeg_mode(shown.stream),
    )


def _covers(rect: Rect, clip: Rect | None, visible: Rect, *, strict: bool) -> bool:
    """Whether an image leaves (nearly) none of the visible page blank, and is not cut itself."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    if width <= 0 or height <= 0:
        return False
    clipped = common(rect, clip) if clip else rect
    wanted = common(rect, visible)
    given = common(clipped, visible)
    if max(map(abs, _difference(wanted, given))) > SLACK:
        return False
    across, down = (SLACK, SLACK) if strict else (_COVER * width, _COVER * height)
    left, low, right, top = _difference(rect, visible)
    return max(left, -right) <= across and max(low, -top) <= down


def _is_masked(image: Any) -> bool:
    return (
        any(key in image for key in _MASKS)
        or bool(image.get("/ImageMask", False))
        or int(image.get("/SMaskInData", 0)) != 0
    )


def _jpeg_mode(image: Any) -> str:
    """Return the Pillow mode of a JPEG that looks in the PDF as it would outside; else nothing."""
    filters = image.get("/Filter")
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    if [str(name) for name in names] != ["/DCTDecode"]:
        return ""
    if "/Decode" in image or image.get("/DecodeParms") is not None:
        return ""
    return {1: "L", 3: "RGB"}.get(_direct(image.get("/ColorSpace")), "")


def _channels(space: Any) -> int:
    """Return the channels of a grey or colour space that is plain, palettes too; 0 if it is not."""
    if _is_palette(space):
        return _direct(space[1])
    return 1 if space is None else _direct(space)  # JPEG 2000 may say itself what it is


def _is_palette(space: Any) -> bool:
    return isinstance(space, pikepdf.Array) and str(space[0]) in {"/Indexed", "/I"}


def _direct(space: Any) -> int:
    if not isinstance(space, pikepdf.Array):
        return _PLAIN.get(str(space), 0)
    if str(space[0]) == "/ICCBased":
        count = int(space[1].get("/N", 0))
        return count if count in {1, 3} else 0
    return _PLAIN.get(str(space[0]), 0)


def _difference(one: Rect, other: Rect) -> Rect:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2], one[3] - other[3]


def _visible(media: Rect, crop: Rect) -> Rect:
    """Return what is seen of a page; a crop box that lies beside it crops nothing."""
    seen = common(media, crop)
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else media


def _rect(box: Any) -> Rect:
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
