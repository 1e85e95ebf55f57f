"""Examine zlib data (RFC 1950) as far as they can be decompressed."""

import io
import zlib
from dataclasses import dataclass

_HEADER_BYTES, _CHECKSUM_BYTES = 2, 4  #: around the deflated data (RFC 1951)
_CHUNK_BYTES = 1 << 16  #: bytes decompressed at a time


@dataclass(frozen=True, slots=True)
class Inflated:
    """What zlib data unpack to."""

    size: int  #: bytes
    is_sound: bool  #: no error was met, and the checksum, where it is there, is right


def inflate(packed: bytes) -> Inflated:
    """Decompress zlib data without keeping what comes out."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    source, size, checksum = io.BytesIO(packed[_HEADER_BYTES:]), 0, 1
    try:
        while not inflater.eof and (chunk := inflater.unconsumed_tail or source.read(_CHUNK_BYTES)):
            unpacked = inflater.decompress(chunk, _CHUNK_BYTES)
            size, checksum = size + len(unpacked), zlib.adler32(unpacked, checksum)
        rest = inflater.flush()
    except zlib.error:
        return Inflated(size, is_sound=False)
    size, checksum = size + len(rest), zlib.adler32(rest, checksum)
    end = (inflater.unused_data + source.read(_CHECKSUM_BYTES))[:_CHECKSUM_BYTES]
    is_checked = inflater.eof and len(end) == _CHECKSUM_BYTES
    return Inflated(size, not is_checked or int.from_bytes(end, "big") == checksum)
