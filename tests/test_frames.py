"""Reduced copies and masks in a TIFF are no pages, wherever they stand."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter, ImageFileDirectory_v2

from pipeline.errors import CutOffError, NotAScanError, TooLargeError
from pipeline.imaging.frames import Frame, pages_among
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.page_image import extract_page_image
from pipeline.model import IssueType, Limits
from pipeline.record.assemble import reassemble_record
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.text import PageText
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages, record

WIDTH, HEIGHT = 240, 160
PAGE, COPY, PAPER, MASK, COPY_OF_MASK = 0, 1, 2, 4, 5  #: values of tag 254


def picture(grey: int, scale: int = 1) -> Image.Image:
    return Image.new("L", (WIDTH // scale, HEIGHT // scale), grey)


def tiff(path: Path, frames: Sequence[tuple[Image.Image, int | None]], tag: int = 254) -> Path:
    """Write a TIFF of images, each with its value of a tag, or without it."""
    with path.open("w+b") as file, AppendingTiffWriter(file) as writer:
        for image, kind in frames:
            tags = ImageFileDirectory_v2()
            if kind is not None:
                tags[tag] = kind
            image.save(writer, "TIFF", tiffinfo=tags)
            writer.newFrame()
    return path


def greys(path: Path) -> list[int]:
    """Return the grey of each page."""
    facts = inspect_scan(path, Limits())
    pages = [
        extract_page_image(path, facts.media_type, number, 300, 10**8)[0]
        for number in range(1, facts.page_count + 1)
    ]
    assert all(page.shape == (HEIGHT, WIDTH) for page in pages)
    return [int(page[5, 5]) for page in pages]


ONE, TWO = picture(200), picture(100)
SMALL_ONE, SMALL_TWO = picture(201, 4), picture(101, 4)
TRANSPARENT = Image.new("1", (WIDTH, HEIGHT), 1)


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ([(ONE, PAGE), (picture(202, 2), COPY), (SMALL_ONE, COPY)], [200]),
        ([(ONE, None), (SMALL_ONE, COPY)], [200]),
        ([(SMALL_ONE, COPY), (ONE, PAGE)], [200]),
        ([(ONE, PAPER), (SMALL_ONE, COPY), (TWO, PAPER), (SMALL_TWO, COPY)], [200, 100]),
        ([(ONE, PAGE), (TRANSPARENT, MASK), (TWO, PAGE)], [200, 100]),
        ([(ONE, PAGE), (SMALL_ONE, COPY), (TRANSPARENT, MASK), (SMALL_TWO, COPY_OF_MASK)], [200]),
    ],
    ids=["pyramid", "untagged page", "copy first", "two pages", "mask", "all of it"],
)
def test_copies_and_masks_are_no_pages(
    tmp_path: Path, frames: list[tuple[Image.Image, int]], expected: list[int]
) -> None:
    assert greys(tiff(tmp_path / "scan.tif", frames)) == expected


@pytest.mark.parametrize(
    "frames",
    [
        [(ONE, PAGE), (TWO, PAGE)],
        [(ONE, None), (TWO, None)],
        [(ONE, PAPER), (TWO, PAPER)],
        [(ONE, COPY), (TWO, COPY)],
        [(ONE, PAGE), (TWO, COPY)],
    ],
    ids=["tagged", "untagged", "pages", "all copies", "a copy as large as the page"],
)
def test_pages_stay_pages(tmp_path: Path, frames: list[tuple[Image.Image, int]]) -> None:
    assert greys(tiff(tmp_path / "scan.tif", frames)) == [200, 100]


def test_the_older_tag_is_known(tmp_path: Path) -> None:
    frames = [(ONE, 1), (SMALL_ONE, 2), (TWO, 3)]
    assert greys(tiff(tmp_path / "scan.tif", frames, tag=255)) == [200, 100]


def test_the_searchable_pdf_has_the_pages_only(tmp_path: Path) -> None:
    frames = [(SMALL_ONE, COPY), (ONE, PAGE), (SMALL_ONE, COPY), (TWO, PAGE)]
    path, target = tiff(tmp_path / "scan.tif", frames), tmp_path / "searchable.pdf"
    layers = [LayerPage(None, PageText(), keep_own=True)] * 2
    write_searchable_pdf(path, "image/tiff", layers, target, PdfMetadata("", "", None))
    with pypdfium2.PdfDocument(target) as pdf:
        shown = [page.render().to_numpy() for page in pdf]
    assert [round(float(np.median(page)), -1) for page in shown] == [200, 100]


def with_sub_directory(data: bytes, inner: Image.Image, kind: int) -> bytes:
    """Return a little-endian TIFF of one frame, with another image in a sub-directory (tag 330)."""
    written = io.BytesIO()
    inner.save(written, "TIFF", tiffinfo={254: kind})
    other, base = written.getvalue(), len(data)
    (start,) = struct.unpack_from("<I", other, 4)
    directory = bytearray(other[start:])
    for at in range(2, 2 + 12 * directory[0], 12):
        tag, field, count, value = struct.unpack_from("<HHII", directory, at)
        if tag == 273 or {3: 2, 4: 4, 5: 8, 2: 1}[field] * count > 4:
            struct.pack_into("<I", directory, at + 8, value + base)
    (old,) = struct.unpack_from("<I", data, 4)
    count = data[old]
    entries = data[old + 2 : old + 2 + 12 * count]
    new = base + len(other)
    sub = new + 2 + 12 * (count + 1) + 4
    own = struct.pack("<H", count + 1) + entries + struct.pack("<HHII", 330, 4, 1, sub) + bytes(4)
    header = data[:4] + struct.pack("<I", new)
    return header + data[8:] + other + own + bytes(directory)


def test_a_copy_in_a_sub_directory_is_no_page_and_a_whole_image_there_is_not_lost(
    tmp_path: Path,
) -> None:
    path = tmp_path / "scan.tif"
    large, small = (tiff(path, [(image, kind)]).read_bytes() for image, kind in
                    ((ONE, PAGE), (SMALL_ONE, COPY)))  # fmt: skip
    path.write_bytes(with_sub_directory(large, SMALL_ONE, COPY))
    assert greys(path) == [200]
    path.write_bytes(with_sub_directory(large, picture(3, 1).resize((999, 999)), MASK))
    assert greys(path) == [200]
    path.write_bytes(with_sub_directory(small, ONE, PAGE))
    with pytest.raises(NotAScanError, match=r"raw file of a camera.*240 x 160 pixels"):
        inspect_scan(path, Limits())


def test_copies_do_not_count_as_pages_and_have_a_limit_of_their_own(tmp_path: Path) -> None:
    frames = [(ONE, PAGE), *[(SMALL_ONE, COPY)] * 5]
    path = tiff(tmp_path / "scan.tif", frames)
    assert inspect_scan(path, Limits(max_pages=1)).page_count == 1
    tiff(path, [(ONE, PAGE), *[(SMALL_ONE, COPY)] * 25])
    with pytest.raises(TooLargeError, match="OPIS_MAX_PAGES"):
        inspect_scan(path, Limits(max_pages=1))


def test_a_file_that_is_cut_off_inside_a_copy_is_cut_off(tmp_path: Path) -> None:
    path = tiff(tmp_path / "scan.tif", [(ONE, PAGE), (picture(3, 2), COPY)])
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(CutOffError):
        inspect_scan(path, Limits())


frame_kinds = st.builds(
    Frame, number=st.just(0), pixels=st.integers(0, 9), is_reduced=st.booleans(),
    is_mask=st.booleans(),
)  # fmt: skip


@given(st.lists(frame_kinds, min_size=1, max_size=8))
def test_every_file_has_a_page_and_no_full_image_is_left_out(kinds: list[Frame]) -> None:
    frames = [
        Frame(number, kind.pixels, kind.is_reduced, kind.is_mask)
        for number, kind in enumerate(kinds)
    ]
    pages = pages_among(frames)
    assert pages
    assert list(pages) == sorted(set(pages))
    assert {f.number for f in frames if not f.is_reduced and not f.is_mask} <= set(pages)


def test_a_record_whose_copies_were_pages_gets_its_leaf_and_keeps_its_pdf(tmp_path: Path) -> None:
    path = tiff(tmp_path / "scan.tif", [(ONE, PAGE), (SMALL_ONE, COPY), (picture(9, 8), COPY)])
    reference = "RGASPI, f. 558, op. 11, d. 330, l. 0110"
    old = record(admitted_scan(path, 3, references=reference), ["first", "first", "first"])
    assert IssueType.LEAF_COUNT in {issue.concern for issue in old.issues}
    new = reassemble_record(old, pages(["first"]), SIGNATURE, CLOCK, page_count=1)
    assert [page.leaf for page in new.pages] == ["0110"]
    assert IssueType.LEAF_COUNT not in {issue.concern for issue in new.issues}
    for revised, count in ((old, 3), (new, 1)):
        labels = tuple(page.leaf for page in revised.pages)
        layers = [LayerPage(None, PageText(), keep_own=True)] * count
        metadata = PdfMetadata("", "", None, "", labels)
        write_searchable_pdf(path, "image/tiff", layers, tmp_path / "searchable.pdf", metadata)
        with pypdfium2.PdfDocument(tmp_path / "searchable.pdf") as pdf:
            assert len(pdf) == count
