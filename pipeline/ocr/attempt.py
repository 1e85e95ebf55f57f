"""One recognition of a prepared page image, weighed."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from pipeline.ocr.engine import Engine, RecognitionOptions, map_boxes
from pipeline.ocr.evidence import Evidence, LineComponents, find_line_components, weigh_evidence
from pipeline.ocr.line_separation import separate_lines
from pipeline.ocr.preprocess import PreparedImage
from pipeline.text import PageText


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class PreparedView:
    """A way to look at the page: the prepared image, and its letters that stand in lines."""

    image: PreparedImage
    line_components: LineComponents


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class Attempt:
    """One recognition; the text is in pixels of the prepared image."""

    image: PreparedImage
    options: RecognitionOptions
    text: PageText
    evidence: Evidence


def view_of(image: PreparedImage) -> PreparedView:
    """Return the image with the marks found on it."""
    return PreparedView(image, find_line_components(image.components, image.pixels.shape))


def attempt_reading(
    view: PreparedView, options: RecognitionOptions, engine: Engine, folder: Path
) -> Attempt:
    """Recognize the image as it is.

    Raises:
        PageError: the engine failed; PageTimeoutError where it took too long.
    """
    path = folder / f"{id(view.image.pixels)}.pgm"
    if not path.exists():  # else it was read in another language
        cv2.imwrite(str(path), view.image.pixels)
    text = engine.read(path, options)
    return Attempt(
        view.image, options, text, weigh_evidence(text, view.line_components, options.languages)
    )


def attempt_with_lines_separated(
    view: PreparedView, options: RecognitionOptions, engine: Engine, folder: Path
) -> Attempt:
    """Recognize the image with its lines drawn apart; the text is in pixels of the image as it was.

    Raises:
        PageError: the engine failed; PageTimeoutError where it took too long.
    """
    image = view.image
    apart = separate_lines(image.pixels, view.line_components, image.components.typical_height)
    if not len(apart.seams):
        return attempt_reading(view, options, engine, folder)
    path = folder / "apart.pgm"
    cv2.imwrite(str(path), apart.pixels)
    text = map_boxes(engine.read(path, options), apart.map_back)
    image = image.with_step(apart.step, image.pixels, image.components)
    return Attempt(
        image, options, text, weigh_evidence(text, view.line_components, options.languages)
    )
