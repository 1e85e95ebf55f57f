"""An image as a PDF stores it: its size, its filters and its bytes before any is undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pikepdf

_CHANNELS = {
    "/DeviceGray": 1, "/CalGray": 1, "/G": 1, "/Indexed": 1, "/I": 1, "/Separation": 1,
    "/DeviceRGB": 3, "/CalRGB": 3, "/RGB": 3, "/Lab": 3, "/DeviceCMYK": 4, "/CMYK": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class StoredImage:
    """The size, the filters and the bytes of an image."""

    width: int  #: pixels
    height: int
    row_bytes: int  #: bytes of a row of pixels, unpacked; 0 if unknown
    filters: tuple[str, ...]  #: in the order in which they are undone, by their full names
    parameters: tuple[Mapping[str, Any], ...]  #: one for each filter
    data: bytes

    @classmethod
    def of_stream(cls, image: Any) -> "StoredImage":
        """Return the image of a pikepdf stream, an XObject or a mask.

        Raises:
            PikepdfError, ValueError, TypeError, LookupError: its dictionary is odd.
        """
        filters = _as_list(image.get("/Filter"))
        is_mask = bool(image.get("/ImageMask", False))
        bits = 1 if is_mask else int(image.get("/BitsPerComponent", 8))
        width = int(image["/Width"])
        return cls(
            width=width,
            height=int(image["/Height"]),
            row_bytes=-(
                -width * (1 if is_mask else _channels(image.get("/ColorSpace"))) * bits // 8
            ),
            filters=tuple(map(str, filters)),
            parameters=_parameters(_as_list(image.get("/DecodeParms")), len(filters)),
            data=bytes(image.read_raw_bytes()),
        )

    @classmethod
    def of_inline_image(cls, image: pikepdf.PdfInlineImage) -> "StoredImage":
        """Return an image that stands in a content stream.

        Raises:
            PikepdfError, ValueError, TypeError, LookupError: its dictionary is odd.
        """
        channels = 1 if image.image_mask else _CHANNELS.get(str(image.colorspace), 0)
        bits = image.bits_per_component if channels else 0
        return cls(
            width=image.width,
            height=image.height,
            row_bytes=-(-image.width * channels * bits // 8),
            filters=tuple(image.filters),
            parameters=_parameters(list(image.decode_parms), len(image.filters)),
            data=bytes(image.read_raw_bytes()),
        )


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _parameters(given: Sequence[Any], count: int) -> tuple[Mapping[str, Any], ...]:
    """Return ``count`` dictionaries; an empty one for a filter without parameters."""
    padded = [*given, *[None] * count][:count]
    return tuple(
        dict(p.items()) if isinstance(p, pikepdf.Dictionary | dict) else {} for p in padded
    )


def _channels(space: Any) -> int:
    """Return the values stored for each pixel in a colour space; 0 if unknown."""
    if not isinstance(space, pikepdf.Array):
        return _CHANNELS.get(str(space), 0)
    match str(space[0]):
        case "/ICCBased":
            return int(space[1].get("/N", 0))
        case "/DeviceN":
            return len(space[1])
    return _CHANNELS.get(str(space[0]), 0)
