"""Tesseract inside the reading child, through tesserocr: its models are loaded once, not a page.

An optional extra. Its wheels carry a Tesseract of their own, so readings are kept apart from those
of the installed program by the signature, and may differ where the versions do.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tesserocr

from pipeline.errors import PageError
from pipeline.model import EngineSignature
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.tesseract import (
    TesseractBase,
    installed_models,
    parse_tsv,
    tesseract_signature,
    tesseract_variables,
)
from pipeline.text import PageText

_TSV_HEADER = "\t".join(
    (
        *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
        *("left", "top", "width", "height", "conf", "text"),
    )
)  #: the library leaves it out


@dataclass(frozen=True, slots=True)
class Tesserocr(TesseractBase):
    """The same engine as a library in this process: call it from a process that may die."""

    @property
    def signature(self) -> EngineSignature:
        """Version of the library, languages in the order given, SHA-256 of each model."""
        return library_signature(self.languages)

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return words, lines and paragraphs of an image file.

        Raises:
            PageTimeoutError: it took longer than the limit.
            PageError: the engine failed.
        """
        left = self._seconds_left()
        api = _load_api("+".join(options.languages))
        try:
            for name, value in tesseract_variables(options).items():
                api.SetVariable(name, value)
            api.SetImageFile(str(image))
            if not api.Recognize(timeout=max(int(left * 1000), 1)):
                raise self._timeout_error()
            return parse_tsv(f"{_TSV_HEADER}\n{api.GetTSVText(0)}")
        except (RuntimeError, OSError, ValueError) as error:  # its own, and Pillow's
            msg = f"Tesseract failed: {error}"
            raise PageError(msg) from error
        finally:
            api.Clear()


@cache
def library_signature(languages: tuple[str, ...]) -> EngineSignature:
    """Return what a reading by the library with these languages depends on.

    Raises:
        SetupError: one of the models is missing.
    """
    through = f"tesserocr {tesserocr.__version__}"
    return tesseract_signature(languages, tesserocr.tesseract_version(), through)


@cache
def _load_api(languages: str) -> tesserocr.PyTessBaseAPI:
    """Return the engine with its models loaded; one for each language that a page is in."""
    folder = next(iter(installed_models().values())).parent
    try:
        return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=languages)
    except RuntimeError as error:
        msg = f"Tesseract does not start with {languages}: {error}"
        raise PageError(msg) from error
