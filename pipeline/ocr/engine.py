"""What an engine is asked and what it answers: the ways to read an image, and Tesseract's table."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.model import EngineSignature
from pipeline.text import Block, Box, Line, PageText, Word

DPI = 200  #: letters are scaled to what they measure then
COMMON_FLAGS = f"--dpi {DPI}"


class PageSegmentation(StrEnum):
    """How the engine finds the lines."""

    PAGE = "3"  #: Tesseract's page segmentation modes: columns and blocks, found
    BLOCK = "6"  #: one block of lines; finds what the other loses, and reads stains too


class Binarization(StrEnum):
    """How the engine tells ink from paper."""

    OTSU = "0"  #: one level for the page
    SAUVOLA = "2"  #: by neighbourhood; better on thick and tight typing, worse on the faintest


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """What may differ from one reading of an image to the next."""

    languages: tuple[str, ...]  #: the engine's codes; more than one cost more and read no better
    segmentation: PageSegmentation = PageSegmentation.PAGE
    binarization: Binarization = Binarization.OTSU

    @property
    def tesseract_flags(self) -> str:
        """The engine's command line."""
        method = f" -c thresholding_method={self.binarization}" if self.binarization != "0" else ""
        return f"--psm {self.segmentation} {COMMON_FLAGS}{method}"

    @property
    def tesseract_variables(self) -> dict[str, str]:
        """The same by the names of the engine's variables, all of them."""
        return {
            "user_defined_dpi": str(DPI),
            "tessedit_pageseg_mode": self.segmentation,
            "thresholding_method": self.binarization,
        }


class Engine(Protocol):
    """Anything that reads a page image."""

    @property
    def signature(self) -> EngineSignature:
        """What a reading depends on: name, version, languages, models, settings."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that a page may be in, the main one first."""

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return what is on the image, untouched, in pixels of that image.

        Raises:
            PageTimeoutError: it took longer than the engine's limit.
            PageError: the engine failed.
        """


def parse_tsv(table: str) -> PageText:
    """Read Tesseract's TSV: rows of level 5 are words; the keys before them group them.

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
            Block(tuple(Line(tuple(words)) for words in lines.values()))
            for lines in grouped.values()
        )
    )


def _parse_words(row: dict[str, str]) -> list[Word]:
    """Return the words of a row: one, but for an odd space inside what Tesseract calls a word."""
    left, top = max(int(row["left"]), 0), max(int(row["top"]), 0)
    box = Box(left, top, max(int(row["width"]), 1), max(int(row["height"]), 1))
    confidence = min(max(float(row["conf"]) / 100, 0.0), 1.0)
    return [Word(text, box, round(confidence, 4)) for text in (row["text"] or "").split()]


def map_boxes(text: PageText, box_map: Callable[[Box], Box]) -> PageText:
    """Return the same text with every word's box put through ``box_map``."""
    return PageText(
        tuple(
            Block(
                tuple(
                    Line(tuple(replace(word, box=box_map(word.box)) for word in line.words))
                    for line in block.lines
                )
            )
            for block in text.blocks
        )
    )
