"""Image data that end early or break are reported in every packing; harmless oddities are not."""

import base64
import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import TiffImageFile

from pipeline.errors import IngestError
from pipeline.imaging.codestreams import is_jbig2_whole, is_jpeg2000_whole
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.page_image import extract_page_image
from pipeline.imaging.tiff_integrity import fax_damage
from pipeline.model import Limits

WIDTH, HEIGHT = 1000, 800
DAMAGED = "its image is damaged: "
Spoil = Callable[[bytes], bytes]


@cache
def page(mode: str = "L") -> Image.Image:
    """Return paper with lines of writing."""
    image = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(image)
    for y in range(20, 780, 30):
        draw.text((30, y), "the grain of the port was unloaded " * 4, fill=0)
    return image.convert(mode, dither=Image.Dither.NONE)


def tiff(compression: str | None, mode: str = "1", **how: Any) -> bytes:
    written = io.BytesIO()
    page(mode).save(written, "TIFF", compression=compression, **how)
    return written.getvalue()


def strip(compression: str, mode: str = "1") -> bytes:
    """Return a page as one strip of TIFF data."""
    data = tiff(compression, mode, strip_size=10**7)
    with TiffImageFile(io.BytesIO(data)) as image:
        tags = image.tag_v2
    return data[tags[273][0] : tags[273][0] + tags[279][0]]


def encoded(kind: str, mode: str = "L", **how: Any) -> bytes:
    written = io.BytesIO()
    page(mode).save(written, kind, **how)
    return written.getvalue()


def without_line_ends(fax: bytes) -> bytes:
    """Return one-dimensional fax data without their end-of-line codes."""
    bits = "".join(f"{byte:08b}" for byte in fax).replace("000000000001", "")
    size = -(-len(bits) // 8)
    return int(bits.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def fax(**parameters: Any) -> dict[str, Any]:
    how = Dictionary(Columns=WIDTH, Rows=HEIGHT, **parameters)
    return {"Filter": Name.CCITTFaxDecode, "DecodeParms": how, "BitsPerComponent": 1}


def filters(*names: str) -> dict[str, Any]:
    return {"Filter": Array([Name("/" + name) for name in names])}


GREY = page().tobytes()
#: data of a page, with the entries of its image
PACKED: dict[str, tuple[bytes, dict[str, Any]]] = {
    "G4": (strip("group4"), fax(K=-1)),
    "G4 in ASCII85": (
        base64.a85encode(strip("group4")) + b"~>",
        {**fax(K=-1), "Filter": Array([Name.ASCII85Decode, Name.CCITTFaxDecode]),
         "DecodeParms": Array([None, fax(K=-1)["DecodeParms"]])},
    ),
    "G3": (strip("group3"), fax(K=0, EndOfLine=True)),
    "G3 without line ends": (without_line_ends(strip("group3")), fax(K=0)),
    "G3 with rows of whole bytes": (strip("tiff_ccitt"), fax(K=0, EncodedByteAlign=True)),
    "uncompressed": (GREY, {}),
    "LZW": (strip("tiff_lzw", "L"), filters("LZWDecode")),
    "RunLength": (strip("packbits", "L") + b"\x80", filters("RunLengthDecode")),
    "ASCII85": (base64.a85encode(GREY) + b"~>", filters("ASCII85Decode")),
    "hexadecimal": (GREY.hex().encode() + b">", filters("ASCIIHexDecode")),
    "Flate": (zlib.compress(GREY), filters("FlateDecode")),
    "Flate twice": (zlib.compress(zlib.compress(GREY)), filters("FlateDecode", "FlateDecode")),
    "JPEG": (encoded("JPEG"), filters("DCTDecode")),
    "JPEG in Flate": (zlib.compress(encoded("JPEG")), filters("FlateDecode", "DCTDecode")),
    "JPEG, progressive": (encoded("JPEG", progressive=True), filters("DCTDecode")),
    "JPEG 2000": (encoded("JPEG2000"), filters("JPXDecode")),
}  # fmt: skip
BREAKABLE = sorted(PACKED.keys() - {"uncompressed", "RunLength", "JPEG 2000"})


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def broken(data: bytes) -> bytes:
    """Return data of which a quarter in the middle is noise."""
    at, length = len(data) // 2, max(len(data) // 4, 40)
    noise = np.random.default_rng(3).integers(0, 256, length, dtype=np.uint8).tobytes()
    return data[:at] + noise + data[at + length :]


def pdf(path: Path, data: bytes, entries: dict[str, Any], content: str = "", **more: Any) -> Path:
    """Write a PDF of one page with one image that fills it."""
    document = pikepdf.new()
    usual = {"Width": WIDTH, "Height": HEIGHT, "BitsPerComponent": 8, "ColorSpace": Name.DeviceGray}
    image = document.make_indirect(Stream(document, data, Type=Name.XObject, Subtype=Name.Image))
    for key, value in {**usual, **entries, **more}.items():
        if value is not None:
            image["/" + key] = value(document) if callable(value) else value
    sheet = document.add_blank_page(page_size=(500, 400))
    sheet.Resources = Dictionary(XObject=Dictionary(Im0=image))
    sheet.Contents = Stream(
        document, (content or "q 500 0 0 400 0 0 cm /Im0 Do Q").encode("latin-1")
    )
    document.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def damage(path: Path, number: int = 1) -> str:
    """Return the damage of a page, or the reason why it is refused."""
    try:
        kind = inspect_scan(path, Limits()).media_type
        return extract_page_image(path, kind, number, 300, 10**8)[1].damage
    except IngestError as refusal:
        return str(refusal)


@pytest.mark.parametrize("name", PACKED)
def test_a_whole_image_is_not_called_damaged(tmp_path: Path, name: str) -> None:
    assert damage(pdf(tmp_path / "scan.pdf", *PACKED[name])) == ""


@pytest.mark.parametrize("name", PACKED)
def test_data_that_end_early_are_reported(tmp_path: Path, name: str) -> None:
    data, entries = PACKED[name]
    message = damage(pdf(tmp_path / "scan.pdf", cut(data), entries))
    assert message.startswith(("its image is damaged", "its image cannot be decoded"))


@pytest.mark.parametrize("name", BREAKABLE)
def test_data_that_break_are_reported(tmp_path: Path, name: str) -> None:
    data, entries = PACKED[name]
    message = damage(pdf(tmp_path / "scan.pdf", broken(data), entries))
    assert message.startswith(("its image is damaged", "its image cannot be decoded"))


def test_the_row_at_which_they_end_is_named(tmp_path: Path) -> None:
    path = pdf(tmp_path / "scan.pdf", GREY[: 300 * WIDTH], {})
    assert damage(path) == "its image is damaged: its data end or break at row 300 of 800"


@pytest.mark.parametrize("name", ["G4", "uncompressed", "JPEG", "LZW"])
@pytest.mark.parametrize(
    "content",
    [
        "q 500 0 0 400 0 0 cm /Im0 Do Q 0 0 9 9 re f",
        "q 300 50 -50 300 100 0 cm /Im0 Do Q",
    ],
    ids=["under other things", "tilted"],
)
def test_an_image_of_a_drawn_page_is_examined(tmp_path: Path, name: str, content: str) -> None:
    data, entries = PACKED[name]
    assert damage(pdf(tmp_path / "whole.pdf", data, entries, content)) == ""
    assert damage(pdf(tmp_path / "cut.pdf", cut(data), entries, content)).startswith(DAMAGED)


def test_a_mask_and_the_masks_of_an_image_are_examined(tmp_path: Path) -> None:
    stencil = {**fax(K=-1), "ImageMask": True, "ColorSpace": None}
    assert damage(pdf(tmp_path / "stencil.pdf", strip("group4"), stencil)) == ""
    assert damage(pdf(tmp_path / "cut.pdf", cut(strip("group4")), stencil)).startswith(DAMAGED)

    def mask(data: bytes) -> Callable[[pikepdf.Pdf], Stream]:
        def make(document: pikepdf.Pdf) -> Stream:
            size = {"Width": WIDTH, "Height": HEIGHT, "BitsPerComponent": 8}
            entries = {**size, "Subtype": Name.Image, "ColorSpace": Name.DeviceGray}
            return document.make_indirect(Stream(document, data, **entries))

        return make

    assert damage(pdf(tmp_path / "soft.pdf", GREY, {}, SMask=mask(GREY))) == ""
    message = damage(pdf(tmp_path / "soft-cut.pdf", GREY, {}, SMask=mask(cut(GREY))))
    assert (
        message == f"1 of its 2 images and masks: {DAMAGED}its data end or break at row 400 of 800"
    )


def test_an_image_inside_a_form_and_one_in_the_content_are_examined(tmp_path: Path) -> None:
    def form(document: pikepdf.Pdf) -> None:
        sheet = document.pages[0]
        inner = Stream(document, b"q 500 0 0 400 0 0 cm /Im0 Do Q", Subtype=Name.Form)
        inner.BBox, inner.Resources = Array([0, 0, 500, 400]), sheet.Resources
        sheet.Resources = Dictionary(XObject=Dictionary(Fm0=document.make_indirect(inner)))
        sheet.Contents = Stream(document, b"/Fm0 Do 0 0 9 9 re f")

    path = pdf(tmp_path / "form.pdf", cut(strip("group4")), fax(K=-1))
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        form(document)
        document.save(path)
    assert damage(path).startswith(DAMAGED)
    for rows, expected in ((100, ""), (40, f"{DAMAGED}its data end or break at row 41 of 100")):
        inline = b"q 500 0 0 400 0 0 cm BI /W 100 /H 100 /BPC 8 /CS /G ID " + b"w" * 100 * rows
        content = (inline + b" EI Q").decode("latin-1")
        message = damage(pdf(tmp_path / f"inline-{rows}.pdf", GREY, {}, content))
        assert message == expected


def test_an_image_that_the_page_does_not_paint_is_left_alone(tmp_path: Path) -> None:
    assert damage(pdf(tmp_path / "scan.pdf", cut(GREY), {}, "0 0 300 300 re f")) == ""


@pytest.mark.parametrize(
    ("data", "parameters", "height"),
    [
        (strip("group4")[:-3], {"/K": -1}, HEIGHT),
        (strip("group4") + bytes(500), {"/K": -1}, HEIGHT),
        (strip("group4"), {"/K": -1}, HEIGHT - 100),
        (strip("group4"), {"/K": -1}, HEIGHT + 8),
        (strip("group3"), {"/K": 0}, HEIGHT + 8),
        (strip("group4"), {"/K": -1, "/EncodedByteAlign": True}, HEIGHT),
    ],
    ids=["no end mark", "padding", "more rows", "height rounded", "G3 rounded", "unknown to us"],
)
def test_a_fax_that_has_lost_nothing_is_not_called_damaged(
    data: bytes, parameters: dict[str, Any], height: int
) -> None:
    assert fax_damage(data, height, {"/Columns": WIDTH, **parameters}) == ""


def test_a_fax_with_one_bad_row_is_not_called_damaged_and_one_with_many_is() -> None:
    data = bytearray(strip("group3"))
    data[len(data) // 2] ^= 0x55
    assert fax_damage(bytes(data), HEIGHT, {"/Columns": WIDTH}) == ""
    assert fax_damage(strip("group4"), HEIGHT * 2, {"/Columns": WIDTH, "/K": -1}) == (
        f"{DAMAGED}its data end or break at row 800 of 1,600"
    )


def spoil_strip(data: bytes, spoil: Spoil, *, shorten: bool) -> bytes:
    """Return a TIFF whose middle strip is spoilt; ``shorten`` writes its new length, too."""
    with TiffImageFile(io.BytesIO(data)) as image:
        tags = image.tag_v2
        starts, lengths = tags[273], tags[279]
    middle = len(starts) // 2
    start, length = starts[middle], lengths[middle]
    spoilt = spoil(data[start : start + length])
    changed = bytearray(data[:start] + spoilt.ljust(length, b"\0") + data[start + length :])
    if shorten:
        (directory,) = struct.unpack_from("<I", data, 4)
        for entry in range(directory + 2, directory + 2 + 12 * data[directory], 12):
            tag, kind, count, value = struct.unpack_from("<HHII", data, entry)
            size = {3: 2, 4: 4}.get(kind, 1)
            if tag == 279:
                place = entry + 8 if count * size <= 4 else value + middle * size
                changed[place : place + size] = len(spoilt).to_bytes(size, "little")
    return bytes(changed)


TIFFS = [
    ("group4", "1"), ("group3", "1"), ("tiff_ccitt", "1"), ("tiff_lzw", "L"), ("packbits", "L"),
    ("tiff_adobe_deflate", "L"), ("jpeg", "L"), ("jpeg", "RGB"), ("zstd", "L"), ("lzma", "L"),
]  # fmt: skip


@pytest.mark.parametrize(("compression", "mode"), [*TIFFS, ("raw", "L"), ("raw", "RGB")])
@pytest.mark.parametrize("strip_size", [10_000, 10**7])
def test_a_strip_of_a_tiff_that_ends_early_is_reported(
    tmp_path: Path, compression: str, mode: str, strip_size: int
) -> None:
    data, path = tiff(compression, mode, strip_size=strip_size), tmp_path / "scan.tif"
    path.write_bytes(data)
    assert damage(path) == ""
    path.write_bytes(spoil_strip(data, cut, shorten=True))
    assert damage(path).startswith(("its image is damaged", "scan.tif is a broken image"))


@pytest.mark.parametrize(("compression", "mode"), [each for each in TIFFS if each[0] != "packbits"])
def test_a_strip_of_a_tiff_that_breaks_is_reported(
    tmp_path: Path, compression: str, mode: str
) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(spoil_strip(tiff(compression, mode), broken, shorten=False))
    assert damage(path).startswith(("its image is damaged", "scan.tif is a broken image"))


def test_a_page_among_others_is_examined_by_its_own_number(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    pages = [page("1") for _ in range(3)]
    pages[0].save(path, compression="group4", save_all=True, append_images=pages[1:])
    with TiffImageFile(path) as image:
        image.seek(1)
        start, length = image.tag_v2[273][0], image.tag_v2[279][0]
    data = path.read_bytes()
    spoilt = broken(data[start : start + length])
    path.write_bytes(data[:start] + spoilt + data[start + length :])
    assert [bool(damage(path, number)) for number in (1, 2, 3)] == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("JPEG", broken),
        ("JPEG", lambda data: cut(data) + b"\xff\xd9"),
        ("JPEG", cut),
        ("PNG", broken),
        ("PNG", cut),
        ("JPEG2000", cut),
        ("BMP", cut),
        ("GIF", cut),
        ("WEBP", cut),
    ],
)
def test_an_image_file_that_ends_early_or_breaks_is_reported(
    tmp_path: Path, kind: str, spoil: Spoil
) -> None:
    path = tmp_path / "scan"
    path.write_bytes(encoded(kind))
    assert damage(path) == ""
    path.write_bytes(spoil(encoded(kind)))
    assert damage(path) != ""


def png(rows: bytes, *, checksum: int = 0) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content) ^ (checksum if kind == b"IDAT" else 0)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def test_a_png_that_has_too_few_rows_or_a_wrong_checksum_is_reported(tmp_path: Path) -> None:
    rows = b"".join(b"\0" + GREY[at : at + WIDTH] for at in range(0, len(GREY), WIDTH))
    path = tmp_path / "scan.png"
    for data, expected in (
        (png(rows), ""),
        (png(rows[: 600 * (WIDTH + 1)]), f"{DAMAGED}its data end or break at row 600 of 800"),
        (png(rows, checksum=1), f"{DAMAGED}the checksum of its data is wrong"),
    ):
        path.write_bytes(data)
        assert damage(path) == expected


@pytest.mark.parametrize("spare", [b"\0\0\0", b"more bytes behind the end" * 40])
def test_bytes_around_the_data_of_a_jpeg_are_no_damage(tmp_path: Path, spare: bytes) -> None:
    path = tmp_path / "scan.jpg"
    path.write_bytes(encoded("JPEG") + spare)
    assert damage(path) == ""
    path.write_bytes(encoded("JPEG")[:-2] + b"\0\0\0" + b"\xff\xd9")  # before its end mark
    assert damage(path) == ""


@pytest.mark.parametrize("how", [{}, {"tile_size": (300, 300)}, {"no_jp2": True}])
def test_jpeg_2000_data_are_whole_to_their_last_byte_only(how: dict[str, Any]) -> None:
    data = encoded("JPEG2000", **how)
    assert is_jpeg2000_whole(data)
    ends = range(0, len(data) - 2, max(len(data) // 200, 1))
    assert not any(is_jpeg2000_whole(data[:end]) for end in ends)


def segment(number: int, kind: int, content: bytes, references: bytes = b"") -> bytes:
    """Return a JBIG2 segment; each reference takes one byte."""
    count = len(references)
    short = bytes([count << 5]) if count <= 4 else struct.pack(">I", 7 << 29 | count)
    retained = b"" if count <= 4 else bytes((count + 8) // 8)
    head = struct.pack(">IB", number, kind) + short + retained + references + b"\1"
    return head + struct.pack(">I", len(content)) + content


@given(
    contents=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=5),
    references=st.binary(max_size=9),
    end=st.sampled_from([b"", segment(99, 49, b""), segment(99, 51, b"") + b"\r\n\0\0"]),
    data=st.data(),
)
def test_jbig2_data_are_whole_unless_they_end_inside_a_segment(
    contents: list[bytes], references: bytes, end: bytes, data: st.DataObject
) -> None:
    segments = [segment(number, 38, content + b"x", references) for number, content in
                enumerate(contents)]  # fmt: skip
    whole = b"".join(segments)
    assert is_jbig2_whole(whole + end)
    last = len(whole) - len(segments[-1])
    assert not is_jbig2_whole(whole[: data.draw(st.integers(last + 6, len(whole) - 1))])
