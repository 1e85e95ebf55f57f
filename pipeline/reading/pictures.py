"""Page images for people to look at on a screen: smaller, and WebP."""

from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from pipeline.reading.marks import Grey

_QUALITY = 70  #: of WebP; typed letters stay sharp to the eye
_LONGEST = 16_383  #: pixels of a side, which WebP cannot exceed (RFC 9649)


def write_pictures(pixels: Grey, targets: Iterable[tuple[int, Path]]) -> None:
    """Write a page image in several widths; never larger than it is.

    Args:
        pixels: height x width.
        targets: widths in pixels, and where each goes.
    """
    page = Image.fromarray(pixels)
    for width, target in targets:
        size = min(width, page.width, max(_LONGEST * page.width // page.height, 1), _LONGEST)
        height = max(round(page.height * size / page.width), 1)
        small = page.resize((size, min(height, _LONGEST)), Image.Resampling.LANCZOS)
        small.save(target, "WEBP", quality=_QUALITY, method=4)
