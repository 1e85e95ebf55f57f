"""The invisible text of one page: where each word goes and the operators that put it there.

Words keep the numbers they have: the layer's matrix maps pixels of the page image (origin moved
to the bottom left corner, y up) to the page's user space, turned and cropped pages included.
"""

from pikepdf import Name, Page

from pipeline.model import PageImage
from pipeline.searchable_pdf.glyphless_font import ADVANCE, GlyphlessFont
from pipeline.searchable_pdf.word_strips import Strip, apart, strips
from pipeline.text import Line, PageText

Matrix = tuple[float, float, float, float, float, float]  #: a b c d e f of the operator ``cm``

_LETTER = (0.0, 0.0, 612.0, 792.0)  #: points; what viewers take for a page without a media box


def page_matrix(page: Page, image: PageImage, quarters: int = 0) -> Matrix:
    """Return the map from the page image (pixels, origin bottom left, y up) to user space.

    The image is taken as turned clockwise by so many quarters. Only ratios of
    ``image.placement`` are used, so neither /UserUnit nor the resolution that was assumed for an
    image file matters.
    """
    placed = image.placement
    left, width = placed.x / placed.page_width, placed.width / placed.page_width
    top, height = placed.y / placed.page_height, placed.height / placed.page_height
    corners = [
        _to_user(page, left + across * width, top + down * height)
        for across, down in ((0, 1), (1, 1), (1, 0), (0, 0))  # against the clock
    ]
    origin, right, up = (corners[(place + quarters) % 4] for place in (0, 1, 3))
    wide, high = (image.height, image.width) if quarters % 2 else (image.width, image.height)
    return (
        (right[0] - origin[0]) / wide,
        (right[1] - origin[1]) / wide,
        (up[0] - origin[0]) / high,
        (up[1] - origin[1]) / high,
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


def text_operators(
    text: PageText, image_height: int, matrix: Matrix, font: GlyphlessFont, font_name: str
) -> str:
    """Return the content stream that places the words, for a clean graphics state."""
    writer = _Writer(image_height, font, font_name)
    lines = [
        writer.line(line, placed)
        for block in text.blocks
        for line, placed in zip(block.lines, strips(block), strict=True)
    ]
    return "\n".join(["q", f"{' '.join(map(number, matrix))} cm", "3 Tr", *lines, "Q", ""])


class _Writer:
    """Writes lines one after the other and remembers the font size that is set."""

    def __init__(self, image_height: int, font: GlyphlessFont, font_name: str) -> None:
        self._floor = image_height
        self._font = font
        self._name = font_name
        self._size = 0

    def line(self, line: Line, placed: list[Strip]) -> str:
        """Return one text object: each word at its place, each gap a space of its width."""
        words = line.words
        operators, x, y = ["BT"], 0, 0
        for word, strip, after in zip(words, placed, [*words[1:], None], strict=True):
            across, up = word.box.x, self._floor - strip.bottom
            width, gap = apart(word, after, strip.height)
            operators += [*self._sized(strip.height), f"{across - x} {up - y} Td"]
            operators += [self._shown(word.text, width, 1), self._shown(" ", gap, 0)]
            x, y = across, up
        return " ".join([*operators, "ET"])

    def _sized(self, size: int) -> list[str]:
        if size == self._size:
            return []
        self._size = size
        return [f"{self._name} {size} Tf"]

    def _shown(self, text: str, width: int, digits: int) -> str:
        """Show ``text`` scaled to be ``width`` pixels wide, to ``digits`` of a percent."""
        codes, count = self._font.encode(text)
        scale = 100 * width / (count * ADVANCE * self._size)
        return f"{number(max(scale, 0.1**digits), digits)} Tz <{codes}> Tj"


def number(value: float, digits: int = 6) -> str:
    """Write a number as PDF wants it: no exponent, no needless digits.

    >>> number(-0.0000001), number(1e-5), number(12.5), number(110.2, 0)
    ('0', '0.00001', '12.5', '110')
    """
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
