"""The engines there are, by the name that the setting ``engine`` gives them.

To add one: its module with a class that is an ``Engine`` (languages and seconds for a page make
one), a row here under a name that ``settings.EngineName`` has, its packages in pyproject.toml.
"""

import math
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.errors import SetupError
from pipeline.model import EngineSignature
from pipeline.ocr.engine import Engine
from pipeline.settings import EngineName


@dataclass(frozen=True, slots=True)
class EngineEntry:
    """Where the code of an engine is; only that of the engine that is set is imported."""

    path: str  #: ``module:class``
    extra: str = ""  #: the optional extra of pyproject.toml that has its packages


ENGINES: Mapping[EngineName, EngineEntry] = {
    "tesseract": EngineEntry("pipeline.ocr.tesseract:Tesseract"),
    "tesserocr": EngineEntry("pipeline.ocr.tesserocr_engine:Tesserocr", extra="tesserocr"),
}


def make_engine(name: EngineName, languages: tuple[str, ...], timeout: float) -> Engine:
    """Return an engine for one page.

    Args:
        name: which.
        languages: its codes of those that the page may be in, the main one first.
        timeout: seconds for the page, all its readings together.

    Raises:
        SetupError: its extra is not installed; says how to install it.
    """
    return _load_engine_class(name)(languages, timeout)


def signature_of(name: EngineName, languages: tuple[str, ...]) -> EngineSignature:
    """Return what a reading by this engine with these languages depends on.

    Raises:
        SetupError: the engine or one of its models is missing; says what to install.
    """
    return make_engine(name, languages, math.inf).signature


def _load_engine_class(name: EngineName) -> Callable[[tuple[str, ...], float], Engine]:
    entry = ENGINES[name]
    try:
        found: Callable[[tuple[str, ...], float], Engine] = pkgutil.resolve_name(entry.path)
    except ModuleNotFoundError as error:
        if not entry.extra:
            raise
        msg = (
            f"engine = {name} needs the extra {entry.extra} ({error}). "
            f"Install it with `uv sync --extra {entry.extra}`, or leave the setting at tesseract."
        )
        raise SetupError(msg) from error
    return found
