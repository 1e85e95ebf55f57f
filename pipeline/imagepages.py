"""Page images out of image files: TIFF (one page or many), JPEG, PNG, JPEG 2000."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipeline.errors import BrokenScanError
from pipeline.model import Placement

_SANE_DPI = (50, 2400)
_LIKELY_DPI = 300.0  #: where the file does not say, or cannot be right


def read_frame(
    path: Path, number: int, max_pixels: int
) -> tuple[NDArray[np.uint8], Placement, str]:
    """Return the pixels of a page of an image file, where they lie, and how they were got.

    Args:
        path: the file.
        number: of the page, 1-based.
        max_pixels: more than this are not decoded.

    Raises:
        BrokenScanError: the page cannot be decoded, or is too large.
    """
    try:
        with warnings.catch_warnings(), Image.open(path) as image:
            warnings.simplefilter("ignore")
            if number > 1:
                image.seek(number - 1)
            if image.width * image.height > max_pixels:
                msg = f"page {number} has more pixels than OPIS_MAX_PIXELS ({max_pixels:,})."
                raise BrokenScanError(msg)
            how = f"{image.format} {image.mode}"
            dpi_x, dpi_y = _dpi(image)
            turned = ImageOps.exif_transpose(image)
            if turned.size != image.size:
                dpi_x, dpi_y, how = dpi_y, dpi_x, f"{how}, turned as EXIF says"
            pixels = np.asarray(to_grey(turned))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        msg = f"{path.name}, page {number}: the image cannot be decoded ({error})."
        raise BrokenScanError(msg) from error
    width, height = pixels.shape[1] / dpi_x * 72, pixels.shape[0] / dpi_y * 72
    return pixels, Placement(width, height, 0.0, 0.0, width, height), how


def to_grey(image: Image.Image) -> Image.Image:
    """Return an image of any mode as 8-bit grey on white paper."""
    if image.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        values = np.asarray(image, dtype=np.float64)
        top = 65535.0 if image.mode != "F" or values.max() > 255 else 255.0
        return Image.fromarray(np.clip(values * (255 / top), 0, 255).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(paper, image).convert("L")
    return (
        image.convert("RGB").convert("L")
        if image.mode in {"CMYK", "LAB", "P"}
        else image.convert("L")
    )


def _dpi(image: Image.Image) -> tuple[float, float]:
    """Return the resolution the file declares, or a likely one where it cannot be right."""
    low, high = _SANE_DPI
    declared = image.info.get("dpi") or (0, 0)
    try:
        x, y = (float(value) for value in declared)
    except (TypeError, ValueError, ZeroDivisionError):
        return _LIKELY_DPI, _LIKELY_DPI
    if low <= x <= high and low <= y <= high and 1 / 3 < x / y < 3:
        return x, y
    return _LIKELY_DPI, _LIKELY_DPI
