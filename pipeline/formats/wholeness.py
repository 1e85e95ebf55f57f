"""Tells whether all rows of a stored image are there; a decoder fills what is not in silence."""

import io
import zlib

import pikepdf

from pipeline.formats.soleimage import SoleImage

_PNG_PREDICTORS = 10  #: from here each row has one byte more, ISO 32000-2 table 10
_CHUNK = 1 << 20  #: bytes held at a time


def missing(sole: SoleImage) -> float:
    """Return the share of an image's bytes that is not there, 0..1; 0 where that is not known.

    Known of Flate alone: a JPEG complains when it is decoded, faxes do not tell their length.
    """
    if sole.filters != "FlateDecode" or not sole.channels:
        return 0.0
    row = -(-sole.width * sole.channels * int(sole.stream.get("/BitsPerComponent", 8)) // 8)
    if _predictor(sole.stream) >= _PNG_PREDICTORS:
        row += 1
    there = _inflated(sole.stream.read_raw_bytes())
    short = row * sole.height - there
    return short / (row * sole.height) if short >= row else 0.0


def _predictor(stream: pikepdf.Stream) -> int:
    told = stream.get("/DecodeParms")
    told = told[0] if isinstance(told, pikepdf.Array) and len(told) else told
    return int(told.get("/Predictor", 1)) if isinstance(told, pikepdf.Dictionary) else 1


def _inflated(raw: bytes) -> int:
    """Return how many bytes a Flate stream holds, as far as it can be unpacked."""
    unpack, source, size = zlib.decompressobj(), io.BytesIO(raw), 0
    try:
        while not unpack.eof and (chunk := unpack.unconsumed_tail or source.read(_CHUNK)):
            size += len(unpack.decompress(chunk, _CHUNK))
        return size + len(unpack.flush())
    except zlib.error:
        return size
