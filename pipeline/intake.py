"""What a file is, by its bytes: a scan of a known kind with so many pages, or a refusal."""

import hashlib
import itertools
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdf
from PIL import Image, UnidentifiedImageError

from pipeline.errors import (
    BrokenScanError,
    EmptyScanError,
    EncryptedScanError,
    NotAScanError,
    TooLargeError,
    UnreadableError,
)
from pipeline.imagepages import FORMATS, OPENED
from pipeline.model import Concern, Issue, ScanFacts

PDF = "application/pdf"
_HEAD, _TAIL = 1024, 1024  #: bytes in which %PDF- and %%EOF must stand (ISO 32000-2, annex H)
_PADDING = 2**20  #: bytes of nothing that tape and disk images may add behind a file
_DATA = ((273, 279), (324, 325))  #: TIFF tags: where strips and tiles begin, how long they are
_IMAGES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\xff\xd8\xff", b"\x89PNG", b"\0\0\0\x0cjP  ")
_ODD = (pikepdf.PikepdfError, ValueError, TypeError, AttributeError, KeyError, RuntimeError)

Image.MAX_IMAGE_PIXELS = None  # Limits.max_pixels does it, with a sentence that names the setting


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a scan is refused; each is a setting."""

    max_pages: int = 10_000
    max_bytes: int = 4 * 2**30
    max_pixels: int = 250_000_000  #: of one page image


def inspect(path: Path, limits: Limits) -> ScanFacts:
    """Return what kind of scan a file is and how many pages it has.

    Raises:
        UnreadableError: it may not be read.
        EmptyScanError: it has no bytes or no pages.
        NotAScanError: it is no regular file, or of no kind that holds page images.
        EncryptedScanError: it asks for a password.
        BrokenScanError: it is cut off or broken beyond what can be read without guessing.
        TooLargeError: it is beyond a limit.
    """
    size = _size(path)
    if size == 0:
        msg = f"{path.name} is empty: it has no bytes."
        raise EmptyScanError(msg)
    if size > limits.max_bytes:
        msg = f"{path.name} has {size:,} bytes, more than OPIS_MAX_BYTES ({limits.max_bytes:,})."
        raise TooLargeError(msg)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if b"%PDF-" in head and not head.startswith(_IMAGES):
            return _inspect_pdf(path, limits)
        return _inspect_image(path, limits)
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror or error}."
        raise UnreadableError(msg) from error


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal; it is read piece by piece.

    Raises:
        UnreadableError: it cannot be read to its end.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}."
        raise UnreadableError(msg) from error


def _size(path: Path) -> int:
    """Return the size of a regular file; a pipe or a device must not be opened."""
    try:
        status = path.stat()
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}."
        raise UnreadableError(msg) from error
    if not stat.S_ISREG(status.st_mode):
        msg = f"{path.name} is no file but a folder, pipe or device."
        raise NotAScanError(msg)
    return status.st_size


def _inspect_pdf(path: Path, limits: Limits) -> ScanFacts:
    with _open_pdf(path) as pdf:
        count, declared, issues = _facts(pdf, path)
        warned = " ".join(map(str, pdf.get_warnings()))
    if count > limits.max_pages:
        raise _too_many(path, f"{count:,}", limits)
    if count < declared:
        msg = f"{path.name} says that it has {declared:,} pages, but only {count:,} can be found."
        raise BrokenScanError(msg)
    if "Pages tree includes non-dictionary" in warned:  # qpdf leaves it out, and mends /Count
        msg = f"{path.name} has lost pages: only {count:,} of them can be found."
        raise BrokenScanError(msg)
    if count == 0:
        msg = f"{path.name} has no pages."
        raise EmptyScanError(msg)
    rebuilt = "reconstruct" in warned
    if rebuilt:
        issues.append(_repaired(path, count))
    return ScanFacts(PDF, count, "" if rebuilt else _producer(path), tuple(issues))


def _open_pdf(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path, inherit_page_attributes=False)  # else qpdf mends /Count
    except pikepdf.PasswordError as error:
        msg = f"{path.name} asks for a password."
        raise EncryptedScanError(msg) from error
    except _ODD as error:
        if "encrypt" in str(error).lower():
            msg = f"{path.name} is encrypted in a way that cannot be opened ({_first(error)})."
            raise EncryptedScanError(msg) from error
        raise _broken_pdf(path, error) from error


def _facts(pdf: pikepdf.Pdf, path: Path) -> tuple[int, int, list[Issue]]:
    """Return how many pages a PDF has, how many it says it has, and what is odd about it."""
    detail = "The PDF is locked by an owner password; it could be read without it."
    issues = [Issue(Concern.ENCRYPTION, detail)] if pdf.is_encrypted else []
    try:
        declared, count = pdf.Root.Pages.get("/Count", 0), len(pdf.pages)
    except _ODD as error:
        raise _broken_pdf(path, error) from error
    return count, declared if isinstance(declared, int) else 0, issues


def _broken_pdf(path: Path, error: Exception) -> BrokenScanError:
    return BrokenScanError(f"{path.name} cannot be read as a PDF ({_first(error)}).")


def _repaired(path: Path, count: int) -> Issue:
    """Tell a PDF with a bad index from one that was cut off and may lack pages.

    A PDF is written front to back, its index and %%EOF last. Without an index the pages that are
    left can be found, but nobody can say how many there were: a copy that stopped half way looks
    like a shorter document. Only where the end is there may the index be rebuilt in good faith.

    Raises:
        BrokenScanError: its end is missing.
    """
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _PADDING, 0))
        tail = file.read().rstrip(b"\0\t\n\f\r ")[-_TAIL:]
    if b"%%EOF" not in tail:
        msg = f"{path.name} is cut off: its end is missing, and pages with it ({count} are left)."
        raise BrokenScanError(msg)
    detail = "The PDF's index of objects was broken; it was rebuilt to read the file."
    return Issue(Concern.REPAIRED, detail)


def _producer(path: Path) -> str:
    """Return the software that says it wrote the file; nothing where it does not say."""
    try:
        with path.open("rb") as file:  # a path would be read into memory whole
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted:
                reader.decrypt("")
            found = reader.metadata
            told = [str(text) for text in (found.creator, found.producer) if text] if found else []
    except Exception:  # the document information of broken files raises anything
        return ""
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in told))[:200]


def _inspect_image(path: Path, limits: Limits) -> ScanFacts:
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=OPENED) as image:
            media_type = FORMATS[image.format or ""]
            count = _walk(image, path, limits) if image.format == "TIFF" else 1
            _check_pixels(image, path, limits)
            if count == 1:
                image.load()  # a cut-off file shows only now
    except UnidentifiedImageError as error:
        msg = f"{path.name} is no scan: its bytes are those of no kind of image or PDF."
        raise NotAScanError(msg) from error
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError) as error:
        msg = f"{path.name} is a broken image ({_first(error)})."
        raise BrokenScanError(msg) from error
    return ScanFacts(media_type, count)


def _walk(image: Any, path: Path, limits: Limits) -> int:
    """Return the number of pages of a TIFF, each of which lies inside the file.

    Raises:
        BrokenScanError: a page is cut off.
        TooLargeError: there are too many pages, or one is too large.
    """
    size = path.stat().st_size
    for number in itertools.count(1):
        tags = image.tag_v2
        ends = [
            start + length
            for starts, lengths in _DATA
            for start, length in zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False)
        ]
        if not ends or max(ends) > size or tags.next > size:
            msg = f"{path.name} is cut off: page {number} is not whole."
            raise BrokenScanError(msg)
        _check_pixels(image, path, limits)
        if number > limits.max_pages:
            raise _too_many(path, f"more than {limits.max_pages:,}", limits)
        try:
            image.seek(number)
        except EOFError:
            break
    image.seek(0)
    return number


def _check_pixels(image: Image.Image, path: Path, limits: Limits) -> None:
    if image.width * image.height > limits.max_pixels:
        msg = (
            f"{path.name} has an image of {image.width:,} x {image.height:,} pixels, more than "
            f"OPIS_MAX_PIXELS ({limits.max_pixels:,})."
        )
        raise TooLargeError(msg)


def _too_many(path: Path, told: str, limits: Limits) -> TooLargeError:
    return TooLargeError(
        f"{path.name} has {told} pages; OPIS_MAX_PAGES allows {limits.max_pages:,}."
    )


def _first(error: Exception) -> str:
    """Return the first line of what a library complains of, without the path."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rpartition(": ")[2]
