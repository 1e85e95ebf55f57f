"""Tesseract inside the reading child, through tesserocr: its models are loaded once, not a page.

An optional extra. Its wheels carry a Tesseract of their own, so readings are kept apart from those
of the installed program by the signature, and may differ where the versions do.
"""

import time
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pipeline.errors import PageError, PageTimeoutError, SetupError
from pipeline.fixity import file_sha256
from pipeline.model import EngineSignature
from pipeline.ocr.engine import COMMON_FLAGS, RecognitionOptions, parse_tsv
from pipeline.ocr.tesseract import installed_languages, models_of
from pipeline.text import PageText


@dataclass(frozen=True, slots=True)
class Tesserocr:
    """The same engine as a library in this process: call it from a process that may die."""

    languages: tuple[str, ...]
    timeout: float  #: seconds for one page, from now on, all its readings together
    _started_at: float = field(default_factory=time.monotonic, compare=False)

    @property
    def signature(self) -> EngineSignature:
        """Version of the library, languages in the order given, SHA-256 of each model."""
        return tesserocr_signature(self.languages)

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return words, lines and paragraphs of an image file.

        Raises:
            PageTimeoutError: it took longer than the limit.
            PageError: the engine failed.
        """
        left = max(self._started_at + self.timeout - time.monotonic(), 0.001)
        api = _load_api("+".join(options.languages))
        try:
            for name, value in options.tesseract_variables.items():
                api.SetVariable(name, value)
            api.SetImageFile(str(image))
            if not api.Recognize(timeout=max(int(left * 1000), 1)):
                msg = f"Tesseract took longer than {self.timeout:g} s (OPIS_PAGE_TIMEOUT)"
                raise PageTimeoutError(msg)
            return parse_tsv(f"{_TSV_HEADER}\n{api.GetTSVText(0)}")
        except (RuntimeError, OSError, ValueError) as error:  # its own, and Pillow's
            msg = f"Tesseract failed: {error}"
            raise PageError(msg) from error
        finally:
            api.Clear()


_TSV_HEADER = "\t".join(
    (
        *("level", "page_num", "block_num", "par_num", "line_num", "word_num"),
        *("left", "top", "width", "height", "conf", "text"),
    )
)  #: the library leaves it out


def require_tesserocr() -> None:
    """Refuse to start where the extra was chosen and is not there.

    Raises:
        SetupError: says how to install it.
    """
    if find_spec("tesserocr") is None:
        msg = (
            "engine = tesserocr needs the extra of that name. "
            "Install it with `uv sync --extra tesserocr`, or leave the setting at tesseract."
        )
        raise SetupError(msg)


@cache
def tesserocr_signature(languages: tuple[str, ...]) -> EngineSignature:
    """Return what a reading with these languages depends on.

    Raises:
        SetupError: the extra or one of the models is missing.
    """
    require_tesserocr()
    tesserocr = import_module("tesserocr")
    models = models_of(languages)
    first, *libraries = (line.strip() for line in tesserocr.tesseract_version().splitlines())
    leptonica = next((line for line in libraries if line.startswith("leptonica")), "")
    return EngineSignature(
        name="tesseract",
        version=first.removeprefix("tesseract").strip(),
        languages=languages,
        models={code: file_sha256(path) for code, path in models.items()},
        settings={
            "options": COMMON_FLAGS,
            "OMP_THREAD_LIMIT": "1",
            "leptonica": leptonica.removeprefix("leptonica-"),
            "through": f"tesserocr {tesserocr.__version__}",
        },
    )


@cache
def _load_api(languages: str) -> Any:
    """Return the engine with its models loaded; one for each language that a page is in."""
    folder = next(iter(installed_languages().values())).parent
    try:
        return import_module("tesserocr").PyTessBaseAPI(path=f"{folder}/", lang=languages)
    except RuntimeError as error:
        msg = f"Tesseract does not start with {languages}: {error}"
        raise PageError(msg) from error
