"""Tells whether all rows of a stored image are there; a decoder fills what is not in silence."""

import io
import zlib

import pikepdf

from pipeline.imaging.single_image import SingleImage

_PNG_PREDICTORS = 10  #: from here each row has one byte more, ISO 32000-2 table 10
_ZLIB_HEADER_BYTES = 2  #: bytes before the deflated data, RFC 1950
_CHUNK_BYTES = 1 << 16  #: bytes unpacked at a time


def has_all_rows(image: SingleImage) -> bool:
    """Whether all rows of an image can be unpacked; yes, where that is not known.

    Known of Flate alone: a JPEG complains when it is decoded, faxes do not tell their length.
    """
    if image.filters != "FlateDecode" or not image.channels:
        return True
    row = -(-image.width * image.channels * int(image.stream.get("/BitsPerComponent", 8)) // 8)
    if _flate_predictor(image.stream) >= _PNG_PREDICTORS:
        row += 1
    raw = image.stream.read_raw_bytes()
    if int.from_bytes(raw[:_ZLIB_HEADER_BYTES], "big") % 31:
        return True  # an odd beginning, which decoders get over in their own ways
    return _inflated_size(raw) > row * (image.height - 1)


def _flate_predictor(stream: pikepdf.Stream) -> int:
    told = stream.get("/DecodeParms")
    told = told[0] if isinstance(told, pikepdf.Array) and len(told) else told
    return int(told.get("/Predictor", 1)) if isinstance(told, pikepdf.Dictionary) else 1


def _inflated_size(raw: bytes) -> int:
    """Return how many bytes a Flate stream holds, as far as it can be unpacked.

    Its checksum, which many a reader ignores, is not looked at: RFC 1950 wraps RFC 1951.
    """
    unpack, source, size = (
        zlib.decompressobj(-zlib.MAX_WBITS),
        io.BytesIO(raw[_ZLIB_HEADER_BYTES:]),
        0,
    )
    try:
        while not unpack.eof and (chunk := unpack.unconsumed_tail or source.read(_CHUNK_BYTES)):
            size += len(unpack.decompress(chunk, _CHUNK_BYTES))
        return size + len(unpack.flush())
    except zlib.error:
        return size
