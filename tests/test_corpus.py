"""The benchmark's corpus: the same pages each time, and the transcription that belongs to them."""

import io
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from PIL import Image

from benchmarks.corpus import KINDS, STATES, Order, check_fonts, corpus, leaves
from benchmarks.typist import MANNERS, TEXTS, WIDTH, type_page
from samples.facsimile import DEGRADATIONS, ROWS, Faces

ORDER = Order(("rus", "eng"), "jpeg", 2)


@pytest.fixture
def faces() -> Faces:
    try:
        check_fonts(Faces())
    except FileNotFoundError as error:
        pytest.skip(str(error))
    return Faces()


def test_two_pages_come_out_the_same_each_time(tmp_path: Path, faces: Faces) -> None:
    first, second = (corpus(ORDER, tmp_path / name, faces, workers=1) for name in "ab")
    assert first.scan.read_bytes() == second.scan.read_bytes()
    assert first.pages == second.pages
    assert first.scan.with_suffix(".gt.txt").read_text("utf-8") == "\f".join(first.pages) + "\n"
    with pikepdf.open(first.scan) as pdf:
        assert len(pdf.pages) == 2
        assert [round(float(page.mediabox[2])) for page in pdf.pages] == [595, 595]  # A4


@pytest.mark.parametrize(("kind", "size", "mode"), [
    ("jpeg", (248, 350), "L"), ("g4", (248, 350), "1"), ("jpeg600", (496, 700), "L"),
])  # fmt: skip
def test_a_page_is_encoded_as_its_kind_says(kind: str, size: tuple[int, int], mode: str) -> None:
    grey = np.random.default_rng(1).normal(200, 9, (350, 248))
    grey[100:200, 50:200:5] = 60
    drawn = Image.fromarray(grey.astype(np.uint8))
    first, second = (KINDS[kind](drawn, DEGRADATIONS["worn"], 7) for _ in range(2))
    assert first == second
    with Image.open(io.BytesIO(first)) as page:
        assert (page.size, page.mode) == (size, mode)
        assert round(page.info["dpi"][0]) == (600 if kind == "jpeg600" else 300)


def test_a_corpus_that_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    there = tmp_path / f"{ORDER.name}.pdf"
    there.write_bytes(b"drawn before")
    assert corpus(ORDER, tmp_path, Faces(tmp_path)).scan.read_bytes() == b"drawn before"


def test_a_missing_font_is_named_by_its_package(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="apt-get install fonts-gnutypewriter"):
        corpus(ORDER, tmp_path, Faces(tmp_path))


@pytest.mark.parametrize("language", MANNERS)
def test_there_are_sixty_different_sentences(language: str) -> None:
    lines = (TEXTS / f"{language}.txt").read_text("utf-8").splitlines()
    assert len(lines) == len(set(lines)) >= 60


@pytest.mark.parametrize("language", MANNERS)
def test_four_hundred_pages_fill_their_sheets_and_differ(language: str) -> None:
    pages = [type_page(language, seed) for seed in range(400)]
    assert len(set(pages)) == 400
    for page in pages:
        lines = page.split("\n")
        assert ROWS - 2 <= len(lines) <= ROWS
        assert max(map(len, lines)) <= WIDTH
        assert "{" not in page


def test_every_language_comes_in_every_state() -> None:
    pairs = {(leaf.language, leaf.state) for leaf in leaves(replace(ORDER, pages=8))}
    assert pairs == set(product(ORDER.languages, STATES))
