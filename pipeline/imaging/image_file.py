"""Decode pages of image files, which may have one page or many: TIFF, JPEG, PNG, GIF and others."""

import math
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from pipeline.errors import BrokenScanError
from pipeline.imaging.coloured_ink import find_black_writing
from pipeline.imaging.extracted_page import ExtractedPage
from pipeline.imaging.frames import IMAGE_ERRORS, page_frames
from pipeline.imaging.pixels import (
    MAX_PIXEL_ASPECT,
    SIDEWAYS_ORIENTATIONS,
    is_white_zero,
    likely_dpi,
    orientation_in,
    to_grey,
)
from pipeline.model import Origin, Placement

#: By Pillow's format names; a camera's JPEG with a preview inside is an MPO.
MEDIA_TYPES = {
    "TIFF": "image/tiff",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "JPEG2000": "image/jp2",
    "BMP": "image/bmp",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
#: Formats that Pillow may open; it opens an MPO as a JPEG.
PILLOW_FORMATS = tuple(name for name in MEDIA_TYPES if name != "MPO")


def read_frame(path: Path, number: int, max_pixels: int) -> ExtractedPage:
    """Return the upright grey pixels of a page; their placement is the whole page.

    Args:
        path: the image file.
        number: of the page, 1-based.
        max_pixels: a page with more is not decoded.

    Raises:
        BrokenScanError: the page cannot be decoded, or is too large.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            image = open_image(path).get_frame(number)
            if image.width * image.height > max_pixels:
                msg = f"{path.name}, page {number} is larger than OPIS_MAX_PIXELS ({max_pixels:,})."
                raise BrokenScanError(msg)
            upright, grey, dpi, extraction = _to_upright_grey(image)
            writing = find_black_writing(upright)
    except IMAGE_ERRORS as error:
        msg = f"{path.name}, page {number}: the image cannot be decoded ({error})."
        raise BrokenScanError(msg) from error
    width, height = grey.width / dpi[0] * 72, grey.height / dpi[1] * 72
    if not 1 / MAX_PIXEL_ASPECT < dpi[0] / dpi[1] < MAX_PIXEL_ASPECT:
        writing = writing and writing.transform(
            lambda pixels: np.asarray(_to_square_pixels(Image.fromarray(pixels), dpi, max_pixels))
        )
        grey = _to_square_pixels(grey, dpi, max_pixels)
        extraction = f"{extraction}, pixels made square"
    placement = Placement(width, height, 0.0, 0.0, width, height)
    pixels = np.asarray(grey, dtype=np.uint8)
    return ExtractedPage(pixels, Origin.FILE, placement, extraction, writing=writing)


class OpenImage:
    """An image file that stays open between its pages: each is found by way of all before it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._image = self._open_file()
        self.frames = page_frames(self._image)  #: from 0, of each page
        self._current_frame: int | None = None

    def get_frame(self, number: int) -> Image.Image:
        """Return a page by its 1-based number, not yet decoded."""
        if self._current_frame == number:  # Pillow turned it, and would not know that
            self._image.close()
            self._image = self._open_file()
        if not 1 <= number <= len(self.frames):
            msg = "the file has no such page"
            raise EOFError(msg)
        frame = self.frames[number - 1]
        if frame != self._image.tell():
            self._image.seek(frame)
        self._current_frame = number
        return self._image

    def get_tags(self, number: int) -> Image.Image:
        """Return a page by its 1-based number, for its tags: it may be decoded and turned."""
        return self._image if self._current_frame == number else self.get_frame(number)

    def _open_file(self) -> Image.Image:
        image = Image.open(self._path, formats=PILLOW_FORMATS)
        image.filename = ""  # else Pillow 13 maps the file, and turns a sideways TIFF twice
        return image


def open_image(path: Path) -> OpenImage:
    """Return the open image file at ``path``; the last one is cached.

    Raises:
        IMAGE_ERRORS: it cannot be opened.
    """
    status = path.stat()
    return _open_cached(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _open_cached(path: Path, changed: int, size: int) -> OpenImage:
    del changed, size  # part of the key: other bytes under the same name are another file
    return OpenImage(path)


def _to_upright_grey(
    image: Image.Image,
) -> tuple[Image.Image, Image.Image, tuple[float, float], str]:
    """Return a page upright, the same in grey, its resolution (x, y) in dpi, the extraction."""
    orientation = orientation_in(image.getexif())
    inverted = is_white_zero(image)
    extraction, dpi = f"{image.format} {image.mode}", likely_dpi(image)
    upright = ImageOps.exif_transpose(image)
    grey = to_grey(upright)
    if inverted:
        grey = ImageOps.invert(grey)
    if orientation > 1:
        extraction = f"{extraction}, turned as its orientation {orientation} says"
    dpi = dpi[::-1] if orientation in SIDEWAYS_ORIENTATIONS else dpi
    return upright, grey, dpi, extraction


def _to_square_pixels(image: Image.Image, dpi: tuple[float, float], max_pixels: int) -> Image.Image:
    """Return an image resampled to the same resolution across and down, within ``max_pixels``."""
    width, height = (side * max(dpi) / own for side, own in zip(image.size, dpi, strict=True))
    factor = min(1.0, math.sqrt(max_pixels / (width * height)))
    size = (max(int(width * factor), 1), max(int(height * factor), 1))
    return image.resize(size, Image.Resampling.BICUBIC)
