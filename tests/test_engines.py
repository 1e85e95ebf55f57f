"""The table of engines, the signature of a reading, and which engine names the languages."""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytesseract
import pytest
import tesserocr

from flows.machine_checks import check_machine
from flows.runtime import load_settings
from pipeline.errors import DescriptionError, SetupError
from pipeline.evaluation.samples import find_samples
from pipeline.ingest.admission import engine_languages
from pipeline.model import EngineChoice, EngineSignature, Model
from pipeline.ocr.engine import Engine, Orientation, RecognitionOptions
from pipeline.ocr.engines import ENGINES, EngineEntry, make_engine, signature_of
from pipeline.ocr.tesseract import program_signature
from pipeline.ocr.tesserocr_engine import library_signature
from pipeline.settings import Settings
from pipeline.text import PageText
from pipeline.workers.page_cache import reading_key
from tests.factories import fake_tesseract
from tests.workspace import ROOT

MODELS = {"rus": sha256(b"the model rus").hexdigest()}


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The program, with models of two languages and of none."""
    program = fake_tesseract(tmp_path, "eng", "equ", "osd", "rus")
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(program))
    for kept in (program_signature, library_signature):
        kept.cache_clear()
    yield program
    for kept in (program_signature, library_signature):
        kept.cache_clear()


def test_every_engine_has_a_name_that_can_be_set_and_a_class_that_answers_all() -> None:
    asked = {name for name in dir(Engine) if not name.startswith("_")}
    for name in ENGINES:
        engine = make_engine(EngineChoice(name), ("rus",), 60)
        assert asked <= set(dir(engine))
        assert engine.languages == ("rus",)


def test_the_extra_of_an_engine_is_one_that_can_be_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {entry.extra for entry in ENGINES.values() if entry.extra}
    assert extras <= project["optional-dependencies"].keys()


@pytest.mark.usefixtures("tesseract")
def test_the_published_signature_of_the_program_is_pinned() -> None:
    signature = signature_of(EngineChoice("tesseract", Model.STOCK), ("rus",))
    settings = {"options": "--dpi 200", "OMP_THREAD_LIMIT": "1", "leptonica": "1.82.0"}
    assert signature == EngineSignature("tesseract", "5.3.0", ("rus",), MODELS, settings)
    assert list(signature.settings) == list(settings)
    published_key = "1d7484e0ada416dcd49b20a65ed0eddd748fd23e29cd3b99e52709e957d3fcc2"
    assert reading_key("0" * 64, signature) == published_key


@pytest.mark.usefixtures("tesseract")
def test_the_published_signature_of_the_library_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    version = "tesseract 5.5.4\n leptonica-1.87.0\n  libpng 1.6.34"
    monkeypatch.setattr(tesserocr, "tesseract_version", lambda: version)
    monkeypatch.setattr(tesserocr, "__version__", "2.13.0")
    signature = signature_of(EngineChoice("tesserocr", Model.STOCK), ("rus",))
    assert signature == EngineSignature(
        "tesseract",
        "5.5.4",
        ("rus",),
        MODELS,
        {
            "options": "--dpi 200",
            "OMP_THREAD_LIMIT": "1",
            "leptonica": "1.87.0",
            "through": "tesserocr 2.13.0",
        },
    )
    published_key = "e3df43649fa60e8bded597f0040dbe9429e4587e97cdb4a5508129fa738860fb"
    assert reading_key("0" * 64, signature) == published_key


@pytest.mark.usefixtures("tesseract")
@pytest.mark.parametrize("name", ["tesseract", "tesserocr"])
def test_a_model_that_reads_no_language_is_none_of_the_languages(name: str) -> None:
    assert make_engine(EngineChoice(name), ("rus",), 60).installed_languages() == ("eng", "rus")


@dataclass(frozen=True)
class OtherEngine:
    """Has languages of its own, and its own codes for them."""

    languages: tuple[str, ...]
    timeout: float
    model: Model = Model.STOCK

    @property
    def signature(self) -> EngineSignature:
        if unknown := set(self.languages) - set(self.installed_languages()):
            msg = f"no model for {', '.join(unknown)}"
            raise SetupError(msg)
        return EngineSignature("other", "7", self.languages, {}, {})

    def installed_languages(self) -> tuple[str, ...]:
        return ("Russian", "Georgian")

    def language_code(self, tag: str) -> str:
        return {"ru": "Russian", "ka": "Georgian"}.get(tag, tag)

    def model_notes(self) -> tuple[str, ...]:
        return ()

    def model_of(self, options: RecognitionOptions) -> Model:
        return Model.STOCK

    def format_options(self, options: RecognitionOptions) -> str:
        return str(options)

    def find_orientation(self, image: Path) -> Orientation | None:
        raise NotImplementedError

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        raise NotImplementedError


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a machine that has another engine, and no Tesseract."""
    monkeypatch.setitem(sys.modules, "other_engine", SimpleNamespace(Other=OtherEngine))
    monkeypatch.setitem(ENGINES, "tesserocr", EngineEntry("other_engine:Other"))
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(tmp_path / "none"))
    folders = {"inbox": tmp_path / "inbox", "output": tmp_path / "output"}
    return Settings(engine="tesserocr", languages=("Russian",), **folders)


def test_a_scan_is_read_by_the_codes_of_the_engine_that_is_set(other: Settings) -> None:
    assert engine_languages(None, other) == ("Russian",)
    assert engine_languages("ka", other) == ("Georgian",)
    with pytest.raises(DescriptionError, match=r"language: fr\. no model for fr"):
        engine_languages("fr", other)


def test_the_doctor_names_the_languages_of_the_engine_that_is_set(other: Settings) -> None:
    (engine_check,) = [check for check in check_machine(other) if check.name == "engine"]
    assert (engine_check.ok, engine_check.detail) == (
        True,
        "tesserocr 7, reads Russian; no typewriter models; also has Georgian",
    )


@pytest.mark.usefixtures("tesseract")
def test_without_a_setting_all_installed_languages_are_candidates(tmp_path: Path) -> None:
    for code in ("bel", "deu", "deu_latf"):
        (tmp_path / f"{code}.traineddata").touch()
    fake_tesseract(tmp_path, "bel", "deu", "deu_latf", "eng", "osd", "rus")
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    assert engine_languages(None, settings) == ("rus", "eng", "deu")
    assert signature_of(settings.engine_choice, ()).languages == ("rus", "eng", "deu")
    (engine_check,) = [check for check in check_machine(settings) if check.name == "engine"]
    assert "reads rus+eng+deu, of which it finds each page's" in engine_check.detail
    assert "also has bel, deu_latf" in engine_check.detail


@pytest.mark.usefixtures("tesseract")
def test_the_model_of_scripts_is_signed_where_it_helps_to_choose(tmp_path: Path) -> None:
    fake_tesseract(tmp_path, "chi_tra", "chi_tra_vert", "eng", "osd", "rus")
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    choice = settings.engine_choice
    assert "osd" not in signature_of(choice, ("rus", "eng")).models
    assert "osd" in signature_of(choice, ("rus", "chi_tra")).models
    assert engine_languages("zh-Hant", settings) == ("chi_tra", "chi_tra_vert")
    assert engine_languages("ru", settings) == ("rus",)


def test_samples_are_read_by_the_codes_of_the_engine_that_is_set(
    tmp_path: Path, other: Settings
) -> None:
    for name in ("ka/1.jpg", "ka/1.gt.txt", "who/2.jpg", "who/2.gt.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "ka" / "_defaults.yaml").write_text("language: ka\n")
    engine = make_engine(other.engine_choice, other.languages, other.page_timeout)
    samples, _ = find_samples(tmp_path, (), engine)
    assert [sample.languages for sample in samples] == [("Georgian",), ("Georgian", "Russian")]


def test_an_unknown_engine_is_refused_with_the_names_of_the_known_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPIS_ENGINE", "tesserac")
    choice = rf"no such engine\. Choose one of: {', '.join(ENGINES)}\."
    with pytest.raises(SetupError, match=choice):
        load_settings({})
