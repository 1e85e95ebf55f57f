"""JPEGs of a page in several widths, for a screen."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_JPEG_QUALITY = 65  #: typed letters look sharp; JPEG takes a sixth of WebP's time
_MAX_JPEG_SIDE = 65_500  #: pixels; JPEG's limit for a side


def write_derivatives(
    pixels: NDArray[np.uint8], targets: Iterable[tuple[int, Path]], jpeg: bytes | None = None
) -> None:
    """Write a page image as JPEG in several widths; it is never enlarged.

    Args:
        pixels: grey, height x width, or red, green and blue, height x width x 3.
        targets: widths in pixels, each with its file; folders are created.
        jpeg: the same image as a JPEG, which is written where the width is its own.
    """
    for max_width, target in sorted(targets, reverse=True):
        height, width = pixels.shape[:2]
        new_width = min(max_width, width, max(_MAX_JPEG_SIDE * width // height, 1))
        target.parent.mkdir(parents=True, exist_ok=True)
        if new_width == width and jpeg is not None:
            target.write_bytes(jpeg)
            continue
        if new_width < width:  # each from the next larger, without visible loss
            new_height, jpeg = max(round(height * new_width / width), 1), None
            # Averaging takes eight times longer, and looks better only at half the width or less.
            interpolation = cv2.INTER_AREA if 2 * new_width <= width else cv2.INTER_LINEAR
            small = cv2.resize(pixels, (new_width, new_height), interpolation=interpolation)
            pixels = np.asarray(small, dtype=np.uint8)
        Image.fromarray(pixels).save(target, "JPEG", quality=_JPEG_QUALITY)
