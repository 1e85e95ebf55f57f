"""One recognition of a prepared page image, weighed."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from pipeline.ocr.engine import Engine, How, mapped
from pipeline.ocr.evidence import Evidence, LineMarks, line_marks, weigh
from pipeline.ocr.line_separation import spread
from pipeline.ocr.preprocess import Prepared
from pipeline.text import PageText


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class View:
    """A way to look at the page: the prepared image, and its letters that stand in lines."""

    image: Prepared
    marks: LineMarks


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class Attempt:
    """One recognition; the text is in pixels of the prepared image."""

    image: Prepared
    how: How
    text: PageText
    evidence: Evidence


def view_of(image: Prepared) -> View:
    """Return the image with the marks found on it."""
    return View(image, line_marks(image.marks, image.pixels.shape))


def attempt(view: View, how: How, engine: Engine, folder: Path) -> Attempt:
    """Recognize the image as it is.

    Raises:
        PageError: the engine failed; PageTimeoutError where it took too long.
    """
    path = folder / f"{id(view.image.pixels)}.pgm"
    if not path.exists():  # else it was read in another language
        cv2.imwrite(str(path), view.image.pixels)
    text = engine.read(path, how)
    return Attempt(view.image, how, text, weigh(text, view.marks, how.languages))


def attempt_apart(view: View, how: How, engine: Engine, folder: Path) -> Attempt:
    """Recognize the image with its lines drawn apart; the text is in pixels of the image as it was.

    Raises:
        PageError: the engine failed; PageTimeoutError where it took too long.
    """
    image = view.image
    apart = spread(image.pixels, view.marks, image.marks.typical)
    if not len(apart.seams):
        return attempt(view, how, engine, folder)
    path = folder / "apart.pgm"
    cv2.imwrite(str(path), apart.pixels)
    text = mapped(engine.read(path, how), apart.back)
    image = image.after(apart.step, image.pixels, image.marks)
    return Attempt(image, how, text, weigh(text, view.marks, how.languages))
