"""Tesseract's own model of orientation and script, which reads no text."""

from collections.abc import Callable
from pathlib import Path

import pytesseract

from pipeline.errors import PageTimeoutError
from pipeline.ocr.engine import Orientation

ORIENTATION_MODEL = "osd"  #: the code of the model
#: Its names of scripts that are not Unicode's.
_SCRIPT_NAMES = {"Fraktur": "Latin", "Hangul": "Korean"}


def read_orientation(
    image: Path, flags: str, seconds: float, timeout_error: Callable[[], PageTimeoutError]
) -> Orientation | None:
    """Return script and orientation of an image file; None if it holds too few letters.

    Args:
        image: the file.
        flags: of Tesseract's command line.
        seconds: the time limit.
        timeout_error: makes the error for a time limit that is over.

    Raises:
        PageTimeoutError: the time limit is over.
    """
    try:
        found = pytesseract.image_to_osd(
            str(image), config=flags, output_type=pytesseract.Output.DICT, timeout=seconds
        )
    except pytesseract.TesseractError:
        return None
    except RuntimeError as error:  # pytesseract's bare time-out
        raise timeout_error() from error
    script = _SCRIPT_NAMES.get(found["script"], found["script"])
    return Orientation(script, found["rotate"] // 90 % 4)
