"""Make the bundled sample letter: a facsimile for demonstration, not a scan of the document.

Run `uv run python samples/make_letter.py [FOLDER OF FONTS]` in any folder. It reads the text in its
own folder and writes the PDF there: four page images, no text layer, the same bytes each time.
"""

import io
import sys
from pathlib import Path

import img2pdf

from samples.facsimile import DEGRADATIONS, Faces, Sheet, draw_page

HERE = Path(__file__).resolve().parent
NAME = "RGASPI_f558_op11_d330_ll0110-0113"
FIRST_LEAF = 110
SEED = 19490114
STAMP = ("ВХОД. № 0047", "15 ЯНВ 1949", "ФАКСИМИЛЕ")
UNDERLINED = ("но не раньше", "не указание")
JPEG_QUALITY = 60  # four pages stay under 2 MB; the print is unharmed


def main(folder_of_fonts: str = "/usr/share/fonts") -> None:
    """Draw the four leaves and bind them."""
    text = (HERE / f"{NAME}.gt.txt").read_text(encoding="utf-8")
    faces = Faces(Path(folder_of_fonts))
    pages = [
        _draw_leaf(index, page_text.removesuffix("\n"), faces)
        for index, page_text in enumerate(text.split("\f"))
    ]
    (HERE / f"{NAME}.pdf").write_bytes(_bind(pages))


def _draw_leaf(index: int, text: str, faces: Faces) -> bytes:
    """Draw one leaf and encode it as a grey JPEG."""
    sheet = Sheet(
        text=text,
        leaf=f"{FIRST_LEAF + index:04}",
        stamp=() if index else STAMP,
        underlined=UNDERLINED,
    )
    encoded = io.BytesIO()
    page = draw_page(sheet, DEGRADATIONS["worn"], SEED + index, faces)
    page.save(encoded, "JPEG", quality=JPEG_QUALITY, optimize=True, dpi=(300, 300))
    return encoded.getvalue()


def _bind(pages: list[bytes]) -> bytes:
    """Put the JPEGs unchanged into a PDF without a date or a random identifier."""
    pdf: bytes = img2pdf.convert(
        pages,
        engine=img2pdf.Engine.internal,
        title="Facsimile made for demonstration: cable of four leaves, 0110-0113",
        subject="Facsimile with newly written text; not a scan of the archival document",
        creator="Opis samples/make_letter.py",
        producer="img2pdf",
        nodate=True,
    )
    return pdf


if __name__ == "__main__":
    main(*sys.argv[1:2])
