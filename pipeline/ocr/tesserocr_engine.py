"""Tesseract as a library inside the worker, through tesserocr: it loads its models only once.

An optional extra. Its wheels bring their own Tesseract: the signature separates its readings from
those of the installed program, and they may differ where the versions do.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tesserocr

from pipeline.errors import PageError
from pipeline.model import EngineSignature, Model
from pipeline.ocr.engine import RecognitionOptions
from pipeline.ocr.tesseract import (
    TesseractBase,
    parse_tsv,
    tesseract_signature,
    tesseract_variables,
)
from pipeline.text import PageText

#: The header line that the library leaves out.
_TSV_HEADER = "\t".join(
    (
        *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
        *("left", "top", "width", "height", "conf", "text"),
    )
)


@dataclass(frozen=True, slots=True)
class Tesserocr(TesseractBase):
    """Tesseract as a library in this process, which may crash: use it in a worker only."""

    @property
    def signature(self) -> EngineSignature:
        """Version of the library, languages in the order given, SHA-256 of each model."""
        return library_signature(self.languages, self.model)

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return words, lines and paragraphs of an image file.

        Raises:
            PageTimeoutError: the time limit of the page is over.
            PageError: Tesseract failed, or does not start with these languages.
        """
        seconds = self._seconds_left()
        api = _load_api(self.model_files(options).folder, "+".join(options.languages))
        try:
            for name, value in tesseract_variables(options).items():
                api.SetVariable(name, value)
            api.SetImageFile(str(image))
            if not api.Recognize(timeout=max(int(seconds * 1000), 1)):
                raise self._timeout_error()
            return parse_tsv(f"{_TSV_HEADER}\n{api.GetTSVText(0)}")
        except (RuntimeError, OSError, ValueError) as error:  # tesserocr's errors, and Pillow's
            msg = f"Tesseract failed: {error}"
            raise PageError(msg) from error
        finally:
            api.Clear()


@cache
def library_signature(languages: tuple[str, ...], model: Model = Model.STOCK) -> EngineSignature:
    """Return all that a reading by the library in these languages depends on.

    Raises:
        SetupError: one of the models is missing.
    """
    through = f"tesserocr {tesserocr.__version__}"
    return tesseract_signature(languages, model, tesserocr.tesseract_version(), through)


@cache
def _load_api(folder: Path, languages: str) -> tesserocr.PyTessBaseAPI:
    """Return the engine with the models of ``languages`` loaded; cached by folder and languages."""
    try:
        return tesserocr.PyTessBaseAPI(path=f"{folder}/", lang=languages)
    except RuntimeError as error:
        msg = f"Tesseract does not start with {languages}: {error}"
        raise PageError(msg) from error
