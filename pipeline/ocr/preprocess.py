"""Makes a page image easy to read, and says what it did.

Turn the page, level the background, deepen faint ink, scale so that letters have the height the
engine reads best, straighten the lines. Levelling comes before scaling: the other order lost pages.
Turning comes first of all, so that a page reads the same however it lay on the scanner's glass.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.components import LetterComponents, find_letter_components
from pipeline.ocr.skew import is_sideways, skew_angle
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box

_TARGET_LETTER_HEIGHT = (
    19.0  #: pixels; median letter height after scaling, about 200 dpi for typing
)
_DARK_INK_GREY, _PAPER_GREY = (
    180,
    245,
)  #: grey: ink darker than this needs no help; where paper begins
_BLACK_FACTOR = 0.85  #: of the ink's grey; what becomes black, so that strokes keep their edges
_GRAIN_SHARE = 0.04  #: of the letters' height; grain is finer, strokes are not
_MAX_SIDE = 3600  #: pixels; the longer side is not scaled up beyond this
_IDENTITY = AffineTransform()
_MIN_LETTERS = 8  #: fewer letter-like marks than this is no text


@dataclass(frozen=True, slots=True, eq=False)  # holds pixels: itself, or another
class PreparedImage:
    """An image for the engine, what was done to the page image, and the way from there."""

    pixels: Grey
    components: LetterComponents  #: of letter size, in pixels of this image
    transform: AffineTransform = _IDENTITY  #: from the page image
    steps: tuple[ProcessingStep, ...] = ()
    quarters: int = 0  #: clockwise turns from the page image, 0 to 3

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on the page that could be text."""
        return self.components.count < _MIN_LETTERS

    def to_page(self, box: Box, width: int, height: int) -> Box:
        """Map a box of the prepared image to the page image of the given size, in pixels."""
        return self.transform.inverse().map_box(box, width, height)

    def smooth(self, sigma: float) -> "PreparedImage":
        """Return it blurred by a Gaussian of so many pixels: without the grain of the paper."""
        pixels = _as_grey(cv2.GaussianBlur(self.pixels, (0, 0), sigma))
        return self.with_step(
            ProcessingStep("smooth", {"sigma": f"{sigma:.2f}"}), pixels, self.components
        )

    def rotate(self, quarters: int) -> "PreparedImage":
        """Return it turned clockwise by quarter turns."""
        pixels, way = _rotate_pixels(self.pixels, quarters)
        marks = (
            find_letter_components(pixels) if quarters % 2 else self.components.apply_transform(way)
        )  # width is now height
        image = self.with_step(_turn_step(quarters), pixels, marks, way)
        return replace(image, quarters=(self.quarters + quarters) % 4)

    def with_step(
        self,
        step: ProcessingStep,
        pixels: Grey,
        components: LetterComponents,
        transform: AffineTransform = _IDENTITY,
    ) -> "PreparedImage":
        """Return it with one more step behind it."""
        return PreparedImage(
            pixels, components, self.transform.then(transform), (*self.steps, step), self.quarters
        )


def prepare_image(page: Grey, quarters: int | None = None) -> PreparedImage:
    """Turn, level, deepen, scale, and straighten the lines that slope.

    Args:
        page: grey pixels, height x width, 0 is black.
        quarters: clockwise turns, 0 to 3; where none are told, lines that run up or down are
            turned. Upside down looks like upright here; only reading tells.
    """
    image = _turn_and_level(page, quarters or 0)
    if quarters is None and is_sideways(image.components):
        return prepare_image(page, 3)
    return _straighten_lines(_scale_letters(_darken_faint_ink(image)))


def unprocessed_image(page: Grey) -> PreparedImage:
    """Return the page as it is, to compare with."""
    return PreparedImage(page, find_letter_components(page))


def _turn_and_level(page: Grey, quarters: int) -> PreparedImage:
    """Return the page turned clockwise by quarters, its paper white."""
    pixels, way = _rotate_pixels(page, quarters) if quarters else (page, _IDENTITY)
    steps = (_turn_step(quarters),) if quarters else ()
    if not _is_bilevel(pixels):
        pixels = level_background(pixels)
        steps = (
            *steps,
            ProcessingStep("level-background", {"divide-by": "closed and blurred paper"}),
        )
    return PreparedImage(pixels, find_letter_components(pixels), way, steps, quarters)


def _rotate_pixels(pixels: Grey, quarters: int) -> tuple[Grey, AffineTransform]:
    """Return pixels turned clockwise by quarters, and the way there."""
    height, width = pixels.shape
    return np.ascontiguousarray(np.rot90(pixels, -quarters)), AffineTransform.from_quarter_turns(
        quarters, width, height
    )


def _turn_step(quarters: int) -> ProcessingStep:
    return ProcessingStep("turn", {"degrees": str(90 * quarters)})


def _darken_faint_ink(image: PreparedImage) -> PreparedImage:
    """Return the image with faint ink made dark; its grain, which would darken too, goes first."""
    if image.components.ink_grey <= _DARK_INK_GREY:
        return image
    image = image.smooth(_GRAIN_SHARE * image.components.typical_height)
    marks = find_letter_components(image.pixels)
    black = round(_BLACK_FACTOR * marks.ink_grey)
    step = ProcessingStep("deepen-ink", {"black": str(black), "paper": str(_PAPER_GREY)})
    return image.with_step(step, darken_ink(image.pixels, black), marks)


def _scale_letters(image: PreparedImage) -> PreparedImage:
    """Return the image with letters of the height that the engine reads best."""
    factor = _scale_factor(image.components, image.pixels.shape)
    if factor == 1.0:
        return image
    kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = _as_grey(cv2.resize(image.pixels, None, fx=factor, fy=factor, interpolation=kind))
    (height, width), (before_high, before_wide) = pixels.shape, image.pixels.shape
    way = AffineTransform.from_scale(width / before_wide, height / before_high)
    step = ProcessingStep(
        "scale", {"factor": f"{factor:.4f}", "letter-height": f"{_TARGET_LETTER_HEIGHT}"}
    )
    return image.with_step(step, pixels, image.components.apply_transform(way), way)


def _straighten_lines(image: PreparedImage) -> PreparedImage:
    """Return the image with its lines level."""
    degrees = skew_angle(image.components)
    if not degrees:
        return image
    height, width = image.pixels.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(turn[0, 0]), abs(turn[0, 1])
    wide, high = round(height * sine + width * cosine), round(height * cosine + width * sine)
    turn[:, 2] += (wide - width) / 2, (high - height) / 2
    pixels = _as_grey(
        cv2.warpAffine(image.pixels, turn, (wide, high), flags=cv2.INTER_CUBIC, borderValue=(255,))
    )
    way = AffineTransform(*turn.ravel().tolist())
    step = ProcessingStep("straighten", {"degrees": str(degrees)})
    return image.with_step(step, pixels, image.components.apply_transform(way), way)


def level_background(page: Grey) -> Grey:
    """Divide by an estimate of the bare paper, so that paper is white and ink keeps its depth.

    The estimate: the page at an eighth of its size, dark strokes closed away, then blurred.
    """
    height, width = page.shape
    small_size = (max(width // 8, 1), max(height // 8, 1))
    small = cv2.resize(page, small_size, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (13, 13))
    )
    paper = np.maximum(cv2.GaussianBlur(closed, (0, 0), 6), 1)
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return _as_grey(cv2.divide(page, full, scale=255))


def darken_ink(page: Grey, black: int) -> Grey:
    """Stretch grey levels so that ``black`` becomes black and paper white."""
    ramp = (np.arange(256) - black) * (255 / (_PAPER_GREY - black))
    return _as_grey(cv2.LUT(page, np.clip(ramp, 0, 255).astype(np.uint8)))


def _scale_factor(components: LetterComponents, shape: tuple[int, ...]) -> float:
    """Return the factor that brings letters to the target, within what helps."""
    if components.count < _MIN_LETTERS:
        return 1.0
    # What looks like tiny letters on a page of many pixels is paper grain: never blow that up.
    largest = max(_MAX_SIDE / max(shape), 1.0)
    factor = min(max(_TARGET_LETTER_HEIGHT / components.typical_height, 0.2), 2.5, largest)
    return 1.0 if 0.92 < factor < 1.09 or min(shape) * factor < 50 else round(factor, 4)


def _is_bilevel(page: Grey) -> bool:
    # Some rows tell a grey page at once; only who passes is looked at whole.
    return all(bool(np.all((rows == 0) | (rows == 255))) for rows in (page[::50], page))


def _as_grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
