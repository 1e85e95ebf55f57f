"""A searchable PDF is compared with its scan: pages, boxes, rotation, image bytes."""

import io
from collections.abc import Callable
from pathlib import Path

import img2pdf
import pikepdf
import pytest
from PIL import Image

from pipeline.searchable_pdf.compare import pdf_differences


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    images = []
    for shade in (90, 180):
        encoded = io.BytesIO()
        Image.new("L", (200, 300), shade).save(encoded, "JPEG", dpi=(100, 100))
        images.append(encoded.getvalue())
    path = tmp_path / "scan.pdf"
    path.write_bytes(img2pdf.convert(images, engine=img2pdf.Engine.internal))
    return path


def _turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].rotate(90, relative=True)


def _cropped(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].cropbox = pikepdf.Array([0, 0, 50, 50])


def _encoded_again(pdf: pikepdf.Pdf) -> None:
    image = next(iter(pdf.pages[1].get_images().values()))
    image.write(bytes(image.read_raw_bytes()) + b"\n", filter=pikepdf.Name.DCTDecode)


def _inherited(pdf: pikepdf.Pdf) -> None:
    pages = pdf.Root.Pages
    pages.MediaBox = pdf.pages[0].obj.MediaBox
    for page in pdf.pages:
        del page.obj["/MediaBox"]


def _turned_by_a_word(pdf: pikepdf.Pdf) -> None:
    pdf.pages[1].obj.Rotate = pikepdf.Name.Upright


def _shorter(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[1]


@pytest.mark.parametrize(
    ("change", "differences"),
    [
        (_turned, ["page 2: its boxes or its rotation are not the scan's"]),
        (_cropped, ["page 2: its boxes or its rotation are not the scan's"]),
        (_encoded_again, ["page 2: its images are not the scan's, byte for byte"]),
        (_shorter, ["has 1 page, the scan 2"]),
        (_inherited, []),
        (_turned_by_a_word, []),
    ],
)
def test_each_change_of_a_searchable_pdf_is_reported(
    scan: Path, tmp_path: Path, change: Callable[[pikepdf.Pdf], None], differences: list[str]
) -> None:
    target = tmp_path / "searchable.pdf"
    with pikepdf.open(scan) as pdf:
        change(pdf)
        pdf.save(target)
    assert list(pdf_differences(scan, target)) == differences


def test_a_copy_has_no_difference(scan: Path) -> None:
    assert list(pdf_differences(scan, scan)) == []
