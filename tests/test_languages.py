"""Languages are found among all that are installed, and pages in two of them read by line."""

import json
import shutil
from pathlib import Path
from unicodedata import normalize

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pipeline.model import EngineChoice, PageReading
from pipeline.ocr.engines import candidate_languages, make_engine
from pipeline.ocr.language_codes import detectable_languages, script_of, word_list_of
from pipeline.ocr.language_detection import language_of_page, likeliest_language
from pipeline.ocr.lexicon import plain_words
from pipeline.ocr.mixed_languages import choose_lines, find_other_lines
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.tesseract_models import models_of
from pipeline.ocr.unspaced_words import join_unspaced_words
from pipeline.text import Box, Word
from tests.campaigns.language_pages import CASES, MIXED
from tests.factories import text
from tests.workspace import PATIENCE, ROOT, Workspace

TEXTS: dict[str, list[str]] = json.loads((CASES / "texts.json").read_text("utf-8"))
WITH_WORDS = sorted(code for code in TEXTS if script_of(code) in {"Cyrl", "Latn"})
MODELS = ROOT / ".tools" / "tessdata"  #: of scripts/setup.sh
READ = sorted(path.stem for path in CASES.glob("*.png"))
TYPING_ERRORS = dict(zip("аеиоestn", "оcнаcfln", strict=True))


def same_script(code: str) -> tuple[str, ...]:
    return tuple(other for other in WITH_WORDS if script_of(other) == script_of(code))


@pytest.mark.parametrize("code", WITH_WORDS)
def test_the_language_of_two_sentences_is_found_among_all(code: str) -> None:
    for first, second in zip(TEXTS[code], TEXTS[code][1:], strict=False):
        assert likeliest_language([first, second], same_script(code)) == code


@pytest.mark.parametrize("code", WITH_WORDS)
def test_a_model_of_another_language_reads_enough_to_find_the_language(code: str) -> None:
    words = [word for sentence in TEXTS[code] for word in plain_words(sentence)]
    for number in range(0, len(words), 5):  # every fifth word has a letter that was misread
        letter = next((mark for mark in words[number] if mark in TYPING_ERRORS), None)
        words[number] = words[number].replace(letter or "", TYPING_ERRORS.get(letter or "", ""), 1)
    assert likeliest_language(words, same_script(code)) == code


def test_without_evidence_for_another_language_the_first_is_kept() -> None:
    assert likeliest_language([], ("deu", "ces")) == "deu"
    assert likeliest_language(["Xqzt", "1938"], ("deu", "ces", "pol")) == "deu"


def test_a_page_that_begins_in_another_language_is_found_by_all_its_lines() -> None:
    page = text("\n".join([TEXTS["deu"][0], *TEXTS["ces"]]))
    assert language_of_page(page, "deu", tuple(TEXTS)) == "ces"
    assert language_of_page(page, "ces", tuple(TEXTS)) == "ces"


@pytest.mark.parametrize("code", WITH_WORDS)
def test_a_page_in_one_language_has_no_lines_in_another(code: str) -> None:
    assert find_other_lines(text("\n".join(TEXTS[code])), code, tuple(TEXTS)) is None


@pytest.mark.parametrize(("page", "other"), [("deu", "ces"), ("ces", "slk"), ("rus", "bul")])
def test_lines_in_another_language_are_found(page: str, other: str) -> None:
    mixed = text("\n".join([*TEXTS[page][:4], *TEXTS[other][:3], *TEXTS[page][4:]]))
    found = find_other_lines(mixed, page, tuple(TEXTS))
    assert found is not None
    assert (found.language, sorted(found.lines)) == (other, [4, 5, 6])


def test_a_line_is_taken_from_the_reading_that_knows_more_of_it() -> None:
    good = "\n".join([*TEXTS["deu"][:3], *TEXTS["ces"][:3]])
    bad = "\n".join([*TEXTS["deu"][:3], *(" ".join(plain_words(s)) for s in TEXTS["ces"][:3])])
    found = find_other_lines(text(bad), "deu", tuple(TEXTS))
    assert found is not None
    chosen, count = choose_lines(text(bad), text(good), "deu", found)
    assert (chosen.raw_text, count) == (good, 3)
    doubtful = text(good, confidence=0.5)
    assert choose_lines(text(bad), doubtful, "deu", found) == (text(bad), 0)


def test_the_candidates_are_those_that_reading_can_tell_apart() -> None:
    installed = ("chi_sim", "chi_sim_vert", "deu", "deu_latf", "est", "rus", "script/Latin", "srp")
    found = detectable_languages(installed)
    assert found == ("rus", "chi_sim", "chi_sim_vert", "deu", "srp")
    assert detectable_languages((*installed, "bel", "frk", "ita_old", "kat")) == found
    assert all(word_list_of(code) for code in found)


SIGNS = st.text("政府討論の了。，", min_size=1, max_size=4)
LATIN = st.text("abcž-", min_size=1, max_size=4)


@given(st.lists(st.one_of(SIGNS, LATIN), min_size=1, max_size=12), st.booleans())
def test_words_without_spaces_are_joined_and_nothing_is_lost(parts: list[str], down: bool) -> None:
    boxes = [Box(5, 40 * n, 30, 30) if down else Box(40 * n, 5, 30, 30) for n in range(len(parts))]
    words = [Word(part, box, 0.9) for part, box in zip(parts, boxes, strict=True)]
    joined = join_unspaced_words(words)
    assert "".join(word.text for word in joined) == "".join(parts)
    assert Box.around(word.box for word in joined) == Box.around(boxes)
    latin = [part for part in parts if part[0] in "abcž-"]
    assert [word.text for word in joined if word.text[0] in "abcž-"] == latin


def test_a_wide_gap_between_signs_stays_a_space() -> None:
    boxes = [Box(0, 0, 30, 30), Box(32, 0, 30, 30), Box(150, 0, 30, 30)]
    words = [Word(sign, box, 0.9) for sign, box in zip("张三李", boxes, strict=True)]
    assert [word.text for word in join_unspaced_words(words)] == ["张三", "李"]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The models of scripts/setup.sh, which are not installed on this machine."""
    if not (MODELS / "ukr.traineddata").exists():
        pytest.skip("the models of other languages are not here: sh scripts/setup.sh tests")
    monkeypatch.setenv("TESSDATA_PREFIX", str(MODELS))
    return MODELS


def read_page(name: str) -> PageReading:
    """Return the reading of a page among all languages that are installed."""
    choice = EngineChoice("tesseract")
    engine = make_engine(choice, candidate_languages(choice, ()), PATIENCE)
    pixels = cv2.imread(str(CASES / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None
    return read_image(pixels.astype("uint8"), engine)


def error_share(reading: PageReading, sentences: list[str]) -> float:
    """Return the distance from the sentences to what was read, spaces and full width aside."""
    texts = ("".join(sentences), reading.text.raw_text)
    truth, read = ("".join(normalize("NFKC", text).split()) for text in texts)
    return Levenshtein.distance(truth, read) / len(truth)


@pytest.mark.tesseract
@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("name", [name for name in READ if "+" not in name])
def test_a_page_is_read_in_its_language_among_all(name: str) -> None:
    reading = read_page(name)
    assert reading.languages == (name,)
    # Stops in the corners of vertical lines were drawn where no font would put them.
    allowed = 0.1 if name.endswith("_vert") else 0.03
    assert error_share(reading, TEXTS[name.removesuffix("_vert")]) <= allowed
    if name.startswith(("chi", "jpn")):
        assert all(len(line.words) == 1 for line in reading.text.lines())


@pytest.mark.tesseract
@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("name", [name for name in READ if "+" in name])
def test_a_page_in_two_languages_is_read_by_line(name: str) -> None:
    reading = read_page(name)
    assert set(reading.languages) == set(name.split("+"))
    assert "choose-lines" in [step.name for step in reading.steps]
    sentences = [s for code, start, end in MIXED[name] for s in TEXTS[code][start:end]]
    assert error_share(reading, sentences) <= 0.01


@pytest.mark.tesseract
def test_a_language_that_is_installed_later_makes_no_version_of_a_record(
    workspace: Workspace, models: Path, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for code in ("rus", "ukr"):
        shutil.copy(models / f"{code}.traineddata", few)
    shutil.copy(CASES / "ukr.png", workspace.inbox)
    environ = {"OPIS_LANGUAGES": "", "TESSDATA_PREFIX": str(few)}
    result = workspace.opis("ingest", "--direct", **environ)
    assert result.returncode == 0, result.stderr
    (record_id,) = [entry["id"] for entry in json.loads(workspace.opis("list", "--json").stdout)]
    again = workspace.opis(
        "reread", record_id, "--direct", **{**environ, "TESSDATA_PREFIX": str(models)}
    )
    assert "published before" in again.stdout, again.stdout + again.stderr
    (version,) = workspace.versions()
    pages = json.loads((version / "data" / "record.json").read_text("utf-8"))["pages"]
    assert [page["languages"] for page in pages] == [["ukr"]]


@pytest.mark.tesseract
@pytest.mark.usefixtures("models")
def test_every_language_of_the_pages_has_its_model() -> None:
    assert models_of(tuple(name for name in READ if "+" not in name))
