"""Page images out of image files: TIFF (one page or many), JPEG, PNG, JPEG 2000."""

import math
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pipeline.errors import BrokenScanError
from pipeline.imaging.pixels import counts_from_white, likely_dpi, to_grey
from pipeline.model import Placement

FORMATS = {  #: Pillow's names; a camera's JPEG with a preview inside is an MPO
    "TIFF": "image/tiff",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "JPEG2000": "image/jp2",
}
OPENED = tuple(name for name in FORMATS if name != "MPO")  #: Pillow opens that as a JPEG first
_OBLONG = 1.1  #: pixels more oblong than this make letters look squashed: fax has 204 x 98 dpi
_ORIENTATION = 274  #: tag of TIFF 6.0 and of EXIF
_SIDEWAYS = frozenset([5, 6, 7, 8])  #: orientations that swap width and height


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
        with warnings.catch_warnings(action="ignore"):
            status = path.stat()
            image = _opened(path, status.st_mtime_ns, status.st_size).frame(number)
            if image.width * image.height > max_pixels:
                msg = f"{path.name}, page {number} is larger than OPIS_MAX_PIXELS ({max_pixels:,})."
                raise BrokenScanError(msg)
            grey, dpi, how = _upright(image)
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
        msg = f"{path.name}, page {number}: the image cannot be decoded ({error})."
        raise BrokenScanError(msg) from error
    width, height = grey.width / dpi[0] * 72, grey.height / dpi[1] * 72
    if not 1 / _OBLONG < dpi[0] / dpi[1] < _OBLONG:
        grey, how = _squared(grey, dpi, max_pixels), f"{how}, pixels made square"
    return np.asarray(grey, dtype=np.uint8), Placement(width, height, 0.0, 0.0, width, height), how


class _Frames:
    """An open image file. Kept open between its pages: each lies behind all before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._image = self._open()
        self._decoded: int | None = None

    def frame(self, number: int) -> Image.Image:
        """Return a page, 1-based, not yet decoded."""
        if self._decoded == number:  # Pillow has turned it by now, and forgotten that it did
            self._image.close()
            self._image = self._open()
        if number != self._image.tell() + 1:
            self._image.seek(number - 1)
        self._decoded = number
        return self._image

    def _open(self) -> Image.Image:
        image = Image.open(self._path, formats=OPENED)
        image.filename = ""  # or Pillow 13 maps the file, and turns a TIFF that lies down twice
        return image


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int, size: int) -> _Frames:
    del changed, size  # part of the key: other bytes under the same name are another file
    return _Frames(path)


def _upright(image: Image.Image) -> tuple[Image.Image, tuple[float, float], str]:
    """Return a page as grey pixels the right way up, its resolution, and how it was got."""
    orientation = image.getexif().get(_ORIENTATION, 1)
    inverted = counts_from_white(image)
    how, dpi = f"{image.format} {image.mode}", likely_dpi(image)
    turned = ImageOps.exif_transpose(image)
    grey = to_grey(turned)
    if inverted:
        grey = ImageOps.invert(grey)
    if orientation in range(2, 9):
        how = f"{how}, turned as its orientation {orientation} says"
    return grey, dpi[::-1] if orientation in _SIDEWAYS else dpi, how


def _squared(image: Image.Image, dpi: tuple[float, float], most: int) -> Image.Image:
    """Return an image with as many pixels an inch down as across."""
    width, height = (side * max(dpi) / own for side, own in zip(image.size, dpi, strict=True))
    factor = min(1.0, math.sqrt(most / (width * height)))
    size = (max(int(width * factor), 1), max(int(height * factor), 1))
    return image.resize(size, Image.Resampling.BICUBIC)
