"""A page image as a file for other programs: whole, without loss, of stated resolution."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.model import PageImage

_APP0 = b"\xff\xd8\xff\xe0"  #: the first bytes of a JPEG in JFIF
_UNIT_AT, _DENSITY_AT = 13, 14  #: offsets in bytes
_DOTS_PER_INCH = 1  #: JFIF's unit of density
_MAX_DENSITY = 0xFFFF


def write_page_file(
    pixels: NDArray[np.uint8], jpeg: bytes | None, image: PageImage, target: Path
) -> None:
    """Write a page image of the size and resolution that its record states.

    Args:
        pixels: grey, height x width, or red, green and blue, height x width x 3.
        jpeg: the same image as it is stored in the scan; it is written if there is one, else a PNG.
        image: of the record. Pixels of another size were drawn by other settings, and are scaled.
        target: the file; what it is shows in its first bytes.
    """
    height, width = pixels.shape[:2]
    if (width, height) != (image.width, image.height):
        size = (image.width, image.height)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        jpeg = None
    if jpeg is not None:
        target.write_bytes(with_density(jpeg, image.dpi_x, image.dpi_y))
    else:
        Image.fromarray(pixels).save(target, "PNG", dpi=(image.dpi_x, image.dpi_y))


def with_density(jpeg: bytes, dpi_x: float, dpi_y: float) -> bytes:
    """Return a JPEG with its resolution in dots per inch, if it has the header of JFIF for it.

    In a PDF the resolution of an image is that of its place on the page, and its own header is
    often of no unit. Format: ITU-T T.871, 10.1.
    """
    if not (jpeg.startswith(_APP0) and jpeg[6:11] == b"JFIF\0"):
        return jpeg
    density = b"".join(
        min(max(round(dpi), 1), _MAX_DENSITY).to_bytes(2, "big") for dpi in (dpi_x, dpi_y)
    )
    end = _DENSITY_AT + len(density)
    return jpeg[:_UNIT_AT] + bytes([_DOTS_PER_INCH]) + density + jpeg[end:]


def page_file_suffix(head: bytes) -> str:
    """Return the suffix of a file that `write_page_file` wrote, from its first bytes."""
    return ".jpg" if head.startswith(b"\xff\xd8") else ".png"
