import hashlib
import io
import time
import zlib
from pathlib import Path
from typing import Any

import img2pdf
import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.errors import BrokenScanError, IngestError
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.page_image import extract_embedded_text, extract_page_image
from pipeline.imaging.pixels import Grey
from pipeline.model import Limits, Origin, PageImage

PDF = "application/pdf"
EVAL = Path(__file__).parents[2] / "shared" / "eval" / "pdfs"
WIDE, HIGH = 304, 200  #: pixels of the test image
PAGE_WIDE, PAGE_HIGH = 72.96, 48.0  #: points: 300 dpi
UPRIGHT = f"{PAGE_WIDE} 0 0 {PAGE_HIGH} 0 0"


def colours() -> Image.Image:
    """Return paper with a dark mark in its upper left corner and other things elsewhere."""
    image = Image.new("RGB", (WIDE, HIGH), (240, 230, 200))
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 10, 90, 40), fill=(20, 20, 120))
    draw.rectangle((100, 60, 140, 190), fill=(200, 0, 0))
    draw.ellipse((200, 100, 290, 190), fill=(0, 120, 0))
    return image


def grey() -> Image.Image:
    return colours().convert("L")


def black_and_white() -> Image.Image:
    return (
        grey().point(lambda level: 255 if level > 128 else 0).convert("1", dither=Image.Dither.NONE)
    )


def pixels(image: Image.Image) -> Grey:
    return np.asarray(image.convert("L"))


def encode(image: Image.Image, kind: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def scan(
    path: Path,
    content: str = f"q {UPRIGHT} cm /Im0 Do Q",
    size: tuple[float, float] = (PAGE_WIDE, PAGE_HIGH),
    data: bytes | None = None,
    **entries: Any,
) -> Path:
    """Write a PDF of one page with one image; entries that begin with ``page`` are the page's."""
    pdf = pikepdf.new()
    image = Stream(pdf, pixels(grey()).tobytes() if data is None else data)
    usual = {"Width": WIDE, "Height": HIGH, "BitsPerComponent": 8, "ColorSpace": Name.DeviceGray}
    for key, value in {**usual, "Type": Name.XObject, "Subtype": Name.Image, **entries}.items():
        if value is not None and not key.startswith("page"):
            image["/" + key] = value(pdf) if callable(value) else value
    page = pdf.add_blank_page(page_size=size)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    half = Dictionary(ca=0.5)
    page.Resources = Dictionary(
        XObject=Dictionary(Im0=image), Font=Dictionary(F1=font), ExtGState=Dictionary(Half=half)
    )
    page.Contents = Stream(pdf, content.encode())
    for key, value in entries.items():
        if key.startswith("page"):
            page.obj["/" + key.removeprefix("page")] = value(pdf) if callable(value) else value
    pdf.save(path)
    return path


def extract(path: Path, number: int = 1, max_pixels: int = 10**8) -> tuple[Grey, PageImage]:
    media_type = inspect_scan(path, Limits()).media_type
    page = extract_page_image(path, media_type, number, 300, max_pixels)
    return page.pixels, page.image


def embedded_array(path: Path, number: int = 1) -> Grey:
    """Return the pixels of a page whose embedded image was taken."""
    array, image = extract(path, number)
    assert image.origin == Origin.EMBEDDED
    return array


def drawn_array(path: Path) -> Grey:
    """Return the pixels of a page that was drawn."""
    array, image = extract(path)
    assert image.origin == Origin.DRAWN
    return array


def mean_difference(one: Grey, other: Grey) -> float:
    """Return the mean difference of two page images, in grey levels."""
    assert one.shape == other.shape
    return float(np.abs(one.astype(int) - other).mean())


def strip(tiff: bytes) -> tuple[bytes, int]:
    """Return the data of the one strip of a TIFF, and its photometric interpretation."""
    with TiffImageFile(io.BytesIO(tiff)) as image:
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]
        return tiff[start : start + length], image.tag_v2[262]


def fax(path: Path, **entries: Any) -> Path:
    """Write a G4 page."""
    data, meaning = strip(encode(black_and_white(), "TIFF", compression="group4"))
    how = Dictionary(K=-1, Columns=WIDE, Rows=HIGH, BlackIs1=bool(meaning))
    kind: dict[str, Any] = {
        "BitsPerComponent": 1,
        "Filter": Name.CCITTFaxDecode,
        "DecodeParms": how,
    }
    return scan(path, data=data, **kind, **entries)


def test_a_jpeg_that_is_the_page_is_taken_as_pillow_decodes_it(tmp_path: Path) -> None:
    jpeg = encode(colours(), "JPEG", quality=90, dpi=(300, 300))
    (tmp_path / "scan.pdf").write_bytes(img2pdf.convert(jpeg))
    array, image = extract(tmp_path / "scan.pdf")
    assert np.array_equal(array, pixels(Image.open(io.BytesIO(jpeg))))
    assert (image.extraction, image.width, image.height) == ("DCTDecode", WIDE, HIGH)
    assert (image.dpi_x, image.dpi_y) == pytest.approx((300, 300), abs=0.1)


def test_the_digest_is_that_of_a_binary_pgm(tmp_path: Path) -> None:
    array, image = extract(scan(tmp_path / "scan.pdf"))
    pgm = b"P5\n%d %d\n255\n" % (WIDE, HIGH) + array.tobytes()
    assert image.sha256 == hashlib.sha256(pgm).hexdigest()


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_fax_compression_is_taken_bit_for_bit(tmp_path: Path, compression: str) -> None:
    tiff = encode(black_and_white(), "TIFF", compression=compression, dpi=(300, 300))
    (tmp_path / "scan.pdf").write_bytes(img2pdf.convert(tiff))
    assert np.array_equal(embedded_array(tmp_path / "scan.pdf"), pixels(black_and_white()))


def test_an_inverted_fax_is_inverted(tmp_path: Path) -> None:
    array = embedded_array(fax(tmp_path / "scan.pdf", Decode=Array([1, 0])))
    assert np.array_equal(array, 255 - pixels(black_and_white()))


def test_a_stencil_that_covers_the_page_is_drawn_at_its_own_resolution(tmp_path: Path) -> None:
    path = fax(tmp_path / "scan.pdf", ImageMask=True, ColorSpace=None)
    assert np.array_equal(drawn_array(path), pixels(black_and_white()))


def test_grey_of_sixteen_bits_becomes_eight(tmp_path: Path) -> None:
    deep = (pixels(grey()).astype(">u2") * 257).tobytes()
    array = embedded_array(scan(tmp_path / "scan.pdf", data=deep, BitsPerComponent=16))
    assert np.array_equal(array, pixels(grey()))


def test_one_bit_a_pixel_is_black_and_white(tmp_path: Path) -> None:
    bits = np.packbits(pixels(black_and_white()) > 0, axis=1).tobytes()
    array = embedded_array(scan(tmp_path / "scan.pdf", data=bits, BitsPerComponent=1))
    assert np.array_equal(array, pixels(black_and_white()))


def test_a_palette_is_looked_up(tmp_path: Path) -> None:
    image = colours().quantize(16)
    table = bytes(image.getpalette() or [])[:48]
    space = Array([Name.Indexed, Name.DeviceRGB, 15, pikepdf.String(table)])
    array = embedded_array(scan(tmp_path / "scan.pdf", data=image.tobytes(), ColorSpace=space))
    assert mean_difference(array, pixels(image.convert("RGB"))) < 0.5


def test_grey_that_the_pdf_inverts_is_inverted(tmp_path: Path) -> None:
    array = embedded_array(scan(tmp_path / "scan.pdf", Decode=Array([1, 0])))
    assert np.array_equal(array, 255 - pixels(grey()))


@pytest.mark.parametrize("as_jpeg", [True, False], ids=["Adobe's inverted JPEG", "plain"])
def test_four_inks_are_dark_on_light(tmp_path: Path, as_jpeg: bool) -> None:
    image = colours().convert("CMYK")
    path = tmp_path / "scan.pdf"
    if as_jpeg:
        path.write_bytes(img2pdf.convert(encode(image, "JPEG", quality=95, dpi=(300, 300))))
    else:
        scan(path, data=image.tobytes(), ColorSpace=Name.DeviceCMYK)
    array, _ = extract(path)
    assert mean_difference(array, pixels(grey())) < 20
    assert array[25, 50] < array[100, 120] < array[5, 5]


@pytest.mark.parametrize("no_jp2", [True, False], ids=["code stream", "file"])
def test_jpeg_2000_is_taken(tmp_path: Path, no_jp2: bool) -> None:
    data = encode(grey(), "JPEG2000", no_jp2=no_jp2)
    array = embedded_array(scan(tmp_path / "scan.pdf", data=data, Filter=Name.JPXDecode))
    assert mean_difference(array, pixels(grey())) < 0.5


def test_lzw_and_run_lengths_are_taken(tmp_path: Path) -> None:
    rows = [bytes([WIDE // 4 - 1]) + bytes(WIDE // 4) for _ in range(4 * HIGH)]
    path = scan(tmp_path / "a.pdf", data=b"".join(rows) + b"\x80", Filter=Name.RunLengthDecode)
    assert np.array_equal(embedded_array(path), np.zeros((HIGH, WIDE)))
    data, _ = strip(encode(grey(), "TIFF", compression="tiff_lzw", strip_size=WIDE * HIGH))
    path = scan(tmp_path / "b.pdf", data=data, Filter=Name.LZWDecode)
    assert np.array_equal(embedded_array(path), pixels(grey()))


def test_jbig2_is_taken() -> None:
    path = EVAL / "jbig2.pdf"
    if not path.exists():
        pytest.skip("no JBIG2 encoder here, and no shared sample")
    levels, counts = np.unique(embedded_array(path), return_counts=True)
    assert set(levels) == {0, 255}
    assert counts[-1] > 5 * counts[0]  # mostly paper


@pytest.mark.parametrize(
    ("rotate", "row", "column"), [(0, 25, 50), (90, 50, 174), (180, 174, 253), (270, 253, 25)]
)
def test_a_turned_page_is_turned_as_a_viewer_turns_it(
    tmp_path: Path, rotate: int, row: int, column: int
) -> None:
    array, image = extract(scan(tmp_path / "scan.pdf", pageRotate=rotate))
    assert array[row, column] == pixels(grey())[25, 50] < 50
    assert np.array_equal(array, np.rot90(pixels(grey()), -rotate // 90))
    assert image.placement.width == pytest.approx(array.shape[1] / 300 * 72, abs=0.01)
    assert image.placement.page_height == pytest.approx(array.shape[0] / 300 * 72, abs=0.01)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize(
    "matrix",
    [
        f"{PAGE_WIDE} 0 0 {PAGE_HIGH} 0 0",
        f"-{PAGE_WIDE} 0 0 {PAGE_HIGH} {PAGE_WIDE} 0",
        f"{PAGE_WIDE} 0 0 -{PAGE_HIGH} 0 {PAGE_HIGH}",
        f"-{PAGE_WIDE} 0 0 -{PAGE_HIGH} {PAGE_WIDE} {PAGE_HIGH}",
        f"0 {PAGE_WIDE} {PAGE_HIGH} 0 0 0",
        f"0 -{PAGE_WIDE} {PAGE_HIGH} 0 0 {PAGE_WIDE}",
        f"0 {PAGE_WIDE} -{PAGE_HIGH} 0 {PAGE_HIGH} 0",
        f"0 -{PAGE_WIDE} -{PAGE_HIGH} 0 {PAGE_HIGH} {PAGE_WIDE}",
    ],
)
def test_an_image_turned_or_mirrored_by_its_matrix_looks_as_if_drawn(
    tmp_path: Path, matrix: str, rotate: int
) -> None:
    size = (PAGE_HIGH, PAGE_WIDE) if matrix.startswith("0") else (PAGE_WIDE, PAGE_HIGH)
    show = f"q {matrix} cm /Im0 Do Q"
    dot = "0.1 g 0 0 0.01 0.01 re f"  # too small to be seen, but reason enough to draw
    as_it_is = embedded_array(scan(tmp_path / "a.pdf", show, size, pageRotate=rotate))
    as_drawn = drawn_array(scan(tmp_path / "b.pdf", f"{show} {dot}", size, pageRotate=rotate))
    assert mean_difference(as_it_is, as_drawn) < 0.5


@pytest.mark.parametrize("more", ["", " 5 5 9 9 re f"], ids=["image", "drawing"])
def test_a_crop_box_beside_the_page_crops_nothing(tmp_path: Path, more: str) -> None:
    content = f"q {UPRIGHT} cm /Im0 Do Q{more}"
    whole = extract(scan(tmp_path / "whole.pdf", content))
    path = scan(tmp_path / "scan.pdf", content, pageCropBox=Array([500, 500, 600, 600]))
    assert np.array_equal(extract(path)[0], whole[0])
    assert extract(path)[1].placement == whole[1].placement


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_what_the_crop_box_hides_is_not_in_the_page_image(tmp_path: Path, rotate: int) -> None:
    box = [25 * 0.24, 40 * 0.24, 290 * 0.24, 190 * 0.24]  # points of whole pixels
    path = scan(tmp_path / "scan.pdf", pageCropBox=Array(box), pageRotate=rotate)
    array, image = extract(path)
    assert image.origin == Origin.EMBEDDED
    assert np.array_equal(array, np.rot90(pixels(grey())[10:160, 25:290], -rotate // 90))
    place = image.placement
    assert (place.x, place.y) == pytest.approx((0, 0), abs=0.01)
    assert (place.width, place.height) == pytest.approx(
        (place.page_width, place.page_height), abs=0.01
    )


def test_a_narrow_margin_is_in_the_placement(tmp_path: Path) -> None:
    path = scan(
        tmp_path / "scan.pdf", f"q {UPRIGHT[:-3]}1 0.25 cm /Im0 Do Q", (PAGE_WIDE + 1.3, 49)
    )
    _, image = extract(path)
    assert image.origin == Origin.EMBEDDED
    place = image.placement
    assert (place.x, place.y) == pytest.approx((1, 0.75), abs=0.01)
    assert (place.page_width, place.page_height) == pytest.approx((74.26, 49), abs=0.01)


@pytest.mark.parametrize(
    "before",
    [
        f"0 0 {PAGE_WIDE} {PAGE_HIGH} re W n",
        f"0 0 m {PAGE_WIDE} 0 l {PAGE_WIDE} {PAGE_HIGH} l 0 {PAGE_HIGH} l h W n",
        f"1 g 0 0 {PAGE_WIDE} {PAGE_HIGH} re f",
        "BT /F1 9 Tf 3 Tr 5 5 Td (hidden) Tj ET",
        "BT /F1 9 Tf 5 5 Td (under the image) Tj ET",
    ],
    ids=["a clip", "a clip drawn line by line", "white paper", "hidden text", "covered text"],
)
def test_what_is_not_visible_leaves_the_image_as_it_is(tmp_path: Path, before: str) -> None:
    path = scan(tmp_path / "scan.pdf", f"q {before} {UPRIGHT} cm /Im0 Do Q")
    assert np.array_equal(embedded_array(path), pixels(grey()))


@pytest.mark.parametrize(
    "content",
    [
        f"q {UPRIGHT} cm /Im0 Do Q 0 g 0 0 20 20 re f",
        f"q {UPRIGHT} cm /Im0 Do Q BT /F1 9 Tf 5 5 Td (seen) Tj ET",
        f"q {UPRIGHT} cm /Im0 Do /Im0 Do Q",
        f"q 0 0 30 30 re W n {UPRIGHT} cm /Im0 Do Q",
        f"q 0 0 m 60 0 l 0 40 l h W n {UPRIGHT} cm /Im0 Do Q",
        f"q /Half gs {UPRIGHT} cm /Im0 Do Q",
        "q 70 5 -5 40 3 3 cm /Im0 Do Q",
        "q 36 0 0 24 3 3 cm /Im0 Do Q",
        f"/OC /Layer BDC q {UPRIGHT} cm /Im0 Do Q EMC",
    ],
    ids=["mark", "text", "two", "clip", "triangle", "half seen", "askew", "small", "layer"],
)
def test_a_page_that_is_more_or_less_than_its_image_is_drawn(tmp_path: Path, content: str) -> None:
    assert drawn_array(scan(tmp_path / "scan.pdf", content)).shape == (HIGH, WIDE)


def test_text_hidden_in_a_form_leaves_the_image_alone(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", f"q {UPRIGHT} cm /Im0 Do Q /Layer Do")
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        form = Stream(pdf, b"BT /F1 9 Tf 3 Tr 5 5 Td (hidden) Tj ET")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 99, 99])
        form.Resources = Dictionary(Font=page.Resources.Font)
        page.Resources.XObject.Layer = form
        pdf.save(path)
    assert np.array_equal(embedded_array(path), pixels(grey()))
    text = extract_embedded_text(path, PDF, 1)
    assert text is not None
    assert (text.text, text.hidden) == ("hidden", True)


def test_a_mask_lets_white_paper_through(tmp_path: Path) -> None:
    def mask(pdf: pikepdf.Pdf) -> Stream:
        half = np.zeros((HIGH, WIDE), np.uint8)
        half[:, : WIDE // 2] = 255
        image = Stream(pdf, half.tobytes())
        image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
        image.Width, image.Height, image.BitsPerComponent = WIDE, HIGH, 8
        return image

    array = drawn_array(scan(tmp_path / "scan.pdf", SMask=mask))
    assert np.array_equal(array[:, :150], pixels(grey())[:, :150])
    assert (array[:, 154:] == 255).all()


def test_strips_are_put_together(tmp_path: Path) -> None:
    half = f"{PAGE_WIDE} 0 0 {PAGE_HIGH / 2}"
    path = scan(
        tmp_path / "scan.pdf",
        f"q {half} 0 {PAGE_HIGH / 2} cm /Im0 Do Q q {half} 0 0 cm /Im1 Do Q",
        data=pixels(grey())[: HIGH // 2].tobytes(),
        Height=HIGH // 2,
    )
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        upper = pdf.pages[0].Resources.XObject.Im0
        lower = Stream(pdf, pixels(grey())[HIGH // 2 :].tobytes())
        for key in ("/Type", "/Subtype", "/Width", "/Height", "/ColorSpace", "/BitsPerComponent"):
            lower[key] = upper[key]
        pdf.pages[0].Resources.XObject.Im1 = lower
        pdf.save(path)
    assert np.array_equal(drawn_array(path), pixels(grey()))


def test_a_page_of_vectors_is_drawn_at_the_resolution_asked_for(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", "0 g 0 700 100 92 re f", (612, 792))
    array = drawn_array(path)
    assert array.shape == (3300, 2550)
    assert array[5, 5] == 0
    assert array[3000, 2000] == 255


def test_a_stamp_on_the_page_is_seen(tmp_path: Path) -> None:
    def stamp(pdf: pikepdf.Pdf) -> Array:
        look = Stream(pdf, b"0 g 0 0 10 10 re f")
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 10, 10])
        annotation = Dictionary(
            Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([60, 36, 70, 46]), F=4
        )
        annotation.AP = Dictionary(N=look)
        return Array([pdf.make_indirect(annotation)])

    array = drawn_array(scan(tmp_path / "scan.pdf", pageAnnots=stamp))
    assert array[30, 270] == 0 < pixels(grey())[30, 270]


def test_a_link_does_not_make_a_scan_a_drawing(tmp_path: Path) -> None:
    link = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]))])
    embedded_array(scan(tmp_path / "scan.pdf", pageAnnots=link))


def test_a_fax_with_oblong_pixels_is_drawn_with_square_ones(tmp_path: Path) -> None:
    size = (WIDE / 204 * 72, HIGH / 98 * 72)
    path = scan(tmp_path / "scan.pdf", f"q {size[0]} 0 0 {size[1]} 0 0 cm /Im0 Do Q", size)
    array, image = extract(path)
    assert array.shape == pytest.approx((HIGH * 204 / 98, WIDE), abs=1)
    assert image.dpi_x == pytest.approx(image.dpi_y, rel=0.01)


def test_a_page_with_a_wrong_resolution_is_not_refused(tmp_path: Path) -> None:
    size = (9000.0, 6000.0)
    path = scan(tmp_path / "scan.pdf", "q 4000 0 0 3000 0 0 cm /Im0 Do Q 0 0 9 9 re f", size)
    array, image = extract(path, max_pixels=1_000_000)
    assert array.size <= 1_000_000
    assert array.shape[1] / array.shape[0] == pytest.approx(1.5, rel=0.01)
    assert image.dpi_x == pytest.approx(array.shape[1] / 9000 * 72, rel=0.01)


def test_an_image_with_too_many_pixels_is_drawn_smaller(tmp_path: Path) -> None:
    array, image = extract(scan(tmp_path / "scan.pdf"), max_pixels=10_000)
    assert image.origin == Origin.DRAWN
    assert 9_000 < array.size <= 10_000


def test_a_page_smaller_than_a_pixel_is_drawn(tmp_path: Path) -> None:
    box = Array([0, 0, 0.1, 0.1])
    assert drawn_array(scan(tmp_path / "scan.pdf", "", pageMediaBox=box)).shape == (1, 1)


def test_a_page_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf")
    with pytest.raises(BrokenScanError, match=r"^scan\.pdf, page 7 "):
        extract_page_image(path, PDF, 7, 300, 10**8)


@pytest.mark.parametrize(
    ("space", "bits", "predictor"),
    [
        (Name.DeviceGray, 8, 1),
        (Name.DeviceGray, 8, 15),
        (Array([Name.Indexed, Name.DeviceRGB, 255, bytes(range(256)) * 3]), 8, 1),
        (Array([Name.Indexed, Name.DeviceRGB, 255, bytes(range(256)) * 3]), 8, 15),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_missing_rows_are_damage(
    tmp_path: Path, space: object, bits: int, predictor: int, whole: bool
) -> None:
    rows = pixels(grey())
    if predictor > 1:
        rows = np.hstack([np.zeros((HIGH, 1), np.uint8), rows])
    data = rows.tobytes() if whole else rows[: HIGH // 2].tobytes()
    how = Dictionary(Predictor=predictor, Columns=WIDE, BitsPerComponent=bits)
    packed = zlib.compress(data)
    kind: dict[str, Any] = {"ColorSpace": space, "BitsPerComponent": bits, "DecodeParms": how}
    path = scan(tmp_path / "scan.pdf", data=packed, Filter=Name.FlateDecode, **kind)
    damage = "" if whole else "its image is damaged: its data end or break at row 100 of 200"
    assert extract(path)[1].damage == damage
    odd = scan(tmp_path / "odd.pdf", data=packed[:-1] + b"?", Filter=Name.FlateDecode, **kind)
    assert extract(odd)[1].damage == damage  # its checksum is wrong, and its pixels are there
    cut = scan(tmp_path / "cut.pdf", data=packed[:-40], Filter=Name.FlateDecode, **kind)
    assert "its data end or break at row" in extract(cut)[1].damage


def test_an_image_of_which_nothing_is_shown_is_damage_and_no_blank_page(tmp_path: Path) -> None:
    jpeg = encode(grey(), "JPEG")
    kind: dict[str, Any] = {
        "Filter": Name.DCTDecode,
        "ColorSpace": Name.DeviceRGB,
    }  # but it is grey
    assert extract(scan(tmp_path / "scan.pdf", data=jpeg, **kind))[1].damage != ""
    white = scan(tmp_path / "white.pdf", data=b"\xff" * (WIDE * HIGH))
    assert extract(white)[1].damage == ""


def test_a_broken_jpeg_leaves_a_page_to_look_at_and_says_so(tmp_path: Path) -> None:
    jpeg = encode(grey(), "JPEG", quality=90)[:3000]
    array, image = extract(scan(tmp_path / "scan.pdf", data=jpeg, Filter=Name.DCTDecode))
    assert (array.shape, image.origin) == ((HIGH, WIDE), Origin.DRAWN)
    assert image.damage.startswith("its image is damaged (image file is truncated")


@pytest.mark.parametrize(
    "content",
    ["1 l S", "q Q Q Q", "/Im0", "/Nothing Do", "0 0 0 0 0 0 cm /Im0 Do", "(", "BI ID EI"],
)
def test_a_content_stream_of_nonsense_is_drawn_as_far_as_it_goes(
    tmp_path: Path, content: str
) -> None:
    assert drawn_array(scan(tmp_path / "scan.pdf", content)).shape == (HIGH, WIDE)


def test_an_owner_password_locks_no_page(tmp_path: Path) -> None:
    path = scan(tmp_path / "plain.pdf", f"BT 3 Tr /F1 9 Tf (hi) Tj ET q {UPRIGHT} cm /Im0 Do Q")
    with pikepdf.open(path) as pdf:
        pdf.save(tmp_path / "scan.pdf", encryption=pikepdf.Encryption(owner="secret", user=""))
    assert np.array_equal(embedded_array(tmp_path / "scan.pdf"), pixels(grey()))
    assert extract_embedded_text(tmp_path / "scan.pdf", PDF, 1) is not None


def test_a_page_asked_for_again_is_the_same_and_a_changed_file_is_another(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf")
    assert extract(path)[1] == extract(path)[1]
    before = extract(path)[1].sha256
    scan(path, pageRotate=90)
    assert extract(path)[1].sha256 != before


def test_visible_text_is_not_hidden_and_no_text_is_none(tmp_path: Path) -> None:
    path = scan(tmp_path / "scan.pdf", "BT /F1 9 Tf 5 30 Td (seen) Tj 0 -12 Td (too) Tj ET")
    text = extract_embedded_text(path, PDF, 1)
    assert text is not None
    assert (text.text, text.hidden) == ("seen\ntoo", False)
    assert extract_embedded_text(scan(tmp_path / "none.pdf"), PDF, 1) is None
    white = scan(tmp_path / "white.pdf", "BT /F1 9 Tf 5 30 Td (  ) Tj ET")
    assert extract_embedded_text(white, PDF, 1) is None


def test_a_word_broken_at_the_end_of_a_line_stays_broken(tmp_path: Path) -> None:
    content = "BT /F1 9 Tf 5 40 Td (an exam-) Tj 0 -12 Td (ple) Tj ET"
    text = extract_embedded_text(scan(tmp_path / "scan.pdf", content), PDF, 1)
    assert text is not None
    assert text.text == "an exam-\nple"


def test_text_under_the_image_is_hidden(tmp_path: Path) -> None:
    content = f"BT /F1 9 Tf 5 30 Td (covered) Tj ET q {UPRIGHT} cm /Im0 Do Q"
    text = extract_embedded_text(scan(tmp_path / "scan.pdf", content), PDF, 1)
    assert text is not None
    assert text.hidden


def test_hidden_and_visible_text_together_are_not_hidden(tmp_path: Path) -> None:
    content = "BT /F1 9 Tf 5 30 Td 3 Tr (hidden) Tj 0 -12 Td 0 Tr (seen) Tj ET"
    text = extract_embedded_text(scan(tmp_path / "scan.pdf", content), PDF, 1)
    assert text is not None
    assert not text.hidden


@pytest.mark.parametrize("kind", ["TIFF", "PNG", "JPEG2000"])
def test_an_image_file_is_its_own_page(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "scan.img"
    path.write_bytes(encode(grey(), kind, dpi=(300, 300)))
    array, image = extract(path)
    assert np.array_equal(array, pixels(grey()))
    assert image.origin == Origin.FILE
    if kind != "JPEG2000":  # Pillow writes no resolution there
        assert image.placement.width == pytest.approx(PAGE_WIDE, rel=1e-3)
    assert extract_embedded_text(path, "image/tiff", 1) is None


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG"])
@pytest.mark.parametrize(
    ("orientation", "row", "column"), [(1, 25, 50), (3, 174, 253), (6, 50, 174), (8, 253, 25)]
)
def test_a_photograph_is_turned_as_the_camera_says(
    tmp_path: Path, kind: str, orientation: int, row: int, column: int
) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    path = tmp_path / "scan.img"
    path.write_bytes(encode(grey(), kind, exif=exif, dpi=(300, 280)))
    array, image = extract(path)
    assert abs(int(array[row, column]) - int(pixels(grey())[25, 50])) < 10
    assert (image.dpi_x > image.dpi_y) == (orientation < 5)
    assert extract(path)[1] == image


@pytest.mark.parametrize("mode", ["1", "P", "RGB", "CMYK", "LAB", "I;16", "F", "LA"])
def test_a_tiff_of_any_mode_is_dark_on_light(tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(pixels(grey()).astype(np.uint16) * 257)
    elif mode == "F":
        image = Image.fromarray(pixels(grey()).astype(np.float32) / 255)
    elif mode == "LAB":
        flat = Image.new("L", (WIDE, HIGH), 128)
        image = Image.merge("LAB", [grey(), flat, flat])
    else:
        image = colours().convert(mode)
    path = tmp_path / "scan.tif"
    image.save(path, "TIFF")
    array, _ = extract(path)
    assert array[25, 50] < 80
    assert array[5, 5] > 180


def test_sixteen_bits_with_white_as_nothing_are_dark_on_light(tmp_path: Path) -> None:
    image = Image.fromarray((255 - pixels(grey())).astype(np.uint16) * 257)
    image.save(tmp_path / "scan.tif", tiffinfo={262: 0})
    assert np.array_equal(extract(tmp_path / "scan.tif")[0], pixels(grey()))


def test_whole_numbers_of_32_bits_have_no_sign(tmp_path: Path) -> None:
    wide = (pixels(grey()).astype(np.uint32) * 0x01010101).view(np.int32)
    Image.fromarray(wide).save(tmp_path / "scan.tif", tiffinfo={339: 1})
    assert np.array_equal(extract(tmp_path / "scan.tif")[0], pixels(grey()))


def test_what_is_transparent_is_paper(tmp_path: Path) -> None:
    image = grey().convert("LA")
    image.paste((0, 0), (0, 100, WIDE, HIGH))
    image.save(tmp_path / "scan.png")
    array, _ = extract(tmp_path / "scan.png")
    assert array[25, 50] < 80
    assert (array[100:] == 255).all()


def test_the_pages_of_a_tiff_come_in_any_order(tmp_path: Path) -> None:
    pages = [Image.new("L", (10 + number, 20), 40 * number) for number in range(5)]
    path = tmp_path / "scan.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    for number in (3, 1, 5, 5, 2, 4, 1):
        array, image = extract(path, number)
        assert image.width == 9 + number
        assert (array == 40 * (number - 1)).all()
    with pytest.raises(BrokenScanError, match=r"^scan\.tif, page 6"):
        extract_page_image(path, "image/tiff", 6, 300, 10**8)


def test_a_fax_file_gets_square_pixels(tmp_path: Path) -> None:
    black_and_white().save(tmp_path / "fax.tif", compression="group4", dpi=(204, 98))
    array, image = extract(tmp_path / "fax.tif")
    assert array.shape == pytest.approx((HIGH * 204 / 98, WIDE), abs=1)
    assert image.dpi_x == pytest.approx(image.dpi_y, rel=0.01)


def test_a_resolution_that_cannot_be_is_not_believed(tmp_path: Path) -> None:
    grey().save(tmp_path / "scan.png", dpi=(1, 1))
    assert extract(tmp_path / "scan.png")[1].dpi_x == 300


def test_the_last_page_of_many_costs_no_more_than_the_first(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    with pikepdf.open(scan(tmp_path / "one.pdf")) as pdf:
        for _ in range(1999):
            pdf.pages.append(pdf.pages[0])
        pdf.save(path)
    embedded_array(path)  # opens it
    costs = list[float]()
    for first in (1, 1900):
        begun = time.process_time()
        for number in range(first, first + 100):
            extract_page_image(path, PDF, number, 300, 10**8)
            extract_embedded_text(path, PDF, number)
        costs.append(time.process_time() - begun)
    assert costs[1] < 3 * costs[0] + 0.5


@pytest.mark.skipif(not EVAL.exists(), reason="the shared files are not here")
@pytest.mark.parametrize(
    "path", sorted(p for p in EVAL.glob("*") if p.suffix != ".md"), ids=lambda path: path.name
)
def test_any_file_ends_in_page_images_or_a_refusal(path: Path) -> None:
    begun = time.process_time()
    try:
        facts = inspect_scan(path, Limits())
    except IngestError as refusal:
        named = path.name in str(refusal)
        assert named
        return
    for number in range(1, facts.page_count + 1):
        array, image, _ = extract_page_image(path, facts.media_type, number, 300, 50_000_000)
        assert array.shape == (image.height, image.width)
        assert array.dtype == np.uint8
        assert array.size <= 50_000_000 or image.origin == Origin.FILE
        assert image.width / image.height == pytest.approx(
            image.placement.width / image.placement.height, rel=0.2
        )
        extract_embedded_text(path, facts.media_type, number)
    assert time.process_time() - begun < 60
