"""Find pages and frames in negative, light writing on a dark ground, and make them positive.

Writing covers less than half of the ground around it, so the grey levels of a small neighbourhood
have a long tail on the side of the writing: their third central moment is below 0 where the writing
is dark and above 0 where it is light, however dark the page is. Grain has two equal tails.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep

_STEP_NAME = "invert"  #: in provenance
_SAMPLE_SIDE = 512  #: pixels; the longer side of the sample
_WINDOW = 17  #: pixels of the sample: a neighbourhood holds some lines of writing
_STROKE = 5  #: pixels of the sample; strokes are thinner
#: -1 if all writing is dark, 1 if all is light. Of 54 pages in positive none had more than -0.7;
#: made negatives had 0.99 and, in a white border of any width, 0.4 and more.
_SURELY_DARK_WRITING, _LIGHT_WRITING = -0.5, 0.85
_NO_WRITING = 100.0  #: mean of the moment; grain has less than 70, faint typing more than 1,000
_PAPER_SHARE = 0.49  #: of light pixels in a neighbourhood on paper; 0.5 at its edge
_LIGHT_GREY = 170  #: grey level; no negative has so light a ground
#: Grey level of the ground, and the dark part of the picture's area: on such a page dark writing
#: would be seen by its moment, and without any levelling makes letters of grain.
_BLACK_GREY, _BLACK_PAGE = 64, 0.9
_MIN_FRAME = 0.1  #: of the picture's area; smaller dark parts stay as they are
_WHOLE = 0.99  #: of the picture's area; from here the page is inverted, not a frame
_EDGE = 2  #: pixels of the sample; on either side of the edge of a frame


@dataclass(frozen=True, slots=True, eq=False)  # holds an array: compared by identity
class Positive:
    """A page image whose negative part was inverted."""

    pixels: Grey
    step: ProcessingStep  #: with the sides of a frame, if only that was inverted

    @property
    def is_frame(self) -> bool:
        """Whether only a frame was inverted, and not the whole page."""
        return bool(self.step.settings)


def make_positive(page: Grey) -> Positive | None:
    """Return the page with its negative part inverted; None if it has none.

    Args:
        page: grey pixels, height x width, 0 is black.
    """
    stride = _stride(page)
    sample = np.ascontiguousarray(page[::stride, ::stride])
    moment = _third_moment(sample)
    if max(sample.shape) < _WINDOW or _writing(moment) < _SURELY_DARK_WRITING:
        return None
    dark = _dark_part(sample)
    area = float(dark.mean())
    if area < _MIN_FRAME or not _is_negative(sample, moment, dark):
        return None
    if area >= _WHOLE:
        return Positive(_invert(page), ProcessingStep(_STEP_NAME, {}))
    return Positive(_invert_part(page, dark), ProcessingStep(_STEP_NAME, _sides(dark, page)))


def _stride(page: Grey) -> int:
    """Return the step in pixels by which the sample is taken."""
    longer_side: int = max(page.shape)
    return math.ceil(longer_side / _SAMPLE_SIDE)


def _third_moment(sample: Grey) -> NDArray[np.float32]:
    """Return the third central moment around each pixel: the sign of its writing."""
    window, levels = (_WINDOW, _WINDOW), sample.astype(np.float32)
    return np.asarray(cv2.blur((levels - cv2.blur(levels, window)) ** 3, window))


def _writing(moment: NDArray[np.float32]) -> float:
    """Return whether writing is light (1), dark (-1), or in between as much of either."""
    return float(moment.sum() / max(np.abs(moment).sum(), 1.0))


def _dark_part(sample: Grey) -> NDArray[np.uint8]:
    """Return 0 on light paper that is larger than writing, and where that reaches; else 1."""
    ground = cv2.morphologyEx(sample, cv2.MORPH_CLOSE, np.ones((_STROKE, _STROKE), np.uint8))
    light = np.pad((ground > _LIGHT_GREY).astype(np.uint8), _WINDOW, mode="edge")
    opened = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((_WINDOW, _WINDOW), np.uint8))
    paper = opened[_WINDOW:-_WINDOW, _WINDOW:-_WINDOW] > 0
    light_pixels = (sample > _LIGHT_GREY).astype(np.uint8)
    # Dense lines of light writing close, too; but less than half of them is light.
    paper &= cv2.blur(light_pixels.astype(np.float32), (_WINDOW, _WINDOW)) > _PAPER_SHARE
    _, labels = cv2.connectedComponents(light_pixels)
    beside_paper = np.isin(labels, np.unique(labels[paper])) & (labels > 0)
    return np.asarray(~(paper | beside_paper), dtype=np.uint8)


def _is_negative(sample: Grey, moment: NDArray[np.float32], dark: NDArray[np.uint8]) -> bool:
    """Return whether the writing on the dark part is light, or the page is black without any."""
    if dark.mean() > _BLACK_PAGE and np.median(sample) < _BLACK_GREY:
        return True
    reach = 2 * _WINDOW - 1  # of the moment, which is a blur of a blur
    inner = moment[cv2.erode(dark, np.ones((reach, reach), np.uint8)) > 0]
    has_writing = inner.size > 0 and np.abs(inner).mean() > _NO_WRITING
    return bool(has_writing and _writing(inner) > _LIGHT_WRITING)


def _invert(page: Grey) -> Grey:
    return np.asarray(cv2.bitwise_not(page), dtype=np.uint8)


def _invert_part(page: Grey, dark: NDArray[np.uint8]) -> Grey:
    """Return the page with its dark part inverted, and nothing lighter than the paper of that."""
    kernel = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    inner, outer = _enlarge(cv2.erode(dark, kernel), page), _enlarge(cv2.dilate(dark, kernel), page)
    inverted, stride = _invert(page), _stride(page)
    pixels = np.where(inner, inverted, page)
    # Half-way between both sides is grey in either polarity: lighter neighbours replace it.
    lighter = cv2.max(page, inverted)
    lighter = cv2.dilate(lighter, np.ones((2 * stride + 1, 2 * stride + 1), np.uint8))
    np.copyto(pixels, lighter, where=outer & ~inner)
    # Beside lighter paper levelling would take the paper of a frame for ink.
    paper = np.median(inverted[::stride, ::stride][dark > 0])
    return np.asarray(np.minimum(pixels, paper), dtype=np.uint8)


def _enlarge(part: cv2.typing.MatLike, page: Grey) -> NDArray[np.bool_]:
    height, width = page.shape
    return cv2.resize(part, (width, height), interpolation=cv2.INTER_NEAREST) > 0


def _sides(dark: NDArray[np.uint8], page: Grey) -> dict[str, str]:
    """Return the box around the dark part, in pixels of the page."""
    x, y, width, height = cv2.boundingRect(dark)
    across, down = page.shape[1] / dark.shape[1], page.shape[0] / dark.shape[0]
    sides = {"x": x * across, "y": y * down, "width": width * across, "height": height * down}
    return {side: str(round(pixels)) for side, pixels in sides.items()}
