"""One recognition of a prepared page image, with its evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2

from pipeline.model import Model, ProcessingStep
from pipeline.ocr.engine import Engine, RecognitionOptions, map_boxes
from pipeline.ocr.evidence import Evidence, LineComponents, find_line_components, weigh_evidence
from pipeline.ocr.line_separation import separate_lines
from pipeline.ocr.pitch import Pitch, find_pitch
from pipeline.ocr.preprocess import PreparedImage
from pipeline.text import PageText


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class PreparedView:
    """A prepared image, those of its components that stand in lines, and their pitch."""

    image: PreparedImage
    line_components: LineComponents
    pitch: Pitch

    @property
    def model(self) -> Model:
        """The model that suits the page: print is read with the engine's own."""
        return Model.STOCK if self.pitch.is_print else Model.TYPEWRITER


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class Attempt:
    """One recognition; boxes of the text are in pixels of the prepared image."""

    image: PreparedImage
    options: RecognitionOptions
    text: PageText
    evidence: Evidence

    def with_text(self, text: PageText, step: ProcessingStep) -> "Attempt":
        """Return the reading with another text, which a step made; its pixels are the same."""
        image = self.image.with_step(step, self.image.pixels, self.image.components)
        return replace(self, image=image, text=text)


def view_of(image: PreparedImage) -> PreparedView:
    """Return the image with its components that stand in lines, and their pitch."""
    line_components = find_line_components(image.components, image.pixels.shape)
    return PreparedView(image, line_components, find_pitch(image.components, image.pixels.shape))


def attempt_reading(
    view: PreparedView, options: RecognitionOptions, engine: Engine, folder: Path
) -> Attempt:
    """Recognize the prepared image and weigh the evidence.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    path = folder / f"{id(view.image.pixels)}.pgm"
    if not path.exists():  # an attempt with other options may have written it
        cv2.imwrite(str(path), view.image.pixels)
    text = engine.read(path, options)
    return Attempt(
        view.image, options, text, weigh_evidence(text, view.line_components, options.languages)
    )


def attempt_with_lines_separated(
    view: PreparedView, options: RecognitionOptions, engine: Engine, folder: Path
) -> Attempt:
    """Recognize the image with its lines moved apart; boxes are mapped back to the image as it was.

    Raises:
        PageTimeoutError: the engine took longer than its limit.
        PageError: the engine failed.
    """
    image = view.image
    separated = separate_lines(image.pixels, view.line_components, image.components.typical_height)
    if not len(separated.seams):
        return attempt_reading(view, options, engine, folder)
    path = folder / "apart.pgm"
    cv2.imwrite(str(path), separated.pixels)
    text = map_boxes(engine.read(path, options), separated.map_back)
    image = image.with_step(separated.step, image.pixels, image.components)
    return Attempt(
        image, options, text, weigh_evidence(text, view.line_components, options.languages)
    )


def recognition_step(best: Attempt, attempts: Sequence[Attempt], engine: Engine) -> ProcessingStep:
    """Return the published step of the chosen reading: its options and its evidence."""
    evidence = best.evidence
    return ProcessingStep(
        "recognize",
        {
            "languages": "+".join(best.options.languages),
            "model": engine.model_of(best.options),
            "options": engine.format_options(best.options),
            "reading": f"{attempts.index(best) + 1} of {len(attempts)}",
            "covered": f"{evidence.covered_share}",
            "sure": f"{evidence.sure_share}",
            "known": f"{evidence.known_share:.4f}",
        },
    )
