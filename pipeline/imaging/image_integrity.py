"""Describe where the data of an image in a PDF end early or break; decoders fill the rest."""

from collections.abc import Mapping, Sequence
from typing import Any

import pikepdf

from pipeline.imaging.codestreams import is_jbig2_whole, is_jpeg2000_whole
from pipeline.imaging.deflated import inflate
from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.imaging.stored_image import StoredImage
from pipeline.imaging.tiff_integrity import fax_damage, jpeg_damage, lzw_breaks, rows_damage

_PNG_PREDICTORS = 10  #: predictors from this one add a byte to each row, ISO 32000-2 table 10
_ZLIB_HEADER_BYTES = 2  #: bytes before the deflated data, RFC 1950
_BROKEN = "its image is damaged: its data break"


def image_damage(image: StoredImage) -> str:
    """Return what is wrong with the data of an image; empty if nothing, or unknown."""
    try:
        data = _undo_filters(image.data, image.filters[:-1], image.parameters[:-1])
        return _data_damage(image, data)
    except (pikepdf.DataDecodingError, RuntimeError, UnicodeDecodeError):  # of qpdf
        return _BROKEN
    except (*PDF_ERRORS, MemoryError):
        return ""  # an odd dictionary, which decoders handle in different ways, or a huge image


def _data_damage(image: StoredImage, data: bytes) -> str:
    """Return what is wrong with data of which only the last filter is not undone."""
    last = image.filters[-1] if image.filters else ""
    parameters = image.parameters[-1] if image.parameters else {}
    match last:
        case "/CCITTFaxDecode":
            return fax_damage(data, image.height, parameters)
        case "/DCTDecode":
            return jpeg_damage(data)
        case "/JPXDecode":
            return "" if is_jpeg2000_whole(data) else early_end("JPEG 2000")
        case "/JBIG2Decode":
            return "" if is_jbig2_whole(data) else early_end("JBIG2")
    return _pixel_damage(image, data, last, parameters)


def _pixel_damage(image: StoredImage, data: bytes, last: str, parameters: Mapping[str, Any]) -> str:
    """Return what is wrong with pixels, packed by the filter ``last`` or not at all."""
    if not image.row_bytes:
        return ""
    predicted = int(parameters.get("/Predictor", 1)) >= _PNG_PREDICTORS
    if last == "/FlateDecode":
        if int.from_bytes(data[:_ZLIB_HEADER_BYTES], "big") % 31:
            return ""  # no valid zlib header; decoders handle that in different ways
        row_bytes, unpacked = image.row_bytes + predicted, inflate(data)
        if unpacked.is_sound or unpacked.size == row_bytes * image.height:
            return rows_damage(-(-unpacked.size // row_bytes), image.height)
        return rows_damage(-(-unpacked.size // row_bytes), image.height) or _BROKEN
    pixels = _undo_filters(data, [last], [parameters]) if last else data
    damage = rows_damage(-(-len(pixels) // image.row_bytes), image.height)
    if damage or last != "/LZWDecode" or not int(parameters.get("/EarlyChange", 1)):
        return damage
    is_broken = lzw_breaks(data, image.row_bytes + predicted, image.height)
    return _BROKEN if is_broken else ""


def early_end(kind: str) -> str:
    """Return the phrase for data of a kind that end early."""
    return f"its image is damaged: its {kind} data end early"


def _undo_filters(
    data: bytes, filters: Sequence[str], parameters: Sequence[Mapping[str, Any]]
) -> bytes:
    """Return data after filters were undone.

    Raises:
        PdfError, RuntimeError, UnicodeDecodeError: they cannot be undone.
    """
    if not filters:
        return data
    with pikepdf.new() as scratch:
        stream = pikepdf.Stream(scratch, data)
        stream.Filter = pikepdf.Array([pikepdf.Name(name) for name in filters])
        if any(parameters):
            stream.DecodeParms = pikepdf.Array(
                [pikepdf.Dictionary(dict(given)) if given else None for given in parameters]
            )
        return bytes(stream.read_bytes(pikepdf.StreamDecodeLevel.specialized))
