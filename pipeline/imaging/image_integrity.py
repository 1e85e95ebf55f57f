"""Tells whether all rows of a stored image are there; a decoder fills what is not in silence."""

import io
import zlib

import pikepdf

from pipeline.imaging.single_image import SoleImage

_PNG_PREDICTORS = 10  #: from here each row has one byte more, ISO 32000-2 table 10
_HEADER = 2  #: bytes before the deflated data, RFC 1950
_CHUNK = 1 << 16  #: bytes unpacked at a time


def is_whole(sole: SoleImage) -> bool:
    """Whether all rows of an image can be unpacked; yes, where that is not known.

    Known of Flate alone: a JPEG complains when it is decoded, faxes do not tell their length.
    """
    if sole.filters != "FlateDecode" or not sole.channels:
        return True
    row = -(-sole.width * sole.channels * int(sole.stream.get("/BitsPerComponent", 8)) // 8)
    if _predictor(sole.stream) >= _PNG_PREDICTORS:
        row += 1
    raw = sole.stream.read_raw_bytes()
    if int.from_bytes(raw[:_HEADER], "big") % 31:
        return True  # an odd beginning, which decoders get over in their own ways
    return _inflated(raw) > row * (sole.height - 1)


def _predictor(stream: pikepdf.Stream) -> int:
    told = stream.get("/DecodeParms")
    told = told[0] if isinstance(told, pikepdf.Array) and len(told) else told
    return int(told.get("/Predictor", 1)) if isinstance(told, pikepdf.Dictionary) else 1


def _inflated(raw: bytes) -> int:
    """Return how many bytes a Flate stream holds, as far as it can be unpacked.

    Its checksum, which many a reader ignores, is not looked at: RFC 1950 wraps RFC 1951.
    """
    unpack, source, size = zlib.decompressobj(-zlib.MAX_WBITS), io.BytesIO(raw[_HEADER:]), 0
    try:
        while not unpack.eof and (chunk := unpack.unconsumed_tail or source.read(_CHUNK)):
            size += len(unpack.decompress(chunk, _CHUNK))
        return size + len(unpack.flush())
    except zlib.error:
        return size
