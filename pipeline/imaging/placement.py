"""The orientation and the place of an image on a PDF page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.imaging.page_content import Rect, bounding_rect
from pipeline.imaging.pixels import Grey
from pipeline.model import Placement

BOX_TOLERANCE = 1.0  #: points by which boxes are off in sound files: whole points for A4
_MAX_LEAN = 1e-3  #: share of its length by which a side may lean: less than a pixel in 1,000


@dataclass(frozen=True, slots=True)
class ImageOrientation:
    """Operations from stored pixels to the page: transpose, then mirror, crop, turn."""

    transposed: bool
    mirrored_x: bool
    mirrored_y: bool
    crop: tuple[int, int, int, int]  #: pixels cut off left, top, right, bottom before /Rotate
    rotate: int  #: clockwise degrees, the page's own /Rotate

    def apply(self, pixels: Grey) -> Grey:
        """Return the pixels as the page shows them."""
        pixels = pixels.T if self.transposed else pixels
        pixels = pixels[:, ::-1] if self.mirrored_x else pixels
        pixels = pixels[::-1] if self.mirrored_y else pixels
        left, top, right, bottom = self.crop
        height, width = pixels.shape
        return np.rot90(pixels[top : height - bottom, left : width - right], -self.rotate // 90)

    def __str__(self) -> str:
        parts = [
            ", transposed" if self.transposed else "",
            ", mirrored left to right" if self.mirrored_x else "",
            ", mirrored top to bottom" if self.mirrored_y else "",
            f", cropped by {self.crop}" if any(self.crop) else "",
            f", turned {self.rotate}" if self.rotate else "",
        ]
        return "".join(parts)


def orientation_of(matrix: Sequence[float]) -> tuple[Rect, bool, bool, bool] | None:
    """Return rectangle in points, transposed, mirrored in x and in y; None if askew or flat."""
    a, b, c, d, e, f = matrix
    rect = bounding_rect([(e, f), (e + a, f + b), (e + c, f + d), (e + a + c, f + b + d)])
    if abs(b) <= _MAX_LEAN * abs(a) and abs(c) <= _MAX_LEAN * abs(d) and a and d:
        return rect, False, a < 0, d < 0
    if abs(a) <= _MAX_LEAN * abs(b) and abs(d) <= _MAX_LEAN * abs(c) and b and c:
        # x grows with the image's height, whose rows count down; y with its width
        return rect, True, c > 0, b > 0
    return None


def crop_to_visible(
    rect: Rect, visible: Rect, size: tuple[int, int]
) -> tuple[tuple[int, int, int, int], Rect]:
    """Return the pixels to cut off left, top, right and bottom, and the rectangle of the others.

    Only whole pixels are cut off, and none if image and page differ by rounding only.

    Args:
        rect: of the image on the page, points.
        visible: the visible part of the page, points.
        size: width and height of the image as shown, pixels.
    """
    across, down = (rect[2] - rect[0]) / size[0], (rect[3] - rect[1]) / size[1]  # points a pixel
    overhang = (
        visible[0] - rect[0],
        rect[3] - visible[3],
        rect[2] - visible[2],
        visible[1] - rect[1],
    )
    left, top, right, bottom = (
        int(points / step + 0.01) if points > BOX_TOLERANCE else 0
        for points, step in zip(overhang, (across, down, across, down), strict=True)
    )
    remaining = (
        rect[0] + left * across,
        rect[1] + bottom * down,
        rect[2] - right * across,
        rect[3] - top * down,
    )
    return (left, top, right, bottom), remaining


def placement_of(rect: Rect, visible: Rect, rotate: int) -> Placement:
    """Return the place of a rectangle on the page turned by ``rotate`` clockwise degrees."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    left, right = rect[0] - visible[0], visible[2] - rect[2]
    top, bottom = visible[3] - rect[3], rect[1] - visible[1]
    w, h = rect[2] - rect[0], rect[3] - rect[1]
    by_rotation = {
        0: (width, height, left, top, w, h),
        90: (height, width, bottom, left, h, w),
        180: (width, height, right, bottom, w, h),
        270: (height, width, top, right, h, w),
    }
    return Placement(*(round(value, 4) for value in by_rotation[rotate]))
