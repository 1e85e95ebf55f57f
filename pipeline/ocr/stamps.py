"""Finds framed stamps: a page that holds nothing else has no text of its own."""

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.text import Box, PageText, Word

_DARK_GREY = 210  #: grey; the paper is white by now, and a thin line loses depth when scaled down
_MIN_WIDTH, _MIN_HEIGHT = (
    60,
    30,
)  #: pixels of the prepared image, whose letters are 19 high: two short lines
_MAX_AREA_SHARE = 0.12  #: of the page's area; a larger frame is a table or a form
_MAX_FILLED_SHARE = 0.3  #: of its box; the frame's lines and nothing of what stands in it
_MAX_WORDS = 20  #: of a registry stamp and a leaf number; a page of more is read, whatever it is


def has_only_stamps(text: PageText, prepared: Grey) -> bool:
    """Return whether every word stands in a stamp's frame, lone numbers aside.

    Args:
        text: words with boxes in pixels of ``prepared``.
        prepared: grey pixels, 0 is black; letters about 19 pixels high.
    """
    words = list(text.words())
    if len(words) > _MAX_WORDS:
        return False
    found = find_frames(prepared)
    loose = [word for word in words if not any(_is_inside(word.box, frame) for frame in found)]
    return bool(found) and all(_is_number(word) for word in loose)


def find_frames(prepared: Grey) -> list[Box]:
    """Return the rectangles that thin closed lines draw: one connected mark, hollow inside."""
    dark = (prepared < _DARK_GREY).astype(np.uint8)
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        sized = width >= _MIN_WIDTH and height >= _MIN_HEIGHT
        if (
            sized
            and width * height < _MAX_AREA_SHARE * prepared.size
            and area < _MAX_FILLED_SHARE * width * height
        ):
            mark = labels[y : y + height, x : x + width] == label
            if _is_frame(mark):
                found.append(Box(x, y, width, height))
    return found


def _is_frame(mark: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> bool:
    """Return whether the outer quarter of a mark's box holds a line on all four sides."""
    height, width = mark.shape
    high, wide = max(height // 4, 1), max(width // 4, 1)
    sides = (
        mark[:high].any(axis=0), mark[-high:].any(axis=0),
        mark[:, :wide].any(axis=1), mark[:, -wide:].any(axis=1),
    )  # fmt: skip
    return all(side.mean() > 0.8 for side in sides)


def _is_inside(box: Box, frame: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return frame.x <= x <= frame.right and frame.y <= y <= frame.bottom


def _is_number(word: Word) -> bool:
    return not any(mark.isalpha() for mark in word.text)
