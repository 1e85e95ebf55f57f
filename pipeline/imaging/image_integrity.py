"""Detect missing rows of an embedded image, which decoders fill without an error."""

import io
import zlib

import pikepdf

from pipeline.imaging.single_image import SingleImage

_PNG_PREDICTORS = 10  #: predictors from this one add a byte to each row, ISO 32000-2 table 10
_ZLIB_HEADER_BYTES = 2  #: bytes before the deflated data, RFC 1950
_CHUNK_BYTES = 1 << 16  #: bytes decompressed at a time


def has_all_rows(image: SingleImage) -> bool:
    """Return whether all rows of an image can be decompressed; True where that is unknown.

    Only Flate is checked: a broken JPEG raises when it is decoded, fax data has no known length.
    """
    if image.filters != "FlateDecode" or not image.channels:
        return True
    bits = int(image.stream.get("/BitsPerComponent", 8))
    row_bytes = -(-image.width * image.channels * bits // 8)
    if _flate_predictor(image.stream) >= _PNG_PREDICTORS:
        row_bytes += 1
    raw = image.stream.read_raw_bytes()
    if int.from_bytes(raw[:_ZLIB_HEADER_BYTES], "big") % 31:
        return True  # no valid zlib header; decoders handle that in different ways
    return _inflated_size(raw) > row_bytes * (image.height - 1)


def _flate_predictor(stream: pikepdf.Stream) -> int:
    parameters = stream.get("/DecodeParms")
    if isinstance(parameters, pikepdf.Array) and len(parameters):
        parameters = parameters[0]
    return int(parameters.get("/Predictor", 1)) if isinstance(parameters, pikepdf.Dictionary) else 1


def _inflated_size(raw: bytes) -> int:
    """Return the number of bytes of a Flate stream, as far as it can be decompressed.

    Its checksum is not checked, as in many readers: only the deflated data (RFC 1951) inside the
    zlib format (RFC 1950) is read.
    """
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    source, size = io.BytesIO(raw[_ZLIB_HEADER_BYTES:]), 0
    try:
        while not inflater.eof and (chunk := inflater.unconsumed_tail or source.read(_CHUNK_BYTES)):
            size += len(inflater.decompress(chunk, _CHUNK_BYTES))
        return size + len(inflater.flush())
    except zlib.error:
        return size
