"""The invisible text of one page: the positions of the words and the operators that show them.

Words keep their coordinates: the layer's matrix maps pixels of the page image (origin moved to the
bottom left corner, y up) to the page's user space, also on rotated and cropped pages.
"""

from pikepdf import Name, Page

from pipeline.imaging.pdf_terms import INVISIBLE_MODE
from pipeline.model import PageImage
from pipeline.ocr.unspaced_words import runs_down
from pipeline.searchable_pdf.glyphless_font import ADVANCE, GlyphlessFont
from pipeline.searchable_pdf.word_strips import WordStrip, word_and_space_widths, word_strips
from pipeline.text import Line, PageText

Matrix = tuple[float, float, float, float, float, float]  #: a b c d e f of the operator ``cm``

_LETTER_BOX = (0.0, 0.0, 612.0, 792.0)  #: points; viewers' default for a page without a media box


def page_matrix(page: Page, image: PageImage, quarters: int = 0) -> Matrix:
    """Return the map from the page image (pixels, origin bottom left, y up) to user space.

    Only ratios of ``image.placement`` are used, so neither /UserUnit nor the resolution that was
    assumed for an image file matters.

    Args:
        page: the page of the PDF.
        image: its page image.
        quarters: clockwise quarter turns of the image before the mapping.
    """
    placed = image.placement
    left, width = placed.x / placed.page_width, placed.width / placed.page_width
    top, height = placed.y / placed.page_height, placed.height / placed.page_height
    corners = [
        _to_user_space(page, left + across * width, top + down * height)
        for across, down in ((0, 1), (1, 1), (1, 0), (0, 0))  # counterclockwise
    ]
    origin, right, up = (corners[(index + quarters) % 4] for index in (0, 1, 3))
    wide, high = (image.height, image.width) if quarters % 2 else (image.width, image.height)
    return (
        (right[0] - origin[0]) / wide,
        (right[1] - origin[1]) / wide,
        (up[0] - origin[0]) / high,
        (up[1] - origin[1]) / high,
        *origin,
    )


def _to_user_space(page: Page, across: float, down: float) -> tuple[float, float]:
    """Map a point of the visible page, as fractions from its top left corner, to user space."""
    left, bottom, right, top = visible_box(page)
    width, height = right - left, top - bottom
    match _page_rotation(page):
        case 90:
            return left + down * width, bottom + across * height
        case 180:
            return right - across * width, bottom + down * height
        case 270:
            return right - down * width, top - across * height
        case _:
            return left + across * width, top - down * height


def visible_box(page: Page) -> tuple[float, float, float, float]:
    """Return left, bottom, right, top of the crop box within the media box, in user space.

    Without a valid crop box it is the media box.
    """
    media = _page_box(page, Name.MediaBox) or _LETTER_BOX
    crop = _page_box(page, Name.CropBox) or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    return (left, bottom, right, top) if left < right and bottom < top else media


def _page_box(page: Page, name: Name) -> tuple[float, float, float, float] | None:
    """Return a page box with its corners in order, or None if it is missing or malformed."""
    try:
        x0, y0, x1, y1 = (float(number) for number in page.obj.get(name, ()))
    except (TypeError, ValueError):
        return None
    box = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
    return box if box[0] < box[2] and box[1] < box[3] else None


def _page_rotation(page: Page) -> int:
    """Return the clockwise rotation in degrees: 0, 90, 180 or 270; other values count as 0."""
    try:
        rotation = int(page.obj.get(Name.Rotate, 0)) % 360
    except (TypeError, ValueError):
        return 0
    return rotation if rotation % 90 == 0 else 0


def text_operators(
    text: PageText, image_height: int, matrix: Matrix, font: GlyphlessFont, font_name: str
) -> str:
    """Return the content stream that places the words; it expects a clean graphics state.

    Args:
        text: words with boxes in pixels, origin top left.
        image_height: pixels.
        matrix: from `page_matrix`.
        font: encodes the words.
        font_name: its name in the page's resources.
    """
    writer = _TextLayerWriter(image_height, font, font_name)
    lines = [
        writer.column_operators(line) if runs_down(line) else writer.line_operators(line, strips)
        for block in text.blocks
        for line, strips in zip(block.lines, word_strips(block), strict=True)
    ]
    setup = ["q", f"{' '.join(map(format_number, matrix))} cm", f"{INVISIBLE_MODE} Tr"]
    return "\n".join([*setup, *lines, "Q", ""])


class _TextLayerWriter:
    """Writes lines one after the other and remembers the current font size."""

    def __init__(self, image_height: int, font: GlyphlessFont, font_name: str) -> None:
        self._image_height = image_height
        self._font = font
        self._font_name = font_name
        self._font_size = 0

    def line_operators(self, line: Line, line_strips: list[WordStrip]) -> str:
        """Return one text object: each word at its place, each gap as a space of its width."""
        words = line.words
        operators, last_x, last_y = ["BT"], 0, 0
        for word, strip, next_word in zip(words, line_strips, [*words[1:], None], strict=True):
            x, y = word.box.x, self._image_height - strip.bottom
            width, gap = word_and_space_widths(word, next_word, strip.height)
            operators += [*self._size_operators(strip.height), f"{x - last_x} {y - last_y} Td"]
            operators.append(self._show_operators(word.text, width, 1))
            operators.append(self._show_operators(" ", gap, 0))
            last_x, last_y = x, y
        return " ".join([*operators, "ET"])

    def column_operators(self, line: Line) -> str:
        """Return one text object for a line that runs down: turned, so that readers keep it."""
        operators = ["BT"]
        for word in line.words:
            x, top = word.box.x, self._image_height - word.box.y
            operators += [*self._size_operators(word.box.width), f"0 -1 1 0 {x} {top} Tm"]
            operators.append(self._show_operators(word.text, word.box.height, 1))
        return " ".join([*operators, "ET"])

    def _size_operators(self, size: int) -> list[str]:
        if size == self._font_size:
            return []
        self._font_size = size
        return [f"{self._font_name} {size} Tf"]

    def _show_operators(self, text: str, width: int, digits: int) -> str:
        """Show ``text`` scaled to ``width`` pixels; the percentage has ``digits`` decimals."""
        codes, count = self._font.encode(text)
        scale = 100 * width / (count * ADVANCE * self._font_size)
        return f"{format_number(max(scale, 0.1**digits), digits)} Tz <{codes}> Tj"


def format_number(value: float, digits: int = 6) -> str:
    """Write a number in PDF syntax: without an exponent and trailing zeros.

    >>> format_number(-0.0000001), format_number(1e-5), format_number(12.5), format_number(110.2, 0)
    ('0', '0.00001', '12.5', '110')
    """
    text = f"{value:.{digits}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
