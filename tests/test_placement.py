"""The bundled letter's first leaf, turned, sloped, in two languages and through two engines."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.errors import PageError, PageTimeoutError, SetupError
from pipeline.imaging.page_image import extract_page_image
from pipeline.imaging.pixels import Grey
from pipeline.model import EngineChoice, PageReading, PageState
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.engines import make_engine
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.tesseract import Tesseract
from pipeline.ocr.tesserocr_engine import Tesserocr
from pipeline.ocr.transform import AffineTransform
from pipeline.ocr.upright import to_upright as set_upright
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.text_metrics import cer, line_error
from tests.workspace import LETTER, PATIENCE

pytestmark = pytest.mark.tesseract
TYPED = LETTER.with_suffix(".gt.txt").read_text("utf-8").split("\f")[1]


ENGLISH = (
    "The Government has agreed to receive",
    "the representative of the committee in",
    "January and asks that the place of the",
    "meeting should be kept secret until the",
    "delegation has arrived at the station.",
    "You are requested to inform them about",
    "this decision without any further delay.",
)


@cache
def leaf() -> Grey:
    return extract_page_image(LETTER, "application/pdf", 2, 300, 10**9)[0]


@cache
def upright() -> PageReading:
    return read_image(leaf(), Tesseract(("rus",), PATIENCE))


@cache
def read_turned(quarters: int) -> PageReading:
    page = np.ascontiguousarray(np.rot90(leaf(), -quarters))
    return read_image(page, Tesseract(("rus",), PATIENCE))


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is missing")
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_words_of_a_turned_page_are_found_in_its_pdf(quarters: int, tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    Image.fromarray(np.rot90(leaf(), -quarters)).save(scan, dpi=(300, 300))
    image = extract_page_image(scan, "image/png", 1, 300, 10**9).image
    upright = set_upright(read_turned(quarters), image)
    assert upright.quarters == 4 - quarters
    page = LayerPage(image, upright.text, keep_own=False, quarters=upright.quarters)
    target = tmp_path / "searchable.pdf"
    write_searchable_pdf(scan, "image/png", [page], target, PdfMetadata("", "ru", None))
    command = ["pdftotext", "-raw", str(target), "-"]  # in the order of the file
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert cer(upright.text.raw_text, output) < 0.02


def error(reading: PageReading) -> float:
    return line_error(TYPED, reading.text.raw_text)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_page_is_read_as_well_and_its_words_are_where_they_are(quarters: int) -> None:
    reading = read_turned(quarters)
    assert error(reading) <= error(upright()) + 0.01
    assert "turn" in [step.name for step in reading.steps]
    height, width = leaf().shape
    back = AffineTransform.from_quarter_turns(quarters, width, height).inverse()
    there = {word.text: back.map_box(word.box, width, height) for word in reading.text.words()}
    match_count = 0
    for word in upright().text.words():
        other = there.get(word.text)
        if other is not None and abs(other.x - word.box.x) < 12 and abs(other.y - word.box.y) < 12:
            match_count += 1
    assert match_count > 0.7 * len(there)


@pytest.mark.parametrize("degrees", [-8, 5])
def test_a_sloping_page_is_read_as_well(degrees: float) -> None:
    height, width = leaf().shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    page = cv2.warpAffine(leaf(), turn, (width, height), borderValue=(205,))
    reading = read_image(np.asarray(page, np.uint8), Tesseract(("rus",), PATIENCE))
    (step,) = [step for step in reading.steps if step.name == "straighten"]
    assert float(step.settings["degrees"]) == pytest.approx(
        -degrees, abs=0.8
    )  # the leaf slopes itself
    assert error(reading) <= error(upright()) + 0.01


def test_the_language_of_a_page_is_found_among_several() -> None:
    reading = read_image(leaf(), Tesseract(("eng", "rus"), PATIENCE))
    assert reading.languages == ("rus",)
    assert error(reading) <= error(upright()) + 0.005


def test_a_page_in_two_scripts_is_read_in_both() -> None:
    page = leaf().copy()
    page[1700:] = 225
    for row, line in enumerate(ENGLISH):
        place = (330, 1850 + 110 * row)
        cv2.putText(page, line, place, cv2.FONT_HERSHEY_COMPLEX, 1.5, (40,), 3, cv2.LINE_AA)
    reading = read_image(page, Tesseract(("rus", "eng"), PATIENCE))
    assert set(reading.languages) == {"rus", "eng"}
    read = reading.text.raw_text.lower()
    assert "the government has agreed" in read
    assert line_error("\n".join(TYPED.splitlines()[3:10]), reading.text.raw_text) < 0.05
    assert line_error("\n".join(ENGLISH), reading.text.raw_text) < 0.1


def test_a_page_is_read_the_same_twice() -> None:
    again = read_image(leaf(), Tesseract(("rus",), PATIENCE))
    assert (again.text, again.steps) == (upright().text, upright().steps)


def test_the_library_reads_what_the_program_reads() -> None:
    reading = read_image(leaf(), Tesserocr(("rus",), PATIENCE))
    assert reading.state is PageState.OK
    assert cer(upright().text.raw_text, reading.text.raw_text) < 0.03  # two versions of Tesseract
    assert error(reading) <= error(upright()) + 0.01
    again = read_image(leaf(), Tesserocr(("rus",), PATIENCE))
    assert again.text == reading.text


def test_the_library_is_named_in_the_signature() -> None:
    ours, programs = (
        Tesserocr(("rus",), PATIENCE).signature,
        Tesseract(("rus",), PATIENCE).signature,
    )
    assert ours.models == programs.models
    assert ours.settings["through"].startswith("tesserocr ")
    assert ours != programs


def test_the_library_says_what_went_wrong(tmp_path: Path) -> None:
    path = tmp_path / "page.pgm"
    path.write_bytes(b"P5 garbage")
    with pytest.raises(PageError):
        Tesserocr(("rus",), PATIENCE).read(path, RecognitionOptions(("rus",)))
    cv2.imwrite(str(path), leaf())
    with pytest.raises(PageTimeoutError, match="longer than"):
        Tesserocr(("rus",), 0.001).read(path, RecognitionOptions(("rus",)))


def test_an_extra_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tesserocr", None)  # as if it were not installed
    monkeypatch.delitem(sys.modules, "pipeline.ocr.tesserocr_engine")
    with pytest.raises(SetupError, match="uv sync --extra tesserocr"):
        make_engine(EngineChoice("tesserocr"), ("rus",), 60)
