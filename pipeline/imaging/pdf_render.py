"""Draw PDF pages with pdfium, with annotations and filled forms."""

import math

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pipeline.imaging.pixels import Grey

_HIDDEN_FLAGS = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW


def fit_size(width: float, height: float, max_pixels: int) -> tuple[int, int]:
    """Return a size in whole pixels, in proportion, with at most ``max_pixels``, at least 1 x 1.

    >>> fit_size(2550.0000001, 3300, 100_000_000)
    (2550, 3300)
    >>> fit_size(8000, 2000, 1_000_000)
    (2000, 500)
    """
    factor = min(1.0, math.sqrt(max_pixels / (width * height)))
    new_width = min(max(round(width * factor), 1), max_pixels)
    return new_width, min(max(round(height * factor), 1), max_pixels // new_width)


def render_page(page: pdfium.PdfPage, width: int, height: int) -> Grey:
    """Draw a page at the given size in pixels, with annotations and filled forms."""
    bitmap = pdfium.PdfBitmap.new_native(width, height, pdfium_c.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    flags = pdfium_c.FPDF_ANNOT | pdfium_c.FPDF_GRAYSCALE
    area = (bitmap.raw, page.raw, 0, 0, width, height, 0, flags)
    pdfium_c.FPDF_RenderPageBitmap(*area)
    if page.formenv is not None:
        pdfium_c.FPDF_FFLDraw(page.formenv.raw, *area)
    return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(height, width)


def is_annotated(page: pdfium.PdfPage) -> bool:
    """Return whether an annotation is drawn over the page; links and pop-ups are not drawn."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        flags = pdfium_c.FPDFAnnot_GetFlags(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if not flags & _HIDDEN_FLAGS and kind not in {
            pdfium_c.FPDF_ANNOT_LINK,
            pdfium_c.FPDF_ANNOT_POPUP,
        }:
            return True
    return False
