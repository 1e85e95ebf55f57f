"""The invisible text of one page: where each word goes and the operators that put it there.

Words keep the numbers they have: the layer's matrix maps pixels of the page image (origin moved
to the bottom left corner, y up) to the page's user space, turned and cropped pages included.
"""

import math
from statistics import StatisticsError, linear_regression, median
from typing import NamedTuple

from pikepdf import Dictionary, Name, Page

from pipeline.glyphless import ADVANCE, GlyphlessFont
from pipeline.model import Line, PageImage, PageText, Word

Matrix = tuple[float, float, float, float, float, float]  #: a b c d e f of the operator ``cm``

_LETTER = (0.0, 0.0, 612.0, 792.0)  #: points; what viewers take for a page without a media box
_TALL = 2.0  #: times the median height: a drop cap, a bracket, a blot; stands by itself
_GAP = 0.16  #: em; poppler takes less than 0.15 for no space
_LEVEL = 1.35  #: a line less than this many times as high as its highest word is not skewed


class Band(NamedTuple):
    """The strip a word is placed in, in pixels, y down."""

    bottom: int
    height: int


def page_matrix(page: Page, image: PageImage) -> Matrix:
    """Return the map from the page image (pixels, origin bottom left, y up) to user space.

    Only ratios of ``image.placement`` are used, so neither /UserUnit nor the resolution that
    was assumed for an image file matters.
    """
    placed = image.placement
    left, width = placed.x / placed.page_width, placed.width / placed.page_width
    top, height = placed.y / placed.page_height, placed.height / placed.page_height
    origin = _to_user(page, left, top + height)
    right = _to_user(page, left + width, top + height)
    up = _to_user(page, left, top)
    return (
        (right[0] - origin[0]) / image.width,
        (right[1] - origin[1]) / image.width,
        (up[0] - origin[0]) / image.height,
        (up[1] - origin[1]) / image.height,
        *origin,
    )


def _to_user(page: Page, across: float, down: float) -> tuple[float, float]:
    """Map a point of the visible page, as fractions from its top left corner, to user space."""
    left, bottom, right, top = visible_box(page)
    width, height = right - left, top - bottom
    match _rotation(page):
        case 90:
            return left + down * width, bottom + across * height
        case 180:
            return right - across * width, bottom + down * height
        case 270:
            return right - down * width, top - across * height
        case _:
            return left + across * width, top - down * height


def visible_box(page: Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of the crop box within the media box, in user space."""
    media = _box(page, Name.MediaBox) or _LETTER
    crop = _box(page, Name.CropBox) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _box(page: Page, name: Name) -> tuple[float, float, float, float] | None:
    """Return a page box with its corners in order, or None where it is missing or no box."""
    try:
        x0, y0, x1, y1 = (float(number) for number in page.obj.get(name, ()))
    except (TypeError, ValueError):
        return None
    box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return box if box[0] < box[2] and box[1] < box[3] else None


def _rotation(page: Page) -> int:
    """Return the clockwise turn, 0, 90, 180 or 270; what is no such turn counts as 0."""
    try:
        turn = int(page.obj.get(Name.Rotate, 0)) % 360
    except (TypeError, ValueError):
        return 0
    return turn if turn % 90 == 0 else 0


def text_operators(text: PageText, image: PageImage, matrix: Matrix, font: GlyphlessFont) -> str:
    """Return the content stream that places the words; the font is named ``FONT``."""
    writer = _Writer(image.height, font)
    lines = [writer.line(line) for block in text.blocks for line in block.lines]
    return "\n".join(["q", f"{' '.join(map(number, matrix))} cm", "3 Tr", *lines, "Q", ""])


FONT = "OpisText"  #: name of the font in the page's resources


class _Writer:
    """Writes lines one after the other and remembers the font size that is set."""

    def __init__(self, image_height: int, font: GlyphlessFont) -> None:
        self._floor = image_height
        self._font = font
        self._size = 0

    def line(self, line: Line) -> str:
        """Return one text object: each word at its box, each gap a space of its width."""
        words = line.words
        operators, x, y = ["BT"], 0, 0
        for word, band, after in zip(words, bands(words), [*words[1:], None], strict=True):
            operators += self._sized(band.height)
            operators.append(f"{word.box.x - x} {self._floor - band.bottom - y} Td")
            x, y = word.box.x, self._floor - band.bottom
            width, gap = apart(word, after, band.height)
            operators.append(self._shown(word.text, width))
            if after is not None:
                operators.append(self._shown(" ", gap))
        return " ".join([*operators, "ET"])

    def _sized(self, size: int) -> list[str]:
        if size == self._size:
            return []
        self._size = size
        return [f"/{FONT} {size} Tf"]

    def _shown(self, text: str, width: int) -> str:
        """Show ``text`` scaled to be ``width`` pixels wide."""
        codes, count = self._font.encode(text)
        scale = 100 * width / (count * ADVANCE * self._size)
        return f"{number(scale, 2)} Tz <{codes}> Tj"


def apart(word: Word, after: Word | None, size: int) -> tuple[int, int]:
    """Return the widths, in pixels, of a word and of the space after it.

    Where the boxes of two words touch or overlap, the first gives way a little: readers that
    go by distance would make one word of them.
    """
    width = word.box.width
    if after is None:
        return width, 0
    gap, wanted = after.box.x - word.box.right, math.ceil(_GAP * size)
    if 0 < after.box.x - word.box.x and gap < wanted:
        width = max(width - (wanted - gap), math.ceil(width / 2))
        gap = after.box.x - word.box.x - width
    return width, max(gap, 1)


def bands(words: tuple[Word, ...]) -> list[Band]:
    """Return the strips of a line's words: all equally high, so that it stays one line.

    Readers split a line where the size of the letters changes, and boxes of words are as high as
    the letters that happen to be in them. The strip is as high as the line's boxes need; on a
    skewed page it follows the slope of their middles. A word much higher than the others, such
    as a bracket over three lines, gets a strip of its own.
    """
    usual = _TALL * median(word.box.height for word in words)
    steady = [word for word in words if word.box.height <= usual]
    slope, start = _slope(steady)
    drifts = [start + slope * (word.box.x + word.box.width / 2) for word in words]
    ours = [
        (word.box, drift)
        for word, drift in zip(words, drifts, strict=True)
        if word.box.height <= usual
    ]
    above = min(box.y - drift for box, drift in ours)
    below = max(box.bottom - drift for box, drift in ours)
    return [
        Band(round(drift + below), round(below - above))
        if word.box.height <= usual
        else Band(word.box.bottom, word.box.height)
        for word, drift in zip(words, drifts, strict=True)
    ]


def _slope(words: list[Word]) -> tuple[float, float]:
    """Return slope and start of the line through the boxes' middles; level lines have slope 0."""
    top, bottom = min(word.box.y for word in words), max(word.box.bottom for word in words)
    if bottom - top < _LEVEL * max(word.box.height for word in words):
        return 0.0, 0.0
    across = [word.box.x + word.box.width / 2 for word in words]
    try:
        slope, start = linear_regression(across, [w.box.y + w.box.height / 2 for w in words])
    except StatisticsError:  # one word, or one above the other
        return 0.0, 0.0
    return slope, start


def number(value: float, digits: int = 6) -> str:
    """Write a number as PDF wants it: no exponent, no needless digits.

    >>> number(-0.0000001), number(1e-5), number(12.50)
    ('0', '0.00001', '12.5')
    """
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
