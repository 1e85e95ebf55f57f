"""Page images and text layers out of PDFs: the embedded image where it is the page, else drawn."""

import io
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from pipeline.errors import BrokenScanError
from pipeline.imaging.image_integrity import has_all_rows
from pipeline.imaging.pdf_render import fit_size, is_annotated, render_page
from pipeline.imaging.pdf_terms import INVISIBLE_MODE, PDF_ERRORS
from pipeline.imaging.pixels import Grey, to_grey
from pipeline.imaging.single_image import SingleImage, find_single_image
from pipeline.model import EmbeddedText, Origin, Placement
from pipeline.wording import UNWRITABLE

_PAGES_PER_OPENING = (
    32  #: pages taken before the PDF is opened anew: pdfium keeps half a MB of each
)
_PAPER_GREY = 255  #: grey of a drawn page where nothing is
_MAX_DRAWN_PIXELS = 100_000_000  #: A0 at 300 dpi is 139 M: enough to read, half of what is stored


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """The pixels of a page, height x width, and where they come from."""

    pixels: Grey
    origin: Origin
    placement: Placement
    extraction: str  #: for a person
    damage: str = ""  #: what is wrong with the stored image; empty where nothing was seen


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
            self._source, self._renderer = _matching_renderer(path, self._pdf)
        except (OSError, *PDF_ERRORS) as error:
            msg = f"{path.name} cannot be opened ({error})."
            raise BrokenScanError(msg) from error
        self._single_images: dict[int, SingleImage | None] = {}
        self._pages_opened = 0

    def extract_page(self, number: int, dpi: int, max_pixels: int) -> ExtractedPage:
        """Return the pixels of a page and how they were got.

        Args:
            number: of the page, 1-based.
            dpi: pixels per inch where the page is drawn, unless its one image says better.
            max_pixels: a page image has no more than this; it is drawn smaller instead.

        Raises:
            BrokenScanError: the page can be neither decoded nor drawn.
        """
        page = self._open_page(number)
        sole = self._single_image(number)
        if sole is None or sole.width * sole.height > max_pixels:
            return self._draw_page(page, number, dpi, max_pixels)
        takeable = sole.is_extractable and not is_annotated(page)
        try:
            pixels = _decode_pixels(sole, page) if takeable else None
        except (OSError, SyntaxError) as error:  # Pillow's words for a JPEG that is cut or garbled
            drawn = self._draw_page(page, number, max(sole.dpi), max_pixels)
            return replace(drawn, damage=f"its image is damaged ({error}); what is left was drawn")
        if pixels is None:
            drawn = self._draw_page(page, number, max(sole.dpi), max_pixels)
            lost = takeable and drawn.pixels.min() == _PAPER_GREY
            return replace(drawn, damage="its image cannot be decoded" if lost else "")
        how = f"{sole.filters}{sole.orientation}"
        damage = "" if has_all_rows(sole) else "its image is damaged: not all of it can be unpacked"
        return ExtractedPage(
            sole.orientation.apply(pixels), Origin.EMBEDDED, sole.placement, how, damage
        )

    def page_jpeg(self, number: int) -> bytes | None:
        """Return the JPEG that is the page just as it is shown, or None where there is none.

        Raises:
            BrokenScanError: the page cannot be opened.
        """
        page, sole = self._open_page(number), self._single_image(number)
        if sole is None or not sole.jpeg_mode or not sole.is_extractable or str(sole.orientation):
            return None
        return None if is_annotated(page) else bytes(sole.stream.read_raw_bytes())

    def page_text(self, number: int) -> EmbeddedText | None:
        """Return the text layer of a page, or None where it has no text.

        Raises:
            BrokenScanError: the page cannot be opened.
        """
        page = self._open_page(number)
        try:
            plain = _printable_text(page.get_textpage().get_text_range())
            shown = {
                pdfium_c.FPDFTextObj_GetTextRenderMode(found.raw)
                for found in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
            }
        except pdfium.PdfiumError:
            return None
        if not plain:
            return None
        sole = self._single_image(number)
        under = (
            sole is not None and sole.is_opaque
        )  # then what is not invisible lies under the image
        return EmbeddedText(plain, hidden=under or shown == {INVISIBLE_MODE})

    def _open_page(self, number: int) -> pdfium.PdfPage:
        self._pages_opened += 1
        try:
            if self._pages_opened % _PAGES_PER_OPENING == 0:
                self._renderer.close()
                self._renderer = _open_renderer(self._source)
            page = self._renderer[number - 1]
            if 0 in page.get_size():  # a crop box that lies beside the page crops nothing
                page.set_cropbox(*page.get_mediabox())
                page = self._renderer[number - 1]
            return page
        except (pdfium.PdfiumError, IndexError) as error:
            msg = f"{self._name}, page {number} cannot be opened ({error})."
            raise BrokenScanError(msg) from error

    def _single_image(self, number: int) -> SingleImage | None:
        """Return the image that is the page; None also where only pdfium may understand it."""
        if number not in self._single_images:
            try:
                found = find_single_image(self._pdf.pages[number - 1])
            except PDF_ERRORS:
                found = None
            self._single_images = {number: found}  # the last one only: image() and text() both ask
        return self._single_images[number]

    def _draw_page(
        self, page: pdfium.PdfPage, number: int, dpi: float, max_pixels: int
    ) -> ExtractedPage:
        """Draw a page at so many pixels an inch, or at fewer that fit."""
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            msg = f"{self._name}, page {number} has no size."
            raise BrokenScanError(msg)
        most = min(max_pixels, _MAX_DRAWN_PIXELS)
        size = fit_size(width * dpi / 72, height * dpi / 72, most)
        try:
            pixels = render_page(page, *size)
        except (pdfium.PdfiumError, ValueError, MemoryError) as error:
            msg = f"{self._name}, page {number} cannot be drawn ({error})."
            raise BrokenScanError(msg) from error
        place = Placement(width, height, 0.0, 0.0, width, height)
        how = f"drawn at {size[0] / width * 72:.0f} dpi"
        return ExtractedPage(pixels, Origin.DRAWN, place, how)


def open_pdf_pages(path: Path) -> PdfPages:
    """Return the PDF at ``path``, open already if it was the last one asked for.

    Raises:
        BrokenScanError: it cannot be opened.
    """
    try:
        status = path.stat()
    except OSError as error:
        msg = f"{path.name} cannot be opened ({error.strerror})."
        raise BrokenScanError(msg) from error
    return _open_cached(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _open_cached(path: Path, changed: int, size: int) -> PdfPages:
    del changed, size  # part of the key: other bytes under the same name are another file
    return PdfPages(path)


def _matching_renderer(path: Path, pdf: pikepdf.Pdf) -> tuple[Path | bytes, pdfium.PdfDocument]:
    """Open a PDF for drawing; a mended copy where the two libraries count pages otherwise."""
    try:
        drawer = _open_renderer(path)
        if len(drawer) == len(pdf.pages):
            return path, drawer
    except pdfium.PdfiumError:
        pass  # qpdf understood it, so its copy will do
    copy = io.BytesIO()
    pdf.save(copy)
    return copy.getvalue(), _open_renderer(copy.getvalue())


def _open_renderer(source: Path | bytes) -> pdfium.PdfDocument:
    drawer = pdfium.PdfDocument(source)
    drawer.init_forms()
    return drawer


def _decode_pixels(single: SingleImage, page: pdfium.PdfPage) -> Grey | None:
    """Return the stored pixels of the sole image, or None where drawing is the safer way.

    Raises:
        OSError, SyntaxError: a JPEG is cut off or garbled.
    """
    image: Image.Image | None = None
    try:
        if single.jpeg_mode:
            image = Image.open(io.BytesIO(single.stream.read_raw_bytes()), formats=["JPEG"])
            if image.mode != single.jpeg_mode:
                image = None
        if image is None:
            found = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
            image = found[0].get_bitmap(render=False).to_pil() if len(found) == 1 else None
        if image is None or image.size != (single.width, single.height):
            return None
        return np.asarray(to_grey(image), dtype=np.uint8)
    except PDF_ERRORS:
        return None


def _printable_text(text: str) -> str:
    r"""Return text with one kind of line end, and nothing but text in it.

    pdfium joins a word that is broken at the end of a line with U+FFFE; what stood there was a
    hyphen and a line end.

    >>> _printable_text("an exam\ufffeple\r\nof\x0bit\x01")
    'an exam-\nple\nof\nit'
    """
    lines = [UNWRITABLE.sub("", line) for line in text.replace("\ufffe", "-\n").splitlines()]
    return "\n".join(line.rstrip() for line in lines).strip()
