"""Tells whether one image is the page: upright, covering it, and nothing else to be seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf
from numpy.typing import NDArray

from pipeline.model import Placement
from pipeline.pagemarks import Rect, ShownImage, around, common, page_marks

Grey = NDArray[np.uint8]

_COVER = 0.02  #: share of a side that the image may leave blank
_SLACK = 1.0  #: points by which boxes are off in honest files: whole points for a page of A4
_LEVEL = 1e-3  #: a side may lean by this share of itself: less than a pixel in 1,000
_OBLONG = 1.1  #: the longer side of a pixel over the shorter
_MASKS = ("/SMask", "/Mask", "/Alternates")
_PLAIN = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}  #: and channels


@dataclass(frozen=True, slots=True)
class Turn:
    """How stored pixels become the page: transposed, then mirrored, cropped, turned."""

    transposed: bool
    mirrored_x: bool
    mirrored_y: bool
    crop: tuple[int, int, int, int]  #: pixels cut off left, top, right, bottom before /Rotate
    rotate: int  #: clockwise degrees, the page's own /Rotate

    def apply(self, pixels: Grey) -> Grey:
        """Return the pixels as the page shows them."""
        pixels = pixels.T if self.transposed else pixels
        pixels = pixels[:, ::-1] if self.mirrored_x else pixels
        pixels = pixels[::-1] if self.mirrored_y else pixels
        left, top, right, bottom = self.crop
        height, width = pixels.shape
        return np.rot90(pixels[top : height - bottom, left : width - right], -self.rotate // 90)

    def __str__(self) -> str:
        parts = [
            ", transposed" if self.transposed else "",
            ", mirrored left to right" if self.mirrored_x else "",
            ", mirrored top to bottom" if self.mirrored_y else "",
            f", cropped by {self.crop}" if any(self.crop) else "",
            f", turned {self.rotate}" if self.rotate else "",
        ]
        return "".join(parts)


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
        PdfError, ValueError, TypeError, KeyError: the page is too odd to be understood.
    """
    marks = page_marks(page)
    if len(marks.images) != 1 or marks.over:
        return None
    shown = marks.images[0]
    rotate = int(page.obj.get("/Rotate", 0)) % 360
    lying = _lying(shown)
    if lying is None or rotate % 90:
        return None
    rect, transposed, mirrored_x, mirrored_y = lying
    visible = common(_rect(page.mediabox), _rect(page.cropbox))
    opaque = not _is_masked(shown.stream)
    if not _covers(rect, shown.clip, visible, strict=marks.under):
        return None
    if marks.under and not opaque:
        return None
    width, height = int(shown.stream["/Width"]), int(shown.stream["/Height"])
    seen = (height, width) if transposed else (width, height)
    crop, kept = _cropped(rect, visible, seen)
    turn = Turn(transposed, mirrored_x, mirrored_y, crop, rotate)
    placement = _placement(kept, visible, rotate)
    channels = _channels(shown.stream.get("/ColorSpace"))
    return SoleImage(
        stream=shown.stream,
        width=width,
        height=height,
        turn=turn,
        placement=placement,
        opaque=opaque,
        plain=channels > 0,
        jpeg_mode=_jpeg_mode(shown.stream),
    )


def _lying(shown: ShownImage) -> tuple[Rect, bool, bool, bool] | None:
    """Return where an image lies in points, and whether transposed and mirrored; None if askew."""
    a, b, c, d, e, f = shown.matrix
    rect = around([(e, f), (e + a, f + b), (e + c, f + d), (e + a + c, f + b + d)])
    if abs(b) <= _LEVEL * abs(a) and abs(c) <= _LEVEL * abs(d) and a and d:
        return rect, False, a < 0, d < 0
    if abs(a) <= _LEVEL * abs(b) and abs(d) <= _LEVEL * abs(c) and b and c:
        # x grows with the image's height, whose rows count down; y with its width
        return rect, True, c > 0, b > 0
    return None


def _covers(rect: Rect, clip: Rect | None, visible: Rect, *, strict: bool) -> bool:
    """Whether an image leaves (nearly) none of the visible page blank, and is not cut itself."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    if width <= 0 or height <= 0:
        return False
    clipped = common(rect, clip) if clip else rect
    wanted = common(rect, visible)
    given = common(clipped, visible)
    if max(map(abs, _difference(wanted, given))) > _SLACK:
        return False
    across, down = (_SLACK, _SLACK) if strict else (_COVER * width, _COVER * height)
    left, low, right, top = _difference(rect, visible)
    return max(left, -right) <= across and max(low, -top) <= down


def _cropped(
    rect: Rect, visible: Rect, size: tuple[int, int]
) -> tuple[tuple[int, int, int, int], Rect]:
    """Return the pixels to cut off left, top, right and bottom, and where the others lie.

    Only whole pixels go, and none where image and page differ by no more than rounding.
    """
    across, down = (rect[2] - rect[0]) / size[0], (rect[3] - rect[1]) / size[1]  # points a pixel
    beyond = (
        visible[0] - rect[0],
        rect[3] - visible[3],
        rect[2] - visible[2],
        visible[1] - rect[1],
    )
    left, top, right, bottom = (
        int(points / step) if points > _SLACK else 0
        for points, step in zip(beyond, (across, down, across, down), strict=True)
    )
    kept = (
        rect[0] + left * across,
        rect[1] + bottom * down,
        rect[2] - right * across,
        rect[3] - top * down,
    )
    return (left, top, right, bottom), kept


def _placement(rect: Rect, visible: Rect, rotate: int) -> Placement:
    """Return where a rectangle of the unturned page lies on the page as it is seen."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    left, right = rect[0] - visible[0], visible[2] - rect[2]
    top, low = visible[3] - rect[3], rect[1] - visible[1]
    w, h = rect[2] - rect[0], rect[3] - rect[1]
    turned = {
        0: (width, height, left, top, w, h),
        90: (height, width, low, left, h, w),
        180: (width, height, right, low, w, h),
        270: (height, width, top, right, h, w),
    }
    return Placement(*(round(value, 4) for value in turned[rotate]))


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
    if isinstance(space, pikepdf.Array) and str(space[0]) in {"/Indexed", "/I"}:
        return _direct(space[1])
    return 1 if space is None else _direct(space)  # JPEG 2000 may say itself what it is


def _direct(space: Any) -> int:
    if not isinstance(space, pikepdf.Array):
        return _PLAIN.get(str(space), 0)
    if str(space[0]) == "/ICCBased":
        count = int(space[1].get("/N", 0))
        return count if count in {1, 3} else 0
    return _PLAIN.get(str(space[0]), 0)


def _difference(one: Rect, other: Rect) -> Rect:
    return one[0] - other[0], one[1] - other[1], one[2] - other[2], one[3] - other[3]


def _rect(box: Any) -> Rect:
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
