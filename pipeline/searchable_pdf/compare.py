"""Compares a searchable PDF with its scan: same pages, same boxes, same images."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pikepdf

from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.wording import plural


@dataclass(frozen=True, slots=True)
class PdfComparison:
    """The pages of a searchable PDF, and its differences from the scan."""

    pages: int  #: number of pages of the searchable PDF
    labels: tuple[str, ...]  #: of its pages, as a viewer shows them
    differences: tuple[str, ...]  #: from the scan, a sentence each
    broken: str = ""  #: the error, if one of the two is no PDF


def compare_pdfs(searchable: Path, original: Path | None) -> PdfComparison:
    """Compare a searchable PDF with its scan.

    Args:
        searchable: the PDF with the text layer.
        original: the scan; None if it is no PDF: then only pages and labels are read.
    """
    try:
        with pikepdf.open(searchable) as pdf:
            count, labels = len(pdf.pages), tuple(page.label for page in pdf.pages)
        differences = () if original is None else tuple(pdf_differences(original, searchable))
    except pikepdf.PdfError as error:
        return PdfComparison(0, (), (), str(error))
    return PdfComparison(count, labels, differences)


def pdf_differences(original: Path, searchable: Path) -> Iterator[str]:
    """Yield a sentence for each page whose boxes, rotation or embedded images differ.

    Args:
        original: the scan, a PDF; a damaged one is read as far as it goes.
        searchable: the PDF with the text layer.

    Raises:
        pikepdf.PdfError: one of them is no PDF.
    """
    with pikepdf.open(original) as scan, pikepdf.open(searchable) as copy:
        pairs = zip_longest(scan.pages, copy.pages)
        for number, (page, other) in enumerate(pairs, 1):
            if page is None or other is None:
                yield f"has {plural(len(copy.pages), 'page')}, the scan {len(scan.pages)}"
                return
            if _page_frame(page) != _page_frame(other):
                yield f"page {number}: its boxes or its rotation are not the scan's"
            if not _image_digests(page) <= _image_digests(other):
                yield f"page {number}: its images are not the scan's, byte for byte"


def _page_frame(page: pikepdf.Page) -> tuple[list[float], list[float], int]:
    """Return media box and crop box in points and rotation in degrees, inherited or own."""
    media = [round(float(side), 3) for side in page.mediabox]
    crop = [round(float(side), 3) for side in page.cropbox]
    return media, crop, _page_rotation(page)


def _page_rotation(page: pikepdf.Page) -> int:
    """Return the clockwise rotation in degrees; 0 if the entry is no number."""
    try:
        return int(page.obj.get("/Rotate", 0)) % 360
    except (TypeError, ValueError):
        return 0


def _image_digests(page: pikepdf.Page) -> set[bytes]:
    """Return the SHA-256 digests of a page's image streams, as stored, without broken ones."""
    digests = set()
    for image in page.get_images().values():
        try:
            digests.add(hashlib.sha256(image.read_raw_bytes()).digest())
        except PDF_ERRORS:
            continue
    return digests
