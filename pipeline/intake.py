"""What a file is, by its bytes: a scan of a known kind with so many pages, or a refusal."""

import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

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
from pipeline.model import Concern, Issue, ScanFacts

PDF = "application/pdf"
_IMAGES = {"TIFF": "image/tiff", "JPEG": "image/jpeg", "PNG": "image/png", "JPEG2000": "image/jp2"}
_HEAD, _TAIL = 1024, 1024  #: bytes in which %PDF- and %%EOF must stand (ISO 32000-2, annex H)

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
        UnreadableError: it is no regular file, or may not be read.
        EmptyScanError: it has no bytes or no pages.
        NotAScanError: it is of no kind that holds page images.
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
    except OSError as error:
        msg = f"{path.name} cannot be read: {error.strerror}."
        raise UnreadableError(msg) from error
    facts = _inspect_pdf(path) if b"%PDF-" in head else _inspect_image(path, limits)
    if facts.page_count > limits.max_pages:
        msg = (
            f"{path.name} has {facts.page_count:,} pages, more than OPIS_MAX_PAGES "
            f"({limits.max_pages:,})."
        )
        raise TooLargeError(msg)
    return facts


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


def _inspect_pdf(path: Path) -> ScanFacts:
    issues: list[Issue] = []
    try:
        with pikepdf.open(path) as pdf:
            count = len(pdf.pages)
            warned = pdf.get_warnings()
            if pdf.is_encrypted:
                detail = "the PDF is locked by an owner password; it could be read without it"
                issues.append(Issue(Concern.ENCRYPTION, detail))
    except pikepdf.PasswordError as error:
        msg = f"{path.name} asks for a password."
        raise EncryptedScanError(msg) from error
    except (pikepdf.PdfError, ValueError, RecursionError) as error:
        if "encrypt" in str(error).lower():
            msg = f"{path.name} is encrypted in a way that cannot be opened ({_first(error)})."
            raise EncryptedScanError(msg) from error
        msg = f"{path.name} cannot be read as a PDF ({_first(error)})."
        raise BrokenScanError(msg) from error
    if count == 0:
        msg = f"{path.name} has no pages."
        raise EmptyScanError(msg)
    if any("reconstruct" in str(warning) for warning in warned):
        issues.append(_repaired(path, count))
    return ScanFacts(PDF, count, _producer(path), tuple(issues))


def _repaired(path: Path, count: int) -> Issue:
    """Tell a PDF with a bad index from one that was cut off and may lack pages.

    Raises:
        BrokenScanError: its end is missing.
    """
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TAIL, 0))
        whole = b"%%EOF" in file.read()
    if not whole:
        msg = f"{path.name} is cut off: its end is missing, and pages with it ({count} are left)."
        raise BrokenScanError(msg)
    return Issue(Concern.REPAIRED, "the PDF's index of objects was broken; it was read without it")


def _producer(path: Path) -> str:
    """Return the software that says it wrote the file; nothing where it does not say."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted:
            reader.decrypt("")
        found = reader.metadata
        told = [str(text) for text in (found.creator, found.producer) if text] if found else []
    except Exception:  # the document information of broken files raises anything
        return ""
    return "; ".join(dict.fromkeys(" ".join(text.split()) for text in told))[:200]


def _inspect_image(path: Path, limits: Limits) -> ScanFacts:
    try:
        with warnings.catch_warnings(), Image.open(path, formats=tuple(_IMAGES)) as image:
            warnings.simplefilter("ignore")
            media_type = _IMAGES[image.format or ""]
            count = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            width, height = image.size
            if width * height > limits.max_pixels:
                msg = (
                    f"{path.name} has {width:,} x {height:,} pixels, more than OPIS_MAX_PIXELS "
                    f"({limits.max_pixels:,})."
                )
                raise TooLargeError(msg)
            if count == 1:
                image.load()  # a cut-off file shows only now
    except UnidentifiedImageError as error:
        msg = f"{path.name} is no scan: its bytes are those of no kind of image or PDF."
        raise NotAScanError(msg) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        msg = f"{path.name} is a broken image ({_first(error)})."
        raise BrokenScanError(msg) from error
    return ScanFacts(media_type, count)


def _first(error: Exception) -> str:
    """Return the first line of what a library complains of, without the path."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rpartition(": ")[2]
