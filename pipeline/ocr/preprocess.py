"""Prepare a page image for the engine, and record each step.

Make a negative positive, cut out the sheet, turn it, level the background, deepen faint ink, scale
letters to the height that the engine reads best, straighten the lines. Levelling comes before
scaling: the other order lost pages. The sheet comes first, because levelling would raise the grain
of a table to letters; then turning, so that a page reads the same in any orientation on the
scanner's glass.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from pipeline.imaging.pixels import Grey
from pipeline.model import ProcessingStep
from pipeline.ocr.background import level_background
from pipeline.ocr.black_boxes import find_black_boxes
from pipeline.ocr.components import (
    NO_COMPONENTS,
    LetterComponents,
    find_letter_components,
    has_text,
)
from pipeline.ocr.polarity import make_positive
from pipeline.ocr.sheet import find_sheet
from pipeline.ocr.skew import is_sideways, skew_angle
from pipeline.ocr.transform import AffineTransform
from pipeline.text import Box

_TARGET_LETTER_HEIGHT = 19.0  #: pixels; median after scaling, about 200 dpi for typing
_DARK_INK_GREY = 180  #: grey level, 0..255; darker ink is not deepened
_PAPER_GREY = 245  #: grey level, 0..255, that becomes white when ink is deepened
_BLACK_FACTOR = 0.85  #: of the ink's grey; that level becomes black, and strokes keep their edges
_GRAIN_SHARE = 0.04  #: of the letters' height; grain is finer, strokes are not
_MAX_SIDE = 3600  #: pixels; the longer side is not scaled up beyond this
_IDENTITY = AffineTransform()
_LARGE_LETTERS = 1 / 60  #: of the longer side of the sheet: 5 mm on A4
_MIN_SCALE, _MAX_SCALE = 0.05, 2.5  #: factors of lengths


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class PreparedImage:
    """An image for the engine, with the steps and the transform from the page image."""

    pixels: Grey
    components: LetterComponents  #: of letter size, in pixels of this image
    transform: AffineTransform = _IDENTITY  #: from the page image
    steps: tuple[ProcessingStep, ...] = ()
    quarters: int = 0  #: clockwise turns from the page image, 0 to 3

    @property
    def is_blank(self) -> bool:
        """Whether the page has too few components of letter size for a text."""
        return not has_text(self.components, self.pixels.shape)

    @property
    def has_large_letters(self) -> bool:
        """Whether the letters are larger than typing and stamps."""
        return bool(self.components.typical_height > _LARGE_LETTERS * max(self.pixels.shape))

    def to_page(self, box: Box, width: int, height: int) -> Box:
        """Map a box to the page image of the given size, in pixels, origin top left."""
        return self.transform.inverse().map_box(box, width, height)

    def smooth(self, sigma: float) -> "PreparedImage":
        """Return the image blurred by a Gaussian against paper grain; ``sigma`` is in pixels."""
        pixels = _as_grey(cv2.GaussianBlur(self.pixels, (0, 0), sigma))
        return self.with_step(
            ProcessingStep("smooth", {"sigma": f"{sigma:.2f}"}), pixels, self.components
        )

    def rotate(self, quarters: int) -> "PreparedImage":
        """Return the image turned clockwise by quarter turns, 1 to 3."""
        pixels, transform = _rotate_pixels(self.pixels, quarters)
        if quarters % 2:  # the components' widths become heights
            components = find_letter_components(pixels)
        else:
            components = self.components.apply_transform(transform)
        image = self.with_step(_turn_step(quarters), pixels, components, transform)
        return replace(image, quarters=(self.quarters + quarters) % 4)

    def with_step(
        self,
        step: ProcessingStep,
        pixels: Grey,
        components: LetterComponents,
        transform: AffineTransform = _IDENTITY,
    ) -> "PreparedImage":
        """Return an image with new pixels and one more step, whose transform is given."""
        return PreparedImage(
            pixels, components, self.transform.then(transform), (*self.steps, step), self.quarters
        )


def prepare_image(
    page: Grey, quarters: int | None = None, letter_height: float = _TARGET_LETTER_HEIGHT
) -> PreparedImage:
    """Make positive, cut out, turn, level, deepen, scale and straighten the sheet on a page image.

    Args:
        page: grey pixels, height x width, 0 is black.
        quarters: clockwise turns, 0 to 3; if None, a page whose lines run up or down is turned
            by 3. A page upside down is not detected here, only by reading it.
        letter_height: pixels to which letters are scaled.
    """
    image = PreparedImage(page, NO_COMPONENTS)
    positive = make_positive(page)
    if positive is not None:
        image = image.with_step(positive.step, positive.pixels, NO_COMPONENTS)
    # What is beside a frame in negative is light and stays: the number of the film stands there.
    sheet = None if positive is not None and positive.is_frame else find_sheet(image.pixels)
    if sheet is not None:
        pixels = sheet.cut_out(image.pixels)
        image = image.with_step(sheet.step, pixels, NO_COMPONENTS, sheet.transform)
    return _prepare_sheet(image, quarters, letter_height)


def _prepare_sheet(
    sheet: PreparedImage, quarters: int | None, letter_height: float
) -> PreparedImage:
    """Turn, level, deepen, scale and straighten what is left of a page image."""
    image = _turn_and_level(sheet, quarters or 0)
    if quarters is None and is_sideways(image.components):
        return _prepare_sheet(sheet, 3, letter_height)
    return _straighten_lines(_scale_letters(_darken_faint_ink(image), letter_height))


def unprocessed_image(page: Grey) -> PreparedImage:
    """Return the page without preparation, to compare recipes."""
    return PreparedImage(page, find_letter_components(page))


def _turn_and_level(sheet: PreparedImage, quarters: int) -> PreparedImage:
    """Return the sheet turned clockwise by quarters, with white paper and its components."""
    image = sheet
    if quarters:
        pixels, transform = _rotate_pixels(sheet.pixels, quarters)
        image = sheet.with_step(_turn_step(quarters), pixels, NO_COMPONENTS, transform)
    raw = image.pixels
    if not _is_bilevel(raw):
        step = ProcessingStep("level-background", {"divide-by": "closed and blurred paper"})
        image = image.with_step(step, level_background(raw), NO_COMPONENTS)
    image = replace(image, components=find_letter_components(image.pixels), quarters=quarters)
    return _blank_boxes(image, raw)


def _blank_boxes(image: PreparedImage, raw: Grey) -> PreparedImage:
    """Return the levelled image with paper in place of the black boxes on the page as it was."""
    count, boxes = find_black_boxes(raw, image.components)
    if boxes is None:
        return image
    pixels = np.where(boxes, np.uint8(255), image.pixels)
    step = ProcessingStep("blank-boxes", {"boxes": str(count)})
    return image.with_step(step, pixels, find_letter_components(pixels))


def _rotate_pixels(pixels: Grey, quarters: int) -> tuple[Grey, AffineTransform]:
    """Return pixels turned clockwise by quarters, and the transform to them."""
    height, width = pixels.shape
    return np.ascontiguousarray(np.rot90(pixels, -quarters)), AffineTransform.from_quarter_turns(
        quarters, width, height
    )


def _turn_step(quarters: int) -> ProcessingStep:
    return ProcessingStep("turn", {"degrees": str(90 * quarters)})


def _darken_faint_ink(image: PreparedImage) -> PreparedImage:
    """Return the image with faint ink darkened; grain would darken too: it is smoothed first."""
    if image.components.ink_grey <= _DARK_INK_GREY:
        return image
    image = image.smooth(_GRAIN_SHARE * image.components.typical_height)
    components = find_letter_components(image.pixels)
    black = round(_BLACK_FACTOR * components.ink_grey)
    step = ProcessingStep("deepen-ink", {"black": str(black), "paper": str(_PAPER_GREY)})
    return image.with_step(step, darken_ink(image.pixels, black), components)


def _scale_letters(image: PreparedImage, letter_height: float) -> PreparedImage:
    """Return the image scaled to the letter height that the engine reads best."""
    factor = _scale_factor(image.components, image.pixels.shape, letter_height)
    if factor == 1.0:
        return image
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    pixels = _as_grey(cv2.resize(image.pixels, None, fx=factor, fy=factor, interpolation=method))
    (height, width), (old_height, old_width) = pixels.shape, image.pixels.shape
    transform = AffineTransform.from_scale(width / old_width, height / old_height)
    step = ProcessingStep("scale", {"factor": f"{factor:.4f}", "letter-height": f"{letter_height}"})
    return image.with_step(step, pixels, image.components.apply_transform(transform), transform)


def _straighten_lines(image: PreparedImage) -> PreparedImage:
    """Return the image rotated so that its lines are level."""
    degrees = skew_angle(image.components)
    if not degrees:
        return image
    height, width = image.pixels.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = round(height * sine + width * cosine), round(height * cosine + width * sine)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    pixels = _as_grey(
        cv2.warpAffine(image.pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=(255,))
    )
    transform = AffineTransform(*matrix.ravel().tolist())
    step = ProcessingStep("straighten", {"degrees": str(degrees)})
    return image.with_step(step, pixels, image.components.apply_transform(transform), transform)


def darken_ink(page: Grey, black: int) -> Grey:
    """Stretch grey levels so that the level ``black`` becomes 0 and paper 255."""
    ramp = (np.arange(256) - black) * (255 / (_PAPER_GREY - black))
    return _as_grey(cv2.LUT(page, np.clip(ramp, 0, 255).astype(np.uint8)))


def _scale_factor(
    components: LetterComponents, shape: tuple[int, ...], letter_height: float
) -> float:
    """Return the factor that scales letters to a height, within limits; 1.0 for none."""
    if not has_text(components, shape):
        return 1.0
    # Tiny components on a page of many pixels are paper grain: never enlarge that.
    largest = max(_MAX_SIDE / max(shape), 1.0)
    factor = min(max(letter_height / components.typical_height, _MIN_SCALE), _MAX_SCALE, largest)
    return 1.0 if 0.92 < factor < 1.09 or min(shape) * factor < 50 else round(factor, 4)


def _is_bilevel(page: Grey) -> bool:
    # A sample of rows rejects a grey page at once; only a page that passes is checked whole.
    return all(bool(np.all((rows == 0) | (rows == 255))) for rows in (page[::50], page))


def _as_grey(image: cv2.typing.MatLike) -> Grey:
    return np.asarray(image, dtype=np.uint8)
