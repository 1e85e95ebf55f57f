"""Find framed stamps: a page with nothing else has no text of its own."""

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.text import Box, PageText, Word

_DARK_GREY = 210  #: grey level; the paper is white, and a thin line becomes paler when scaled down
#: Pixels of the prepared image, whose letters are 19 high: two short lines.
_MIN_WIDTH, _MIN_HEIGHT = 60, 30
_MAX_AREA_SHARE = 0.12  #: of the page's area; a larger frame is a table or a form
_MAX_FILLED_SHARE = 0.3  #: of its box's area; a frame is its lines only, without its contents
_MAX_WORDS = 20  #: of a registry stamp and a leaf number; a page with more is read in any case


def has_only_stamps(text: PageText, prepared: Grey) -> bool:
    """Return whether every word stands in a stamp's frame; numbers may stand outside.

    Args:
        text: words with boxes in pixels of ``prepared``.
        prepared: grey pixels, 0 is black; letters about 19 pixels high.
    """
    words = list(text.words())
    if len(words) > _MAX_WORDS:
        return False
    frames = find_frames(prepared)
    unframed = [word for word in words if not any(_is_inside(word.box, frame) for frame in frames)]
    return bool(frames) and all(_is_number(word) for word in unframed)


def find_frames(prepared: Grey) -> list[Box]:
    """Return the boxes of rectangular frames, in pixels: each one hollow connected component."""
    dark = (prepared < _DARK_GREY).astype(np.uint8)
    joined = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    frames = []
    for label, (x, y, width, height, area) in enumerate(stats.tolist()):
        sized = width >= _MIN_WIDTH and height >= _MIN_HEIGHT
        if (
            sized
            and width * height < _MAX_AREA_SHARE * prepared.size
            and area < _MAX_FILLED_SHARE * width * height
        ):
            mark = labels[y : y + height, x : x + width] == label
            if _is_frame(mark):
                frames.append(Box(x, y, width, height))
    return frames


def _is_frame(mark: "np.ndarray[tuple[int, int], np.dtype[np.bool_]]") -> bool:
    """Return whether the outer quarter of a component's box holds a line on all four sides."""
    height, width = mark.shape
    quarter_height, quarter_width = max(height // 4, 1), max(width // 4, 1)
    sides = (
        mark[:quarter_height].any(axis=0),
        mark[-quarter_height:].any(axis=0),
        mark[:, :quarter_width].any(axis=1),
        mark[:, -quarter_width:].any(axis=1),
    )
    return all(side.mean() > 0.8 for side in sides)


def _is_inside(box: Box, frame: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return frame.x <= x <= frame.right and frame.y <= y <= frame.bottom


def _is_number(word: Word) -> bool:
    return not any(mark.isalpha() for mark in word.text)
