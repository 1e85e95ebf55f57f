"""Packs images again, without loss, that a PDF cannot hold as they are."""

import io

import numpy as np
from PIL import Image

from pipeline.imaging.pixels import is_white_zero, to_grey, values_and_white


def has_transparency(image: Image.Image) -> bool:
    """Whether paper shows through a JPEG 2000 file; as it is, a PDF would show black there."""
    if image.format != "JPEG2000" or not image.mode.endswith("A"):
        return False
    return image.getchannel("A").getextrema() != (255, 255)


def reencode_data(data: bytes) -> bytes:
    """Return the image of a file, packed again."""
    with Image.open(io.BytesIO(data)) as image:
        return reencode_image(image)


def reencode_image(image: Image.Image) -> bytes:
    """Return an image file that img2pdf takes: G4 of two colours, Flate of more, no loss."""
    plain, buffer = _to_pdf_mode(image), io.BytesIO()
    if plain.mode in {"1", "CMYK"}:  # img2pdf makes G4 of the one; PNG cannot hold the other
        plain.save(buffer, "TIFF", compression="raw")
    else:
        plain.save(buffer, "PNG")
    return buffer.getvalue()


def _to_pdf_mode(image: Image.Image) -> Image.Image:
    """Return the image in a pixel format PDF has, transparent parts as white paper."""
    if image.mode in {"LA", "PA", "RGBA", "La", "RGBa"} or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    if is_white_zero(image):
        return Image.fromarray(0xFFFF - np.asarray(image, dtype=np.uint16))
    if image.mode in {"1", "L", "P", "RGB", "CMYK", "I;16"}:
        return image
    if image.mode == "I;16B" or (image.mode == "I" and values_and_white(image)[1] == 0xFFFF):
        return image.convert("I").convert("I;16")  # 16 bits is all the grey a PNG can hold
    return to_grey(image) if image.mode in {"I", "F"} else image.convert("RGB")
