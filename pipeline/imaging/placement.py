"""How the pixels of an image come to lie on a page: mirrored, cropped, turned, and where."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.imaging.page_content import Rect, bounding_rect
from pipeline.imaging.pixels import Grey
from pipeline.model import Placement

BOX_TOLERANCE = 1.0  #: points by which boxes are off in honest files: whole points for a page of A4
_MAX_LEAN = 1e-3  #: a side may lean by this share of itself: less than a pixel in 1,000


@dataclass(frozen=True, slots=True)
class ImageOrientation:
    """How stored pixels become the page: transposed, then mirrored, cropped, turned."""

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
    """Return where an image lies in points, and whether transposed and mirrored; None if askew."""
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
    """Return the pixels to cut off left, top, right and bottom, and where the others lie.

    Only whole pixels go, and none where image and page differ by no more than rounding.
    """
    across, down = (rect[2] - rect[0]) / size[0], (rect[3] - rect[1]) / size[1]  # points a pixel
    beyond = (
        visible[0] - rect[0],
        rect[3] - visible[3],
        rect[2] - visible[2],
        visible[1] - rect[1],
    )
    left, top, right, bottom = (
        int(points / step + 0.01) if points > BOX_TOLERANCE else 0
        for points, step in zip(beyond, (across, down, across, down), strict=True)
    )
    kept = (
        rect[0] + left * across,
        rect[1] + bottom * down,
        rect[2] - right * across,
        rect[3] - top * down,
    )
    return (left, top, right, bottom), kept


def placement_of(rect: Rect, visible: Rect, rotate: int) -> Placement:
    """Return where a rectangle of the unturned page lies on the page as it is seen."""
    width, height = visible[2] - visible[0], visible[3] - visible[1]
    left, right = rect[0] - visible[0], visible[2] - rect[2]
    top, low = visible[3] - rect[3], rect[1] - visible[1]
    w, h = rect[2] - rect[0], rect[3] - rect[1]
    turned = {
        0: (width, height, left, top, w, h),
        90: (height, width, low, left, h, w),
        180: (width, height, right, low, w, h),
        270: (height, width, top, right, h, w),
    }
    return Placement(*(round(value, 4) for value in turned[rotate]))
