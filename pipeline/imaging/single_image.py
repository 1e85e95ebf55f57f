"""Tells whether one image is the page: upright, covering it, and nothing else to be seen."""

from dataclasses import dataclass
from typing import Any

import pikepdf

from pipeline.imaging.page_content import Rect, intersect_rects, parse_page_content
from pipeline.imaging.pixels import MAX_PIXEL_ASPECT
from pipeline.imaging.placement import (
    BOX_TOLERANCE,
    ImageOrientation,
    crop_to_visible,
    orientation_of,
    placement_of,
)
from pipeline.model import Placement

_MAX_BLANK_SHARE = 0.02  #: share of a side that the image may leave blank
_MASK_KEYS = ("/SMask", "/Mask", "/Alternates")
_PLAIN_COLOURS = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}  #: and channels


@dataclass(frozen=True, slots=True)
class SingleImage:
    """The one image of a page, and how it lies there."""

    stream: Any  #: the pikepdf stream
    width: int  #: pixels, as stored
    height: int
    orientation: ImageOrientation
    placement: Placement
    is_opaque: bool  #: no mask of any kind: it hides what lies under it
    has_plain_colours: bool  #: grey or colour as every decoder takes it; inks and Lab are not
    channels: int  #: numbers a pixel is stored in, 1 of a palette; 0 where unknown
    jpeg_mode: str  #: Pillow's mode if the JPEG stream alone says what it looks like, else empty

    @property
    def dpi(self) -> tuple[float, float]:
        """Pixels per inch across and down the page as it is seen."""
        wide, high = (self.width, self.height)
        left, top, right, bottom = self.orientation.crop
        if self.orientation.transposed:
            wide, high = high, wide
        wide, high = wide - left - right, high - top - bottom
        if self.orientation.rotate % 180:
            wide, high = high, wide
        return wide / self.placement.width * 72, high / self.placement.height * 72

    @property
    def is_extractable(self) -> bool:
        """Whether its own pixels show what a reader sees; if not, the page is to be drawn.

        Not so with masks, with inks, and where pixels are so oblong that letters would look
        squashed, as in a fax.
        """
        across, down = self.dpi
        return (
            self.is_opaque
            and self.has_plain_colours
            and 1 / MAX_PIXEL_ASPECT < across / down < MAX_PIXEL_ASPECT
        )

    @property
    def filters(self) -> str:
        """How it is compressed, by the names in the PDF."""
        found = self.stream.get("/Filter", [])
        names = [found] if isinstance(found, pikepdf.Name) else list(found)
        return " ".join(str(name).removeprefix("/") for name in names) or "uncompressed"


def find_single_image(page: pikepdf.Page) -> SingleImage | None:
    """Return the image that is the page, or None where the page must be drawn.

    Raises:
        PikepdfError, ValueError, TypeError, LookupError: the page is too odd to be understood.
    """
    marks = parse_page_content(page)
    if len(marks.images) != 1 or marks.painted_after:
        return None
    shown = marks.images[0]
    rotate = int(page.obj.get("/Rotate", 0)) % 360
    found = orientation_of(shown.matrix)
    if found is None or rotate % 90:
        return None
    rect, transposed, mirrored_x, mirrored_y = found
    visible = _visible_rect(_to_rect(page.mediabox), _to_rect(page.cropbox))
    opaque = not _is_masked(shown.stream)
    if not _covers_page(rect, shown.clip, visible, strict=marks.painted_before):
        return None
    if marks.painted_before and not opaque:
        return None
    width, height = int(shown.stream["/Width"]), int(shown.stream["/Height"])
    seen = (height, width) if transposed else (width, height)
    crop, kept = crop_to_visible(rect, visible, seen)
    if crop[0] + crop[2] >= seen[0] or crop[1] + crop[3] >= seen[1]:
        return None  # less than a pixel of it is seen
    turn = ImageOrientation(transposed, mirrored_x, mirrored_y, crop, rotate)
    placement = placement_of(kept, visible, rotate)
    space = shown.stream.get("/ColorSpace")
    return SingleImage(
        stream=shown.stream,
        width=width,
        height=height,
        orientation=turn,
        placement=placement,
        is_opaque=opaque,
        has_plain_colours=_colour_channels(space) > 0,
        channels=1 if _is_palette(space) else _direct_channels(space),
        jpeg_mode=_jpeg_mode(shown.stream),
    )


def _covers_page(rect: Rect, clip: Rect | None, visible: Rect, *, strict: bool) -> bool:
    """Whether an image leaves (nearly) none of the visible page blank, and is not cut itself."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    if width <= 0 or height <= 0:
        return False
    clipped = intersect_rects(rect, clip) if clip else rect
    wanted = intersect_rects(rect, visible)
    given = intersect_rects(clipped, visible)
    if max(map(abs, _rect_difference(wanted, given))) > BOX_TOLERANCE:
        return False
    across, down = (
        (BOX_TOLERANCE, BOX_TOLERANCE)
        if strict
        else (_MAX_BLANK_SHARE * width, _MAX_BLANK_SHARE * height)
    )
    left, low, right, top = _rect_difference(rect, visible)
    return max(left, -right) <= across and max(low, -top) <= down


def _is_masked(image: Any) -> bool:
    return (
        any(key in image for key in _MASK_KEYS)
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
    return {1: "L", 3: "RGB"}.get(_direct_channels(image.get("/ColorSpace")), "")


def _colour_channels(space: Any) -> int:
    """Return the channels of a grey or colour space that is plain, palettes too; 0 if it is not."""
    if _is_palette(space):
        return _direct_channels(space[1])
    return 1 if space is None else _direct_channels(space)  # JPEG 2000 may say itself what it is


def _is_palette(space: Any) -> bool:
    return isinstance(space, pikepdf.Array) and str(space[0]) in {"/Indexed", "/I"}


def _direct_channels(space: Any) -> int:
    if not isinstance(space, pikepdf.Array):
        return _PLAIN_COLOURS.get(str(space), 0)
    if str(space[0]) == "/ICCBased":
        count = int(space[1].get("/N", 0))
        return count if count in {1, 3} else 0
    return _PLAIN_COLOURS.get(str(space[0]), 0)


def _rect_difference(first: Rect, second: Rect) -> Rect:
    return first[0] - second[0], first[1] - second[1], first[2] - second[2], first[3] - second[3]


def _visible_rect(media: Rect, crop: Rect) -> Rect:
    """Return what is seen of a page; a crop box that lies beside it crops nothing."""
    seen = intersect_rects(media, crop)
    return seen if seen[0] < seen[2] and seen[1] < seen[3] else media


def _to_rect(box: Any) -> Rect:
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
