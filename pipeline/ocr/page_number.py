"""Find the page number between two dashes, as typists set it (- 2 -), and read it by itself.

The engine loses such a line or reads the dashes as letters: of thirteen on the evaluation pages it
read two. Its shape is sure: a dash, one to three figures, a dash, and nothing beside them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.attempt import Attempt
from pipeline.ocr.components import find_ink
from pipeline.ocr.engine import Engine, PageSegmentation, RecognitionOptions
from pipeline.text import Block, Box, Line, PageText, Word

_TOP, _BOTTOM = 0.2, 0.88  #: of the page's height; the number stands above or below
#: All lengths below are in letter heights.
_DASH_WIDTH, _DASH_HEIGHT, _DASH_SHAPE = (0.45, 1.9), 0.6, 1.8  #: the last: width by height
_FIGURE_WIDTH, _FIGURE_HEIGHT = (0.12, 1.7), (0.75, 2.0)  #: two may touch
_MARK_HEIGHT = (0.5, 2.5)  #: of what may not stand beside the number
_DASH_GAP, _FIGURE_GAP, _OVERLAP = 2.6, 1.3, -0.2
_LEVEL = 0.6  #: by which dashes and figures may stand higher or lower
_ALONE = 5.0  #: to each side nothing else stands
_SPACE = 0.6  #: between a dash and a figure; closer together they are one word
_MARGIN = 1.0  #: of paper around the number, for the engine
_CLOSE = (0.35, 0.2, 1.0)  #: between its parts, for the engine; the next if it reads no number
_PAPER = 255
_MOST_FIGURES = 3
_PAGE_NUMBER = re.compile(r"[-–—~=](?P<number>\d{1,3})[-–—~=]")  #: by shape these are dashes


@dataclass(frozen=True, slots=True)
class PageNumberMarks:
    """Where a page number stands: boxes in pixels of the image, origin top left."""

    dash: Box
    figures: Box
    end: Box

    @property
    def box(self) -> Box:
        """The box around all of it."""
        return Box.around((self.dash, self.figures, self.end))

    def shift(self, rows: int) -> "PageNumberMarks":
        """Return the same, so many pixels further down."""
        boxes = (self.dash, self.figures, self.end)
        return PageNumberMarks(*(Box(b.x, b.y + rows, b.width, b.height) for b in boxes))


def read_page_number(best: Attempt, engine: Engine, folder: Path) -> Attempt:
    """Return a reading with the page number in the place of what it has there.

    Nothing is changed if there is none, or the engine does not read a number where it stands.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    unit = best.image.components.typical_height
    marks = find_page_number(best.image.pixels, unit)
    if marks is None:
        return best
    line = _read_line(best, marks, engine, folder)
    if line is None:
        return best
    step = ProcessingStep("read-page-number", {"text": line.text})
    return best.with_text(_with_line(best.text, line), step)


def find_page_number(page: Grey, letter_height: float) -> PageNumberMarks | None:
    """Return where the page number and its dashes stand; None if there is none, or several.

    Args:
        page: grey pixels, height x width, 0 is black; the paper is white and level.
        letter_height: pixels, as is usual on the page.
    """
    if letter_height < 1:
        return None
    top, bottom = int(_TOP * page.shape[0]), int(_BOTTOM * page.shape[0])
    found = [
        marks.shift(offset)
        for offset, strip in ((0, page[:top]), (bottom, page[bottom:]))
        for marks in _find_in_strip(strip, letter_height)
    ]
    return found[0] if len(found) == 1 else None


def _find_in_strip(strip: Grey, letter_height: float) -> list[PageNumberMarks]:
    """Return dashes with figures between them, in pixels of the strip."""
    if min(strip.shape) < 3:
        return []
    _, _, stats, _ = cv2.connectedComponentsWithStats(find_ink(strip), connectivity=8)
    marks = _Marks(stats[1:].astype(np.float64), letter_height)
    numbers = (marks.number_after(int(dash)) for dash in np.flatnonzero(marks.is_dash))
    return [number for number in numbers if number is not None]


class _Marks:
    """The components of a strip: their boxes in pixels, and which may be dashes and figures."""

    def __init__(self, stats: NDArray[np.float64], letter_height: float) -> None:
        self.x, self.y, self.width, self.height, area = (column.copy() for column in stats.T)
        self.unit = letter_height
        self.right, self.middle = self.x + self.width, self.y + self.height / 2
        width, height = self.width / letter_height, self.height / letter_height
        is_flat = (self.width >= _DASH_SHAPE * self.height) & (self.height >= 2)
        is_full = area >= 0.5 * self.width * self.height
        self.is_dash = _within(width, _DASH_WIDTH) & (height <= _DASH_HEIGHT) & is_flat & is_full
        self.is_figure = _within(width, _FIGURE_WIDTH) & _within(height, _FIGURE_HEIGHT)
        self.is_mark = _within(height, _MARK_HEIGHT)

    def number_after(self, dash: int) -> PageNumberMarks | None:
        """Return a dash, the figures after it and their dash; None if it has none."""
        figures: list[int] = []
        while len(figures) <= _MOST_FIGURES:
            gap = _FIGURE_GAP if figures else _DASH_GAP
            following = self._next(figures[-1] if figures else dash, dash, self.is_figure, gap)
            if following is None:
                break
            figures.append(following)
        if not 1 <= len(figures) <= _MOST_FIGURES:
            return None
        end = self._next(figures[-1], dash, self.is_dash, _DASH_GAP)
        if end is None or not self._are_alone([dash, *figures, end]):
            return None
        return PageNumberMarks(self._box([dash]), self._box(figures), self._box([end]))

    def _box(self, members: list[int]) -> Box:
        left, top = self.x[members].min(), self.y[members].min()
        right = self.right[members].max()
        bottom = (self.y + self.height)[members].max()
        return Box(int(left), int(top), int(right - left), int(bottom - top))

    def _next(self, mark: int, dash: int, kind: NDArray[np.bool_], gap: float) -> int | None:
        """Return the next mark of a kind at the height of the dash, no farther than the gap."""
        distance = (self.x - self.right[mark]) / self.unit
        level = np.abs(self.middle - self.middle[dash]) / self.unit
        candidates = kind & _within(distance, (_OVERLAP, gap)) & (level < _LEVEL)
        candidates[[mark, dash]] = False
        indices = np.flatnonzero(candidates)
        return int(indices[self.x[indices].argmin()]) if len(indices) else None

    def _are_alone(self, members: list[int]) -> bool:
        """Return whether nothing of letter size stands beside or between the members."""
        reach = _ALONE * self.unit
        top, bottom = self.y[members].min(), (self.y + self.height)[members].max()
        others = self.is_mark & (self.middle > top) & (self.middle < bottom)
        others &= (self.right > self.x[members].min() - reach) & (
            self.x < self.right[members].max() + reach
        )
        others[members] = False
        return not others.any()


def _within(values: NDArray[np.float64], limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= limits[0]) & (values <= limits[1])


def _read_line(best: Attempt, marks: PageNumberMarks, engine: Engine, folder: Path) -> Line | None:
    """Return the line as it was read there, else by itself; None if neither is a page number."""
    number = _number_of([line for line in best.text.lines() if _overlaps(line.box, marks.box)])
    unit, path = best.image.components.typical_height, folder / "page-number.pgm"
    options = RecognitionOptions(
        best.options.languages[:1], PageSegmentation.BLOCK, model=best.options.model
    )
    for gap in _CLOSE:
        if number is None:
            cv2.imwrite(str(path), _move_together(best.image.pixels, marks, unit, gap))
            number = _number_of(list(engine.read(path, options).lines()))
    if number is None:
        return None
    if marks.figures.x - marks.dash.right < _SPACE * unit:
        return Line((replace(number, text=f"-{number.text}-", box=marks.box),))
    parts = (("-", marks.dash), (number.text, marks.figures), ("-", marks.end))
    return Line(tuple(replace(number, text=text, box=box) for text, box in parts))


def _number_of(lines: Sequence[Line]) -> Word | None:
    """Return the figures of a page number, with the least confidence; None if it is none."""
    words = [word for line in lines for word in line.words]
    match = _PAGE_NUMBER.fullmatch("".join(word.text for word in words))
    if match is None:
        return None
    return Word(match["number"], words[0].box, min(word.confidence for word in words))


def _move_together(page: Grey, marks: PageNumberMarks, unit: float, gap: float) -> Grey:
    """Return an image of the number with gaps of so many letter heights beside its dashes."""
    margin, space = max(int(_MARGIN * unit), 1), max(int(gap * unit), 1)
    top, bottom = max(marks.box.y - margin, 0), marks.box.bottom + margin
    pieces = []
    for box in (marks.dash, marks.figures, marks.end):
        piece = page[top:bottom, max(box.x - 1, 0) : box.right + 1]
        paper = np.full((piece.shape[0], space), _PAPER, np.uint8)
        pieces += [paper, piece]
    side = np.full((pieces[0].shape[0], margin), _PAPER, np.uint8)
    return np.hstack([side, *pieces, side])


def _with_line(text: PageText, line: Line) -> PageText:
    """Return the text with the line as a block of its own, in the place of what overlaps it."""
    blocks = []
    for block in text.blocks:
        kept = tuple(other for other in block.lines if not _overlaps(other.box, line.box))
        if kept:
            blocks.append(replace(block, lines=kept))
    below = (i for i, block in enumerate(blocks) if block.lines[0].box.y > line.box.y)
    place = next(below, len(blocks))
    return PageText((*blocks[:place], Block((line,)), *blocks[place:]))


def _overlaps(box: Box, number: Box) -> bool:
    """Return whether a line's box is mostly at the place of the number."""
    width = min(box.right, number.right) - max(box.x, number.x)
    height = min(box.bottom, number.bottom) - max(box.y, number.y)
    return width > 0.3 * box.width and height > 0.3 * min(box.height, number.height)
