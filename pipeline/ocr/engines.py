"""The registry of OCR engines, by the values of the setting ``engine``.

To add one: write a module with a class that implements ``Engine`` and is constructed from
languages, seconds for a page and the model that the settings prefer; add a row here, whose key is
its name in the settings, and its packages to pyproject.toml.
"""

import math
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.errors import SetupError
from pipeline.model import EngineChoice, EngineSignature, Model
from pipeline.ocr.engine import Engine


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """The place of an engine's class; only the configured engine is imported."""

    path: str  #: ``module:class``
    extra: str = ""  #: the extra of pyproject.toml with its packages; empty if it needs none


ENGINES: Mapping[str, EngineEntry] = {
    "tesseract": EngineEntry("pipeline.ocr.tesseract:Tesseract"),
    "tesserocr": EngineEntry("pipeline.ocr.tesserocr_engine:Tesserocr", extra="tesserocr"),
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
    return _load_engine_class(choice.name)(languages, timeout, choice.model)


def signature_of(choice: EngineChoice, languages: tuple[str, ...]) -> EngineSignature:
    """Return all that a reading by this engine in these languages depends on.

    Raises:
        SetupError: the engine or a model is missing; the message names the package to install.
    """
    return make_engine(choice, languages, math.inf).signature


def require_engine_name(name: str) -> None:
    """Check that there is an engine of this name.

    Raises:
        SetupError: there is none; names those that there are.
    """
    if name not in ENGINES:
        msg = f"engine = {name}: there is no such engine. Choose one of: {', '.join(ENGINES)}."
        raise SetupError(msg)


def _load_engine_class(name: str) -> Callable[[tuple[str, ...], float, Model], Engine]:
    require_engine_name(name)
    entry = ENGINES[name]
    try:
        engine_class: Callable[[tuple[str, ...], float, Model], Engine]
        engine_class = pkgutil.resolve_name(entry.path)
    except ModuleNotFoundError as error:
        if not entry.extra:
            raise
        msg = (
            f"engine = {name} needs the extra {entry.extra} ({error}). "
            f"Install it with `uv sync --extra {entry.extra}`, or leave the setting at tesseract."
        )
        raise SetupError(msg) from error
    return engine_class
