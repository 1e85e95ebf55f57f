"""Writes searchable.pdf: the scan's own pages and images, with the text as read, invisible.

The page images stay byte for byte; the new text layer replaces that of an older OCR. It precedes
the page's own content: there the graphics state is always clean, and the page's streams need no
change. Invisible text neither covers the image nor is covered by it.

The format is PDF as of ISO 32000-2, by the rules of PDF/A-2u where the original allows it.
"""

import zlib
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pikepdf import (
    AccessMode,
    Array,
    Dictionary,
    Name,
    ObjectStreamMode,
    Page,
    PasswordError,
    Pdf,
    PdfError,
    Stream,
    StreamDecodeLevel,
)

from pipeline.errors import BrokenScanError, EncryptedScanError
from pipeline.imaging.pdf_active import remove_active_content
from pipeline.model import PDF, PageImage
from pipeline.searchable_pdf.glyphless_font import GlyphlessFont
from pipeline.searchable_pdf.hidden_text import page_streams, remove_hidden_text
from pipeline.searchable_pdf.image_pdf import image_to_pdf
from pipeline.searchable_pdf.pdfa import label_pages, set_pdf_metadata
from pipeline.searchable_pdf.text_layer import page_matrix, text_operators
from pipeline.text import PageText

_FONT_NAME = "/OpisText"  #: its name in the pages' resources


@dataclass(frozen=True, slots=True)
class LayerPage:
    """The new text layer of one page."""

    image: PageImage | None  #: None if the page has none; the page stays as it is
    text: PageText  #: in pixels of the image after ``quarters`` turns, origin top left
    keep_own: bool  #: the page's own text stays, hidden or visible, and no text is added
    quarters: int = 0  #: clockwise quarter turns of the image that make the lines level


@dataclass(frozen=True, slots=True)
class PdfMetadata:
    """The metadata and page labels of the PDF."""

    title: str  #: used if the original has none
    language: str  #: BCP 47, or "" if unknown
    modified: datetime | None  #: with a time zone; None leaves the date as it is
    creator: str = ""  #: used if the original has no author
    labels: tuple[str | None, ...] = ()  #: the leaf of each page, None if unknown; all or none


def write_searchable_pdf(
    original: Path, media_type: str, pages: Iterable[LayerPage], target: Path, metadata: PdfMetadata
) -> None:
    """Write the searchable PDF of a scan.

    Args:
        original: the scan; ``application/pdf`` or an image file of one or more pages.
        media_type: of the original, e.g. ``image/tiff``.
        pages: one for each page, in order; consumed once, one at a time.
        target: the file to write; its folder holds scratch files meanwhile.
        metadata: of the PDF. The same input gives the same bytes.

    Raises:
        BrokenScanError: the original cannot be opened, or its structure is damaged.
        EncryptedScanError: the original needs a password.
        ValueError: the number of ``pages`` is not that of the original.
    """
    with ExitStack() as stack:
        try:
            pdf = _open_as_pdf(original, media_type, target.parent, len(metadata.labels), stack)
            remove_active_content(pdf)
            _replace_text_layers(pdf, pages)
            label_pages(pdf, metadata.labels)
            set_pdf_metadata(
                pdf, metadata.title, metadata.creator, metadata.language, metadata.modified
            )
            _save_pdf(pdf, target, is_converted=media_type != PDF)
        except PasswordError as error:
            msg = f"{original.name} asks for a password."
            raise EncryptedScanError(msg) from error
        except PdfError as error:
            msg = f"{original.name} is too damaged to be made searchable ({error})."
            raise BrokenScanError(msg) from error


def _open_as_pdf(
    original: Path, media_type: str, scratch: Path, page_count: int, stack: ExitStack
) -> Pdf:
    """Return the original as a PDF that stays open until ``stack`` closes."""
    if media_type == PDF:
        return stack.enter_context(Pdf.open(original, access_mode=AccessMode.stream))
    folder = stack.enter_context(TemporaryDirectory(prefix=".searchable-", dir=scratch))
    return image_to_pdf(original, Path(folder), page_count, stack)


def _replace_text_layers(pdf: Pdf, pages: Iterable[LayerPage]) -> None:
    """Replace each page's invisible text with its new layer."""
    font = GlyphlessFont(pdf)
    done_forms: set[tuple[int, int]] = set()
    for page, layer in zip(pdf.pages, pages, strict=True):
        if layer.keep_own or layer.image is None:
            continue
        remove_hidden_text(pdf, page, done_forms)
        if layer.text.blocks:
            _add_text_layer(pdf, page, layer.image, layer, font)
    font.finish()


def _add_text_layer(
    pdf: Pdf, page: Page, image: PageImage, layer: LayerPage, font: GlyphlessFont
) -> None:
    matrix = page_matrix(page, image, layer.quarters)
    name = _add_font(page, font)
    height = image.width if layer.quarters % 2 else image.height
    operators = text_operators(layer.text, height, matrix, font, name)
    packed = zlib.compress(operators.encode("ascii"), 9)
    stream = pdf.make_indirect(Stream(pdf, packed, Filter=Name.FlateDecode))
    page.obj.Contents = Array([stream, *page_streams(page)])


def _add_font(page: Page, font: GlyphlessFont) -> str:
    """Add the font to the page's resources under a free name, and return the name.

    The dictionaries are copied first, because pages often share them.
    """
    resources = _copy_dictionary(page.obj.get(Name.Resources))
    fonts = _copy_dictionary(resources.get(Name.Font))
    name = _FONT_NAME
    while name in fonts:
        name += "x"
    fonts[name] = font.reference
    resources.Font = fonts
    page.obj.Resources = resources
    return name


def _copy_dictionary(value: object) -> Dictionary:
    """Return a copy of a dictionary; an empty one for other values."""
    return Dictionary(dict(value.items())) if isinstance(value, Dictionary) else Dictionary()


def _save_pdf(pdf: Pdf, target: Path, *, is_converted: bool) -> None:
    """Write the file without packing streams again, so that images stay byte for byte."""
    pdf.save(
        target,
        compress_streams=False,
        stream_decode_level=StreamDecodeLevel.none,
        object_stream_mode=ObjectStreamMode.generate if is_converted else ObjectStreamMode.preserve,
        encryption=False,
        deterministic_id=True,
    )
