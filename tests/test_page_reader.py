from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.errors import PageError, PageTimeoutError
from pipeline.imaging.pixels import Grey
from pipeline.model import EngineSignature, Model, PageState
from pipeline.ocr.blank_pages import accept_or_blank
from pipeline.ocr.engine import Orientation, PageSegmentation, RecognitionOptions
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.preprocess import prepare_image, unprocessed_image
from pipeline.text import Block, Box, Line, PageText, Word
from tests.factories import SIGNATURE, text


@dataclass(frozen=True)
class CannedEngine:
    """Has read every page before."""

    answer: PageText | Exception
    signature: EngineSignature = SIGNATURE
    languages: tuple[str, ...] = ("rus",)

    def installed_languages(self) -> tuple[str, ...]:
        return self.languages

    def language_code(self, tag: str) -> str:
        return tag

    def model_notes(self) -> tuple[str, ...]:
        return ()

    def model_of(self, options: RecognitionOptions) -> Model:
        return Model.STOCK

    def format_options(self, options: RecognitionOptions) -> str:
        return f"{options.segmentation}, {options.binarization}"

    def find_orientation(self, image: Path) -> Orientation | None:
        raise NotImplementedError

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        assert set(options.languages) <= set(self.languages)
        assert cv2.imread(str(image), cv2.IMREAD_GRAYSCALE) is not None
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def typed(height: int = 26, ink: int = 60, lines: int = 12) -> Grey:
    """A page of letter-like marks on uneven paper."""
    page = np.tile(np.linspace(225, 175, 900), (1200, 1)).astype(np.uint8)
    for row in range(lines):
        for column in range(24):
            x, y = 60 + (height + 7) * column, 80 + 3 * height * row
            if y + height < 1200 and x + height < 900:
                cv2.rectangle(page, (x, y), (x + height // 2, y + height), ink, 4)
    return page


SMALL = unprocessed_image(typed())  #: letters of the height of typing


def test_paper_becomes_white_and_ink_stays_dark() -> None:
    prepared = prepare_image(typed())
    assert np.median(prepared.pixels) > 240
    assert prepared.pixels.min() < 100


def test_letters_are_brought_to_the_height_the_engine_likes() -> None:
    for height in (16, 26, 60):
        prepared = prepare_image(typed(height))
        assert 15 <= (height + 4) * prepared.transform.a <= 25


def test_faint_ink_is_deepened_beside_a_black_border() -> None:
    page = typed(ink=190)
    page[:, :40] = 10
    names = [step.name for step in prepare_image(page).steps]
    assert "deepen-ink" in names
    assert not prepare_image(page).is_blank


@pytest.mark.parametrize("page", [np.full((800, 600), 240, np.uint8), np.zeros((5, 5), np.uint8)])
def test_a_page_without_marks_is_blank_and_costs_no_recognition(page: Grey) -> None:
    reading = read_image(page, CannedEngine(AssertionError("was asked")))
    assert reading.state is PageState.BLANK
    assert reading.text.raw_text == ""
    assert "recognize" not in reading.seconds


def test_bilevel_pages_are_not_levelled() -> None:
    page = np.where(typed() < 128, 0, 255).astype(np.uint8)
    assert "level-background" not in [step.name for step in prepare_image(page).steps]


def test_boxes_come_back_in_pixels_of_the_page_image() -> None:
    page = typed(52, lines=6)
    prepared = prepare_image(page)
    reading = read_image(page, CannedEngine(text("слово за словом\nи ещё строка")))
    first = next(reading.text.words()).box
    assert first.x == int(20 / prepared.transform.a)
    for word in reading.text.words():
        assert word.box.right <= page.shape[1]
        assert word.box.bottom <= page.shape[0]


def test_a_box_at_the_edge_stays_inside() -> None:
    prepared = prepare_image(typed())
    height, width = prepared.pixels.shape
    box = prepared.to_page(Box(width - 1, height - 1, 5, 5), 900, 1200)
    assert (box.right, box.bottom) == (900, 1200)


@pytest.mark.parametrize(
    ("error", "state"),
    [(PageError("it broke"), PageState.ERROR), (PageTimeoutError("too long"), PageState.TIMEOUT)],
)
def test_what_the_engine_does_becomes_a_state(error: Exception, state: PageState) -> None:
    reading = read_image(typed(), CannedEngine(error))
    assert (reading.state, reading.detail) == (state, str(error))


def test_a_page_read_with_confidence_stands() -> None:
    state, kept, _ = accept_or_blank(text("Товарищу Мао Цзэ-дуну", 0.9), SMALL)
    assert (state, kept.raw_text) == (PageState.OK, "Товарищу Мао Цзэ-дуну")


def test_scraps_are_no_text() -> None:
    state, kept, detail = accept_or_blank(text("ьл, ‘к ії рт\n~; ун 0л", 0.3), SMALL)
    assert (state, kept.raw_text) == (PageState.BLANK, "")
    assert "scraps" in detail


def test_marks_without_letters_are_no_text() -> None:
    assert accept_or_blank(text("— . ; |", 0.9), SMALL)[0] is PageState.BLANK


FOREIGN = "Сдѣлено прѣзидіу минѣстерства внутрѣ"


@dataclass(frozen=True)
class LayoutEngine(CannedEngine):
    """Reads a page with some confidence as it lies, and as many sure-looking scraps as a block."""

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        scraps = text("это все как было что они для нас есть так если уже или " * 9, 0.3)
        return (
            scraps
            if options.segmentation is PageSegmentation.BLOCK
            else super().read(image, options)
        )


def test_scraps_do_not_drive_out_a_reading_that_stands() -> None:
    reading = read_image(typed(), LayoutEngine(text(FOREIGN, 0.8)))
    assert (reading.state, reading.readings) == (PageState.OK, 2)
    assert reading.text.raw_text == FOREIGN


def test_lines_that_are_no_text_are_kept_apart_and_do_not_count_as_doubt() -> None:
    page = typed(52, lines=6)
    body = text("слово за словом\nи ещё строка", 0.95)
    scrap = Block((Line((Word("ii~", Box(0, 200, 14, 20), 0.1),)),))
    reading = read_image(page, CannedEngine(PageText((*body.blocks, scrap))))
    clean = read_image(page, CannedEngine(body))
    assert reading.text == clean.text
    assert reading.expected_error == clean.expected_error
    assert [found.text for found in reading.scraps] == ["ii~"]
    assert reading.scraps[0].box.y == int(200 / prepare_image(page).transform.e)


def test_provenance_has_the_options_as_the_engine_takes_them() -> None:
    reading = read_image(typed(), CannedEngine(text("слово за словом\nи ещё строка")))
    assert reading.steps[-1].settings["options"] == "page, otsu"
