import os
import sys
import threading
from pathlib import Path

import pytesseract
import pytest

from pipeline.errors import PageError, PageTimeoutError, SetupError
from pipeline.model import Limits
from pipeline.ocr.engine import (
    Binarization,
    PageSegmentation,
    RecognitionOptions,
    map_boxes,
)
from pipeline.ocr.tesseract import (
    Tesseract,
    parse_tsv,
    tesseract_flags,
    tesseract_variables,
)
from pipeline.ocr.tesseract_models import installed_models, models_of, run_tesseract
from pipeline.text import Box, Word
from pipeline.workers.pool import PoolClosedError, WorkerPool
from pipeline.workers.protocol import InspectScan
from tests.factories import text

COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
HEAD = "\t".join(COLUMNS.split()) + "\n"


def row(place: str, box: str, confidence: str, word: str) -> str:
    return "\t".join(["5", "1", *place.split(), *box.split(), confidence, word]) + "\n"


def test_words_lines_and_paragraphs_come_out_of_the_table() -> None:
    table = HEAD + "4\t1\t1\t1\t1\t0\t0\t0\t9\t9\t-1\t\n"
    table += row("1 1 1 1", "10 20 30 8", "96.5", "Товарищу")
    table += row("1 1 1 2", "50 20 30 8", "91", '"Мао"')
    table += row("1 1 2 1", "10 40 30 8", "90", "лично")
    table += row("1 2 1 1", "10 60 30 8", "90", "срочно")
    text = parse_tsv(table)
    assert text.raw_text == 'Товарищу "Мао"\nлично\n\nсрочно'
    assert next(text.words()) == Word("Товарищу", Box(10, 20, 30, 8), 0.965)


def test_rows_without_a_word_are_skipped_and_impossible_numbers_are_limited() -> None:
    table = HEAD + row("1 1 1 1", "-3 -1 0 0", "-1", "а") + row("1 1 1 2", "0 0 5 5", "95", " ")
    assert list(parse_tsv(table).words()) == [Word("а", Box(0, 0, 1, 1), 0.0)]


def test_an_empty_table_is_an_empty_page() -> None:
    assert parse_tsv(HEAD).raw_text == ""
    assert parse_tsv(HEAD).confidence is None


def test_boxes_are_mapped_and_nothing_else() -> None:
    before = text("раз два\nтри")
    after = map_boxes(before, lambda box: Box(box.x * 2, box.y * 2, box.width * 2, box.height * 2))
    assert after.raw_text == before.raw_text
    assert [word.box.x for word in after.words()] == [2 * word.box.x for word in before.words()]


@pytest.mark.tesseract
def test_a_missing_language_is_refused_with_the_package_to_install() -> None:
    with pytest.raises(SetupError, match="apt-get install tesseract-ocr-chi-sim"):
        models_of(("rus", "chi_sim"))


def test_no_language_at_all_is_refused() -> None:
    with pytest.raises(SetupError, match="apt-get install"):
        models_of(())


@pytest.mark.tesseract
def test_the_signature_pins_engine_and_models_in_the_order_given() -> None:
    signature = Tesseract(("rus", "eng"), 60).signature
    assert signature.languages == ("rus", "eng")
    assert {code: len(digest) for code, digest in signature.models.items()} == {
        "rus": 64,
        "eng": 64,
    }
    assert signature.version[0].isdigit()
    assert Tesseract(("eng", "rus"), 60).signature != signature


@pytest.mark.tesseract
def test_a_file_that_is_no_image_is_a_page_error_and_not_a_time_out(tmp_path: Path) -> None:
    path = tmp_path / "page.pgm"
    path.write_bytes(b"P5 garbage")
    with pytest.raises(PageError) as caught:
        Tesseract(("eng",), 60).read(path, RecognitionOptions(("eng",)))
    assert not isinstance(caught.value, PageTimeoutError)


@pytest.mark.tesseract
def test_a_page_that_takes_too_long_is_a_time_out(tmp_path: Path) -> None:
    path = tmp_path / "page.pgm"
    path.write_bytes(b"P5\n2000 2000\n255\n" + b"\xff" * 4_000_000)
    with pytest.raises(PageTimeoutError, match=r"longer than 0\.001 s"):
        Tesseract(("rus", "eng"), 0.001).read(path, RecognitionOptions(("rus",)))


def test_options_of_a_reading_are_named_only_where_they_differ_from_the_engines() -> None:
    assert tesseract_flags(RecognitionOptions(("rus",))) == "--psm 3 --dpi 200"
    local = tesseract_flags(RecognitionOptions(("rus",), binarization=Binarization.SAUVOLA))
    assert local == "--psm 3 --dpi 200 -c thresholding_method=2"


@pytest.mark.parametrize(
    ("segmentation", "binarization", "flags", "numbers"),
    [
        (PageSegmentation.PAGE, Binarization.OTSU, "--psm 3 --dpi 200", ("3", "0")),
        (PageSegmentation.BLOCK, Binarization.OTSU, "--psm 6 --dpi 200", ("6", "0")),
        (
            PageSegmentation.PAGE,
            Binarization.SAUVOLA,
            "--psm 3 --dpi 200 -c thresholding_method=2",
            ("3", "2"),
        ),
        (
            PageSegmentation.BLOCK,
            Binarization.SAUVOLA,
            "--psm 6 --dpi 200 -c thresholding_method=2",
            ("6", "2"),
        ),
    ],
)
def test_every_option_is_the_same_flag_and_variable_as_ever(
    segmentation: PageSegmentation,
    binarization: Binarization,
    flags: str,
    numbers: tuple[str, str],
) -> None:
    options = RecognitionOptions(("rus",), segmentation, binarization)
    assert Tesseract(("rus",), 60).format_options(options) == tesseract_flags(options) == flags
    assert tesseract_variables(options) == {
        "user_defined_dpi": "200",
        "tessedit_pageseg_mode": numbers[0],
        "thresholding_method": numbers[1],
    }


@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.005, 0.02, 0.05])
def test_a_request_that_an_interrupt_cut_short_is_not_the_scans_fault(
    seconds: float, tmp_path: Path
) -> None:
    readers = WorkerPool(1)
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4")
    limits = Limits(max_pages=1, max_bytes=100, max_pixels=100)
    threading.Timer(seconds, readers.close).start()  # before the child is up
    with pytest.raises(PoolClosedError), readers.borrow() as reader:
        reader.ask(InspectScan(tmp_path / "scan.pdf", limits), 30)


def test_ctrl_c_does_not_reach_the_program_that_asks_for_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "tesseract"
    program.write_text(f"#!{sys.executable}\nimport os\nprint(f'{{os.getsid(0)}}\\neng')\n")
    program.chmod(0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))
    assert list(installed_models()) == ["eng"]
    assert run_tesseract("--version").splitlines()[0] != str(os.getsid(0))
