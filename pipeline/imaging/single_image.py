"""Find the single image that is the page: upright, covering it, with nothing else visible."""

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

_MAX_BLANK_SHARE = 0.02  #: 0..1, share of a side of the page that the image may leave blank
_MASK_KEYS = ("/SMask", "/Mask", "/Alternates")
_PLAIN_COLOURS = {"/DeviceGray": 1, "/CalGray": 1, "/DeviceRGB": 3, "/CalRGB": 3}  #: channels


@dataclass(frozen=True, slots=True)
class SingleImage:
    """The single image of a page, with its orientation and place."""

    stream: Any  #: the pikepdf stream
    width: int  #: pixels, as stored
    height: int
    orientation: ImageOrientation
    placement: Placement
    is_opaque: bool  #: it has no mask of any kind, and hides everything under it
    has_plain_colours: bool  #: grey or RGB, which all decoders treat alike; not inks or Lab
    jpeg_mode: str  #: Pillow's mode if the JPEG looks the same outside the PDF, else empty

    @property
    def dpi(self) -> tuple[float, float]:
        """Pixels per inch across and down the page as it is shown."""
        width, height = (self.width, self.height)
        left, top, right, bottom = self.orientation.crop
        if self.orientation.transposed:
            width, height = height, width
        width, height = width - left - right, height - top - bottom
        if self.orientation.rotate % 180:
            width, height = height, width
        return width / self.placement.width * 72, height / self.placement.height * 72

    @property
    def is_extractable(self) -> bool:
        """Whether its own pixels show the page; otherwise the page must be drawn.

        False for masks, for inks, and for pixels so oblong that letters would look squashed, as in
        a fax.
        """
        across, down = self.dpi
        return (
            self.is_opaque
            and self.has_plain_colours
            and 1 / MAX_PIXEL_ASPECT < across / down < MAX_PIXEL_ASPECT
        )

    @property
    def filters(self) -> str:
        """The names of its compression filters in the PDF, separated by spaces."""
        filters = self.stream.get("/Filter", [])
        names = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
        return " ".join(str(name).removeprefix("/") for name in names) or "uncompressed"


def find_single_image(page: pikepdf.Page) -> SingleImage | None:
    """Return the image that is the page, or None if the page must be drawn.

    Raises:
        PikepdfError, ValueError, TypeError, LookupError: the page cannot be interpreted.
    """
    content = parse_page_content(page)
    if len(content.images) != 1 or content.painted_after:
        return None
    shown = content.images[0]
    rotate = int(page.obj.get("/Rotate", 0)) % 360
    position = orientation_of(shown.matrix)
    if position is None or rotate % 90:
        return None
    rect, transposed, mirrored_x, mirrored_y = position
    visible = _visible_rect(_to_rect(page.mediabox), _to_rect(page.cropbox))
    opaque = not _is_masked(shown.stream)
    if not _covers_page(rect, shown.clip, visible, strict=content.painted_before):
        return None
    if content.painted_before and not opaque:
        return None
    width, height = int(shown.stream["/Width"]), int(shown.stream["/Height"])
    size = (height, width) if transposed else (width, height)
    crop, remaining = crop_to_visible(rect, visible, size)
    if crop[0] + crop[2] >= size[0] or crop[1] + crop[3] >= size[1]:
        return None  # less than a pixel of it is visible
    orientation = ImageOrientation(transposed, mirrored_x, mirrored_y, crop, rotate)
    placement = placement_of(remaining, visible, rotate)
    space = shown.stream.get("/ColorSpace")
    return SingleImage(
        stream=shown.stream,
        width=width,
        height=height,
        orientation=orientation,
        placement=placement,
        is_opaque=opaque,
        has_plain_colours=_colour_channels(space) > 0,
        jpeg_mode=_jpeg_mode(shown.stream),
    )


def _covers_page(rect: Rect, clip: Rect | None, visible: Rect, *, strict: bool) -> bool:
    """Return whether an image is unclipped and covers the visible page; nearly, unless strict."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    if width <= 0 or height <= 0:
        return False
    clipped = intersect_rects(rect, clip) if clip else rect
    expected = intersect_rects(rect, visible)
    shown = intersect_rects(clipped, visible)
    if max(map(abs, _rect_difference(expected, shown))) > BOX_TOLERANCE:
        return False
    across, down = (
        (BOX_TOLERANCE, BOX_TOLERANCE)
        if strict
        else (_MAX_BLANK_SHARE * width, _MAX_BLANK_SHARE * height)
    )
    left, bottom, right, top = _rect_difference(rect, visible)
    return max(left, -right) <= across and max(bottom, -top) <= down


def _is_masked(image: Any) -> bool:
    return (
        any(key in image for key in _MASK_KEYS)
        or bool(image.get("/ImageMask", False))
        or int(image.get("/SMaskInData", 0)) != 0
    )


def _jpeg_mode(image: Any) -> str:
    """Return the Pillow mode of a JPEG that looks the same outside the PDF, else nothing."""
    filters = image.get("/Filter")
    names = [filters] if isinstance(filters, pikepdf.Name) else list(filters or [])
    if [str(name) for name in names] != ["/DCTDecode"]:
        return ""
    if "/Decode" in image or image.get("/DecodeParms") is not None:
        return ""
    return {1: "L", 3: "RGB"}.get(_direct_channels(image.get("/ColorSpace")), "")


def _colour_channels(space: Any) -> int:
    """Return the channels of a plain colour space or of a palette's colours; 0 for others."""
    if _is_palette(space):
        return _direct_channels(space[1])
    return 1 if space is None else _direct_channels(space)  # JPEG 2000 may declare its own


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
    """Return the visible part of a page; a crop box outside it crops nothing."""
    visible = intersect_rects(media, crop)
    return visible if visible[0] < visible[2] and visible[1] < visible[3] else media


def _to_rect(box: Any) -> Rect:
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
