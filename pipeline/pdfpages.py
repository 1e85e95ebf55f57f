"""Page images and text layers out of PDFs: the embedded image where it is the page, else drawn."""

import io
from functools import lru_cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from numpy.typing import NDArray
from PIL import Image

from pipeline.errors import BrokenScanError
from pipeline.imagepages import to_grey
from pipeline.model import EmbeddedText, Origin, Placement
from pipeline.soleimage import SoleImage, sole_image

Grey = NDArray[np.uint8]

_INVISIBLE = 3  #: text render mode, ISO 32000-2 table 104
_DRAWN_PIXELS = 100_000_000  #: A0 at 300 dpi is 139 M: enough to read, half of what is stored


class PdfPages:
    """An open PDF. Kept open between the pages of a scan: opening 2,000 pages again is slow."""

    def __init__(self, path: Path) -> None:
        """Open a PDF.

        Raises:
            BrokenScanError: it cannot be opened.
        """
        self._name = path.name
        try:
            self._pdf = pikepdf.open(path)
            self._drawer = pdfium.PdfDocument(path)
            self._drawer.init_forms()
        except (pikepdf.PdfError, pdfium.PdfiumError) as error:
            msg = f"{path.name} cannot be opened ({error})."
            raise BrokenScanError(msg) from error

    def image(self, number: int, dpi: int, max_pixels: int) -> tuple[Grey, Origin, Placement, str]:
        """Return the pixels of a page, their origin and place, and how they were got.

        Raises:
            BrokenScanError: the page can be neither decoded nor drawn.
        """
        page = self._page(number)
        try:
            sole = sole_image(self._pdf.pages[number - 1])
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError):
            sole = None  # too odd to be understood: pdfium may still draw it
        if sole is not None and sole.width * sole.height <= max_pixels and not _annotated(page):
            pixels = _decode(sole, page)
            if pixels is not None:
                turned = np.rot90(pixels, -sole.rotation // 90)
                how = sole.filters + (f", turned {sole.rotation}" if sole.rotation else "")
                return turned, Origin.EMBEDDED, sole.placement, how
        return self._drawn(page, number, dpi, max_pixels)

    def text(self, number: int) -> EmbeddedText | None:
        """Return the text layer of a page, or None where it has no text."""
        page = self._page(number)
        try:
            text = page.get_textpage().get_text_range()
        except pdfium.PdfiumError:
            return None
        lines = [line.rstrip() for line in text.replace("\r\n", "\n").splitlines()]
        plain = "\n".join(lines).strip().replace("\x00", "")
        if not plain:
            return None
        modes = {
            pdfium_c.FPDFTextObj_GetTextRenderMode(found.raw)
            for found in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
        }
        return EmbeddedText(plain, hidden=modes == {_INVISIBLE})

    def _page(self, number: int) -> pdfium.PdfPage:
        try:
            return self._drawer[number - 1]
        except (pdfium.PdfiumError, IndexError) as error:
            msg = f"{self._name}, page {number} cannot be opened ({error})."
            raise BrokenScanError(msg) from error

    def _drawn(
        self, page: pdfium.PdfPage, number: int, dpi: int, max_pixels: int
    ) -> tuple[Grey, Origin, Placement, str]:
        width, height = page.get_size()
        if width <= 0 or height <= 0:
            msg = f"{self._name}, page {number} has no size."
            raise BrokenScanError(msg)
        most = min(max_pixels, _DRAWN_PIXELS)
        scale = min(dpi / 72, (most / (width * height)) ** 0.5 * 0.999)
        try:
            bitmap = page.render(scale=scale, grayscale=True)
            pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
        except (pdfium.PdfiumError, ValueError, MemoryError) as error:
            msg = f"{self._name}, page {number} cannot be drawn ({error})."
            raise BrokenScanError(msg) from error
        grey = pixels[:, :, 0] if pixels.ndim == 3 else pixels
        place = Placement(width, height, 0.0, 0.0, width, height)
        return grey, Origin.DRAWN, place, f"drawn at {scale * 72:.0f} dpi"


def pdf_pages(path: Path) -> PdfPages:
    """Return the PDF at ``path``, open already if it was the last one asked for.

    Raises:
        BrokenScanError: it cannot be opened.
    """
    status = path.stat()
    return _opened(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _opened(path: Path, changed: int, size: int) -> PdfPages:
    del changed, size  # part of the key: other bytes under the same name are another file
    return PdfPages(path)


def _decode(sole: SoleImage, page: pdfium.PdfPage) -> Grey | None:
    """Return the pixels of the sole image, or None where drawing is the safer way."""
    if sole.is_plain_jpeg:
        try:
            return np.asarray(to_grey(Image.open(io.BytesIO(sole.raw))), dtype=np.uint8)
        except (OSError, ValueError, SyntaxError):
            return None
    found = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=1))
    if len(found) != 1:
        return None
    try:
        bitmap = found[0].get_bitmap(render=False)
        image = bitmap.to_pil()
    except (pdfium.PdfiumError, ValueError):
        return None
    if image.size != (sole.width, sole.height):
        return None
    return np.asarray(to_grey(image), dtype=np.uint8)


def _annotated(page: pdfium.PdfPage) -> bool:
    """Whether an annotation may be drawn over the page; links and pop-ups are not."""
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page.raw)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page.raw, index)
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        pdfium_c.FPDFPage_CloseAnnot(annotation)
        if kind not in {pdfium_c.FPDF_ANNOT_LINK, pdfium_c.FPDF_ANNOT_POPUP}:
            return True
    return False
