"""Convert images of any Pillow mode to grey; read their resolution and orientation."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

Grey = NDArray[np.uint8]  #: height x width, origin top left; 0 is black

#: The longer side of a pixel over the shorter; beyond it letters look squashed (fax: 204 x 98 dpi).
MAX_PIXEL_ASPECT = 1.1
SIDEWAYS_ORIENTATIONS = frozenset([5, 6, 7, 8])  #: orientations that swap width and height
WHITE_IS_ZERO, BLACK_IS_ZERO = 0, 1  #: photometric interpretation, TIFF 6.0, section 3
_PHOTOMETRIC_TAG = 262
_DPI_RANGE = (50, 2400)  #: pixels per inch that a file may plausibly declare
_DEFAULT_DPI = 300.0  #: pixels per inch if the file declares none, or an implausible value
_WHITE_VALUES = (1, 255, 65_535)  #: possible values of white in modes I and F


def to_grey(image: Image.Image) -> Image.Image:
    """Return an image of any mode as 8-bit grey on white paper.

    >>> to_grey(Image.new("I;16", (1, 1), 65535)).getpixel((0, 0))
    255
    """
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in {"I", "F"}:
        values, white = values_and_white(image)
        return Image.fromarray(np.clip(values * (255 / white), 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        return on_white(image).convert("L")
    if image.mode == "LAB":
        return image.getchannel("L")
    return (image.convert("RGB") if image.mode in {"CMYK", "P"} else image).convert("L")


def on_white(image: Image.Image) -> Image.Image:
    """Return an image with transparent pixels in red, green and blue on white paper."""
    image = image.convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def values_and_white(image: Image.Image) -> tuple[NDArray[Any], float]:
    """Return the values of an image of mode I or F, and the value of white."""
    values = np.asarray(image)
    if image.mode == "I" and values.min() < 0:
        # Pillow has no mode of unsigned 32-bit integers.
        return values.view(np.uint32).astype(np.float64), float(0xFFFF_FFFF)
    maximum = float(values.max())
    return values.astype(np.float32), float(
        next((white for white in _WHITE_VALUES if maximum <= white), maximum)
    )


def is_white_zero(image: Image.Image) -> bool:
    """Return whether 0 is white in Pillow's pixels: it inverts such images, except 16-bit ones."""
    photometric = getattr(image, "tag_v2", {}).get(_PHOTOMETRIC_TAG)
    return image.mode.startswith("I;16") and photometric == WHITE_IS_ZERO


def likely_dpi(image: Image.Image) -> tuple[float, float]:
    """Return the declared resolution (x, y) in dpi, or 300 if it is missing or implausible."""
    low, high = _DPI_RANGE
    declared = image.info.get("dpi") or (0, 0)
    try:
        x, y = (float(value) for value in declared)
    except (TypeError, ValueError, ZeroDivisionError):
        return _DEFAULT_DPI, _DEFAULT_DPI
    if low <= x <= high and low <= y <= high and 1 / 3 < x / y < 3:
        return x, y
    return _DEFAULT_DPI, _DEFAULT_DPI


def orientation_in(tags: Mapping[int, object]) -> int:
    """Return the orientation that tags of EXIF or TIFF declare, 1 to 8; 1 (upright) for others.

    >>> orientation_in({274: 6}), orientation_in({274: 9}), orientation_in({})
    (6, 1, 1)
    """
    declared = tags.get(ExifTags.Base.Orientation)
    return next((value for value in range(1, 9) if value == declared), 1)
