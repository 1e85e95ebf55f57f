"""Converts an image file to a PDF with one page for each image, unchanged where PDF can hold it.

JPEG, JPEG 2000 and CCITT G4 data go into the PDF as they are, PNG as its own Flate stream. Other
data (other TIFF compressions, BMP, GIF, WebP, alpha, odd pixel formats) are packed again with
lossless compression. A rotation in EXIF becomes the page's /Rotate, a mirroring the matrix
of the image.

Frames are processed one at a time and stored on disk, so memory does not grow with their number.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

import img2pdf
from pikepdf import AccessMode, Job, Page, Pdf
from PIL import Image, TiffImagePlugin, UnidentifiedImageError

from pipeline.errors import BrokenScanError
from pipeline.imaging.frames import IMAGE_ERRORS, page_frames
from pipeline.imaging.pixels import (
    BLACK_IS_ZERO,
    SIDEWAYS_ORIENTATIONS,
    WHITE_IS_ZERO,
    likely_dpi,
    orientation_in,
)
from pipeline.imaging.tiff_integrity import one_strip_tiff
from pipeline.searchable_pdf.reencode import has_transparency, reencode_data, reencode_image

_MIN_SIDE, _MAX_SIDE = 3.0, 14_400.0  #: points; sides of a page that every viewer shows
_PART_BYTES = 64 << 20  #: of frames in memory before they are written to disk
_PART_FRAMES = 64  #: the same, as a number of frames
_ROTATIONS = {3: 180, 4: 180, 5: 270, 6: 90, 7: 90, 8: 270}  #: degrees clockwise, after mirroring
_PDF_FORMATS = frozenset(
    ["JPEG", "MPO", "PNG", "JPEG2000"]
)  #: whose data a PDF can hold as they are
_MIRRORED_ORIENTATIONS = frozenset({2, 4, 5, 7})  #: left and right

Image.MAX_IMAGE_PIXELS = None  # the inspection checked every frame against Limits.max_pixels


class _FrameFile(NamedTuple):
    """One image, as an image file of its own."""

    data: bytes  #: empty if the image cannot be decoded
    orientation: int  #: 1..8 as in EXIF; 1 is upright
    size: tuple[int, int]  #: pixels, as stored
    dpi: tuple[float, float]  #: as stored


def image_to_pdf(original: Path, scratch: Path, page_count: int, stack: ExitStack) -> Pdf:
    """Return a PDF of an image file's pages; it stays open until ``stack`` closes.

    Args:
        original: an image file of one page or more.
        scratch: a folder for parts; it must exist as long as the PDF is open.
        page_count: of the record; 0 if unknown.
        stack: closes the PDF.

    Raises:
        BrokenScanError: the file is no image that can be opened.
    """
    parts = [str(part) for part in _write_parts(_read_frames(original, page_count), scratch)]
    joined = str(scratch / "whole.pdf")
    # a qpdf job, because pikepdf's page list keeps pages of other files in memory
    options = ["--empty", "--stream-data=preserve", "--deterministic-id"]
    Job(["qpdf", *options, "--pages", *parts, "--", joined]).run()
    return stack.enter_context(Pdf.open(joined, access_mode=AccessMode.stream))


def _write_parts(frames: Iterable[_FrameFile], scratch: Path) -> Iterator[Path]:
    """Write the frames to PDF files of several pages, and yield the files."""
    part, size, number = Pdf.new(), 0, 0
    for frame in frames:
        _append_page(part, frame)
        size += len(frame.data)
        if size >= _PART_BYTES or len(part.pages) >= _PART_FRAMES:
            yield _save_part(part, scratch / f"{number}.pdf")
            part, size, number = Pdf.new(), 0, number + 1
    if len(part.pages):
        yield _save_part(part, scratch / f"{number}.pdf")


def _save_part(part: Pdf, path: Path) -> Path:
    part.save(path, compress_streams=False, deterministic_id=True)
    part.close()
    return path


def _append_page(pdf: Pdf, frame: _FrameFile) -> None:
    """Add the page of one image; a damaged image gets an empty page, to keep the page count."""
    page_pdf = _frame_to_pdf(frame)
    if page_pdf is None:
        width, height, *_ = _page_layout(*frame.size, frame.dpi, dpi=frame.dpi)
        pdf.add_blank_page(page_size=(min(width, _MAX_SIDE), min(height, _MAX_SIDE)))
    else:
        with Pdf.open(io.BytesIO(page_pdf)) as single:
            pdf.pages.extend(single.pages)
    page = pdf.pages[-1]
    if frame.orientation in _ROTATIONS:
        page.obj.Rotate = _ROTATIONS[frame.orientation]
    if page_pdf is not None and frame.orientation in _MIRRORED_ORIENTATIONS:
        _mirror_page(pdf, page)


def _frame_to_pdf(frame: _FrameFile) -> bytes | None:
    """Return a one-page PDF of an image, or None if its data are damaged."""
    for prepare in (bytes, reencode_data):
        try:
            return _one_page_pdf(prepare(frame.data), frame.dpi)
        except (MemoryError, Image.DecompressionBombError):
            raise  # the image is not damaged: no empty page for it
        except Exception:  # img2pdf raises plain Exception, too
            continue
    return None


def _one_page_pdf(data: bytes, dpi: tuple[float, float]) -> bytes:
    pdf: bytes = img2pdf.convert(
        data,
        rotation=img2pdf.Rotation["0"],  # _append_page handles the orientation
        layout_fun=partial(_page_layout, dpi=dpi),
        first_frame_only=True,
        nodate=True,
    )
    return pdf


def _page_layout(
    width: int, height: int, _declared: tuple[float, float], *, dpi: tuple[float, float]
) -> tuple[float, float, float, float]:
    """Return page width and height and image width and height, in points (for img2pdf)."""
    wide, high = 72 * width / dpi[0], 72 * height / dpi[1]
    # the narrow side is widened; img2pdf divides a page beyond _MAX_SIDE by a /UserUnit
    min_side = _MIN_SIDE * max(1.0, wide / _MAX_SIDE, high / _MAX_SIDE)
    return (max(wide, min_side), max(high, min_side)) * 2


def _mirror_page(pdf: Pdf, page: Page) -> None:
    """Draw the image of an img2pdf page with left and right exchanged."""
    _, _, width, height = (float(number) for number in page.mediabox)
    page.obj.Contents = pdf.make_stream(
        f"q -{width:.4f} 0 0 {height:.4f} {width:.4f} 0 cm /Im0 Do Q".encode("ascii")
    )


def _read_frames(original: Path, page_count: int) -> Iterator[_FrameFile]:
    """Yield the images of a file, each as an image file of its own."""
    try:
        image = Image.open(original)
    except UnidentifiedImageError as error:
        msg = f"{original.name} is no image that can be opened."
        raise BrokenScanError(msg) from error
    with image:
        for number in _frames_of_record(image, page_count):
            if number != image.tell():
                image.seek(number)
            yield _read_frame(image, original)


def _frames_of_record(image: Image.Image, page_count: int) -> Sequence[int]:
    """Return the frames of a record's pages; older records have as many as come first."""
    frames = page_frames(image)
    return frames if page_count in {0, len(frames)} else range(page_count)


def _read_frame(image: Image.Image, original: Path) -> _FrameFile:
    """Return the current frame of an image file: as stored where a PDF can hold it."""
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _read_tiff_frame(image, original)
    orientation, dpi = orientation_in(image.getexif()), likely_dpi(image)
    if image.format in _PDF_FORMATS and not has_transparency(image) and not _has_frames(image):
        return _FrameFile(original.read_bytes(), orientation, image.size, dpi)
    try:
        return _FrameFile(reencode_image(image), orientation, image.size, dpi)
    except IMAGE_ERRORS:
        return _FrameFile(b"", orientation, image.size, dpi)


def _has_frames(image: Image.Image) -> bool:
    return len(page_frames(image)) > 1


def _read_tiff_frame(image: TiffImagePlugin.TiffImageFile, original: Path) -> _FrameFile:
    """Return the current frame of a TIFF: G4 in one strip as stored, other data packed again."""
    tags = image.tag_v2
    orientation, dpi = orientation_in(tags), likely_dpi(image)
    if _is_g4(image):
        return _FrameFile(_g4_file(tags, original), orientation, (tags[256], tags[257]), dpi)
    sideways = orientation in SIDEWAYS_ORIENTATIONS
    upright_dpi = (dpi[1], dpi[0]) if sideways else dpi  # Pillow rotates a TIFF when it decodes
    try:
        return _FrameFile(reencode_image(image), 1, image.size, upright_dpi)
    except IMAGE_ERRORS:
        return _FrameFile(b"", 1, image.size, upright_dpi)


def _is_g4(image: TiffImagePlugin.TiffImageFile) -> bool:
    """Return whether the frame is one strip of G4 data, which a PDF can hold as it is."""
    tags = image.tag_v2
    return (
        image.info.get("compression") == "group4"
        and len(tags.get(273, ())) == len(tags.get(279, ())) == 1
        and tags.get(262) in {WHITE_IS_ZERO, BLACK_IS_ZERO}
    )


def _g4_file(tags: TiffImagePlugin.ImageFileDirectory_v2, original: Path) -> bytes:
    """Return a TIFF of the one G4 strip at which ``tags`` point (TIFF 6.0, section 11)."""
    with original.open("rb") as file:
        file.seek(tags[273][0])
        strip = file.read(tags[279][0])
    entries = {
        256: tags[256],  # width
        257: tags[257],  # height
        258: 1,  # bits per sample
        259: 4,  # compression: G4
        262: tags[262],  # photometric interpretation
        266: tags.get(266, 1),  # fill order
        277: 1,  # samples per pixel
        278: tags[257],  # rows per strip
        293: tags.get(293, 0),  # G4 options
    }
    return one_strip_tiff(entries, strip)
