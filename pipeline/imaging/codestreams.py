"""Tell from the lengths that JPEG 2000 and JBIG2 data declare whether they end early."""

import struct

_SOC_SIZ = b"\xff\x4f\xff\x51"  #: how a JPEG 2000 codestream begins, ISO 15444-1, annex A
_SOT, _EOC = 0xFF90, 0xFFD9  #: start of a tile-part, end of the codestream
_JBIG2_FILE = b"\x97JB2"
_LONG_FORM = 7  #: a count of references that has 29 bits instead of 3
_UNKNOWN_LENGTH = 0xFFFF_FFFF  #: a JBIG2 segment whose end is found by decoding only
_END_SEGMENTS = frozenset([49, 51])  #: end of page and of file, ISO 14492, 7.3


def is_jpeg2000_whole(data: bytes) -> bool:
    """Return whether all tiles of a JPEG 2000 file or codestream are inside of it.

    False also for data without a codestream.
    """
    start = data.find(_SOC_SIZ)
    if start < 0:
        return False
    try:
        tiles, is_whole = _tiles_inside(data, start + 2)
        return is_whole and len(tiles) >= _tile_count(data, start + 8)
    except struct.error:
        return False


def _tiles_inside(data: bytes, at: int) -> tuple[set[int], bool]:
    """Return the numbers of the tiles that begin in a codestream, and whether the last one ends.

    Args:
        data: of the file.
        at: offset of the first marker segment.

    Raises:
        struct.error: the data end inside a marker segment.
    """
    tiles = set[int]()
    while at < len(data):
        (marker,) = struct.unpack_from(">H", data, at)
        if marker == _EOC:
            break
        if marker != _SOT:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
            continue
        tile, length = struct.unpack_from(">HI", data, at + 4)
        tiles.add(tile)
        if length == 0:  # to the end of the codestream
            return tiles, data.rfind(b"\xff\xd9") > at
        at += length
    return tiles, at <= len(data)


def _tile_count(data: bytes, at: int) -> int:
    """Return the number of tiles that the image and tile size marker at ``at`` declares."""
    right, bottom, _, _, width, height, left, top = struct.unpack_from(">8I", data, at)
    if not width or not height:
        return 1
    return int(-(-(right - left) // width) * -(-(bottom - top) // height))


def is_jbig2_whole(data: bytes) -> bool:
    """Return whether all segments of JBIG2 data, as PDF embeds them, are inside of them."""
    if data.startswith(_JBIG2_FILE):
        return True  # a file of its own, with a header; decoders handle that in different ways
    at = 0
    while data[at:].strip(b"\0\r\n"):  # the rest is padding
        try:
            start, kind, length = _jbig2_segment(data, at)
        except struct.error:
            return False
        if length == _UNKNOWN_LENGTH:
            return True
        at = start + length
        if kind in _END_SEGMENTS:
            break
    return at <= len(data)


def _jbig2_segment(data: bytes, at: int) -> tuple[int, int, int]:
    """Return where the data of a segment start, its kind and the length of its data.

    Format: ISO 14492, 7.2.

    Raises:
        struct.error: its header is not whole.
    """
    number, flags, references = struct.unpack_from(">IBB", data, at)
    at, count = at + 6, references >> 5
    if count == _LONG_FORM:  # 29 bits of count, then a bit for each, and one
        count = struct.unpack_from(">I", data, at - 1)[0] & 0x1FFF_FFFF
        at += 3 + (count + 8) // 8
    at += count * (1 if number <= 256 else 2 if number <= 65_536 else 4)
    at += 4 if flags & 0x40 else 1  # the page that it belongs to
    (length,) = struct.unpack_from(">I", data, at)
    return at + 4, flags & 0x3F, length
