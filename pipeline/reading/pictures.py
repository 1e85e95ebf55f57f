"""Page images for people to look at on a screen, in several widths."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pipeline.reading.marks import Grey

_QUALITY = 65  #: of JPEG, which takes a sixth of WebP's time; typed letters stay sharp to the eye
_LONGEST = 65_500  #: pixels of a side, which JPEG cannot exceed


def write_pictures(pixels: Grey, targets: Iterable[tuple[int, Path]]) -> None:
    """Write a page image in several widths; never larger than it is.

    Args:
        pixels: height x width.
        targets: widths in pixels, and where each goes.
    """
    for width, target in sorted(targets, reverse=True):
        size = min(width, pixels.shape[1], max(_LONGEST * pixels.shape[1] // pixels.shape[0], 1))
        height = max(round(pixels.shape[0] * size / pixels.shape[1]), 1)
        if size < pixels.shape[1]:  # each from the next larger: nobody sees the difference
            small = cv2.resize(pixels, (size, height), interpolation=cv2.INTER_AREA)
            pixels = np.asarray(small, dtype=np.uint8)
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(target, "JPEG", quality=_QUALITY)
