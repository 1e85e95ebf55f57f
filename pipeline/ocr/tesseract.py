"""Tesseract as a program, through pytesseract: the engine that ships."""

import re
import subprocess
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import langcodes
import pytesseract

from pipeline.errors import PageError, PageTimeoutError, SetupError
from pipeline.fixity import file_sha256
from pipeline.model import EngineSignature
from pipeline.ocr.engine import COMMON_FLAGS, RecognitionOptions, parse_tsv
from pipeline.text import PageText


@dataclass(frozen=True, slots=True)
class Tesseract:
    """Tesseract as a child process, one recognition a page.

    The caller's environment must hold ``OMP_THREAD_LIMIT=1``: without it two of them on two
    cores are five times slower.
    """

    languages: tuple[str, ...]
    timeout: float  #: seconds for one page, from now on, all its readings together
    _started_at: float = field(default_factory=time.monotonic, compare=False)

    @property
    def signature(self) -> EngineSignature:
        """Version, languages in the order given, SHA-256 of each model, settings."""
        return tesseract_signature(self.languages)

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return words, lines and paragraphs of an image file (PGM is fastest)."""
        left = max(self._started_at + self.timeout - time.monotonic(), 0.001)
        try:
            table = pytesseract.image_to_data(
                str(image),
                lang="+".join(options.languages),
                config=options.tesseract_flags,
                timeout=left,
            )
        except pytesseract.TesseractError as error:  # is a RuntimeError: must come first
            told = f"Tesseract failed with status {error.status}: {error.message}"
            msg = told.rstrip(": ")  # a killed one says nothing
            raise PageError(msg) from error
        except RuntimeError as error:  # pytesseract's bare time-out
            msg = f"Tesseract took longer than {self.timeout:g} s (OPIS_PAGE_TIMEOUT)"
            raise PageTimeoutError(msg) from error
        return parse_tsv(table)


def installed_languages() -> dict[str, Path]:
    """Return the engine's language codes and their model files.

    Raises:
        SetupError: Tesseract is not installed or does not run.
    """
    listing = _run_tesseract("--list-langs")
    folder = re.search(r'"(.+?)"', listing)
    root = Path(folder.group(1)) if folder else Path()
    codes = [line.strip() for line in listing.splitlines()[1:] if line.strip()]
    return {code: root / f"{code}.traineddata" for code in codes}


def engine_code(language: str) -> str:
    """Return Tesseract's code of a language in BCP 47; what is none is taken for a code.

    >>> engine_code("ru"), engine_code("de-Latf"), engine_code("deu_latf")
    ('rus', 'deu_latf', 'deu_latf')
    """
    if "_" in language or not (found := langcodes.get(language)).is_valid():
        return language
    script = found.simplify_script().script
    return "_".join(part for part in (found.to_alpha3(variant="T"), (script or "").lower()) if part)


def models_of(languages: tuple[str, ...]) -> dict[str, Path]:
    """Return the model file of each language.

    Raises:
        SetupError: no language is given, or a model is missing; says which package to install.
    """
    if not languages:
        msg = "No language is set. Give one, such as --languages rus+eng."
        raise SetupError(msg)
    installed = installed_languages()
    missing = [code for code in languages if code not in installed]
    if missing:
        packages = " ".join(f"tesseract-ocr-{code.replace('_', '-').lower()}" for code in missing)
        msg = (
            f"Tesseract has no language data for {', '.join(missing)} "
            f"(it has {', '.join(sorted(installed))}). On Debian: apt-get install {packages}"
        )
        raise SetupError(msg)
    return {code: installed[code] for code in languages}


@cache
def tesseract_signature(languages: tuple[str, ...]) -> EngineSignature:
    """Return what a reading with these languages depends on.

    Raises:
        SetupError: Tesseract or one of the models is missing.
    """
    models = models_of(languages)
    first, *libraries = (line.strip() for line in _run_tesseract("--version").splitlines())
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
        },
    )


def _run_tesseract(option: str) -> str:
    """Return what ``tesseract OPTION`` prints."""
    try:
        done = subprocess.run(
            [pytesseract.pytesseract.tesseract_cmd, option],
            capture_output=True, text=True, check=True, timeout=60, stdin=subprocess.DEVNULL,
            start_new_session=True,  # out of reach of Ctrl-C, which would seem to be its failure
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError) as error:
        msg = (
            f"Tesseract does not run ({error}). "
            "On Debian: apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-eng"
        )
        raise SetupError(msg) from error
    return done.stdout or done.stderr
