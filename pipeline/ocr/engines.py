"""The engines there are, by the name that the setting ``engine`` gives them."""

from pipeline.model import EngineSignature
from pipeline.ocr import tesseract, tesserocr_engine
from pipeline.ocr.engine import Engine
from pipeline.settings import EngineName


def make_engine(name: EngineName, languages: tuple[str, ...], timeout: float) -> Engine:
    """Return an engine for one page.

    Args:
        name: which.
        languages: its codes of those that the page may be in, the main one first.
        timeout: seconds for the page, all its readings together.
    """
    kind = tesseract.Tesseract if name == "tesseract" else tesserocr_engine.Tesserocr
    return kind(languages, timeout)


def signature_of(name: EngineName, languages: tuple[str, ...]) -> EngineSignature:
    """Return what a reading by this engine with these languages depends on.

    Raises:
        SetupError: the engine or one of its models is missing; says what to install.
    """
    if name == "tesseract":
        return tesseract.tesseract_signature(languages)
    return tesserocr_engine.tesserocr_signature(languages)
