"""Packs images again, with lossless compression, if a PDF cannot hold them as they are."""

import io

import numpy as np
from PIL import Image

from pipeline.imaging.pixels import is_white_zero, to_grey, values_and_white


def has_transparency(image: Image.Image) -> bool:
    """Return whether a JPEG 2000 image has transparent parts, which a PDF would show black."""
    if image.format != "JPEG2000" or not image.mode.endswith("A"):
        return False
    return image.getchannel("A").getextrema() != (255, 255)


def reencode_data(data: bytes) -> bytes:
    """Return the image of a file, packed again (see `reencode_image`).

    Raises:
        OSError, ValueError, SyntaxError: ``data`` is no image, or damaged.
    """
    with Image.open(io.BytesIO(data)) as image:
        return reencode_image(image)


def reencode_image(image: Image.Image) -> bytes:
    """Return an image file for img2pdf: TIFF for bilevel and CMYK images, PNG for others."""
    converted, buffer = _to_pdf_mode(image), io.BytesIO()
    if converted.mode in {"1", "CMYK"}:  # img2pdf packs bilevel as G4; PNG cannot hold CMYK
        converted.save(buffer, "TIFF", compression="raw")
    else:
        converted.save(buffer, "PNG")
    return buffer.getvalue()


def _to_pdf_mode(image: Image.Image) -> Image.Image:
    """Return the image in a pixel format of PDF, transparent parts as white paper."""
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        paper = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(paper, rgba).convert("RGB")
    if is_white_zero(image):
        return Image.fromarray(0xFFFF - np.asarray(image, dtype=np.uint16))
    if image.mode in {"1", "L", "P", "RGB", "CMYK", "I;16"}:
        return image
    if image.mode == "I;16B" or (image.mode == "I" and values_and_white(image)[1] == 0xFFFF):
        return image.convert("I").convert("I;16")  # PNG holds at most 16 bits of grey
    return to_grey(image) if image.mode in {"I", "F"} else image.convert("RGB")
