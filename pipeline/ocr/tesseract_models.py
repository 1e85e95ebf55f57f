"""Tesseract's model files: those that are installed, and the typewriter models made from them."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytesseract

from pipeline.errors import SetupError
from pipeline.model import Model
from pipeline.ocr.language_codes import needs_orientation_model
from pipeline.ocr.tesseract_orientation import ORIENTATION_MODEL
from pipeline.ocr.typewriter_models import fitting_network, typewriter_folder


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A folder of model files, and which models they are."""

    folder: Path
    model: Model


@cache
def model_files(languages: tuple[str, ...], model: Model) -> ModelFiles:
    """Return the installed models, or typewriter models if one of the languages has its own.

    Raises:
        SetupError: no language is given, or a model is missing; names the package to install.
    """
    models = models_of(languages)
    if model is Model.TYPEWRITER and any(fitting_network(*item) for item in models.items()):
        return ModelFiles(typewriter_folder(models), model)
    return ModelFiles(next(iter(models.values())).parent, Model.STOCK)


def installed_models() -> dict[str, Path]:
    """Return Tesseract's model files by their codes.

    Raises:
        SetupError: Tesseract is not installed or does not run.
    """
    listing = run_tesseract("--list-langs")
    folder = re.search(r'"(.+?)"', listing)
    root = Path(folder.group(1)) if folder else Path()
    codes = [line.strip() for line in listing.splitlines()[1:] if line.strip()]
    return {code: root / f"{code}.traineddata" for code in codes}


def models_of(languages: tuple[str, ...]) -> dict[str, Path]:
    """Return the model file of each language.

    Raises:
        SetupError: no language is given, or a model is missing; names the package to install.
    """
    if not languages:
        msg = (
            "Tesseract has no model of a language. "
            "On Debian: apt-get install tesseract-ocr-rus tesseract-ocr-eng"
        )
        raise SetupError(msg)
    installed = installed_models()
    missing = [code for code in languages if code not in installed]
    if missing:
        packages = " ".join(f"tesseract-ocr-{code.replace('_', '-').lower()}" for code in missing)
        msg = (
            f"Tesseract has no language data for {', '.join(missing)} "
            f"(it has {', '.join(sorted(installed))}). On Debian: apt-get install {packages}"
        )
        raise SetupError(msg)
    return {code: installed[code] for code in languages}


def models_in_use(languages: tuple[str, ...]) -> dict[str, Path]:
    """Return the model files of the languages, and that of scripts where it helps to choose.

    Raises:
        SetupError: no language is given, or a model is missing.
    """
    models = models_of(languages)
    helper = installed_models().get(ORIENTATION_MODEL)
    if helper is not None and needs_orientation_model(languages):
        models[ORIENTATION_MODEL] = helper
    return models


def run_tesseract(option: str) -> str:
    """Return the output of ``tesseract OPTION``.

    Raises:
        SetupError: Tesseract is not installed or does not run.
    """
    try:
        result = subprocess.run(
            [pytesseract.pytesseract.tesseract_cmd, option],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C must not reach it, and look like its failure
        )
    except (OSError, subprocess.SubprocessError) as error:
        msg = (
            f"Tesseract does not run ({error}). "
            "On Debian: apt-get install tesseract-ocr tesseract-ocr-rus tesseract-ocr-eng"
        )
        raise SetupError(msg) from error
    return result.stdout or result.stderr
