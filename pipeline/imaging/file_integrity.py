"""Describe where the data of a page of an image file end early or break, though it decodes."""

import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, TiffImagePlugin

from pipeline.imaging.codestreams import is_jpeg2000_whole
from pipeline.imaging.deflated import inflate
from pipeline.imaging.frames import IMAGE_ERRORS
from pipeline.imaging.image_file import open_image
from pipeline.imaging.image_integrity import early_end
from pipeline.imaging.tiff_integrity import frame_damage, jpeg_damage, rows_damage

_PNG_HEADER_BYTES = 8
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  #: by colour type, PNG specification, 11.2.2


def page_damage(path: Path, number: int) -> str:
    """Return what is wrong with the data of a page that could be decoded; empty if nothing is.

    Args:
        path: the image file.
        number: of the page, 1-based.
    """
    opened = open_image(path)
    try:
        return _frame_damage(path, opened.get_tags(number), opened.frames, number)
    except IMAGE_ERRORS:
        return ""  # odd tags, which decoders handle in different ways


def _frame_damage(path: Path, image: Image.Image, frames: Sequence[int], number: int) -> str:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return frame_damage(path, frames[number - 1], image.tag_v2)
    match image.format:
        case "JPEG" | "MPO":
            return jpeg_damage(path.read_bytes())
        case "PNG" if len(frames) == 1:
            return _png_damage(path.read_bytes())
        case "JPEG2000" if not is_jpeg2000_whole(path.read_bytes()):
            return early_end("JPEG 2000")
    return ""


def _png_damage(data: bytes) -> str:
    """Return what is wrong with the data of a PNG; interlaced ones are not examined."""
    chunks = list(_png_chunks(data))
    width, height, bits, colours, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1][:13])
    if any(kind == b"IDAT" and not is_sound for kind, _, is_sound in chunks):
        return "its image is damaged: the checksum of its data is wrong"
    if interlaced:
        return ""
    row_bytes = 1 + -(-width * _PNG_CHANNELS[colours] * bits // 8)  # and the row's filter
    size = inflate(b"".join(content for kind, content, _ in chunks if kind == b"IDAT")).size
    return rows_damage(size // row_bytes, height)


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bool]]:
    """Yield the kind and the content of each chunk of a PNG, and whether its checksum is right."""
    at = _PNG_HEADER_BYTES
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        content = data[at + 8 : at + 8 + length]
        checksum = int.from_bytes(data[at + 8 + length : at + 12 + length], "big")
        yield kind, content, zlib.crc32(kind + content) == checksum
        at += 12 + length
