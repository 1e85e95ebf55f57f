"""The registries of OCR engines, by the values of the settings ``engine`` and ``second_engine``.

To add one: write a module with a class that implements ``Engine`` and is constructed from
languages, seconds for a page and the model that the settings prefer; add a row here, whose key is
its name in the settings, and its packages to pyproject.toml. A second engine implements
``LineRecognizer`` and is constructed from nothing.
"""

import math
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.model import EngineChoice, EngineSignature
from pipeline.ocr.engine import Engine

if TYPE_CHECKING:
    from pipeline.ocr.second_engine import SecondEngine

NO_SECOND_ENGINE = "off"  #: the value of the setting ``second_engine`` for none


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """The place of an engine's class; only the configured engine is imported."""

    path: str  #: ``module:class``
    extra: str = ""  #: the extra of pyproject.toml with its packages; empty if it needs none


ENGINES: Mapping[str, EngineEntry] = {
    "tesseract": EngineEntry("pipeline.ocr.tesseract:Tesseract"),
    "tesserocr": EngineEntry("pipeline.ocr.tesserocr_engine:Tesserocr", extra="tesserocr"),
}
SECOND_ENGINES: Mapping[str, EngineEntry] = {
    "ppocr": EngineEntry("pipeline.ocr.ppocr:PpOcr", extra="second-engine"),
}


def make_engine(choice: EngineChoice, languages: tuple[str, ...], timeout: float) -> Engine:
    """Return an engine for one page.

    Args:
        choice: the settings' choice of engine and model.
        languages: its codes of the languages that the page may be in, the main one first.
        timeout: seconds for all readings of the page together.

    Raises:
        SetupError: its extra is not installed; the message says how to install it.
    """
    require_engine_names(choice)
    engine_class = _load_class("engine", choice.name, ENGINES[choice.name], "tesseract")
    engine: Engine = engine_class(languages, timeout, choice.model)
    return engine


def make_second_engine(choice: EngineChoice, timeout: float) -> "SecondEngine | None":
    """Return a second engine for one page, or None if the setting is off.

    Args:
        choice: the settings' choice of engines.
        timeout: seconds for all its lines of the page together.

    Raises:
        SetupError: its extra is not installed; the message says how to install it.
    """
    require_engine_names(choice)
    if choice.second == NO_SECOND_ENGINE:
        return None
    from pipeline.ocr.second_engine import SecondEngine  # noqa: PLC0415  most commands read no page

    entry = SECOND_ENGINES[choice.second]
    recognizer = _load_class("second_engine", choice.second, entry, NO_SECOND_ENGINE)()
    return SecondEngine(recognizer, timeout)


def candidate_languages(choice: EngineChoice, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the codes of the languages that a page may be in, the main one first.

    Args:
        choice: of the settings.
        languages: those of the settings; if there are none, all that are installed and can be
            found by reading.

    Raises:
        SetupError: the engine does not run, or its extra is not installed.
    """
    if languages:
        return languages
    from pipeline.ocr.language_codes import detectable_languages  # noqa: PLC0415  as above

    installed = make_engine(choice, (), math.inf).installed_languages()
    return detectable_languages(installed) or installed


def signature_of(choice: EngineChoice, languages: tuple[str, ...]) -> EngineSignature:
    """Return all that a reading by these engines in these candidates depends on.

    A second engine is part of it only if it knows the letters of one of the languages.

    Args:
        choice: of the settings.
        languages: as in `candidate_languages`.

    Raises:
        SetupError: an engine or a model is missing; the message names the package to install.
    """
    languages = candidate_languages(choice, languages)
    signature = make_engine(choice, languages, math.inf).signature
    second = make_second_engine(choice, math.inf)
    if second is None or not second.reads_any(languages):
        return signature
    return replace(signature, settings=signature.settings | second.settings)


def require_engine_names(choice: EngineChoice) -> None:
    """Check that there are engines of these names.

    Raises:
        SetupError: there is none of a name; names those that there are.
    """
    choices = {
        "engine": (choice.name, [*ENGINES]),
        "second_engine": (choice.second, [NO_SECOND_ENGINE, *SECOND_ENGINES]),
    }
    for setting, (name, known) in choices.items():
        if name not in known:
            msg = f"{setting} = {name}: there is no such engine. Choose one of: {', '.join(known)}."
            raise SetupError(msg)


def _load_class(setting: str, name: str, entry: EngineEntry, fallback: str) -> Any:
    """Return the class of an engine; ``fallback`` is a value of the setting that needs no extra."""
    try:
        return pkgutil.resolve_name(entry.path)
    except ModuleNotFoundError as error:
        if not entry.extra:
            raise
        msg = (
            f"{setting} = {name} needs the extra {entry.extra} ({error}). "
            f"Install it with `uv sync --extra {entry.extra}`, or leave the setting at {fallback}."
        )
        raise SetupError(msg) from error
