"""The image of any page of any scan, as a reader sees it, in 8-bit grey, and its facts.

Where one image is the page, its own pixels are taken; the page is drawn where it is not so:
several images or strips, masks, vectors, visible text. Drawing a page that is one image would
resample it, and lose by it.
"""

import hashlib
import io
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging.image_file import read_frame
from pipeline.imaging.pdf_page import open_pdf_pages
from pipeline.imaging.pixels import Grey
from pipeline.model import PDF, EmbeddedText, Origin, PageImage, Placement


def extract_page_image(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> tuple[Grey, PageImage]:
    """Return the pixels of a page, height x width, and its facts.

    Args:
        path: the scan.
        media_type: as intake found it.
        number: of the page, 1-based.
        dpi: pixels per inch where the page must be drawn.
        max_pixels: a page image has no more than this; drawn smaller instead.

    Raises:
        BrokenScanError: the page cannot be decoded or drawn.
    """
    pixels, origin, placement, how, damage = _extract_pixels(
        path, media_type, number, dpi, max_pixels
    )
    height, width = pixels.shape
    facts = PageImage(
        sha256=pgm_digest(pixels),
        width=width,
        height=height,
        dpi_x=round(width / placement.width * 72, 2),
        dpi_y=round(height / placement.height * 72, 2),
        origin=origin,
        placement=placement,
        extraction=how,
        damage=damage,
    )
    return pixels, facts


def extract_display_image(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> tuple[NDArray[np.uint8], bytes | None]:
    """Return the pixels of a page for people to see, and its JPEG where that shows the same.

    In colour (height x width x 3: red, green, blue) where the page is such a JPEG in colour, else
    in grey. Raises as `extract_page_image` does.
    """
    found = open_pdf_pages(path).page_jpeg(number) if media_type == PDF else None
    if found is not None:
        with suppress(OSError, SyntaxError, ValueError), Image.open(io.BytesIO(found)) as image:
            if image.mode in {"L", "RGB"} and image.width * image.height <= max_pixels:
                return np.asarray(image, dtype=np.uint8), found
    return _extract_pixels(path, media_type, number, dpi, max_pixels)[0], None


def _extract_pixels(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> tuple[Grey, Origin, Placement, str, str]:
    if media_type == PDF:
        page = open_pdf_pages(path).extract_page(number, dpi, max_pixels)
        pixels, origin, placement, how = page.pixels, page.origin, page.placement, page.extraction
        damage = page.damage
    else:
        pixels, placement, how = read_frame(path, number, max_pixels)
        origin, damage = Origin.FILE, ""
    return np.ascontiguousarray(pixels), origin, placement, how, damage


def extract_embedded_text(path: Path, media_type: str, number: int) -> EmbeddedText | None:
    """Return the text layer that a page came with, or None where it has none.

    Raises:
        BrokenScanError: the page cannot be opened.
    """
    return open_pdf_pages(path).page_text(number) if media_type == PDF else None


def pgm_digest(pixels: Grey) -> str:
    """Return the SHA-256 of the page image as a binary PGM file.

    Format: https://netpbm.sourceforge.net/doc/pgm.html.
    """
    height, width = pixels.shape
    digest = hashlib.sha256(b"P5\n%d %d\n255\n" % (width, height))
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
