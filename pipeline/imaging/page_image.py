"""Extract the image of any page of a scan in 8-bit grey, with its metadata.

If one embedded image is the page, its own pixels are used. A page with several images or strips,
masks, vectors or visible text is drawn. Drawing a page that is one image would resample it, with
loss.
"""

import hashlib
import io
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.imaging.coloured_ink import BlackWriting
from pipeline.imaging.extracted_page import ExtractedPage
from pipeline.imaging.file_integrity import page_damage
from pipeline.imaging.image_file import read_frame
from pipeline.imaging.pdf_page import open_pdf_pages
from pipeline.imaging.pixels import Grey
from pipeline.model import PDF, EmbeddedText, PageImage


class PagePixels(NamedTuple):
    """The pixels of a page, and their metadata."""

    pixels: Grey  #: height x width, 0 is black
    image: PageImage
    writing: BlackWriting | None  #: without coloured marks, if some cover the writing


def extract_page_image(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> PagePixels:
    """Return the pixels of a page and their metadata.

    Args:
        path: the scan.
        media_type: of the scan, from its inspection.
        number: of the page, 1-based.
        dpi: pixels per inch of a drawn page, unless a single image gives its resolution.
        max_pixels: of the page image; a PDF page is drawn smaller, an image file refused.

    Raises:
        BrokenScanError: the page cannot be decoded or drawn, or is too large.
    """
    page = _extract_page(path, media_type, number, dpi, max_pixels)
    pixels, placement = np.ascontiguousarray(page.pixels), page.placement
    height, width = pixels.shape
    image = PageImage(
        sha256=pgm_digest(pixels),
        width=width,
        height=height,
        dpi_x=round(width / placement.width * 72, 2),
        dpi_y=round(height / placement.height * 72, 2),
        origin=page.origin,
        placement=placement,
        extraction=page.extraction,
        damage=page.damage or _stored_damage(path, media_type, number, max_pixels),
    )
    return PagePixels(pixels, image, page.writing)


def extract_display_image(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> tuple[NDArray[np.uint8], bytes | None]:
    """Return the pixels of a page for a screen, and the JPEG that shows the same, or None.

    In colour (height x width x 3: red, green, blue) if the page is one JPEG in colour, else in grey
    (height x width).

    Raises:
        BrokenScanError: as `extract_page_image`.
    """
    jpeg = open_pdf_pages(path).page_jpeg(number) if media_type == PDF else None
    if jpeg is not None:
        with suppress(OSError, SyntaxError, ValueError), Image.open(io.BytesIO(jpeg)) as image:
            if image.mode in {"L", "RGB"} and image.width * image.height <= max_pixels:
                return np.asarray(image, dtype=np.uint8), jpeg
    page = _extract_page(path, media_type, number, dpi, max_pixels)
    return np.ascontiguousarray(page.pixels), None


def _extract_page(
    path: Path, media_type: str, number: int, dpi: int, max_pixels: int
) -> ExtractedPage:
    if media_type == PDF:
        return open_pdf_pages(path).extract_page(number, dpi, max_pixels)
    return read_frame(path, number, max_pixels)


def _stored_damage(path: Path, media_type: str, number: int, max_pixels: int) -> str:
    """Return what is wrong with the stored image of a page, though it could be decoded."""
    if media_type == PDF:
        return open_pdf_pages(path).stored_damage(number, max_pixels)
    return page_damage(path, number)


def extract_embedded_text(path: Path, media_type: str, number: int) -> EmbeddedText | None:
    """Return the text layer of a page, or None if it has none.

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
