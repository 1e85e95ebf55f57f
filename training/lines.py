"""Line images with their transcriptions, cropped as Tesseract crops a line.

``lines.tsv`` names the images, which come from prepared pages (letters 19 pixels high) and reach
from 44 rows above the baseline to 24 below. On such a page Tesseract cuts a line 19 to 23 rows
above the baseline and 4 to 6 below it, and adds 4 rows of padding.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from training.charset import Charset

Grey = NDArray[np.uint8]

ROWS_ABOVE, ROWS_BELOW = 44, 24  #: of a line image, from its baseline
_PADDING = 4  #: rows that Tesseract adds above and below
_MAX_EXCESS = 0.6  #: characters that a transcription has more than the paper
_MIN_PITCH, _MAX_PITCH = (
    9,
    32,
)  #: pixels a character; outside, image and text do not belong together
_MIN_ROWS, _MIN_COLUMNS = 20, 10
#: styles of transcribers, and Cyrillic letters in some German transcriptions
_NORMALIZED = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "´": "'", "…": "...", "\u00ad": "-"}
    | {"ӓ": "ä", "ӧ": "ö", "ӱ": "ü"}
)


@dataclass(frozen=True)
class TrainingLine:
    """A line image of ``ROWS_ABOVE`` and ``ROWS_BELOW`` rows, and what stands on it."""

    image: Grey
    baseline: int  #: row of the baseline, from the top
    text: str
    language: str = ""  #: Tesseract's code
    series: str = ""  #: documents of one machine, office or fonds


def normalize_text(text: str, charset: Charset) -> str | None:
    """Return the text as the network writes it; None if it lacks a character, or is too short."""
    composed = unicodedata.normalize("NFC", text).translate(_NORMALIZED)
    spaced = re.sub(r"\s+", " ", composed).strip()
    return spaced if len(spaced) > 2 and spaced in charset else None


def load_lines(folder: Path, charset: Charset) -> Iterator[TrainingLine]:
    """Yield the lines below ``folder/lines.tsv`` whose transcription says what was typed."""
    with (folder / "lines.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            text = normalize_text(row["text"], charset)
            if text is None or _says_more_than_typed(row):
                continue
            image = cv2.imread(str(folder / row["file"]), cv2.IMREAD_GRAYSCALE)
            if image is None:
                msg = f"{row['file']} cannot be read"
                raise ValueError(msg)
            if _MIN_PITCH < image.shape[1] / len(text) < _MAX_PITCH:
                grey = np.asarray(image, np.uint8)
                yield TrainingLine(grey, int(row["baseline"]), text, row["language"], row["series"])


def _says_more_than_typed(row: dict[str, str]) -> bool:
    return row["spaced"] == "1" or float(row["excess"] or 0) >= _MAX_EXCESS


def crop_line(line: TrainingLine, random: Random | None = None) -> Grey | None:
    """Return the line as Tesseract would crop it; None if hardly anything stands on it.

    Args:
        line: with parts of the lines above and below.
        random: varies the crop as Tesseract's varies; None for the usual one.
    """
    above, below, shift, left, right = 20, 5, 0, 5, 6
    if random is not None:
        above, below = random.choice([19, 20, 21, 23]), random.choice([4, 5, 6])
        shift, left, right = random.randint(-1, 1), random.randint(2, 9), random.randint(2, 12)
    top = max(line.baseline - above - _PADDING + shift, 0)
    part = line.image[top : line.baseline + below + _PADDING + shift]
    if part.shape[0] < _MIN_ROWS:
        return None
    ink_level = (np.percentile(part, 1) + np.percentile(part, 90)) / 2
    columns = np.flatnonzero((part < ink_level).sum(axis=0) > 1)
    if len(columns) < _MIN_COLUMNS:
        return None
    return part[:, max(int(columns[0]) - left, 0) : int(columns[-1]) + right]
