"""Make the pages of ``tests/cases/languages`` again from its texts; run by hand.

``uv run python -m tests.campaigns.language_pages`` needs Debian's fonts-dejavu-core and
fonts-noto-cjk. Each page is black and white.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

CASES = Path(__file__).parents[1] / "cases" / "languages"
_FONTS = Path("/usr/share/fonts")
_TYPEWRITER = _FONTS / "truetype" / "dejavu" / "DejaVuSansMono.ttf"
_EAST_ASIAN = _FONTS / "opentype" / "noto" / "NotoSerifCJK-Regular.ttc"
_FACES = {"chi_sim": 2, "chi_tra": 3, "jpn": 0}  #: in the collection
_SIZE = (1240, 1754)  #: pixels: A4 at 150 dpi
_ROW, _COLUMN_WIDTH = 60, 46  #: characters in a typed line; pixels of a character in a column
#: Pages in two languages: the language of each part, its first text, and the one after its last.
MIXED = {
    "ces+deu": [("ces", 0, 5), ("deu", 0, 4)],
    "eng+pol": [("eng", 0, 5), ("pol", 4, 6)],
    "rus+ukr": [("rus", 0, 4), ("ukr", 4, 7)],
}


def typed_rows(text: str) -> Iterator[str]:
    """Yield the lines of a text as a typist would break it."""
    row = ""
    for word in text.split():
        if len(row) + len(word) >= _ROW:
            yield row
            row = word
        else:
            row = f"{row} {word}".strip()
    yield row


def draw_typed(paragraphs: list[str]) -> Image.Image:
    """Return a page of typed paragraphs."""
    page = Image.new("L", _SIZE, 255)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(str(_TYPEWRITER), 28)
    y = 120
    for text in paragraphs:
        for row in typed_rows(text):
            draw.text((110, y), row, 0, font)
            y += 50
        y += 12
    return page


def draw_east_asian(code: str, texts: list[str], *, down: bool) -> Image.Image:
    """Return a page of Chinese or Japanese lines, across or down the page."""
    page = Image.new("L", _SIZE, 255)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(_EAST_ASIAN), 40, index=_FACES[code])
    length = 28 if down else 24
    lines = [text[at : at + length] for text in texts for at in range(0, len(text), length)]
    for number, line in enumerate(lines):
        if down:
            for place, sign in enumerate(line):
                _draw_in_column(draw, (1080 - 80 * number, 140 + _COLUMN_WIDTH * place), sign, font)
        else:
            draw.text((110, 120 + 72 * number), line, 0, font)
    return page


def _draw_in_column(
    draw: ImageDraw.ImageDraw, place: tuple[int, int], sign: str, font: ImageFont.FreeTypeFont
) -> None:
    """Draw a sign of a line that runs down: stops stand in their corner, long vowels upright."""
    x, y = place
    if sign in "，。、":
        draw.text((x + 22, y - 22), sign, 0, font)
    else:
        draw.text((x, y), "｜" if sign == "ー" else sign, 0, font)


def main() -> None:
    """Write all pages."""
    texts: dict[str, list[str]] = json.loads((CASES / "texts.json").read_text("utf-8"))
    pages = {}
    for code, sentences in texts.items():
        if code in _FACES:
            pages[code] = draw_east_asian(code, sentences, down=False)
            pages[f"{code}_vert"] = draw_east_asian(code, sentences, down=True)
        else:
            pages[code] = draw_typed(sentences)
    for name, parts in MIXED.items():
        pages[name] = draw_typed([s for code, start, end in parts for s in texts[code][start:end]])
    for name, page in pages.items():
        page.point(lambda grey: 255 * (grey > 127)).convert("1").save(
            CASES / f"{name}.png", optimize=True
        )


if __name__ == "__main__":
    main()
