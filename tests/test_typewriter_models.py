"""Typewriter models: the container, and networks put into installed models."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import EngineChoice, Model
from pipeline.ocr import typewriter_models
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.engines import signature_of
from pipeline.ocr.tesseract import Tesseract, program_signature
from pipeline.ocr.tesseract_models import installed_models, model_files
from pipeline.ocr.traineddata import Component, read_components, replace_network, write_components
from pipeline.ocr.typewriter_models import (
    NETWORKS,
    fitting_network,
    typewriter_digest,
    typewriter_networks,
)

COMPONENTS = st.lists(st.none() | st.binary(min_size=1, max_size=40), min_size=1, max_size=24)


@given(COMPONENTS)
def test_components_come_back_as_they_were_written(components: list[bytes | None]) -> None:
    assert read_components(write_components(components)) == components


@given(COMPONENTS, st.binary(min_size=1, max_size=80))
def test_only_the_network_is_replaced(components: list[bytes | None], network: bytes) -> None:
    whole = [*components, *[None] * 24][:24]
    whole[Component.LSTM] = b"the network as installed"
    replaced = read_components(replace_network(write_components(whole), network))
    assert replaced[Component.LSTM] == network
    whole[Component.LSTM] = replaced[Component.LSTM] = None
    assert replaced == whole


@pytest.mark.parametrize("data", [b"", b"\0\0", b"\xff" * 40, b"%PDF-1.7 and more of it"])
def test_another_file_is_no_model(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a model file"):
        read_components(data)


def test_a_model_without_a_network_is_refused() -> None:
    with pytest.raises(ValueError, match="no network"):
        replace_network(write_components([b"of Tesseract 3"]), b"network")


def test_each_network_that_is_shipped_is_the_one_that_is_described() -> None:
    described = json.loads((NETWORKS / "models.json").read_text("utf-8"))
    assert {path.stem for path in NETWORKS.glob("*.lstm")} == set(described)
    for code, entry in described.items():
        assert sha256((NETWORKS / f"{code}.lstm").read_bytes()).hexdigest() == entry["sha256"]


@pytest.fixture
def other_networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of networks: English as installed, Russian made from another model."""
    for code, installed in installed_models().items():
        if code == "eng":
            network = read_components(installed.read_bytes())[Component.LSTM]
            assert network is not None
            (tmp_path / "eng.lstm").write_bytes(network)
    digest = sha256(installed_models()["eng"].read_bytes()).hexdigest()
    described = {"eng": {"made_from": digest}, "rus": {"made_from": "0" * 64}}
    (tmp_path / "models.json").write_text(json.dumps(described), "utf-8")
    monkeypatch.setattr(typewriter_models, "NETWORKS", tmp_path)
    _clear_caches()
    yield
    _clear_caches()


def _clear_caches() -> None:
    caches = (typewriter_networks, fitting_network, typewriter_digest, model_files)
    for cached in (*caches, program_signature, typewriter_models._scratch_folder):
        cached.cache_clear()


@pytest.mark.tesseract
@pytest.mark.usefixtures("other_networks")
class TestNetworksPutIntoInstalledModels:
    def test_a_network_made_from_another_model_is_not_used(self) -> None:
        models = installed_models()
        assert fitting_network("eng", models["eng"]) is not None
        assert fitting_network("rus", models["rus"]) is None
        (note,) = Tesseract(("rus", "eng"), 60, Model.TYPEWRITER).model_notes()
        assert note.startswith(f"rus: the installed model ({models['rus']}) is another")
        assert Tesseract(("rus", "eng"), 60, Model.STOCK).model_notes() == ()

    def test_the_signature_names_both_models(self) -> None:
        typewriter = signature_of(EngineChoice(model=Model.TYPEWRITER), ("rus", "eng")).models
        stock = signature_of(EngineChoice(model=Model.STOCK), ("rus", "eng")).models
        assert typewriter == {**stock, "eng-typewriter": stock["eng"]}  # the same network

    def test_the_engine_reads_with_its_own_copy(self) -> None:
        engine = Tesseract(("rus", "eng"), 60, Model.TYPEWRITER)
        options = RecognitionOptions(("eng",))
        files = engine.model_files(options)
        assert files.model is engine.model_of(options) is Model.TYPEWRITER
        assert files.folder != installed_models()["eng"].parent
        copied = (files.folder / "eng.traineddata").read_bytes()
        assert copied == installed_models()["eng"].read_bytes()

    def test_a_language_without_a_network_is_read_with_the_installed_model(self) -> None:
        engine = Tesseract(("rus", "eng"), 60, Model.TYPEWRITER)
        assert engine.model_of(RecognitionOptions(("rus",))) is Model.STOCK
        both = engine.model_files(RecognitionOptions(("rus", "eng")))
        assert both.model is Model.TYPEWRITER
        installed = installed_models()["rus"]
        assert (both.folder / "rus.traineddata").resolve() == installed.resolve()

    def test_stock_is_stock_whoever_asks_for_it(self) -> None:
        options = RecognitionOptions(("eng",))
        stock = RecognitionOptions(("eng",), model=Model.STOCK)
        assert Tesseract(("eng",), 60, Model.STOCK).model_of(options) is Model.STOCK
        assert Tesseract(("eng",), 60, Model.TYPEWRITER).model_of(stock) is Model.STOCK
