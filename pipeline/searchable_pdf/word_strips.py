"""The strips that the words of a block are placed in, so that readers keep its lines whole.

The boxes of words are as high as the letters that happen to be in them. Readers take height for
the size of the type, and split a line, or a paragraph, where it changes: words placed box by box
come out shuffled. So all words of a block get strips of one height, which hold their boxes.
Measured on pages read by Tesseract, words in order after ``pdftotext``: 0.35 to 0.92 box by box,
0.95 to 1.00 in strips.
"""

import math
from statistics import StatisticsError, linear_regression, median
from typing import NamedTuple

from pipeline.text import Block, Line, Word

_TALL_WORD = 2.0  #: times a line's median: a drop cap, a bracket, a blot; stands by itself
_LARGE_LINE = 1.5  #: times a block's median: a heading in a block with other text keeps its size
_SKEWED_LINE = 1.35  #: a line this many times as high as its highest word is not level
_MIN_GAP = 0.16  #: em; poppler takes less than 0.15 for no space


class WordStrip(NamedTuple):
    """Where a word goes up and down, in pixels of the page image, y down."""

    bottom: int
    height: int


class _LineFit(NamedTuple):
    """A line's way over the page: ``middle(x) = start + slope * x``, and its height, in pixels."""

    start: float
    slope: float
    height: float

    def word_strip(self, word: Word, height: float) -> WordStrip:
        middle = self.start + self.slope * _centre_x(word)
        return WordStrip(round(middle + height / 2), max(round(height), 1))


def word_strips(block: Block) -> list[list[WordStrip]]:
    """Return the strip of each word of each line."""
    courses = [_fit_line(line) for line in block.lines]
    large = _LARGE_LINE * median(course.height for course in courses)
    usual = max(course.height for course in courses if course.height <= large)
    return [
        _line_strips(line, course, usual if course.height <= large else course.height)
        for line, course in zip(block.lines, courses, strict=True)
    ]


def word_and_space_widths(word: Word, next_word: Word | None, font_size: int) -> tuple[int, int]:
    """Return the widths, in pixels, of a word and of the space after it.

    Where the boxes of two words touch or overlap, the first gives way a little: readers that
    go by distance would make one word of them.
    """
    width, wanted = word.box.width, math.ceil(_MIN_GAP * font_size)
    if next_word is None:  # a line's last word: without a space pdfium may join it to the next line
        return width, wanted
    gap = next_word.box.x - word.box.right
    if next_word.box.x > word.box.x and gap < wanted:
        width = max(width - (wanted - gap), math.ceil(width / 2))
        gap = next_word.box.x - word.box.x - width
    return width, max(gap, 1)


def _line_strips(line: Line, course: _LineFit, height: float) -> list[WordStrip]:
    tallest = _height_limit(line)
    return [
        course.word_strip(word, height)
        if word.box.height <= tallest
        else WordStrip(word.box.bottom, word.box.height)
        for word in line.words
    ]


def _height_limit(line: Line) -> float:
    """Return the height in pixels above which a word is no part of the line's run."""
    return _TALL_WORD * median(word.box.height for word in line.words)


def _fit_line(line: Line) -> _LineFit:
    """Return the straight course whose height holds the boxes of the line's words."""
    tallest = _height_limit(line)
    words = [word for word in line.words if word.box.height <= tallest]
    slope = _line_slope(words)
    above = min(word.box.y - slope * _centre_x(word) for word in words)
    below = max(word.box.bottom - slope * _centre_x(word) for word in words)
    return _LineFit((above + below) / 2, slope, below - above)


def _line_slope(words: list[Word]) -> float:
    """Return pixels down per pixel to the right; 0 for a line as good as level."""
    height = max(w.box.bottom for w in words) - min(w.box.y for w in words)
    if height < _SKEWED_LINE * max(word.box.height for word in words):
        return 0.0
    try:
        middles = [word.box.y + word.box.height / 2 for word in words]
        return linear_regression([_centre_x(word) for word in words], middles).slope
    except StatisticsError:  # one word, or all above each other
        return 0.0


def _centre_x(word: Word) -> float:
    return word.box.x + word.box.width / 2
