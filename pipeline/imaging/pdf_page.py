"""Extract page images and text layers of PDFs: the embedded image if it is the page, else drawn."""

import io
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from pipeline.errors import BrokenScanError
from pipeline.imaging.coloured_ink import find_black_writing
from pipeline.imaging.extracted_page import ExtractedPage
from pipeline.imaging.image_integrity import image_damage
from pipeline.imaging.painted_images import painted_images
from pipeline.imaging.pdf_render import fit_size, is_annotated, render_page
from pipeline.imaging.pdf_terms import INVISIBLE_MODE, PDF_ERRORS
from pipeline.imaging.pixels import to_grey
from pipeline.imaging.single_image import SingleImage, find_single_image
from pipeline.model import EmbeddedText, Origin, Placement
from pipeline.wording import UNWRITABLE

_PAGES_PER_OPENING = 32  #: pages until the PDF is opened again: pdfium holds half a MB of each
_MAX_IMAGES = 1_000  #: of a page that are examined; one that has more is a drawing
_PAPER_GREY = 255  #: grey level of an empty drawn page
_MAX_DRAWN_PIXELS = 100_000_000  #: A0 at 300 dpi is 139 M: enough to read, half of what is stored


class PdfPages:
    """A PDF that stays open between its pages: opening 2,000 pages again is slow."""

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
        """Return the pixels of a page, with their origin.

        Args:
            number: of the page, 1-based.
            dpi: pixels per inch of a drawn page, unless a single image gives its resolution.
            max_pixels: of the page image; a page that has more is drawn smaller.

        Raises:
            BrokenScanError: the page can be neither decoded nor drawn.
        """
        page = self._open_page(number)
        single = self._single_image(number)
        if single is None or single.width * single.height > max_pixels:
            return self._draw_page(page, number, dpi, max_pixels)
        extractable = single.is_extractable and not is_annotated(page)
        try:
            image = _decode_image(single, page) if extractable else None
        except (OSError, SyntaxError) as error:  # Pillow's, of a JPEG that is cut off or garbled
            drawn = self._draw_page(page, number, max(single.dpi), max_pixels)
            return replace(drawn, damage=f"its image is damaged ({error}); what is left was drawn")
        if image is None:
            drawn = self._draw_page(page, number, max(single.dpi), max_pixels)
            lost = extractable and drawn.pixels.min() == _PAPER_GREY
            return replace(drawn, damage="its image cannot be decoded" if lost else "")
        return _page_of(single, image)

    def stored_damage(self, number: int, max_pixels: int) -> str:
        """Return what is wrong with the stored data of a page's images; empty if nothing is.

        Args:
            number: of the page, 1-based.
            max_pixels: an image that has more is not decoded.
        """
        count, found = 0, list[str]()
        for image in islice(painted_images(self._pdf.pages[number - 1]), _MAX_IMAGES):
            count += 1
            if 0 < image.width * image.height <= max_pixels and (damage := image_damage(image)):
                found.append(damage)
        if not found or count == 1:
            return "".join(found)
        return f"{len(found)} of its {count} images and masks: {found[0]}"

    def page_jpeg(self, number: int) -> bytes | None:
        """Return the JPEG that is the page exactly as it is shown, or None.

        Raises:
            BrokenScanError: the page cannot be opened.
        """
        page, single = self._open_page(number), self._single_image(number)
        if single is None or not single.jpeg_mode or not single.is_extractable:
            return None
        if str(single.orientation) or is_annotated(page):
            return None
        return bytes(single.stream.read_raw_bytes())

    def page_text(self, number: int) -> EmbeddedText | None:
        """Return the text layer of a page, or None if it has no text.

        Raises:
            BrokenScanError: the page cannot be opened.
        """
        page = self._open_page(number)
        try:
            text = _printable_text(page.get_textpage().get_text_range())
            text_modes = {
                pdfium_c.FPDFTextObj_GetTextRenderMode(text_object.raw)
                for text_object in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_TEXT])
            }
        except pdfium.PdfiumError:
            return None
        if not text:
            return None
        single = self._single_image(number)
        is_covered = single is not None and single.is_opaque  # visible text is under the image
        return EmbeddedText(text, hidden=is_covered or text_modes == {INVISIBLE_MODE})

    def _open_page(self, number: int) -> pdfium.PdfPage:
        self._pages_opened += 1
        try:
            if self._pages_opened % _PAGES_PER_OPENING == 0:
                self._renderer.close()
                self._renderer = _open_renderer(self._source)
            page = self._renderer[number - 1]
            if 0 in page.get_size():  # a crop box outside the page crops nothing
                page.set_cropbox(*page.get_mediabox())
                page = self._renderer[number - 1]
            return page
        except (pdfium.PdfiumError, IndexError) as error:
            msg = f"{self._name}, page {number} cannot be opened ({error})."
            raise BrokenScanError(msg) from error

    def _single_image(self, number: int) -> SingleImage | None:
        """Return the image that is the page; None also if pikepdf cannot interpret the page."""
        if number not in self._single_images:
            try:
                single = find_single_image(self._pdf.pages[number - 1])
            except PDF_ERRORS:
                single = None
            self._single_images = {number: single}  # only the last: image and text both use it
        return self._single_images[number]

    def _draw_page(
        self, page: pdfium.PdfPage, number: int, dpi: float, max_pixels: int
    ) -> ExtractedPage:
        """Draw a page at ``dpi`` pixels per inch, or at fewer that fit ``max_pixels``."""
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            msg = f"{self._name}, page {number} has no size."
            raise BrokenScanError(msg)
        limit = min(max_pixels, _MAX_DRAWN_PIXELS)
        size = fit_size(width * dpi / 72, height * dpi / 72, limit)
        try:
            pixels = render_page(page, *size)
        except (pdfium.PdfiumError, ValueError, MemoryError) as error:
            msg = f"{self._name}, page {number} cannot be drawn ({error})."
            raise BrokenScanError(msg) from error
        placement = Placement(width, height, 0.0, 0.0, width, height)
        extraction = f"drawn at {size[0] / width * 72:.0f} dpi"
        return ExtractedPage(pixels, Origin.DRAWN, placement, extraction)


def open_pdf_pages(path: Path) -> PdfPages:
    """Return the open PDF at ``path``; the last one is cached.

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
    """Open a PDF for drawing; a repaired copy if pdfium counts other pages than qpdf."""
    try:
        renderer = _open_renderer(path)
        if len(renderer) == len(pdf.pages):
            return path, renderer
    except pdfium.PdfiumError:
        pass  # qpdf can read it, so its copy is used
    copy = io.BytesIO()
    pdf.save(copy)
    return copy.getvalue(), _open_renderer(copy.getvalue())


def _open_renderer(source: Path | bytes) -> pdfium.PdfDocument:
    renderer = pdfium.PdfDocument(source)
    renderer.init_forms()
    return renderer


def _page_of(single: SingleImage, image: Image.Image) -> ExtractedPage:
    """Return the page that its single image shows."""
    turn = single.orientation.apply
    pixels = turn(np.asarray(to_grey(image), dtype=np.uint8))
    found = find_black_writing(image)
    writing = found and found.transform(turn)
    extraction = f"{single.filters}{single.orientation}"
    return ExtractedPage(pixels, Origin.EMBEDDED, single.placement, extraction, writing=writing)


def _decode_image(single: SingleImage, page: pdfium.PdfPage) -> Image.Image | None:
    """Return the stored single image, or None if the page must be drawn.

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
            objects = list(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]))
            image = objects[0].get_bitmap(render=False).to_pil() if len(objects) == 1 else None
        if image is None or image.size != (single.width, single.height):
            return None
        image.load()
        return image
    except PDF_ERRORS:
        return None


def _printable_text(text: str) -> str:
    r"""Return text with uniform line ends and without unwritable characters.

    pdfium replaces a hyphen and line end inside a word by U+FFFE; they are restored.

    >>> _printable_text("an exam\ufffeple\r\nof\x0bit\x01")
    'an exam-\nple\nof\nit'
    """
    lines = [UNWRITABLE.sub("", line) for line in text.replace("\ufffe", "-\n").splitlines()]
    return "\n".join(line.rstrip() for line in lines).strip()
