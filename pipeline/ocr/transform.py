"""Affine transforms between the pixels of two images, for points and boxes."""

import math
from dataclasses import dataclass
from typing import Self

from pipeline.text import Box


@dataclass(frozen=True, slots=True)
class AffineTransform:
    """``x' = a x + b y + c``, ``y' = d x + e y + f``; pixels, origin at the top left corner."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    @property
    def scale(self) -> float:
        """The factor of lengths: the square root of the factor of areas."""
        return math.sqrt(abs(self.a * self.e - self.b * self.d))

    def then(self, other: "AffineTransform") -> "AffineTransform":
        """Return this transform followed by another."""
        return AffineTransform(
            other.a * self.a + other.b * self.d,
            other.a * self.b + other.b * self.e,
            other.a * self.c + other.b * self.f + other.c,
            other.d * self.a + other.e * self.d,
            other.d * self.b + other.e * self.e,
            other.d * self.c + other.e * self.f + other.f,
        )

    def inverse(self) -> "AffineTransform":
        """Return the inverse transform."""
        area = self.a * self.e - self.b * self.d
        a, b, d, e = self.e / area, -self.b / area, -self.d / area, self.a / area
        return AffineTransform(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))

    def map_point(self, x: float, y: float) -> tuple[float, float]:
        """Return the mapped point."""
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    def map_box(self, box: Box, width: int, height: int) -> Box:
        """Return the smallest box in an image of the given size that contains the mapped box."""
        corners = [self.map_point(x, y) for x in (box.x, box.right) for y in (box.y, box.bottom)]
        left, top = (math.floor(min(side) + 1e-6) for side in zip(*corners, strict=True))
        right, bottom = (math.ceil(max(side) - 1e-6) for side in zip(*corners, strict=True))
        x, y = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        return Box(x, y, max(min(right, width) - x, 1), max(min(bottom, height) - y, 1))

    @classmethod
    def from_scale(cls, across: float, down: float) -> Self:
        """Return the transform to an image scaled by a factor across and another down."""
        return cls(a=across, e=down)

    @classmethod
    def from_quarter_turns(cls, quarters: int, width: int, height: int) -> Self:
        """Return the transform of an image of the given size by clockwise quarter turns."""
        return (
            cls(),
            cls(0, -1, height, 1, 0, 0),
            cls(-1, 0, width, 0, -1, height),
            cls(0, 1, 0, -1, 0, width),
        )[quarters % 4]
