"""Holds a searchable PDF against the scan it was made from: same pages, same boxes, same images."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pikepdf

_ODD = (pikepdf.PikepdfError, ValueError, TypeError, AttributeError, LookupError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Look:
    """What a searchable PDF looks like beside its scan."""

    pages: int
    labels: tuple[str, ...]  #: of its pages, as a viewer shows them
    differences: tuple[str, ...]  #: from the scan, a sentence each
    broken: str = ""  #: why one of them is no PDF


def look(searchable: Path, original: Path | None) -> Look:
    """Return what a searchable PDF looks like; beside its scan, where that is a PDF."""
    try:
        with pikepdf.open(searchable) as pdf:
            count, labels = len(pdf.pages), tuple(page.label for page in pdf.pages)
        found = () if original is None else tuple(differences(original, searchable))
    except pikepdf.PdfError as error:
        return Look(0, (), (), str(error))
    return Look(count, labels, found)


def differences(original: Path, searchable: Path) -> Iterator[str]:
    """Yield a sentence for each page whose boxes, turn or embedded images differ.

    Args:
        original: the scan, a PDF; a damaged one is read as far as it goes.
        searchable: the PDF with the text layer.

    Raises:
        pikepdf.PdfError: one of them is no PDF.
    """
    with pikepdf.open(original) as scan, pikepdf.open(searchable) as made:
        pairs = zip_longest(scan.pages, made.pages)
        for number, (page, other) in enumerate(pairs, 1):
            if page is None or other is None:
                yield f"has {len(made.pages)} pages, the scan {len(scan.pages)}"
                return
            if _frame(page) != _frame(other):
                yield f"page {number}: its boxes or its turn are not the scan's"
            if not _images(page) <= _images(other):
                yield f"page {number}: its images are not the scan's, byte for byte"


def _frame(page: pikepdf.Page) -> tuple[list[float], list[float], int]:
    """Return media box and crop box in points and the turn in degrees, inherited ones too."""
    media = [round(float(side), 3) for side in page.mediabox]
    crop = [round(float(side), 3) for side in page.cropbox]
    return media, crop, _turn(page)


def _turn(page: pikepdf.Page) -> int:
    """Return the clockwise turn in degrees; 0 where what is given is no number."""
    try:
        return int(page.obj.get("/Rotate", 0)) % 360
    except (TypeError, ValueError):
        return 0


def _images(page: pikepdf.Page) -> set[bytes]:
    """Return the digests of the image streams of a page, as stored; a broken one has none."""
    found = set()
    for image in page.get_images().values():
        try:
            found.add(hashlib.sha256(image.read_raw_bytes()).digest())
        except _ODD:
            continue
    return found
