"""Page images for people to look at on a screen, in several widths."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_JPEG_QUALITY = (
    65  #: of JPEG, which takes a sixth of WebP's time; typed letters stay sharp to the eye
)
_MAX_JPEG_SIDE = 65_500  #: pixels of a side, which JPEG cannot exceed


def write_derivatives(
    pixels: NDArray[np.uint8], targets: Iterable[tuple[int, Path]], jpeg: bytes | None = None
) -> None:
    """Write a page image in several widths; never larger than it is.

    Args:
        pixels: height x width, or height x width x 3 in colour.
        targets: widths in pixels, and where each goes.
        jpeg: the same picture, as it may be written in its own size.
    """
    for width, target in sorted(targets, reverse=True):
        tall, wide = pixels.shape[:2]
        size = min(width, wide, max(_MAX_JPEG_SIDE * wide // tall, 1))
        target.parent.mkdir(parents=True, exist_ok=True)
        if size == wide and jpeg is not None:
            target.write_bytes(jpeg)
            continue
        if size < wide:  # each from the next larger: nobody sees the difference
            high, jpeg = max(round(tall * size / wide), 1), None
            # By half and more, areas are averaged; by less the eighth of the time shows no worse.
            how = cv2.INTER_AREA if 2 * size <= wide else cv2.INTER_LINEAR
            small = cv2.resize(pixels, (size, high), interpolation=how)
            pixels = np.asarray(small, dtype=np.uint8)
        Image.fromarray(pixels).save(target, "JPEG", quality=_JPEG_QUALITY)
