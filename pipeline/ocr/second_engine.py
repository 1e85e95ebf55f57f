"""Reads doubtful lines of a page again with a second engine, and lets both vote on each word."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import regex

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.language_codes import script_of
from pipeline.ocr.lexicon import count_known_letters
from pipeline.ocr.word_vote import VOTE_RULES, agreement, vote_on_lines
from pipeline.text import Box, Line, PageText, WordSource

#: 0..1; a line is doubtful if the mean confidence of its words is in between: below it is no text,
#: above it has next to no errors.
_MIN_CONFIDENCE, _MAX_CONFIDENCE = 0.35, 0.93
_MARGIN = 5  #: pixels around the words of a line, whose letters are 19 pixels high
STEP_NAME = "second-engine"  #: of the step in a page's provenance, and of its seconds


class LineRecognizer(Protocol):
    """An engine that reads the image of a line."""

    @property
    def name(self) -> str:
        """Name of its model."""

    @property
    def version(self) -> str:
        """Versions of the packages that it consists of."""

    @property
    def sha256(self) -> str:
        """Digest of the file of its model."""

    @property
    def script(self) -> str:
        """The script whose letters it knows, ISO 15924."""

    def read_line(self, line: Grey) -> str:
        """Return the text of the image of a line."""


@dataclass(frozen=True, slots=True)
class SecondEngine:
    """A recognizer of lines, with the time that a page may take."""

    recognizer: LineRecognizer
    timeout: float  #: seconds from construction; lines that are left then are not read again
    _started_at: float = field(default_factory=time.monotonic, compare=False)

    @property
    def settings(self) -> dict[str, str]:
        """All that its readings and the vote depend on, for the signature of a reading."""
        return {
            STEP_NAME: self.recognizer.name,
            f"{STEP_NAME}-version": self.recognizer.version,
            f"{STEP_NAME}-sha256": self.recognizer.sha256,
            f"{STEP_NAME}-lines": f"confidence {_MIN_CONFIDENCE} to {_MAX_CONFIDENCE}",
            f"{STEP_NAME}-wins-below": VOTE_RULES,
        }

    def reads_any(self, languages: tuple[str, ...]) -> bool:
        """Return whether it knows the letters of one of these languages."""
        return any(script_of(language) == self.recognizer.script for language in languages)

    def read_lines(self, pixels: Grey, boxes: Sequence[Box]) -> Iterator[str]:
        """Yield the text of each box of an image, until the time is over."""
        for box in boxes:
            if time.monotonic() > self._started_at + self.timeout:
                return
            yield self.recognizer.read_line(crop(pixels, box))


def review_text(
    text: PageText, pixels: Grey, languages: tuple[str, ...], second_engine: SecondEngine | None
) -> tuple[PageText, tuple[ProcessingStep, ...]]:
    """Return a text after the vote on its doubtful lines, and the step if there are any.

    Args:
        text: as the first engine read it; boxes in pixels of the image.
        pixels: the prepared image that was read.
        languages: the first engine's codes of the languages that it was read in.
        second_engine: None if there is none.
    """
    if second_engine is None or not second_engine.reads_any(languages):
        return text, ()
    lines = list(text.lines())
    script = second_engine.recognizer.script
    places = [place for place, line in enumerate(lines) if is_doubtful(line, script)]
    if not places:
        return text, ()

    def knows(word: str) -> bool:
        known, letters = count_known_letters([word], languages)
        return known == letters > 0

    boxes = [lines[place].box for place in places]
    doubtful = [lines[place] for place in places]
    # fewer readings than lines if the time is over
    pairs = list(zip(doubtful, second_engine.read_lines(pixels, boxes), strict=False))
    voted = vote_on_lines(pairs, knows)
    for place, line in zip(places, voted, strict=False):
        lines[place] = line
    counts = {
        "model": second_engine.recognizer.name,
        "lines": f"{len(voted)} of {len(lines)}",
        "agreement": f"{agreement(pairs, knows):.4f}",
    }
    return text.with_lines(lines), (_review_step(counts, voted),)


def is_doubtful(line: Line, script: str) -> bool:
    """Return whether a line may have errors, and all its letters are of a script (ISO 15924)."""
    if not _MIN_CONFIDENCE <= line.confidence < _MAX_CONFIDENCE:
        return False
    return regex.search(rf"(?V1)[\p{{L}}--\p{{Script={script}}}]", line.text) is None


def crop(pixels: Grey, box: Box) -> Grey:
    """Return the part of an image that shows a line, with a margin."""
    top, left = max(box.y - _MARGIN, 0), max(box.x - _MARGIN, 0)
    return pixels[top : box.bottom + _MARGIN, left : box.right + _MARGIN]


def _review_step(settings: dict[str, str], lines: Sequence[Line]) -> ProcessingStep:
    """Return the step: what was read again, and what became of the words of these lines."""
    words = [word for line in lines for word in line.words]
    is_replaced = [word.source is WordSource.SECOND_ENGINE for word in words]
    is_disputed = [
        any(other.source is WordSource.SECOND_ENGINE for other in word.alternatives)
        for word in words
    ]
    numbers = {
        "words": len(words),
        "replaced": sum(is_replaced),
        "disputed": sum(is_replaced) + sum(is_disputed),
    }
    return ProcessingStep(STEP_NAME, settings | {key: str(n) for key, n in numbers.items()})
