"""Find the connected components of a page that have the size and shape of letters."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.imaging.pixels import Grey
from pipeline.ocr.transform import AffineTransform

_NumberArray = NDArray[np.integer[Any] | np.floating[Any]]

_MIN_LETTER_HEIGHT, _MAX_LETTER_HEIGHT = 5, 160  #: pixels; letters at any sane resolution
_MIN_CONTRAST = 12  #: grey levels (of 255) by which ink is darker than its neighbourhood
_LINE_REACH = 2.2  #: letter heights; components this near on a row stand in one line
_MIN_LINE = 3  #: components in a line
_FEW_LETTERS = 60  #: components; a page with fewer may have letters of another size
_GRAIN_HEIGHT = 7  #: pixels; lower components may be grain, among which letters are overlooked
_LARGE_LETTERS = (2, 4, 8)  #: factors by which a copy is smaller that shows larger letters
_MIN_TEXT_LETTERS = 8  #: components; a page with fewer has no text, unless they stand in a line
_HALVING_SIZE = 2400  #: pixels of the longer side; from here half the resolution shows letters too


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class LetterComponents:
    """Components like letters: parallel arrays with one entry for each, lengths in pixels."""

    x: NDArray[np.float64]  #: centres, origin top left
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    ink_grey: int  #: median grey of their pixels, 0 is black; 0 if there are none

    @property
    def count(self) -> int:
        """The number of components."""
        return len(self.x)

    @property
    def are_few(self) -> bool:
        """Whether they are no more than a cover or a title page has; a page of typing has more."""
        return self.count < _FEW_LETTERS

    @property
    def typical_height(self) -> float:
        """Their median height in pixels; 0 if there are none."""
        return float(np.median(self.height)) if self.count else 0.0

    def select(self, chosen: NDArray[np.bool_]) -> "LetterComponents":
        """Return the chosen ones."""
        return LetterComponents(self.x[chosen], self.y[chosen], self.height[chosen], self.ink_grey)

    def apply_transform(self, transform: AffineTransform) -> "LetterComponents":
        """Return them with mapped centres; heights are scaled, but not rotated."""
        x, y = (
            transform.a * self.x + transform.b * self.y + transform.c,
            transform.d * self.x + transform.e * self.y + transform.f,
        )
        return LetterComponents(x, y, self.height * transform.scale, self.ink_grey)


_NONE = np.zeros(0)
NO_COMPONENTS = LetterComponents(_NONE, _NONE, _NONE, 0)


def find_letter_components(page: Grey) -> LetterComponents:
    """Find the components of letter size and shape on a page with levelled background.

    Args:
        page: grey pixels, height x width, 0 is black; the paper is white.
    """
    is_small = max(page.shape) < _HALVING_SIZE or min(page.shape) < 2 * _MIN_LETTER_HEIGHT
    # Four times faster, and the grain of the paper is no longer taken for letters.
    factor = 1 if is_small else 2
    usual = _detect_components(page) if is_small else _detect_on_copy(page, factor)
    is_grain = usual.typical_height < _GRAIN_HEIGHT * factor
    return _find_few_letters(page, usual) if usual.are_few or is_grain else usual


def has_text(components: LetterComponents, shape: tuple[int, ...]) -> bool:
    """Return whether the components of an image are enough for a text, or stand in a line."""
    return components.count >= _MIN_TEXT_LETTERS or len(find_lines(components, shape).x) > 0


def _find_few_letters(page: Grey, usual: LetterComponents) -> LetterComponents:
    """Return the usual components, larger ones, or smaller ones too: of those most are in lines."""
    smaller = [_detect_components(page, with_smaller=True)]
    larger = [
        _detect_on_copy(page, factor)
        for factor in _LARGE_LETTERS
        if min(page.shape) >= 2 * factor * _MIN_LETTER_HEIGHT
    ]

    def letters_in_lines(components: LetterComponents) -> int:
        count = len(find_lines(components, page.shape).x)
        return count if count >= components.count / 2 else 0  # stains and grain are scattered

    return max((usual, *larger, *smaller), key=letters_in_lines)


def _detect_on_copy(page: Grey, factor: int) -> LetterComponents:
    """Return the components of a copy that is so many times smaller, in pixels of the page."""
    scale = 1 / factor
    copy = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found = _detect_components(copy)
    return LetterComponents(
        factor * found.x, factor * found.y, factor * found.height, found.ink_grey
    )


def find_letter_shapes(page: Grey, max_height: int) -> LetterComponents:
    """Find the components of the shape of letters, small ones among large ones, without their ink.

    Args:
        page: grey pixels, height x width, 0 is black; the background may be of any grey.
        max_height: pixels.
    """
    _, stats, centres, is_letter = _letter_shapes(page, max_height)
    x, y = centres[is_letter].T
    return LetterComponents(x, y, stats[is_letter, cv2.CC_STAT_HEIGHT].astype(np.float64), 0)


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class LabelledLetters:
    """Centres of letters, in pixels, origin top left, and the line that each stands in."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    line: NDArray[np.int32]  #: from 1; the same for letters of one line


def label_lines(
    components: LetterComponents, shape: tuple[int, ...], row_reach: int
) -> LabelledLetters:
    """Return the components of letter size, joined to lines with those beside them.

    Args:
        components: all components of letter shape, in pixels of an image.
        shape: height and width of that image.
        row_reach: pixels up and down within which letters stand in one line, an odd number.
    """
    height = components.typical_height
    is_letter = (components.height > 0.6 * height) & (components.height < 1.8 * height)
    x, y = components.x[is_letter], components.y[is_letter]
    if not len(x):
        return LabelledLetters(x, y, np.empty(0, np.int32))
    row = np.clip(y, 0, shape[0] - 1).astype(int)
    column = np.clip(x, 0, shape[1] - 1).astype(int)
    centres = np.zeros(shape, dtype=np.uint8)
    centres[row, column] = 1
    kernel = np.ones((row_reach, max(int(2 * _LINE_REACH * height), 1) | 1), dtype=np.uint8)
    _, labels = cv2.connectedComponents(cv2.dilate(centres, kernel))
    return LabelledLetters(x, y, labels[row, column])


def find_lines(components: LetterComponents, shape: tuple[int, ...]) -> LabelledLetters:
    """Return the components of letter size that have others beside them: writing, not stains.

    Args:
        components: all components of letter shape, in pixels of an image.
        shape: height and width of that image.
    """
    row_reach = max(int(0.8 * components.typical_height), 1) | 1
    letters = label_lines(components, shape, row_reach)
    in_line = np.bincount(letters.line, minlength=1)[letters.line] >= _MIN_LINE
    return LabelledLetters(letters.x[in_line], letters.y[in_line], letters.line[in_line])


def _detect_components(page: cv2.typing.MatLike, *, with_smaller: bool = False) -> LetterComponents:
    """Return the components; with smaller ones, too, if these are less than half as high."""
    labels, stats, centres, is_letter = _letter_shapes(page, _MAX_LETTER_HEIGHT)
    height, area = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_AREA]
    # Specks outnumber letters on dirty paper, but cover less of it: weigh components by area.
    least = _weighted_median(height[is_letter], area[is_letter]) / 2
    if with_smaller:
        smaller = is_letter & (height <= least)
        least = _weighted_median(height[smaller], area[smaller]) / 2
    is_letter &= height > least
    ink_grey = int(np.median(page[is_letter[labels]])) if is_letter.any() else 0
    x, y = centres[is_letter].T
    return LetterComponents(x, y, height[is_letter].astype(np.float64), ink_grey)


def find_ink(page: cv2.typing.MatLike) -> cv2.typing.MatLike:
    """Return where the ink is, as 255: what is darker than its neighbourhood.

    Such a threshold finds faint typing beside a black border; Otsu's does not.

    Args:
        page: grey pixels, height x width, 0 is black.
    """
    return cv2.adaptiveThreshold(
        page, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 61, _MIN_CONTRAST
    )


def _letter_shapes(
    page: cv2.typing.MatLike, max_height: int
) -> tuple[cv2.typing.MatLike, cv2.typing.MatLike, cv2.typing.MatLike, NDArray[np.bool_]]:
    """Return labels, statistics and centres of all components, and which have letters' shape."""
    _, labels, stats, centres = cv2.connectedComponentsWithStats(find_ink(page), connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    is_letter = (height >= _MIN_LETTER_HEIGHT) & (height <= max_height) & (width >= 2)
    is_letter &= (width <= 3 * height) & (height <= 6 * width) & (area > 0.12 * width * height)
    is_letter[0] = False  # the paper
    return labels, stats, centres, is_letter


def _weighted_median(values: _NumberArray, weights: _NumberArray) -> float:
    """Return the value at which half of the weight is reached; 0 if there are no values."""
    if not len(values):
        return 0.0
    order = np.argsort(values, kind="stable")
    cumulative = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(cumulative, cumulative[-1] / 2)])
