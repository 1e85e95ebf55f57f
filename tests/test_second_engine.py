"""A second engine reads doubtful lines again: which lines, what records contain, the real one."""

import importlib.metadata
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from flows.machine_checks import check_machine
from flows.runtime import load_settings
from pipeline.errors import SetupError
from pipeline.exports.readme import to_readme
from pipeline.imaging.pixels import Grey
from pipeline.model import EngineChoice
from pipeline.ocr.engines import (
    ENGINES,
    SECOND_ENGINES,
    EngineEntry,
    make_second_engine,
    signature_of,
)
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.second_engine import STEP_NAME, SecondEngine, review_text
from pipeline.record.assemble import assemble_record
from pipeline.scan import ReadPage
from pipeline.settings import Settings
from pipeline.text import Alternative, PageText, WordSource
from pipeline.text_metrics import line_error
from pipeline.workers.page_cache import reading_key
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import ExtractPage, RecognizePage
from tests.factories import CLOCK, SIGNATURE, admitted_scan, scan_pdf, source, text
from tests.test_page_reader import CannedEngine, typed
from tests.workspace import PATIENCE

SIZE = (40, 600)  #: of the images of lines, height and width


@dataclass(frozen=True)
class CannedRecognizer:
    """Reads the same in every line, and keeps the images of the lines."""

    answer: str
    name: str = "canned lines"
    version: str = "1"
    sha256: str = "b" * 64
    script: str = "Latn"
    lines: list[Grey] = field(default_factory=list)

    def read_line(self, line: Grey) -> str:
        self.lines.append(line)
        return self.answer


def review(page: PageText, answer: str, *languages: str, seconds: float = 60) -> PageText:
    pixels = np.full((900, 900), 255, np.uint8)
    second = SecondEngine(CannedRecognizer(answer), seconds)
    return review_text(page, pixels, languages or ("eng",), second)[0]


@pytest.mark.parametrize("confidence", [0.1, 0.95])
def test_lines_of_scraps_and_sure_lines_are_not_read_again(confidence: float) -> None:
    page = text("tbe honse\nof tke king", confidence)
    assert review(page, "the house") == page


def test_lines_in_letters_that_it_does_not_know_are_not_read_again() -> None:
    page = text("Товарищу Мао\ntbe honse", 0.7)
    assert review(page, "the house", "rus", "eng").raw_text == "Товарищу Мао\nthe house"
    assert review(page, "the house", "rus") == page


def test_lines_that_are_left_when_the_time_is_over_stay() -> None:
    page = text("tbe honse", 0.7)
    assert review(page, "the house", seconds=-1) == page


def test_it_gets_the_line_with_a_margin_and_nothing_beyond_the_image() -> None:
    recognizer = CannedRecognizer("")
    pixels = np.arange(900, dtype=np.uint16).astype(np.uint8)[:, None].repeat(250, axis=1)
    review_text(text("a b\nc d e", 0.7), pixels, ("eng",), SecondEngine(recognizer, 60))
    first, second = recognizer.lines
    assert first.shape == (30, 180)  # boxes of 20 pixels, 5 more on each side
    assert (first[0, 0], second[0, 0]) == (15, 45)
    assert second.shape == (30, 235)


def test_a_reading_says_what_became_of_its_words(tmp_path: Path) -> None:
    engine = CannedEngine(text("tbe honse\ntbe honse", 0.8), languages=("eng",))
    second = SecondEngine(CannedRecognizer("the mouse"), 60)
    reading = read_image(typed(), engine, second_engine=second)
    assert reading.text.raw_text.splitlines()[0] == "the mouse"
    first = next(reading.text.words())
    assert first.source is WordSource.SECOND_ENGINE
    assert first.alternatives == (Alternative("tbe", WordSource.ENGINE),)
    assert reading.steps[-1].name == STEP_NAME
    assert reading.steps[-1].settings["lines"] == "2 of 2"
    assert reading.steps[-1].settings["replaced"] == "4"
    assert reading.seconds[STEP_NAME] >= 0
    scan = admitted_scan(scan_pdf(tmp_path / "scan.pdf", 1), 1)
    record = assemble_record(scan, iter([ReadPage(1, source(1), reading)]), SIGNATURE, CLOCK)
    (sentence,) = [line for line in to_readme(record).splitlines() if "canned lines" in line]
    assert "2 doubtful lines again" in sentence
    assert "4 words" in sentence


def test_without_a_second_engine_a_reading_is_unchanged() -> None:
    engine = CannedEngine(text("tbe honse\ntbe honse", 0.8), languages=("eng",))
    reading = read_image(typed(), engine)
    assert STEP_NAME not in {step.name for step in reading.steps}
    assert STEP_NAME not in reading.seconds
    assert {word.source for word in reading.text.words()} == {WordSource.ENGINE}


def test_an_unknown_second_engine_is_refused_with_the_names_of_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPIS_SECOND_ENGINE", "easyocr")
    names = ", ".join(["off", *SECOND_ENGINES])
    with pytest.raises(SetupError, match=f"second_engine = easyocr.+Choose one of: {names}"):
        load_settings({})


def without_rapidocr(name: str, real: Callable[[str], Distribution] = distribution) -> Distribution:
    if name == "rapidocr":
        raise PackageNotFoundError(name)
    return real(name)


@pytest.mark.parametrize("package", ["onnxruntime", "rapidocr"])
def test_an_extra_that_is_not_there_is_named(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delitem(sys.modules, "pipeline.ocr.ppocr", raising=False)
    if package == "onnxruntime":
        monkeypatch.setitem(sys.modules, package, None)  # as if it were not installed
    else:
        monkeypatch.setattr(importlib.metadata, "distribution", without_rapidocr)
    with pytest.raises(SetupError, match="uv sync --extra second-engine"):
        make_second_engine(EngineChoice(second="ppocr"), 60)
    settings = Settings(
        inbox=tmp_path / "in", output=tmp_path / "out", second_engine="ppocr", languages=("eng",)
    )
    (engine_check,) = [check for check in check_machine(settings) if check.name == "second engine"]
    assert not engine_check.ok


def test_only_readings_in_letters_that_it_knows_are_signed_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    canned = SimpleNamespace(
        page=lambda languages, *_: CannedEngine(PageText(), SIGNATURE, languages),
        lines=lambda: CannedRecognizer(""),
    )
    monkeypatch.setitem(sys.modules, "canned", canned)
    monkeypatch.setitem(ENGINES, "tesseract", EngineEntry("canned:page"))
    monkeypatch.setitem(SECOND_ENGINES, "ppocr", EngineEntry("canned:lines"))
    assert signature_of(EngineChoice(second="ppocr"), ("rus",)) == SIGNATURE
    signed = signature_of(EngineChoice(second="ppocr"), ("rus", "eng"))
    added = dict(signed.settings.items() - SIGNATURE.settings.items())
    assert {"canned lines", "1", "b" * 64} <= set(added.values())
    assert reading_key("0" * 64, signed) != reading_key("0" * 64, SIGNATURE)


def draw_words(words: str) -> Grey:
    image = Image.new("L", SIZE[::-1], 245)
    ImageDraw.Draw(image).text((8, 4), words, 20, font_size=24)
    return np.asarray(image)


@pytest.fixture
def ppocr() -> SecondEngine:
    pytest.importorskip("onnxruntime", reason="the extra second-engine is not installed")
    second = make_second_engine(EngineChoice(second="ppocr"), 60)
    assert second is not None
    return second


def test_the_network_reads_a_line_and_downloads_nothing(
    ppocr: SecondEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(socket, "socket")
    words = "Protocol of the meeting, 14.1.1949"
    assert ppocr.recognizer.read_line(draw_words(words)) == words
    assert "rapidocr" not in sys.modules


@pytest.mark.tesseract
def test_a_worker_reads_a_blurred_page_better_with_it(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime", reason="the extra second-engine is not installed")
    words = "The committee met again in the afternoon and heard the report of its second group"
    lines = [" ".join((words.split() * 2)[row : row + 9]) for row in range(9)]
    image = Image.new("L", (1300, 700), 225)
    for row, line in enumerate(lines):
        ImageDraw.Draw(image).text((80, 60 + 60 * row), line, 110, font_size=30)
    scan, truth = tmp_path / "blurred.png", "\n".join(lines)
    image.filter(ImageFilter.GaussianBlur(2.9)).save(scan)
    texts, workers = {}, WorkerPool(1)
    try:
        for second in ("off", "ppocr"):
            with workers.borrow() as worker:
                worker.ask(ExtractPage(scan, "image/png", 1, 300, 1_000_000), PATIENCE)
                request = RecognizePage(("eng",), PATIENCE, EngineChoice(second=second))
                reading = worker.ask(request, PATIENCE).reading
            assert reading is not None
            assert (reading.steps[-1].name == STEP_NAME) is (second == "ppocr")
            texts[second] = reading.text.raw_text
    finally:
        workers.close()
    assert line_error(truth, texts["ppocr"]) < line_error(truth, texts["off"])


def test_the_network_reads_an_empty_line_as_nothing(ppocr: SecondEngine) -> None:
    assert ppocr.recognizer.read_line(np.full((30, 1), 245, np.uint8)) == ""


def test_the_published_name_and_digest_of_the_network_are_pinned(ppocr: SecondEngine) -> None:
    assert ppocr.settings["second-engine"] == "PP-OCRv6_rec_small"
    digest = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
    assert ppocr.settings["second-engine-sha256"] == digest
    assert ppocr.settings["second-engine-version"].startswith("rapidocr 3.10.")
