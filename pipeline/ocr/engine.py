"""The interface of an OCR engine: options, signature and result, in terms of no one engine."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.model import EngineSignature, Model
from pipeline.text import Block, Box, Line, PageText


class PageSegmentation(StrEnum):
    """How the engine finds the lines of a page."""

    PAGE = "page"  #: the engine looks for columns and blocks
    BLOCK = "block"  #: one block of lines; finds lines that PAGE loses, but reads stains too
    VERTICAL = "vertical"  #: one block of lines that run down the page, from right to left


class Binarization(StrEnum):
    """How the engine separates ink from paper."""

    OTSU = "otsu"  #: one threshold for the page
    #: a threshold by neighbourhood; better on thick and tight typing, worse on the faintest
    SAUVOLA = "sauvola"


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """Options that may differ from one reading of an image to the next."""

    languages: tuple[str, ...]  #: the engine's codes; several cost more time and read no better
    segmentation: PageSegmentation = PageSegmentation.PAGE
    binarization: Binarization = Binarization.OTSU
    model: Model = Model.TYPEWRITER


@dataclass(frozen=True, slots=True)
class Orientation:
    """The script of a page image and how it must be turned to be read."""

    script: str  #: Unicode's English name, such as ``Han`` or ``Cyrillic``
    quarters: int  #: clockwise turns, 0 to 3


class Engine(Protocol):
    """An OCR engine; each page gets an instance of its own."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The engine's codes of the languages that the page may be in, the main one first."""

    @property
    def signature(self) -> EngineSignature:
        """All that a reading depends on: name, version, languages, models, settings.

        Raises:
            SetupError: the engine or a model is missing; the message names the package to install.
        """

    def installed_languages(self) -> tuple[str, ...]:
        """Return the engine's codes of all languages that are installed on this machine.

        Raises:
            SetupError: the engine is not installed or does not run.
        """

    def language_code(self, tag: str) -> str:
        """Return the engine's code of a BCP 47 tag, installed or not.

        A string that is no such tag is returned unchanged, as a code.
        """

    def model_notes(self) -> tuple[str, ...]:
        """Return a sentence for each language that is not read with the model that is preferred."""

    def model_of(self, options: RecognitionOptions) -> Model:
        """Return the model that reads with these options: stock if there is no other for them."""

    def format_options(self, options: RecognitionOptions) -> str:
        """Return the options in the engine's own notation, which provenance publishes."""

    def find_orientation(self, image: Path) -> Orientation | None:
        """Return the script of an image and its orientation; None if the engine cannot tell.

        Raises:
            PageTimeoutError: the engine took longer than its limit.
            PageError: the engine failed.
        """

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return the uncorrected text of an image; boxes in its pixels, origin top left.

        Raises:
            PageTimeoutError: the engine took longer than its limit.
            PageError: the engine failed.
        """


def map_boxes(text: PageText, box_map: Callable[[Box], Box]) -> PageText:
    """Return the text with each word's box replaced by ``box_map`` of it."""
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
