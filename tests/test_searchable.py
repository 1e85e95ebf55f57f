import ctypes
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import img2pdf
import numpy as np
import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from PIL import Image, ImageDraw, ImageOps

from pipeline.errors import BrokenScanError, EncryptedScanError
from pipeline.model import Origin, PageImage, Placement
from pipeline.searchable_pdf.glyphless_font import GlyphlessFont
from pipeline.searchable_pdf.pdfa import pdfa_violations
from pipeline.searchable_pdf.word_strips import word_strips
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.text import Block, Box, Line, PageText, Word

PDF = "application/pdf"
FACTS = PdfMetadata("Шифртелеграмма", "ru", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
EVAL = Path(__file__).parents[2] / "shared" / "eval" / "pdfs"
ROWS = (
    (("РАССЫЛКА", 100, 100, 300), ("тт.", 424, 100, 80), ("Молотову", 528, 100, 220)),
    (("Телеграмма", 100, 160, 360), ("из", 484, 160, 60), ("Пхеньяна", 568, 160, 260)),
    (("January", 120, 500, 200), ("14,", 344, 500, 70), ("1949", 438, 500, 120)),
)  # text, x, y, width
HEIGHT = 40

needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is missing")
needs_qpdf = pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is missing")


def word(text: str, x: int, y: int, width: int, height: int = HEIGHT) -> Word:
    return Word(text, Box(x, y, width, height), 0.9)


def page_text(rows: tuple[tuple[tuple[str, int, int, int], ...], ...] = ROWS) -> PageText:
    return PageText((Block(tuple(Line(tuple(word(*each) for each in row)) for row in rows)),))


def page_image(size: tuple[int, int], placement: Placement | None = None) -> PageImage:
    width, height = size
    whole = Placement(width * 0.24, height * 0.24, 0, 0, width * 0.24, height * 0.24)
    return PageImage(
        "0" * 64, width, height, 300, 300, Origin.EMBEDDED, placement or whole, "a test"
    )


def layer(size: tuple[int, int] = (1000, 700), *, keep_own: bool = False) -> LayerPage:
    return LayerPage(page_image(size), page_text(), keep_own=keep_own)


def picture(size: tuple[int, int] = (1000, 700)) -> Image.Image:
    """A page on which every word is a black box."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    for text in page_text().words():
        box = text.box
        draw.rectangle((box.x, box.y, box.right - 1, box.bottom - 1), fill=0)
    return image


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scan(path: Path, pages: int = 1, rotate: int = 0) -> Path:
    """A PDF of page images, each drawn over the whole page, in 300 dpi."""
    stored = picture().rotate(rotate, expand=True)
    data = encode(stored, "JPEG", quality=90, dpi=(300, 300))
    path.write_bytes(img2pdf.convert([data] * pages, nodate=True))
    if rotate:
        with pikepdf.open(path, allow_overwriting_input=True) as pdf:
            for page in pdf.pages:
                page.obj.Rotate = rotate
            pdf.save(path)
    return path


def drawing(path: Path, content: bytes) -> Path:
    """A PDF of one page with the given content; Helvetica is its font /F."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(240, 168))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.obj.Resources = Dictionary(Font=Dictionary(F=font))
    page.obj.Contents = pdf.make_stream(content)
    pdf.save(path)
    return path


def write_searchable(
    original: Path, *layers: LayerPage, media_type: str = PDF, name: str = "out"
) -> Path:
    target = original.with_name(f"{name}.pdf")
    write_searchable_pdf(original, media_type, iter(layers), target, FACTS)
    return target


def pdftotext(path: Path, *options: str) -> str:
    command = ["pdftotext", "-enc", "UTF-8", *options, str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pdfium_text(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def render_pages(path: Path, scale: float = 1.0) -> list[bytes]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=scale).to_pil().tobytes() for page in document]


def raw_images(path: Path) -> list[bytes]:
    """The stored bytes of every image, in the order of the objects."""
    with pikepdf.open(path) as pdf:
        return sorted(
            thing.read_raw_bytes()
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Stream) and thing.get(Name.Subtype) == Name.Image
        )


def boxes(path: Path) -> list[dict[str, str]]:
    names = ("/MediaBox", "/CropBox", "/TrimBox", "/Rotate", "/UserUnit")
    with pikepdf.open(path) as pdf:
        return [
            {name: describe_object(page.obj[name]) for name in names if name in page.obj}
            for page in pdf.pages
        ]


def describe_object(value: object) -> str:
    return str([float(each) for each in value] if isinstance(value, Array) else value)


# --- where the words are -------------------------------------------------------------------


Place = Callable[[Path], tuple[Path, Placement]]


def turned(rotate: int, crop: tuple[float, ...], user_unit: float, inset: float) -> Place:
    """A page whose crop box shows the picture, ``inset`` of it away from every edge."""

    def build(path: Path) -> tuple[Path, Placement]:
        pdf = pikepdf.new()
        x0, y0, x1, y1 = crop
        page = pdf.add_blank_page(page_size=(x1 - x0, y1 - y0))
        page.obj.MediaBox = Array([x0 - 50, y0 - 30, x1 + 20, y1 + 70])
        page.obj.CropBox = Array([x1, y1, x0, y0])  # corners in any order
        page.obj.Rotate, page.obj.UserUnit = rotate - 360, user_unit
        stored = picture().rotate(rotate, expand=True)
        image = pdf.make_stream(stored.tobytes())
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height = stored.size
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        dx, dy = inset * (x1 - x0), inset * (y1 - y0)
        width, height = x1 - x0 - 2 * dx, y1 - y0 - 2 * dy
        page.obj.Resources = Dictionary(XObject=Dictionary(Im=image))
        page.obj.Contents = pdf.make_stream(
            f"q {width} 0 0 {height} {x0 + dx} {y0 + dy} cm /Im Do Q".encode()
        )
        pdf.save(path)
        across, down = (x1 - x0, y1 - y0) if rotate % 180 == 0 else (y1 - y0, x1 - x0)
        across, down = across * user_unit, down * user_unit  # in points
        inner = 1 - 2 * inset
        return path, Placement(
            across, down, inset * across, inset * down, inner * across, inner * down
        )

    return build


FRAMES = (
    ("plain", (0.0, 0.0, 240.0, 168.0), 1.0, 0.0),
    ("crop-box-elsewhere", (-100.0, 37.5, 140.0, 205.5), 1.0, 0.0),
    ("user-unit", (0.0, 0.0, 240.0, 168.0), 2.5, 0.0),
    ("image-inside-the-page", (10.0, 20.0, 250.0, 188.0), 1.0, 0.1),
)  # name, crop box of the upright page, user unit, margin
PLACES = [
    pytest.param(
        turned(rotate, crop if rotate % 180 == 0 else (*crop[1::-1], *crop[:1:-1]), unit, inset),
        id=f"{rotate}-{name}",
    )
    for rotate in (0, 90, 180, 270)
    for name, crop, unit, inset in FRAMES
]


@needs_poppler
@pytest.mark.parametrize("place", PLACES)
def test_words_lie_where_they_are_on_the_page(place: Place, tmp_path: Path) -> None:
    original, placement = place(tmp_path / "scan.pdf")
    target = write_searchable(
        original, LayerPage(page_image((1000, 700), placement), page_text(), keep_own=False)
    )
    tree = ET.fromstring(pdftotext(target, "-bbox", "-cropbox"))
    elements = [each for each in tree.iter() if each.tag.endswith("word")]
    with pikepdf.open(target) as pdf:
        unit = 1 / float(pdf.pages[0].obj.UserUnit)  # poppler knows no UserUnit
    scale = placement.width / 1000 * unit
    assert [each.text for each in elements] == [each.text for each in page_text().words()]
    for element, word in zip(elements, page_text().words(), strict=True):
        box = word.box
        expected = (box.x, box.y, box.right, box.bottom)
        edges = [float(element.attrib[name]) for name in ("xMin", "yMin", "xMax", "yMax")]
        left, top = placement.x * unit, placement.y * unit
        pixels = [
            (edge - start) / scale for edge, start in zip(edges, (left, top) * 2, strict=True)
        ]
        assert pixels == pytest.approx(expected, abs=2)


@pytest.mark.parametrize("place", PLACES)
def test_selection_covers_the_ink(place: Place, tmp_path: Path) -> None:
    """The viewer's rectangles, against the page as the viewer draws it."""
    original, placement = place(tmp_path / "scan.pdf")
    target = write_searchable(
        original, LayerPage(page_image((1000, 700), placement), page_text(), keep_own=False)
    )
    check_selection(target)


@needs_poppler
@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_lines_of_a_page_that_lay_sideways_are_laid_sideways(
    rotate: int, quarters: int, tmp_path: Path
) -> None:
    original = tmp_path / "scan.pdf"
    stored = picture().rotate(90 * quarters + rotate, expand=True)
    original.write_bytes(img2pdf.convert(encode(stored, "PNG", dpi=(300, 300)), nodate=True))
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        pdf.pages[0].obj.Rotate = rotate
        pdf.save(original)
    size = (700, 1000) if quarters % 2 else (1000, 700)
    sideways = LayerPage(page_image(size), page_text(), keep_own=False, quarters=quarters)
    target = write_searchable(original, sideways)
    check_selection(target)
    words = [word.text for word in page_text().words()]
    assert pdftotext(target, "-raw").split() == words  # else poppler turns the order of lines


def check_selection(target: Path) -> None:
    """Compare what a viewer selects with the ink of the page as it draws it."""
    with pypdfium2.PdfDocument(target) as document:
        page = document[0]
        image = page.render(scale=1000 / page.get_width()).to_pil().convert("L")
        selected = Image.new("L", image.size, 255)
        draw = ImageDraw.Draw(selected)
        for left, top, right, bottom in selection(page, image.size):
            draw.rectangle((left, top, right - 1, bottom - 1), fill=0)
    dark = image.point(lambda value: 255 * (value < 128))
    chosen = ImageOps.invert(selected)
    wrong = Image.composite(Image.new("L", image.size, 0), chosen, dark).histogram()[255]
    missed = Image.composite(dark, Image.new("L", image.size, 0), selected).histogram()[255]
    ink = dark.histogram()[255]
    assert ink > 10_000
    assert missed < 0.03 * ink
    assert wrong < 0.05 * ink


def selection(page: pypdfium2.PdfPage, size: tuple[int, int]) -> Iterator[tuple[int, ...]]:
    """The box of each character but spaces, in pixels of the page drawn at ``size``."""
    text = page.get_textpage()
    for index in range(text.count_chars()):
        if text.get_text_range(index, 1).isspace():
            continue
        left, bottom, right, top = text.get_charbox(index)
        corners = [device(page, size, x, y) for x, y in ((left, bottom), (right, top))]
        (x0, x1), (y0, y1) = (sorted(pair) for pair in zip(*corners, strict=True))
        yield x0, y0, x1, y1


def device(page: pypdfium2.PdfPage, size: tuple[int, int], x: float, y: float) -> tuple[int, int]:
    across, down = ctypes.c_int(), ctypes.c_int()
    assert pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, across, down)
    return across.value, down.value


def test_state_that_a_page_leaves_behind_moves_nothing(tmp_path: Path) -> None:
    calm = write_searchable(
        drawing(tmp_path / "calm.pdf", b"0 0 10 10 re f"), layer(), name="calm-out"
    )
    leaks = (b"q q 0.5 0 0 0.5 99 99 cm", b"Q Q Q 2 0 0 2 0 0 cm 7 Tr 50 Tz", b"BT 30 Ts")
    for leak in leaks:
        wild = write_searchable(drawing(tmp_path / "wild.pdf", leak), layer(), name="wild-out")
        assert char_boxes(wild) == char_boxes(calm)


def char_boxes(path: Path) -> list[tuple[float, ...]]:
    with pypdfium2.PdfDocument(path) as document:
        text = document[0].get_textpage()
        return [text.get_charbox(index) for index in range(text.count_chars())]


# --- what the words are --------------------------------------------------------------------


@needs_poppler
def test_words_come_back_with_their_spaces(tmp_path: Path) -> None:
    target = write_searchable(scan(tmp_path / "scan.pdf", pages=2), layer(), layer())
    pages = pdftotext(target).split("\f")
    for page in pages[:2]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines == ["РАССЫЛКА тт. Молотову", "Телеграмма из Пхеньяна", "January 14, 1949"]
    assert "РАССЫЛКА тт. Молотову" in pdfium_text(target)[0]


@needs_poppler
def test_lines_that_run_down_come_back_whole_from_right_to_left(tmp_path: Path) -> None:
    columns = ("政府討論了來信", "我們的代表到達這個城市", "關於貿易的談判")
    lines = [
        Line((Word(column, Box(800 - 80 * place, 60, 40, 46 * len(column)), 0.9),))
        for place, column in enumerate(columns)
    ]
    page = LayerPage(page_image((1000, 700)), PageText((Block(tuple(lines)),)), keep_own=False)
    target = write_searchable(scan(tmp_path / "scan.pdf"), page)
    assert tuple(pdftotext(target).replace("\f", "").split()) == columns


@needs_poppler
def test_touching_and_overlapping_words_stay_apart(tmp_path: Path) -> None:
    rows = ((("его", 100, 100, 90), ("философом", 190, 100, 200), ("был", 380, 100, 80)),)
    touching = LayerPage(page_image((1000, 700)), page_text(rows), keep_own=False)
    target = write_searchable(scan(tmp_path / "scan.pdf"), touching)
    for option in ("-raw", "-layout"):
        assert pdftotext(target, option).split() == ["его", "философом", "был"]


@needs_poppler
def test_a_skewed_line_with_ragged_boxes_stays_one_line(tmp_path: Path) -> None:
    words = tuple(
        word(f"слово{n}", 40 + 95 * n, 100 + 2 * n + n % 3, 80, 30 + 6 * (n % 3)) for n in range(10)
    )
    text = PageText((Block((Line(words),)),))
    target = write_searchable(
        scan(tmp_path / "scan.pdf"), LayerPage(page_image((1000, 700)), text, keep_own=False)
    )
    assert [line for line in pdftotext(target).splitlines() if line] == [text.raw_text]


ALPHABET = "абвгдежзийклмнопрстуфхцчшщъыьэюяЁҐѣIVXabcxyz0123456789№«»"
LETTERS = st.text(ALPHABET, min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(st.lists(LETTERS, min_size=1, max_size=6), min_size=1, max_size=6))
def test_any_words_come_back_in_order(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    rows = tuple(
        tuple((text, 30 + 160 * n, 50 + 90 * row, 12 * len(text)) for n, text in enumerate(line))
        for row, line in enumerate(lines)
    )
    folder = tmp_path_factory.mktemp("law")
    text = page_text(rows)
    target = write_searchable(
        drawing(folder / "scan.pdf", b""), LayerPage(page_image((1000, 700)), text, keep_own=False)
    )
    assert pdfium_text(target)[0].split() == text.raw_text.split()


def test_letters_beyond_the_basic_plane_and_with_accents_come_back(tmp_path: Path) -> None:
    rows = ((("е\u0301сли", 100, 100, 200), ("\U0001d49c", 400, 100, 50), ("ѣ", 500, 100, 50)),)
    odd = LayerPage(page_image((1000, 700)), page_text(rows), keep_own=False)
    target = write_searchable(scan(tmp_path / "scan.pdf"), odd)
    assert pdfium_text(target)[0].split() == ["е\u0301сли", "\U0001d49c", "ѣ"]


def test_a_font_that_is_full_says_so_with_a_mark() -> None:
    font = GlyphlessFont(pikepdf.new())
    font.encode("".join(chr(point) for point in range(0x4E00, 0x9FFF)))
    font.encode("".join(chr(point) for point in range(0x20000, 0x2FFFF)))
    unknown, _ = font.encode("\ufffd")
    assert font.encode("Щ") == (unknown, 1)
    assert font.encode("一")[0] != unknown


def test_strips_hold_the_boxes_and_are_of_one_height() -> None:
    ragged = tuple(word("x", 100 * n, 100 - 7 * (n % 2), 60, 30 + 7 * (n % 2)) for n in range(5))
    bracket = Word("}", Box(600, 40, 20, 150), 0.5)
    second = tuple(word("y", 100 * n, 180, 60, 30) for n in range(5))
    first, then = word_strips(Block((Line((*ragged, bracket)), Line(second))))
    assert {strip.height for strip in (*first[:-1], *then)} == {37}
    for strip, each in zip(first, (*ragged, bracket), strict=True):
        assert strip.bottom >= each.box.bottom
        assert strip.bottom - strip.height <= each.box.y
    assert first[-1].height == 150


# --- what stays ----------------------------------------------------------------------------


def test_images_and_page_boxes_stay_what_they_are(tmp_path: Path) -> None:
    original = scan(tmp_path / "scan.pdf", pages=3)
    target = write_searchable(original, layer(), layer(keep_own=True), layer())
    assert raw_images(target) == raw_images(original)
    assert boxes(target) == boxes(original)
    assert render_pages(target) == render_pages(original)


def test_a_page_that_keeps_its_own_text_is_not_touched(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 20 20 Td (printed) Tj 3 Tr 0 30 Td (older reading) Tj ET"
    target = write_searchable(drawing(tmp_path / "scan.pdf", content), layer(keep_own=True))
    with pikepdf.open(target) as pdf, pikepdf.open(tmp_path / "scan.pdf") as before:
        kept = before.pages[0].Contents.read_raw_bytes()
        assert pdf.pages[0].Contents.read_raw_bytes() == kept


def test_the_older_reading_gives_way_and_printed_text_stays(tmp_path: Path) -> None:
    content = b"""q BT /F 12 Tf 20 20 Td (printed) Tj ET Q
        q BT /F 12 Tf 3 Tr 20 60 Td (older) Tj (reading) ' 1 2 (again) " ET Q
        BT /F 12 Tf 20 100 Td (also printed) Tj ET"""
    original = drawing(tmp_path / "scan.pdf", content)
    target = write_searchable(original, layer())
    text = pdfium_text(target)[0]
    assert "printed" in text
    assert "also printed" in text
    assert "Молотову" in text
    assert not {"older", "reading", "again"} & set(text.split())
    assert render_pages(target, 2) == render_pages(original, 2)


def test_the_older_reading_inside_a_form_gives_way_once(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    hidden = pdf.make_stream(b"BT 3 Tr /F 9 Tf 5 5 Td (older) Tj ET 0 0 5 5 re f")
    hidden.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 200, 100])))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    hidden.Resources = Dictionary(Font=Dictionary(F=font), XObject=Dictionary(Self=hidden))
    shared = pdf.make_indirect(Dictionary(XObject=Dictionary(Fm=hidden)))
    for _ in range(2):
        page = pdf.add_blank_page(page_size=(240, 168))
        page.obj.Resources, page.obj.Contents = shared, pdf.make_stream(b"/Fm Do")
    original = tmp_path / "scan.pdf"
    pdf.save(original)
    target = write_searchable(original, layer(), layer())
    assert all("older" not in text and "тт." in text for text in pdfium_text(target))
    assert render_pages(target, 2) == render_pages(original, 2)


def test_invisible_text_that_visible_text_hangs_on_stays(tmp_path: Path) -> None:
    content = b"BT /F 12 Tf 20 20 Td 3 Tr (hidden) Tj 0 Tr (seen) Tj 3 Tr 0 40 Td (gone) Tj ET"
    original = drawing(tmp_path / "scan.pdf", content)
    target = write_searchable(original, layer())
    assert render_pages(target, 2) == render_pages(original, 2)
    assert "gone" not in pdfium_text(target)[0]


def test_our_own_layer_is_replaced_by_a_new_reading(tmp_path: Path) -> None:
    first = write_searchable(scan(tmp_path / "scan.pdf"), layer(), name="first")
    again = LayerPage(page_image((1000, 700)), page_text(ROWS[:1]), keep_own=False)
    second = write_searchable(first, again, name="second")
    assert pdfium_text(second)[0].split() == ["РАССЫЛКА", "тт.", "Молотову"]
    assert render_pages(second) == render_pages(first)


def test_a_page_without_content_or_resources_gets_its_words(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(240, 168))
    for name in ("/Contents", "/Resources"):
        if name in page.obj:
            del page.obj[name]
    pdf.save(tmp_path / "scan.pdf")
    assert "тт." in pdfium_text(write_searchable(tmp_path / "scan.pdf", layer()))[0]


def test_outline_links_and_forms_stay(tmp_path: Path) -> None:
    original = scan(tmp_path / "scan.pdf")
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Лист 110", 0))
        pdf.Root.AcroForm = Dictionary(Fields=Array([]), SigFlags=3)
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))
        pdf.pages[0].obj.Annots = Array([link])
        pdf.save(original)
    with pikepdf.open(write_searchable(original, layer())) as pdf:
        assert pdf.Root.AcroForm.SigFlags == 3
        assert pdf.pages[0].obj.Annots[0].Subtype == Name.Link
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == ["Лист 110"]


# --- the metadata of the file --------------------------------------------------------------


def test_the_same_scan_gives_the_same_bytes(tmp_path: Path) -> None:
    original = scan(tmp_path / "scan.pdf", pages=2)
    once = write_searchable(original, layer(), layer(), name="once").read_bytes()
    assert write_searchable(original, layer(), layer(), name="twice").read_bytes() == once
    tiff = tmp_path / "scan.tif"
    tiff.write_bytes(encode(picture().convert("1"), "TIFF", compression="group4"))
    once = write_searchable(tiff, layer(), media_type="image/tiff", name="once").read_bytes()
    twice = write_searchable(tiff, layer(), media_type="image/tiff", name="twice").read_bytes()
    assert twice == once


def test_title_language_and_date_are_set(tmp_path: Path) -> None:
    with pikepdf.open(write_searchable(scan(tmp_path / "scan.pdf"), layer())) as pdf:
        assert str(pdf.docinfo.Title) == "Шифртелеграмма"
        assert str(pdf.docinfo.Producer) == "Opis"
        assert str(pdf.docinfo.ModDate) == "D:20261123120000Z"
        assert str(pdf.Root.Lang) == "ru"


def test_what_the_original_says_of_itself_stays_but_its_claim_of_pdf_a(tmp_path: Path) -> None:
    original = scan(tmp_path / "scan.pdf")
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        pdf.docinfo.Title, pdf.docinfo.Author = "Given title", "An archive"
        with pdf.open_metadata(update_docinfo=False) as xmp:
            xmp["dc:title"], xmp["pdfaid:part"], xmp["pdfaid:conformance"] = "Given title", "2", "B"
        pdf.save(original)
    with pikepdf.open(write_searchable(original, layer())) as pdf:
        assert (str(pdf.docinfo.Title), str(pdf.docinfo.Author)) == ("Given title", "An archive")
        xmp = pdf.open_metadata()
        assert (xmp["dc:title"], xmp["pdf:Producer"]) == ("Given title", "Opis")
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("2", "U")


def spoil_font(pdf: pikepdf.Pdf) -> None:
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj.Resources.Font = Dictionary(F=pdf.make_indirect(font))


def spoil_colours(pdf: pikepdf.Pdf) -> None:
    intent = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX)
    pdf.Root.OutputIntents = Array([intent])


def spoil_palette(pdf: pikepdf.Pdf) -> None:
    image = next(iter(pdf.pages[0].get_images().values()))
    image.ColorSpace = Array([Name.Indexed, Name.DeviceCMYK, 0, String("0000")])


def spoil_image(pdf: pikepdf.Pdf) -> None:
    next(iter(pdf.pages[0].get_images().values())).Interpolate = True


@pytest.mark.parametrize(
    "spoil",
    [spoil_font, spoil_colours, spoil_palette, spoil_image],
    ids=lambda each: each.__name__,
)
def test_what_stands_in_the_way_of_pdf_a_takes_the_claim_away(
    spoil: Callable[[pikepdf.Pdf], None], tmp_path: Path
) -> None:
    original = scan(tmp_path / "scan.pdf")
    with pikepdf.open(original, allow_overwriting_input=True) as pdf:
        spoil(pdf)
        pdf.save(original)
    with pikepdf.open(write_searchable(original, layer())) as pdf:
        assert list(pdfa_violations(pdf))
        assert "pdfaid:part" not in pdf.open_metadata()


def test_it_breaks_no_rule_of_pdf_a_that_opis_checks(tmp_path: Path) -> None:
    original = scan(tmp_path / "scan.pdf", pages=2)
    facts = PdfMetadata("Шифртелеграмма", "ru", None, "Филиппов", ("0110", None))
    target = tmp_path / "labelled.pdf"
    write_searchable_pdf(original, "application/pdf", [layer(), layer()], target, facts)
    with pikepdf.open(target) as pdf:
        assert list(pdfa_violations(pdf)) == []
        assert [page.label for page in pdf.pages] == ["0110", "[2]"]
        assert str(pdf.Root.Lang) == "ru"
        intent = pdf.Root.OutputIntents[0]
        assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
        xmp = pdf.open_metadata()
        assert (xmp["dc:title"], xmp["dc:creator"]) == ("Шифртелеграмма", ["Филиппов"])
        assert (str(pdf.docinfo.Title), str(pdf.docinfo.Author)) == ("Шифртелеграмма", "Филиппов")
        assert Name.Filter not in pdf.Root.Metadata
        assert len(pdf.trailer.ID) == 2


@pytest.mark.skipif("VERAPDF" not in os.environ, reason="VERAPDF does not point to a checker")
def test_verapdf_finds_nothing_wrong(tmp_path: Path) -> None:
    target = write_searchable(scan(tmp_path / "scan.pdf", pages=2), layer(), layer())
    words = [os.environ["VERAPDF"], "--flavour", "2u", "--format", "text", str(target)]
    run = subprocess.run(words, check=False, capture_output=True, text=True)
    assert run.stdout.startswith("PASS"), run.stdout + run.stderr


@needs_qpdf
def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    target = write_searchable(scan(tmp_path / "scan.pdf", pages=2), layer(), layer())
    run = subprocess.run(["qpdf", "--check", target], check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_text_adds_little(tmp_path: Path) -> None:
    original = tmp_path / "scan.jpg"
    original.write_bytes(encode(Image.effect_noise((1240, 1754), 40), "JPEG", quality=50))
    rows = tuple(
        tuple((f"слово{row % 7}{n}", 100 + 100 * n, 60 + 55 * row, 80) for n in range(10))
        for row in range(30)
    )
    text = LayerPage(page_image((1240, 1754)), page_text(rows), keep_own=False)
    target = write_searchable(original, text, media_type="image/jpeg")
    assert target.stat().st_size < 1.1 * original.stat().st_size


def test_an_owner_password_is_no_obstacle_and_is_not_kept(tmp_path: Path) -> None:
    original = scan(tmp_path / "open.pdf")
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(original) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="secret", user=""))
    target = write_searchable(locked, layer())
    with pikepdf.open(target) as pdf:
        assert not pdf.is_encrypted
    assert raw_images(target) == raw_images(original)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    original = scan(tmp_path / "open.pdf")
    locked = tmp_path / "locked.pdf"
    with pikepdf.open(original) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="secret", user="secret"))
    with pytest.raises(EncryptedScanError, match=r"locked\.pdf"):
        write_searchable(locked, layer())
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing of the sort")
    with pytest.raises(BrokenScanError, match=r"broken\.pdf"):
        write_searchable(broken, layer())
    with pytest.raises(BrokenScanError, match=r"broken\.pdf"):
        write_searchable(broken, layer(), media_type="image/tiff")


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_pages_as_the_scan_has_or_none(count: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write_searchable(scan(tmp_path / "scan.pdf", pages=2), *[layer()] * count)


# --- image files ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "options"), [("JPEG", {"quality": 80}), ("JPEG2000", {"no_jp2": False})]
)
def test_a_compressed_image_goes_in_as_it_is(
    kind: str, options: dict[str, object], tmp_path: Path
) -> None:
    original = tmp_path / "scan"
    original.write_bytes(encode(picture().convert("RGB"), kind, **options))
    target = write_searchable(original, layer(), media_type="image/any")
    assert raw_images(target) == [original.read_bytes()]
    assert "тт." in pdfium_text(target)[0]
    assert set(tmp_path.iterdir()) == {target, original}  # no scratch files left


def test_the_page_is_as_large_as_the_resolution_says(tmp_path: Path) -> None:
    original = tmp_path / "scan.png"
    for declared, width in (((200, 200), 360), ((1, 1), 240), (None, 240)):
        options = {} if declared is None else {"dpi": declared}
        original.write_bytes(encode(picture(), "PNG", **options))
        target = write_searchable(original, layer(), media_type="image/png")
        with pypdfium2.PdfDocument(target) as document:
            assert document[0].get_width() == pytest.approx(width, rel=1e-3)
        assert char_boxes(target)[0][0] == pytest.approx(width / 10, rel=1e-2)


@pytest.mark.parametrize("compression", ["group4", "raw", "group3"])
def test_a_tiff_of_two_colours_becomes_g4(compression: str, tmp_path: Path) -> None:
    original = tmp_path / "scan.tif"
    frames = [picture().convert("1"), ImageOps.mirror(picture()).convert("1")]
    options: dict[str, Any] = {"compression": compression, "dpi": (300, 300), "tiffinfo": {278: 50}}
    frames[0].save(original, save_all=True, append_images=frames[1:], **options)
    target = write_searchable(original, layer(), layer(), media_type="image/tiff")
    with pikepdf.open(target) as pdf:
        filters = [str(page.Resources.XObject.Im0.Filter[0]) for page in pdf.pages]
        assert filters == ["/CCITTFaxDecode"] * 2
    for rendering, frame in zip(pages_of(target, 300 / 72), frames, strict=True):
        assert darkness(rendering) == pytest.approx(darkness(frame), abs=1)


def pages_of(path: Path, scale: float) -> list[Image.Image]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.render(scale=scale).to_pil().convert("L") for page in document]


def darkness(image: Image.Image) -> list[int]:
    """Mean grey of the cells of a 10 by 7 grid: the same up to the drawing's rounding."""
    return list(image.convert("L").resize((10, 7), Image.Resampling.BOX).tobytes())


def test_g4_data_in_one_strip_are_the_files_own(tmp_path: Path) -> None:
    original = tmp_path / "scan.tif"
    flat = picture().convert("1")
    flat.save(original, compression="group4", tiffinfo={278: 700}, dpi=(300, 300))
    with Image.open(original) as image:
        tags = image.tag_v2  # type: ignore[attr-defined]
        (start,), (length,) = tags[273], tags[279]
    target = write_searchable(original, layer(), media_type="image/tiff")
    assert raw_images(target) == [original.read_bytes()[start : start + length]]


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "G4"])
def test_orientation_turns_the_page_and_not_the_image(
    kind: str, orientation: int, tmp_path: Path
) -> None:
    upright = Image.new("L", (300, 200), 255)
    ImageDraw.Draw(upright).polygon([(20, 20), (250, 20), (20, 100)], fill=0)
    exif = Image.Exif()
    exif[274] = orientation
    mode, name = ("1", "TIFF") if kind == "G4" else ("L", kind)
    options = {"compression": "group4", "tiffinfo": {278: 200}} if kind == "G4" else {}
    original = tmp_path / "scan"
    original.write_bytes(encode(upright.convert(mode), name, exif=exif, dpi=(72, 72), **options))
    with Image.open(original) as image:
        expected = ImageOps.exif_transpose(image).convert("L")
    text = page_text(((("угол", 20, 20, 100),),))
    target = write_searchable(
        original,
        LayerPage(page_image(expected.size), text, keep_own=False),
        media_type="image/any",
    )
    if kind == "JPEG":
        assert raw_images(target) == [original.read_bytes()]
    with pypdfium2.PdfDocument(target) as document:
        page = document[0]
        rendering = page.render(scale=1).to_pil().convert("L")
        assert rendering.size == expected.size
        assert darkness(rendering) == pytest.approx(darkness(expected), abs=4)
        left, top, *_ = next(selection(page, rendering.size))
        assert (left, top) == pytest.approx((20, 20), abs=1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "I;16", "I", "CMYK", "F", "RGB"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_any_pixel_format_becomes_a_page(mode: str, kind: str, tmp_path: Path) -> None:
    if kind == "PNG" and mode in {"CMYK", "F", "I"}:
        pytest.skip("PNG has no such pixels")
    if mode == "I;16":
        wide = bytes(byte for byte in picture().tobytes() for _ in range(2))
        image = Image.frombytes("I;16", picture().size, wide)
    elif mode == "I":
        image = picture().convert("I").point(lambda grey: grey * 257)
    else:
        image = picture().convert(mode)
    original = tmp_path / "scan"
    original.write_bytes(encode(image, kind, dpi=(300, 300)))
    target = write_searchable(original, layer(), media_type="image/any")
    (rendering,) = pages_of(target, 300 / 72)
    inks = 40 if mode == "CMYK" else 1  # everyone has other ideas of black ink
    assert darkness(rendering) == pytest.approx(darkness(picture()), abs=inks)


def _from_nothing_to_one() -> bytes:
    return encode(Image.fromarray(np.asarray(picture(), dtype=np.float32) / 255), "TIFF")


def _white_is_zero_in_16_bits() -> bytes:
    wide = (255 - np.asarray(picture(), dtype=np.uint16)) * 257
    return encode(Image.fromarray(wide), "TIFF", tiffinfo={262: 0})


def _eight_bits_in_32() -> bytes:
    return encode(Image.fromarray(np.asarray(picture(), dtype=np.int32)), "TIFF")


def _ink_in_the_alpha_channel() -> bytes:
    black = Image.new("RGBA", picture().size)
    black.putalpha(ImageOps.invert(picture()))
    return encode(black, "JPEG2000")


@pytest.mark.parametrize(
    "make",
    [_from_nothing_to_one, _white_is_zero_in_16_bits, _eight_bits_in_32, _ink_in_the_alpha_channel],
)
def test_odd_pixels_are_drawn_as_they_were_read(make: Callable[[], bytes], tmp_path: Path) -> None:
    original = tmp_path / "scan"
    original.write_bytes(make())
    (rendering,) = pages_of(write_searchable(original, layer(), media_type="image/any"), 300 / 72)
    assert darkness(rendering) == pytest.approx(darkness(picture()), abs=1)


def test_an_impossible_resolution_distorts_no_page(tmp_path: Path) -> None:
    original = tmp_path / "scan.tif"
    original.write_bytes(encode(picture(), "TIFF", dpi=(600, 100)))
    with pikepdf.open(write_searchable(original, layer(), media_type="image/tiff")) as pdf:
        assert [float(side) for side in pdf.pages[0].mediabox] == [0, 0, 240, 168]


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (20_000, 300)])
def test_a_page_of_any_size_is_a_page(size: tuple[int, int], tmp_path: Path) -> None:
    original = tmp_path / "scan.png"
    original.write_bytes(encode(Image.new("L", size, 255), "PNG", dpi=(72, 72)))
    empty = LayerPage(page_image(size), PageText(), keep_own=False)
    with pikepdf.open(write_searchable(original, empty, media_type="image/png")) as pdf:
        assert all(3 <= float(side) <= 14_400 for side in pdf.pages[0].mediabox[2:])


def test_pillows_own_limit_of_pixels_is_switched_off() -> None:
    code = (
        "import pipeline.ingest.steps, PIL.Image as image; "
        "raise SystemExit(image.MAX_IMAGE_PIXELS is not None)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_transparent_parts_of_a_tiff_are_white_paper(tmp_path: Path) -> None:
    original = tmp_path / "scan.tif"
    clear = Image.new("RGBA", (1000, 700), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (100, 100, 400, 140))
    original.write_bytes(encode(clear, "TIFF", dpi=(300, 300)))
    (rendering,) = pages_of(write_searchable(original, layer(), media_type="image/tiff"), 1)
    assert rendering.getpixel((5, 5)) == 255
    assert rendering.getpixel((60, 29)) == 0


def test_a_damaged_frame_keeps_its_place(tmp_path: Path) -> None:
    original = tmp_path / "scan.tif"
    frames = [picture(), picture(), picture()]
    frames[0].save(original, save_all=True, append_images=frames[1:], compression="tiff_lzw")
    with Image.open(original) as image:
        image.seek(1)
        start = image.tag_v2[273][0]  # type: ignore[attr-defined]
    data = bytearray(original.read_bytes())
    data[start : start + 400] = b"\xff" * 400
    original.write_bytes(data)
    empty = LayerPage(page_image((1000, 700)), PageText(), keep_own=False)
    target = write_searchable(original, layer(), empty, layer(), media_type="image/tiff")
    texts = pdfium_text(target)
    assert ["тт." in text for text in texts] == [True, False, True]


# --- files as they really come -------------------------------------------------------------


@pytest.mark.skipif(not EVAL.is_dir(), reason="the collection is not on this machine")
@pytest.mark.parametrize("path", sorted(EVAL.glob("*.pdf")), ids=lambda path: path.name)
def test_nothing_visible_changes_in_real_files(path: Path, tmp_path: Path) -> None:
    try:
        before = render_pages(path, 0.4)
        with pypdfium2.PdfDocument(path) as document:
            sizes = [(page.get_width(), page.get_height()) for page in document]
    except pypdfium2.PdfiumError:
        pytest.skip("cannot be opened")
    text = page_text(((("слово", 10, 10, 200), ("другое", 240, 10, 200)),))
    layers = [
        LayerPage(
            page_image((1000, 700), Placement(wide, high, 0, 0, wide, high)), text, keep_own=False
        )
        for wide, high in sizes
    ]
    original = tmp_path / path.name
    original.write_bytes(path.read_bytes())
    target = write_searchable(original, *layers)
    assert render_pages(target, 0.4) == before
    assert boxes(target) == boxes(original)
    assert raw_images(target) == raw_images(original)
    assert all({"слово", "другое"} <= set(page.split()) for page in pdfium_text(target))
