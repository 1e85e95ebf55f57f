"""The default engine: the Tesseract program, through pytesseract.

Also the code that it shares with the library in ``tesserocr_engine``.
"""

import csv
import io
import shlex
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import langcodes
import pytesseract

from pipeline.errors import PageError, PageTimeoutError
from pipeline.fixity import file_sha256
from pipeline.model import EngineSignature, Model
from pipeline.ocr.engine import Binarization, Orientation, PageSegmentation, RecognitionOptions
from pipeline.ocr.tesseract_models import (
    ModelFiles,
    installed_models,
    model_files,
    models_in_use,
    models_of,
    run_tesseract,
)
from pipeline.ocr.tesseract_orientation import ORIENTATION_MODEL, read_orientation
from pipeline.ocr.typewriter_models import (
    fitting_network,
    typewriter_digest,
    typewriter_networks,
)
from pipeline.ocr.unspaced_words import join_unspaced_words
from pipeline.text import Block, Box, Line, PageText, Word

_DPI = 200  #: letters are scaled to their height at this resolution
_COMMON_FLAGS = f"--dpi {_DPI}"
_SEGMENTATION_MODES = {
    PageSegmentation.PAGE: "3",
    PageSegmentation.BLOCK: "6",
    PageSegmentation.VERTICAL: "5",
}
_THRESHOLDING_METHODS = {Binarization.OTSU: "0", Binarization.SAUVOLA: "2"}
_NO_LANGUAGES = frozenset([ORIENTATION_MODEL, "equ"])  #: that and the model of equations
#: Tesseract's codes that do not follow from a language's ISO 639 code and script.
_OWN_CODES = {"zho": "chi_sim", "zho_hans": "chi_sim", "zho_hant": "chi_tra", "nob": "nor"}


@dataclass(frozen=True, slots=True)
class TesseractBase:
    """Base of the program and the library: languages, options and the time limit of a page."""

    languages: tuple[str, ...]
    timeout: float  #: seconds from construction for all readings of the page together
    model: Model = Model.STOCK  #: reads typescripts
    _started_at: float = field(default_factory=time.monotonic, compare=False)

    def installed_languages(self) -> tuple[str, ...]:
        """Return the codes of the installed models that read a language.

        Raises:
            SetupError: Tesseract is not installed or does not run.
        """
        return tuple(code for code in installed_models() if code not in _NO_LANGUAGES)

    @staticmethod
    def language_code(tag: str) -> str:
        """Return Tesseract's code of a BCP 47 tag; another string is returned unchanged, as a code.

        >>> [TesseractBase.language_code(tag) for tag in ("ru", "de-Latf", "deu_latf", "zh-TW")]
        ['rus', 'deu_latf', 'deu_latf', 'chi_tra']
        """
        if "_" in tag or not (language := langcodes.get(tag)).is_valid():
            return tag
        is_chinese = language.language == "zh"  # its script decides, written in the tag or not
        script = (language.maximize() if is_chinese else language.simplify_script()).script or ""
        code = "_".join(filter(None, (language.to_alpha3(variant="T"), script.lower())))
        return _OWN_CODES.get(code, code)

    def find_orientation(self, image: Path) -> Orientation | None:
        """Return script and orientation of an image by the model ``osd``; None if it cannot tell.

        Raises:
            PageTimeoutError: the time limit of the page is over.
            PageError: the program cannot be run.
        """
        if ORIENTATION_MODEL not in installed_models():
            return None
        return read_orientation(image, _COMMON_FLAGS, self._seconds_left(), self._timeout_error)

    def model_notes(self) -> tuple[str, ...]:
        """Return a sentence for each typewriter model that does not fit the installed model."""
        if self.model is Model.STOCK:
            return ()
        return tuple(
            f"{code}: the installed model ({path}) is another than Opis's typewriter model was "
            "made from, and reads typescripts as it is."
            for code, path in models_of(self.languages).items()
            if code in typewriter_networks() and not fitting_network(code, path)
        )

    def model_of(self, options: RecognitionOptions) -> Model:
        """Return the typewriter model if one of the languages has it and both prefer it."""
        return self.model_files(options).model

    def model_files(self, options: RecognitionOptions) -> ModelFiles:
        """Return the model files that read with these options.

        Raises:
            SetupError: no language is given, or a model is missing.
        """
        is_stock = Model.STOCK in (self.model, options.model)
        return model_files(options.languages, Model.STOCK if is_stock else Model.TYPEWRITER)

    def format_options(self, options: RecognitionOptions) -> str:
        """Return the options as flags of Tesseract's command line."""
        return tesseract_flags(options)

    def _seconds_left(self) -> float:
        return max(self._started_at + self.timeout - time.monotonic(), 0.001)

    def _timeout_error(self) -> PageTimeoutError:
        msg = f"Tesseract took longer than {self.timeout:g} s (OPIS_PAGE_TIMEOUT)"
        return PageTimeoutError(msg)


@dataclass(frozen=True, slots=True)
class Tesseract(TesseractBase):
    """Tesseract as a child process, one for each recognition.

    The caller's environment must hold ``OMP_THREAD_LIMIT=1``: without it two processes on two
    cores are five times slower.
    """

    @property
    def signature(self) -> EngineSignature:
        """Version, languages in the order given, SHA-256 of each model, settings."""
        return program_signature(self.languages, self.model)

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return words, lines and paragraphs of an image file (PGM is fastest).

        Raises:
            PageTimeoutError: the time limit of the page is over.
            PageError: Tesseract failed.
        """
        try:
            folder = self.model_files(options).folder
            table = pytesseract.image_to_data(
                str(image),
                lang="+".join(options.languages),
                config=f"--tessdata-dir {shlex.quote(str(folder))} {tesseract_flags(options)}",
                timeout=self._seconds_left(),
            )
        except pytesseract.TesseractError as error:  # is a RuntimeError: must come first
            message = f"Tesseract failed with status {error.status}: {error.message}"
            msg = message.rstrip(": ")  # a killed process gives no message
            raise PageError(msg) from error
        except RuntimeError as error:  # pytesseract's bare time-out
            raise self._timeout_error() from error
        return parse_tsv(table)


def tesseract_flags(options: RecognitionOptions) -> str:
    """Return the options as flags of Tesseract's command line, without its default threshold."""
    method = ""
    if options.binarization is not Binarization.OTSU:
        method = f" -c thresholding_method={_THRESHOLDING_METHODS[options.binarization]}"
    return f"--psm {_SEGMENTATION_MODES[options.segmentation]} {_COMMON_FLAGS}{method}"


def tesseract_variables(options: RecognitionOptions) -> dict[str, str]:
    """Return all options by the names of Tesseract's variables."""
    return {
        "user_defined_dpi": str(_DPI),
        "tessedit_pageseg_mode": _SEGMENTATION_MODES[options.segmentation],
        "thresholding_method": _THRESHOLDING_METHODS[options.binarization],
    }


@cache
def program_signature(languages: tuple[str, ...], model: Model = Model.STOCK) -> EngineSignature:
    """Return all that a reading by the program in these languages depends on.

    Raises:
        SetupError: Tesseract or one of the models is missing.
    """
    return tesseract_signature(languages, model, run_tesseract("--version"))


def tesseract_signature(
    languages: tuple[str, ...], model: Model, version: str, through: str = ""
) -> EngineSignature:
    """Return all that a reading by a Tesseract in these languages depends on.

    The page cache and provenance contain it: not a letter of its settings may change.

    Args:
        languages: its codes; their order counts.
        model: if the typewriter model, its file of each language that has one is named, too.
        version: the output of ``tesseract --version``.
        through: name and version of the library that runs it; empty for the program.

    Raises:
        SetupError: no language is given, or one of the models is missing.
    """
    first, *libraries = (line.strip() for line in version.splitlines())
    leptonica = next((line for line in libraries if line.startswith("leptonica")), "")
    settings = {
        "options": _COMMON_FLAGS,
        "OMP_THREAD_LIMIT": "1",
        "leptonica": leptonica.removeprefix("leptonica-"),
    }
    files = models_in_use(languages)
    models = {code: file_sha256(path) for code, path in files.items()}
    if model is Model.TYPEWRITER:
        digests = {code: typewriter_digest(code, path) for code, path in files.items()}
        models |= {f"{code}-{model}": digest for code, digest in digests.items() if digest}
    return EngineSignature(
        name="tesseract",
        version=first.removeprefix("tesseract").strip(),
        languages=languages,
        models=models,
        settings=settings | ({"through": through} if through else {}),
    )


def parse_tsv(table: str) -> PageText:
    """Parse Tesseract's TSV: rows of level 5 are words, grouped by block, paragraph and line.

    Format: https://tesseract-ocr.github.io/tessdoc/Command-Line-Usage.html (TSV output).
    """
    grouped: dict[tuple[str, str], dict[str, list[Word]]] = {}
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        words = _parse_words(row) if row["level"] == "5" else []
        if words:
            block = grouped.setdefault((row["block_num"], row["par_num"]), {})
            block.setdefault(row["line_num"], []).extend(words)
    return PageText(
        tuple(
            Block(tuple(Line(join_unspaced_words(words)) for words in lines.values()))
            for lines in grouped.values()
        )
    )


def _parse_words(row: dict[str, str]) -> list[Word]:
    """Return the words of a row: one, or several if Tesseract's word contains spaces."""
    left, top = max(int(row["left"]), 0), max(int(row["top"]), 0)
    box = Box(left, top, max(int(row["width"]), 1), max(int(row["height"]), 1))
    confidence = min(max(float(row["conf"]) / 100, 0.0), 1.0)
    return [Word(text, box, round(confidence, 4)) for text in (row["text"] or "").split()]
