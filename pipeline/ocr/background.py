"""Level the background of a page: paper becomes white."""

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey


def level_background(page: Grey) -> Grey:
    """Divide by an estimate of the bare paper: paper becomes white, ink keeps its depth.

    The estimate: the page at an eighth of its size, dark strokes closed away, then blurred.
    """
    height, width = page.shape
    small_size = (max(width // 8, 1), max(height // 8, 1))
    small = cv2.resize(page, small_size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    )
    paper = np.maximum(cv2.GaussianBlur(closed, (0, 0), 6), 1)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(page, full, scale=255), dtype=np.uint8)
