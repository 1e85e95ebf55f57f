"""What an engine is asked and what it answers, in words that no engine has for itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from pipeline.model import EngineSignature
from pipeline.text import Block, Box, Line, PageText


class PageSegmentation(StrEnum):
    """How the engine finds the lines."""

    PAGE = "page"  #: it looks for columns and blocks
    BLOCK = "block"  #: one block of lines; finds what the other loses, and reads stains too


class Binarization(StrEnum):
    """How the engine tells ink from paper."""

    OTSU = "otsu"  #: one level for the page
    SAUVOLA = (
        "sauvola"  #: by neighbourhood; better on thick and tight typing, worse on the faintest
    )


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """What may differ from one reading of an image to the next."""

    languages: tuple[str, ...]  #: the engine's codes; more than one cost more and read no better
    segmentation: PageSegmentation = PageSegmentation.PAGE
    binarization: Binarization = Binarization.OTSU


class Engine(Protocol):
    """Anything that reads a page image; one is made for each page."""

    @property
    def languages(self) -> tuple[str, ...]:
        """The engine's codes of the languages that the page may be in, the main one first."""

    @property
    def signature(self) -> EngineSignature:
        """What a reading depends on: name, version, languages, models, settings.

        Raises:
            SetupError: the engine or the model of a language is missing; says what to install.
        """

    def installed_languages(self) -> tuple[str, ...]:
        """Return the engine's codes of all languages that it can read on this machine.

        Raises:
            SetupError: the engine is not installed or does not run.
        """

    def language_code(self, tag: str) -> str:
        """Return the engine's code of a language in BCP 47, whether it has that language or not.

        What is no such tag passes for a code.
        """

    def format_options(self, options: RecognitionOptions) -> str:
        """Return the options as the engine takes them; provenance publishes them so."""

    def read(self, image: Path, options: RecognitionOptions) -> PageText:
        """Return what is on the image, untouched, in pixels of that image.

        Raises:
            PageTimeoutError: it took longer than the engine's limit.
            PageError: the engine failed.
        """


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
