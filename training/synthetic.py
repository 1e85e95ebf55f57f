"""Lines set in typewriter and print faces, for characters and machines that real lines lack.

The style of a face tells how it is set: ``typewriter`` by its own pitch; ``slab``, a proportional
face with slab serifs, in cells of one width as a typewriter would; ``print`` as print.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from fontTools.ttLib import TTFont
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from training.lines import ROWS_ABOVE, ROWS_BELOW, TrainingLine

Style = Literal["typewriter", "slab", "print"]

_FOOTED = frozenset("дцщДЦЩ")  #: letters whose feet wear off: д looks like л
_SIZES = (44, 50, 56)  #: pixels of the em when letters are drawn; the line is scaled down after
_X_HEIGHTS = 12.0, 14.3  #: pixels of a lower-case letter on a prepared page


@dataclass(frozen=True)
class Face:
    """A font file and how it is set."""

    path: Path
    style: Style

    def has(self, text: str) -> bool:
        """Return whether the face draws every character."""
        return all(ord(character) in _character_map(self.path) for character in text.strip())


@dataclass(frozen=True)
class Impression:
    """How one line is struck: by one machine, with one ribbon."""

    weight: float  #: over 0 thicker, under 0 thinner strokes
    unevenness: float  #: standard deviation of the depth of letters
    shake: float  #: pixels by which letters move sideways
    jump: float  #: pixels by which letters move up or down
    worn_feet: bool
    worn_side: float  #: probability that one side of a letter is weak
    mottle: float = 0.0  #: 0..1.3, how much of a letter's ink may be missing in patches

    @classmethod
    def choose(cls, style: Style, random: Generator, mottled_share: float = 0.0) -> "Impression":
        """Return a random impression; print is even.

        Args:
            style: of the face.
            random: chooses.
            mottled_share: 0..1, share of typewritten lines whose letters print in patches.
        """
        if style == "print":
            return cls(random.uniform(-0.2, 0.5), random.uniform(0, 0.06), 0, 0, False, 0)
        is_mottled = mottled_share > 0 and random.random() < mottled_share
        return cls(
            weight=random.uniform(-0.4, 1.3),
            unevenness=random.uniform(0.02, 0.28),
            shake=random.uniform(0, 0.9),
            jump=random.uniform(0, 1.6),
            worn_feet=bool(random.random() < 0.3),
            worn_side=0.12 if is_mottled else 0.045,
            mottle=random.uniform(0.4, 1.3) if is_mottled else 0.0,
        )


def draw_line(text: str, face: Face, random: Generator, mottled_share: float = 0.0) -> TrainingLine:
    """Return a line set in a face, its letters as high as on a prepared page."""
    size = int(random.choice(_SIZES))
    canvas = _LineCanvas(face, size, Impression.choose(face.style, random, mottled_share), random)
    ink = canvas.strike(text)
    factor = random.uniform(*_X_HEIGHTS) / canvas.x_height
    blurred = cv2.GaussianBlur(ink, (0, 0), random.uniform(0.4, 1.8))
    small = cv2.resize(blurred, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    grey = random.uniform(225, 255) - small * random.uniform(150, 255)
    image = np.clip(grey, 0, 255).astype(np.uint8)
    baseline = round(canvas.baseline * factor)
    missing = max(ROWS_BELOW - (image.shape[0] - baseline), 0)
    image = np.pad(image, ((0, missing), (0, 0)), mode="edge")
    top = max(baseline - ROWS_ABOVE, 0)
    return TrainingLine(image[top : baseline + ROWS_BELOW], baseline - top, text)


@dataclass
class _LineCanvas:
    face: Face
    size: int  #: pixels of the em
    impression: Impression
    random: Generator
    rows: int = field(init=False)
    baseline: int = field(init=False)
    x_height: float = field(init=False)

    def __post_init__(self) -> None:
        self.rows, self.baseline = int(self.size * 2.2), int(self.size * 1.5)
        self.x_height = -_font(self.face.path, self.size).getbbox("x", anchor="ls")[1]

    def strike(self, text: str) -> NDArray[np.float32]:
        """Return the depth of ink, 0..1, of the text."""
        pitch, track = self._pitch(text), self.random.uniform(0.97, 1.08)
        position, places = 20.0, list[tuple[float, str]]()
        for character in text:
            _, advance = _glyph(self.face.path, self.size, character)
            if character != " ":
                centred = (pitch - advance) / 2 if self.face.style == "slab" and pitch else 0.0
                places.append((position + centred, character))
            position += (pitch or advance) * track
        ink = np.zeros((self.rows, int(position) + 2 * self.size), np.float32)
        for place, character in places:
            self._strike_letter(ink, place, character)
        return ink

    def _pitch(self, text: str) -> float | None:
        """Return the width of a cell in pixels; None for print."""
        if self.face.style == "print":
            return None
        if self.face.style == "slab":
            return self.x_height * self.random.uniform(1.2, 1.4)
        letter = next((character for character in text if character.isalpha()), "n")
        return _glyph(self.face.path, self.size, letter)[1]

    def _strike_letter(self, ink: NDArray[np.float32], place: float, character: str) -> None:
        random, impression, pad = self.random, self.impression, self.size // 2
        image = self._thicken(_glyph(self.face.path, self.size, character)[0])
        if self.face.style != "print":
            if impression.worn_feet and character in _FOOTED and random.random() < 0.7:
                image = image.copy()
                image[self.baseline - int(random.integers(0, 3)) :] *= random.uniform(0, 0.5)
            elif random.random() < impression.worn_side:
                image = self._weaken_side(image)
            if impression.mottle:
                image = image * self._patches(image.shape)
            depth = min(random.normal(0.88, impression.unevenness), 1.0)
            image = image * np.float32(max(depth, 0.25))
        left = max(int(place - pad + random.normal(0, impression.shake)), 0)
        image = np.roll(image, round(random.normal(0, impression.jump)), axis=0)
        width = min(image.shape[1], ink.shape[1] - left)
        part = ink[:, left : left + width]
        np.maximum(part, image[:, :width], out=part)

    def _thicken(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        weight = self.impression.weight
        if weight > 0.05:
            thick = cv2.GaussianBlur(image, (0, 0), 1.2) * (1 + weight)
            return np.maximum(image, np.minimum(thick, 1)).astype(np.float32)
        if weight < -0.05:
            return np.asarray(cv2.erode(image, np.ones((2, 2))), np.float32)
        return image

    def _patches(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """Return a factor for each pixel of a letter, low in patches a third of a letter wide."""
        coarse = self.random.random((shape[0] // 9, shape[1] // 9), np.float32)
        noise = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        return np.clip(1.25 - self.impression.mottle * noise, 0.12, 1).astype(np.float32)

    def _weaken_side(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a letter whose top, foot or right side hardly prints."""
        random, weakened = self.random, image.copy()
        strength, x_height = np.float32(random.uniform(0.1, 0.7)), self.x_height
        side = int(random.integers(3))
        if side == 0:
            weakened[: self.baseline - int(x_height * random.uniform(0.55, 0.9))] *= strength
        elif side == 1:
            weakened[self.baseline - int(x_height * random.uniform(0.1, 0.4)) :] *= strength
        else:
            weakened[:, self.size // 2 + int(x_height * random.uniform(0.2, 0.8)) :] *= strength
        return weakened


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


@cache
def _character_map(path: Path) -> frozenset[int]:
    return frozenset(TTFont(path, fontNumber=0, lazy=True).getBestCmap())


@cache
def _glyph(path: Path, size: int, character: str) -> tuple[NDArray[np.float32], float]:
    """Return the ink of a character, 0..1, with half an em of margin, and its advance in pixels."""
    font = _font(path, size)
    image = Image.new("L", (size * 2, int(size * 2.2)), 0)
    place = (size // 2, int(size * 1.5))
    ImageDraw.Draw(image).text(place, character, font=font, fill=255, anchor="ls")
    return np.asarray(image, np.float32) / 255, font.getlength(character)
