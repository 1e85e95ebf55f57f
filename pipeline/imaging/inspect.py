"""Inspect a file by its bytes: return its type and number of pages, or refuse it."""

import stat
import warnings
from pathlib import Path

from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from pipeline.errors import (
    BrokenScanError,
    CutOffError,
    EmptyScanError,
    NotAScanError,
    TooLargeError,
    UnreadableError,
    is_machine_error,
)
from pipeline.imaging.file_kinds import DEVELOP, what_it_is
from pipeline.imaging.frames import (
    IMAGE_ERRORS,
    Frame,
    hidden_page,
    page_frames,
    pages_among,
    tiff_frames,
)
from pipeline.imaging.image_file import MEDIA_TYPES, PILLOW_FORMATS
from pipeline.imaging.pdf_info import first_line, inspect_pdf
from pipeline.model import Limits, ScanFacts

_HEAD_BYTES = 1024  #: bytes at the beginning that must contain %PDF- (ISO 32000-2, annex H)
_DATA_TAGS = ((273, 279), (324, 325))  #: TIFF tags: offsets and lengths of strips, of tiles
_MAX_FRAMES_PER_PAGE = 20  #: a page and its smaller copies
_IMAGE_SIGNATURES = (
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"\0\0\0\x0cjP  ",
    b"BM",
    b"GIF8",
    b"RIFF",
)

Image.MAX_IMAGE_PIXELS = None  # Limits.max_pixels limits it, and its message names the setting


def inspect_scan(path: Path, limits: Limits) -> ScanFacts:
    """Return the media type of a scan and its number of pages.

    Raises:
        UnreadableError: the file cannot be read.
        EmptyScanError: the file has no bytes or no pages.
        NotAScanError: it is no regular file, or of a type without page images.
        EncryptedScanError: it asks for a password.
        BrokenScanError: it is cut off, or too broken to be read without guessing.
        TooLargeError: it exceeds a limit.
        OSError: the machine is at fault, not the file.
    """
    size = _file_size(path)
    if size == 0:
        msg = f"{path.name} is empty: it has no bytes."
        raise EmptyScanError(msg)
    if size > limits.max_bytes:
        msg = f"{path.name} has {size:,} bytes, more than OPIS_MAX_BYTES ({limits.max_bytes:,})."
        raise TooLargeError(msg)
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if b"%PDF-" in head and not head.startswith(_IMAGE_SIGNATURES):
            facts = inspect_pdf(path, size)
        else:
            facts = _inspect_image(path, head, limits)
    except OSError as error:
        if is_machine_error(error):
            raise
        msg = f"{path.name} cannot be read: {error.strerror or error}."
        raise UnreadableError(msg) from error
    if facts.page_count > limits.max_pages:
        raise _too_many_pages(path, f"{facts.page_count:,}", limits)
    return facts


def _file_size(path: Path) -> int:
    """Return the size of a regular file in bytes; pipes and devices are refused, never opened."""
    try:
        status = path.stat()
    except OSError as error:
        if is_machine_error(error):
            raise
        msg = f"{path.name} cannot be read: {error.strerror}."
        raise UnreadableError(msg) from error
    if not stat.S_ISREG(status.st_mode):
        msg = f"{path.name} is no file but a folder, pipe or device."
        raise NotAScanError(msg)
    return status.st_size


def _inspect_image(path: Path, head: bytes, limits: Limits) -> ScanFacts:
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(path, formats=PILLOW_FORMATS) as image,
        ):
            media_type = MEDIA_TYPES[image.format or ""]
            _check_pixels(image, path, limits)
            if isinstance(image, TiffImagePlugin.TiffImageFile):
                count = _count_tiff_pages(image, path, limits)
            else:
                count = _count_frames(image, path, limits)
    except UnidentifiedImageError as error:
        msg = f"{path.name} {what_it_is(head)}"
        raise NotAScanError(msg) from error
    except IMAGE_ERRORS as error:
        msg = f"{path.name} is a broken image ({first_line(error)})."
        kind = CutOffError if "truncated" in str(error) else BrokenScanError
        raise kind(msg) from error
    return ScanFacts(media_type, count)


def _count_frames(image: Image.Image, path: Path, limits: Limits) -> int:
    """Return the number of pages of an image that is no TIFF; decode each.

    Only decoding detects a file that is cut off.
    """
    frames = page_frames(image)
    if len(frames) > limits.max_pages:
        raise _too_many_pages(path, f"{len(frames):,}", limits)
    for frame in frames:
        if frame:
            image.seek(frame)
        _check_pixels(image, path, limits)
        image.load()
    return len(frames)


def _count_tiff_pages(image: TiffImagePlugin.TiffImageFile, path: Path, limits: Limits) -> int:
    """Return the number of pages of a TIFF; check that each is inside the file.

    Raises:
        CutOffError: a page is cut off.
        TooLargeError: there are too many pages, or one is too large.
        NotAScanError: its frame is a preview of an image that Pillow does not reach.
    """
    size, frames = path.stat().st_size, list[Frame]()
    for frame in tiff_frames(image):
        tags = image.tag_v2
        ends = [
            start + length
            for starts, lengths in _DATA_TAGS
            for start, length in zip(tags.get(starts, ()), tags.get(lengths, ()), strict=False)
        ]
        if max(ends, default=0 if frame.is_reduced else size + 1) > size or tags.next > size:
            msg = f"{path.name} is cut off: page {frame.number + 1} is not whole."
            raise CutOffError(msg)
        _check_pixels(image, path, limits)
        frames.append(frame)
        if sum(not each.is_reduced and not each.is_mask for each in frames) > limits.max_pages:
            raise _too_many_pages(path, f"more than {limits.max_pages:,}", limits)
        if len(frames) > _MAX_FRAMES_PER_PAGE * limits.max_pages:
            raise _too_many_pages(path, f"more than {limits.max_pages:,}", limits)
    pages = pages_among(frames)
    image.seek(pages[0])
    if hidden := hidden_page(image):
        width, height = hidden
        msg = (
            f"{path.name} is the raw file of a camera (to convert it: {DEVELOP}): only a preview "
            f"of its image of {width:,} x {height:,} pixels can be decoded."
        )
        raise NotAScanError(msg)
    if len(pages) == 1:
        image.load()  # only decoding detects data that are broken
    return len(pages)


def _check_pixels(image: Image.Image, path: Path, limits: Limits) -> None:
    if image.width * image.height > limits.max_pixels:
        msg = (
            f"{path.name} has an image of {image.width:,} x {image.height:,} pixels, more than "
            f"OPIS_MAX_PIXELS ({limits.max_pixels:,})."
        )
        raise TooLargeError(msg)


def _too_many_pages(path: Path, page_count: str, limits: Limits) -> TooLargeError:
    return TooLargeError(
        f"{path.name} has {page_count} pages; OPIS_MAX_PAGES allows {limits.max_pages:,}."
    )
