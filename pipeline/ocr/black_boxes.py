"""Find solid black boxes, redactions that hide words, so that paper can take their place.

Levelling makes grain of a large black box, which is read as words; and the engine takes a box for a
picture, and what is to the right of it for a column of its own, which is read first.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.ocr.components import LetterComponents, has_text

_SAMPLE_SIDE = 1024  #: pixels; the longer side of the sample
_BLACK_GREY = 50  #: grey level; a box is darker
_STROKE = 0.5  #: letter heights; strokes are narrower
_RIM = (5, 5)  #: pixels of the sample; the edge of a box is soft
_MIN_FILLED = 0.93  #: of its bounding box; less has a shape of its own
_MIN_HEIGHT, _MIN_WIDTH = 1.2, 3.0  #: letter heights; heavy letters and dashes are smaller
#: Widths in a height. Without a narrow, high box the engine takes what is beside it for columns.
_MIN_ASPECT = 0.75
_MAX_AREA = 0.5  #: of the picture; more is no box on a page


def find_black_boxes(page: Grey, letters: LetterComponents) -> tuple[int, NDArray[np.bool_] | None]:
    """Return the number of black boxes and where they are, height x width; None if there is none.

    Args:
        page: grey pixels, not levelled, 0 is black.
        letters: its components of letter size.
    """
    stride = math.ceil(float(max(page.shape)) / _SAMPLE_SIDE)
    black = np.ascontiguousarray(page[::stride, ::stride] < _BLACK_GREY, dtype=np.uint8)
    least = letters.typical_height / stride
    if black.mean() > _MAX_AREA or not has_text(letters, page.shape):
        return 0, None
    stroke = max(round(_STROKE * least), 3) | 1  # letters that touch a box are none of it
    solid = cv2.morphologyEx(black, cv2.MORPH_OPEN, np.ones((stroke, stroke), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    boxes = [
        label
        for label, (x, y, width, height, area) in enumerate(stats.tolist())
        if label
        and height >= _MIN_HEIGHT * least
        and width >= max(_MIN_WIDTH * least, _MIN_ASPECT * height)
        and area >= _MIN_FILLED * width * height
        and min(x, y, black.shape[1] - x - width, black.shape[0] - y - height) > 0
    ]
    if not boxes:
        return 0, None
    found = cv2.dilate(np.isin(labels, boxes).astype(np.uint8), np.ones(_RIM, np.uint8))
    height, width = page.shape
    return len(boxes), cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST) > 0
