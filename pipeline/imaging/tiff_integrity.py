"""Describe where the image data of a TIFF frame, a fax or a JPEG end early or break.

Decoders fill what is missing without an error; libtiff, which also decodes fax data and JPEG,
reports it. A fax that ends a few rows early has lost nothing: scanners round heights up.
"""

import io
import re
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from pipeline.imaging.deflated import inflate
from pipeline.imaging.frames import IMAGE_ERRORS
from pipeline.imaging.libtiff import decoding_faults, decoding_faults_of

_SPARE_SHARE = 0.01  #: 0..1, of the rows of an image that may be missing or wrong: 3 mm of A4
_FAX_FAULT = re.compile(r"^(?!Try to decode)(.*) at line (\d+) of (strip|tile) (\d+)")
_NO_LINE_ENDS = "Try to decode (read) fax Group 3 data without EOL"
_JPEG_FAULTS = ("Premature end of JPEG", "Corrupt JPEG data")
_PADDING = re.compile(r"Corrupt JPEG data: \d{1,2} extraneous bytes")  #: between segments
#: compressions: values of tag 259, TIFF 6.0
_NONE, _FAX_ROWS, _G3, _G4, _LZW, _JPEG = 1, 2, 3, 4, 5, 7
_DEFLATE = frozenset([8, 32946])  #: two names of one compression
_DATA_TAGS = ((273, 324), (279, 325))  #: of strips and tiles: their offsets, their lengths
_YCBCR = 6  #: a photometric interpretation: value of tag 262
_PLANES = 2  #: samples in planes of their own: value of tag 284
_EOL_ZEROS = 11  #: zero bits, at least, before the one of an end-of-line code, ITU-T T.4


def one_strip_tiff(entries: Mapping[int, int], data: bytes) -> bytes:
    """Return a TIFF of one strip (TIFF 6.0, section 2).

    Args:
        entries: values by tag, without those of the strip.
        data: of the strip.
    """
    count = len(entries) + 2
    strip = {273: 8 + 2 + count * 12 + 4, 279: len(data)}  # offset after header and directory
    values = sorted({**entries, **strip}.items())
    directory = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values)
    return b"II*\0" + struct.pack("<IH", 8, count) + directory + b"\0\0\0\0" + data


def frame_damage(path: Path, frame: int, tags: Mapping[int, Any]) -> str:
    """Return what is wrong with the data of a TIFF frame that decodes, or an empty text.

    Other compressions raise an error when they are decoded; of Deflate only the checksum tells all.

    Args:
        path: the TIFF.
        frame: from 0.
        tags: of the frame.
    """
    compression, height = tags.get(259, _NONE), tags[257]
    if compression == _NONE:
        return _raw_damage(tags)
    if compression == _JPEG:
        return _jpeg_damage(decoding_faults(path, frame))
    if compression in {_FAX_ROWS, _G3, _G4}:
        strip_rows = min(int(tags.get(278) or height), height)
        return _fax_damage(decoding_faults(path, frame), compression, height, strip_rows)
    if compression in _DEFLATE and not _is_deflate_sound(path, tags):
        return "its image is damaged: the checksum of its data is wrong"
    return ""


def fax_damage(data: bytes, height: int, parameters: Mapping[str, Any]) -> str:
    """Return what is wrong with fax data of a PDF, or an empty text.

    Args:
        data: as ``CCITTFaxDecode`` takes them.
        height: pixels.
        parameters: ``/DecodeParms``, ISO 32000-2, table 11.
    """
    width = int(parameters.get("/Columns", 1728))
    k, is_aligned = int(parameters.get("/K", 0)), bool(parameters.get("/EncodedByteAlign", False))
    has_line_ends = _begins_with_line_end(data)
    if k < 0 and is_aligned:
        return ""  # libtiff cannot decode it
    compression = _G4 if k < 0 else _FAX_ROWS if is_aligned and not has_line_ends else _G3
    options = {_G3: {292: (1 if k > 0 else 0) + (4 if is_aligned else 0)}}
    entries = {
        256: width, 257: height, 258: 1, 259: compression, 262: 0, 266: 1, 277: 1, 278: height,
        **options.get(compression, {}),
    }  # fmt: skip
    faults = decoding_faults_of(one_strip_tiff(entries, data))
    if compression == _G3 and not has_line_ends and not any(_NO_LINE_ENDS in f for f in faults):
        return ""  # an older libtiff, which needs line ends
    return _fax_damage(faults, compression, height, height)


def lzw_breaks(data: bytes, row_bytes: int, height: int) -> bool:
    """Return whether LZW data of a PDF, with ``/EarlyChange`` 1, end early or break.

    Args:
        data: as ``LZWDecode`` takes them.
        row_bytes: bytes of a row, unpacked.
        height: pixels.
    """
    entries = {256: row_bytes, 257: height, 258: 8, 259: _LZW, 262: 1, 277: 1, 278: height}
    return bool(decoding_faults_of(one_strip_tiff(entries, data)))


def jpeg_damage(data: bytes) -> str:
    """Return what is wrong with a JPEG file that Pillow can open, or an empty text."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            (width, height), channels = image.size, len(image.getbands())
    except IMAGE_ERRORS as error:
        return f"its image is damaged: it is no whole JPEG ({error})"
    entries = {
        256: width, 257: height, 258: 8, 259: _JPEG, 262: {1: 1, 3: 6}.get(channels, 5),
        277: channels, 278: height,
    }  # fmt: skip
    return _jpeg_damage(decoding_faults_of(one_strip_tiff(entries, data)))


def rows_damage(row: int, height: int) -> str:
    """Return the phrase for image data that end or break after ``row`` rows; empty after all."""
    if row >= height:
        return ""
    return f"its image is damaged: its data end or break at row {row:,} of {height:,}"


def _raw_damage(tags: Mapping[int, Any]) -> str:
    """Return what is wrong with uncompressed strips; Pillow reads on behind a strip that ends."""
    lengths, depths, samples = tags.get(279, ()), tags.get(258, (1,)), tags.get(277, 1)
    if not lengths or not all(lengths) or tags.get(262) == _YCBCR:
        return ""  # tiles, lengths that were never written, rows of another length
    sample_bits = list(depths) if len(depths) == samples else [depths[0]] * samples
    if tags.get(284, 1) == _PLANES:
        row_bytes = sum(-(-tags[256] * bits // 8) for bits in sample_bits)
    else:
        row_bytes = -(-tags[256] * sum(sample_bits) // 8)
    return rows_damage(sum(lengths) // row_bytes, tags[257])


def _fax_damage(faults: Iterable[str], compression: int, height: int, strip_rows: int) -> str:
    """Return what the faults of a fax mean, or an empty text where they spoil next to nothing.

    Args:
        faults: as libtiff reports them.
        compression: of tag 259. In G4 each row depends on the row before.
        height: rows of the image.
        strip_rows: rows of a strip.
    """
    wrong = set[int]()  # rows
    for fault in faults:
        found = _FAX_FAULT.match(fault)
        if found is None:
            continue
        what, line, kind, strip = found.groups()
        if kind == "tile":
            return f"its image is damaged: its data end or break ({fault})"
        first = int(strip) * strip_rows
        lasts = compression == _G4 or what == "Premature EOF"
        end = first + strip_rows if lasts else first + int(line) + 1
        wrong.update(range(first + int(line), min(end, height)))
    if len(wrong) <= max(1, _SPARE_SHARE * height):
        return ""
    return rows_damage(min(wrong), height)


def _is_deflate_sound(path: Path, tags: Mapping[int, Any]) -> bool:
    starts, lengths = (tags.get(strips) or tags.get(tiles, ()) for strips, tiles in _DATA_TAGS)
    with path.open("rb") as file:
        for start, length in zip(starts, lengths, strict=False):
            file.seek(start)
            if not inflate(file.read(length)).is_sound:
                return False
    return True


def _jpeg_damage(faults: Iterable[str]) -> str:
    for fault in faults:
        if fault.startswith(_JPEG_FAULTS) and not _PADDING.match(fault):
            return f"its image is damaged: its JPEG data end or break ({fault})"
    return ""


def _begins_with_line_end(data: bytes) -> bool:
    r"""Return whether fax data begin with an end-of-line code: eleven zeros or more, then a one.

    >>> _begins_with_line_end(b"\x00\x13\x50"), _begins_with_line_end(b"\x35\x03")
    (True, False)
    """
    head = "".join(f"{byte:08b}" for byte in data[:4])
    return head.find("1") >= _EOL_ZEROS
