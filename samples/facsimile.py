"""Facsimiles of typed pages, drawn from text for demonstrations and benchmarks.

Nothing drawn here is a scan of a real document. The drawing follows the history of a page: type
slugs strike through a worn ribbon on toned paper, clerks stamp it, a scanner reads it slightly
rotated. The same sheet, seed and fonts give the same page. Coordinates are pixels at 300 dpi,
origin top left.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Layer = NDArray[np.float32]  # 0..1 where it is ink, grey levels where it is paper

WIDTH, HEIGHT = 2480, 3508  # A4 at 300 dpi
PITCH, LEADING = 30.7, 100  # 2.6 mm a character, two intervals a line: a Soviet office machine
LEFT, TOP = 345, 430  # of the first character
ROWS, COLUMNS = 30, 66  # capacity of a sheet
CELL = 64  # side of the square around one strike
MISDRAWN = "Ы()[]{}“”„_"  # GNU Typewriter has Н, slashes, straight quotes and a stub for these


@dataclass(frozen=True)
class Degradation:
    """The defects of typing, storage and scanning."""

    ink: float = 0.84  #: 0..1, a fresh stroke against the paper
    swell: float = -0.05  #: below 0 thin strokes, above 0 clogged ones; -0.25..0.25
    unevenness: float = 0.08  #: spread of force and weight from strike to strike
    fade: float = 0.22  #: 0..1, loss of the ribbon along a line
    weave: float = 0.22  #: visibility of the ribbon's cloth in a stroke
    jitter: float = 0.8  #: sigma of a strike's shift in pixels and of its rotation in degrees
    skew: float = 0.8  #: largest rotation of a page, in degrees
    blur: float = 0.7  #: the scanner's, sigma in pixels
    paper: float = 212.0  #: grey level of the sheet
    stain: float = 7.0  #: unevenness of the sheet, in grey levels
    noise: float = 2.0  #: the scanner's, in grey levels


DEGRADATIONS = {
    "clean": Degradation(
        ink=0.92, unevenness=0.04, fade=0.08, weave=0.1, jitter=0.3, skew=0.2, paper=238, stain=2
    ),
    "worn": Degradation(),
    "faded": Degradation(
        ink=0.55, swell=-0.05, unevenness=0.1, fade=0.4, weave=0.4, paper=205, stain=11, noise=4
    ),
    "carbon": Degradation(
        ink=0.62, swell=0.12, unevenness=0.1, weave=0.3, jitter=1.1, blur=1.9, paper=200, noise=3
    ),
}


@dataclass(frozen=True)
class Sheet:
    """The typed text of one sheet, and the marks added afterwards."""

    text: str  #: lines and leading spaces as typed
    leaf: str = ""  #: the archive's stamped numeral, upper right
    stamp: tuple[str, ...] = ()  #: lines of the registry stamp
    underlined: tuple[str, ...] = ()  #: words underlined by the typist


@dataclass(frozen=True)
class Faces:
    """The fonts, in one folder with the layout of Debian."""

    folder: Path = Path("/usr/share/fonts")

    def typewriter(self) -> Path:
        """Return GNU Typewriter (Debian: fonts-gnutypewriter)."""
        return self.folder / "truetype/gnutypewriter/GNUTypewriter.ttf"

    def borrowed(self) -> Path:
        """Return the font of the few characters that the typewriter lacks (fonts-freefont-otf)."""
        return self.folder / "opentype/freefont/FreeMonoBold.otf"

    def stamped(self) -> Path:
        """Return the font of the rubber stamps (fonts-freefont-otf)."""
        return self.folder / "opentype/freefont/FreeSansBold.otf"


def draw_page(sheet: Sheet, damage: Degradation, seed: int, faces: Faces) -> Image.Image:
    """Draw one sheet as a scanner would deliver it: grey, A4, 300 dpi.

    Raises:
        ValueError: the text has too many lines or columns, or a character that no font has.
    """
    lines = sheet.text.split("\n")
    if len(lines) > ROWS or max(map(len, lines)) > COLUMNS:
        message = f"A sheet holds {ROWS} lines of {COLUMNS} characters; break the text up first."
        raise ValueError(message)
    rng = np.random.default_rng(seed)
    ink = _type(sheet, damage, rng, faces) * _ribbon(damage, rng)
    if sheet.stamp:
        _press(ink, _registry_stamp(sheet.stamp, faces), (250, 150), rng)
    if sheet.leaf:
        _press(ink, _numeral(sheet.leaf, faces), (2110, 130), rng)
    angle = damage.skew * rng.choice((-1, 1)) * rng.uniform(0.3, 1)
    ink = _blur(_turn(ink, float(angle)), 0.7)
    grey = _blur(_paper(damage, rng) * (1 - ink), damage.blur)
    noise = rng.normal(0, damage.noise, grey.shape)
    return Image.fromarray(np.clip(grey + noise, 0, 255).astype(np.uint8))


def _type(sheet: Sheet, damage: Degradation, rng: Generator, faces: Faces) -> Layer:
    """Strike every character of the sheet, line by line."""
    ink = np.zeros((HEIGHT, WIDTH), np.float32)
    for row, line in enumerate(sheet.text.split("\n")):
        shift = rng.normal(0, damage.jitter * 2, 2)  # the platen never stops at the same place
        phase = rng.uniform(0, 6.3)
        for column, underline in enumerate(_underlines(line, sheet.underlined)):
            force = 1 - damage.fade * (0.5 + 0.5 * np.sin(phase + column / 13))
            x, y = LEFT + shift[0] + column * PITCH, TOP + shift[1] + row * LEADING
            for char in line[column].strip() + underline:
                cell = _strike(_slug(char, faces), damage, rng) * np.float32(force)
                _lay(ink, cell, (x, y + (9 if char == "_" else 0)))
    return ink


def _underlines(line: str, underlined: tuple[str, ...]) -> list[str]:
    """Return an underscore or an empty string for each character of the line.

    >>> "".join(mark or "." for mark in _underlines("да, но не раньше.", ("не раньше",)))
    '......._________.'
    """
    marks = [""] * len(line)
    for words in underlined:
        start = line.find(words)
        if start >= 0:
            marks[start : start + len(words)] = "_" * len(words)
    return marks


def _draws(font: ImageFont.FreeTypeFont, char: str) -> bool:
    """Return whether the font has the character, not only an empty box for it."""
    return bytes(font.getmask(char)) != bytes(font.getmask("\ufffe"))


@cache
def _slug(char: str, faces: Faces) -> Layer:
    """Return a character's type slug, with its own offset, as soldered slugs have."""
    typewriter = ImageFont.truetype(str(faces.typewriter()), 49.5)
    borrowed = ImageFont.truetype(str(faces.borrowed()), 57)
    fonts = [font for font in (typewriter, borrowed) if _draws(font, char)]
    if not fonts:
        message = f"Neither font can draw {char!r} (U+{ord(char):04X})."
        raise ValueError(message)
    font = fonts[-1] if char in MISDRAWN else fonts[0]
    cell = Image.new("L", (CELL, CELL))
    offset = np.random.default_rng(ord(char)).normal(0, 0.8, 2)
    position = (CELL / 2 + offset[0], 46 + offset[1])
    ImageDraw.Draw(cell).text(position, char, fill=255, font=font, anchor="ms")
    return np.asarray(cell, np.float32) / np.float32(255)


def _strike(slug: Layer, damage: Degradation, rng: Generator) -> Layer:
    """Return one strike of a slug: shifted, heavier on one side, of varying thickness."""
    rotation = cv2.getRotationMatrix2D((CELL / 2, CELL / 2), float(rng.normal(0, damage.jitter)), 1)
    shift = np.column_stack((np.zeros((2, 2)), rng.normal(0, damage.jitter, 2)))
    soft = _blur(cv2.warpAffine(slug, rotation + shift, (CELL, CELL)), 1.3)
    weight = np.clip(damage.swell + rng.normal(0, damage.unevenness), -0.25, 0.25)
    cell = np.clip((soft - 0.5 + weight) * 2.2 + 0.5, 0, 1)
    gradient = np.outer(np.linspace(-1, 1, CELL), np.full(CELL, rng.normal(0, damage.unevenness)))
    force = damage.ink * (1 + rng.normal(0, damage.unevenness)) * (1 + gradient)
    return np.asarray(np.clip(cell * force, 0, 1), np.float32)


def _lay(ink: Layer, cell: Layer, corner: tuple[float, float]) -> None:
    """Add a piece of ink to the sheet; of overlapping pieces the darker one shows."""
    x, y = round(corner[0]), round(corner[1])
    area = ink[y : y + cell.shape[0], x : x + cell.shape[1]]
    np.maximum(area, cell[: area.shape[0], : area.shape[1]], out=area)


def _ribbon(damage: Degradation, rng: Generator) -> Layer:
    """Return the factor of ink from the cloth at each point: threads, and drier patches."""
    threads = _blur(rng.normal(0, 1, (HEIGHT, WIDTH)), 1.1)
    patches = _cloud((HEIGHT // 25, WIDTH // 40), (HEIGHT, WIDTH), rng)
    factor = 1 + damage.weave * (threads * 2 + patches * 0.5 - 0.3)
    return np.clip(factor, 0, 1.15).astype(np.float32)


def _blur(layer: NDArray[Any], sigma: float) -> Layer:
    """Soften a layer."""
    return np.asarray(cv2.GaussianBlur(layer.astype(np.float32), (0, 0), sigma), np.float32)


def _cloud(lumps: tuple[int, int], shape: tuple[int, int], rng: Generator) -> Layer:
    """Return smooth noise of a shape; ``lumps`` is the number of lumps down and across."""
    noise = rng.normal(0, 1, lumps).astype(np.float32)
    return np.asarray(cv2.resize(noise, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _numeral(leaf: str, faces: Faces) -> Image.Image:
    """Return the numbering machine's imprint."""
    piece = Image.new("L", (330, 130))
    font = ImageFont.truetype(str(faces.stamped()), 72)
    for position, digit in enumerate(leaf):
        ImageDraw.Draw(piece).text((20 + position * 52, 20), digit, fill=255, font=font)
    return piece


def _registry_stamp(lines: tuple[str, ...], faces: Faces) -> Image.Image:
    """Return a framed rubber stamp with its lines centred."""
    piece = Image.new("L", (640, 70 + 62 * len(lines)))
    pen = ImageDraw.Draw(piece)
    pen.rectangle((20, 20, piece.width - 20, piece.height - 20), outline=255, width=6)
    for row, line in enumerate(lines):
        font = ImageFont.truetype(str(faces.stamped()), 34 if row else 42)
        pen.text((piece.width / 2, 66 + row * 62), line, fill=255, font=font, anchor="mm")
    return piece


def _press(ink: Layer, piece: Image.Image, corner: tuple[int, int], rng: Generator) -> None:
    """Press a rubber stamp on the sheet: rotated, and unevenly inked."""
    rotated = piece.rotate(float(rng.normal(0, 1.8)), Image.Resampling.BICUBIC, expand=True)
    cell = _blur(np.asarray(rotated) / 255, 1.5)
    height, width = cell.shape
    blots = _cloud((height // 12 + 2, width // 12 + 2), (height, width), rng)
    grain = _blur(rng.normal(0, 1, cell.shape), 1.2)
    target = corner[0] + float(rng.normal(0, 25)), corner[1] + float(rng.normal(0, 12))
    density = np.clip(0.62 + 0.1 * blots + 0.35 * grain, 0.08, 0.75)
    _lay(ink, (cell * density).astype(np.float32), target)


def _turn(ink: Layer, degrees: float) -> Layer:
    """Rotate the ink about the middle of the page."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(ink, matrix, (WIDTH, HEIGHT)), np.float32)


def _paper(damage: Degradation, rng: Generator) -> Layer:
    """Return the bare sheet: tone, clouds, fibres, darker edges, a fold and a few specks."""
    shape = HEIGHT, WIDTH
    fibres = _blur(rng.normal(0, 1, shape), 1.6)
    clouds = 0.6 * _cloud((7, 5), shape, rng) + 0.25 * _cloud((60, 40), shape, rng)
    tone = damage.paper + rng.normal(0, damage.stain / 2)
    sheet = (tone + damage.stain * (clouds + 1.2 * fibres)).astype(np.float32)
    rows, columns = np.arange(HEIGHT)[:, None], np.arange(WIDTH)[None, :]
    sheet -= 5 * damage.stain * np.exp(-columns / 60)
    sheet -= 3 * damage.stain * np.exp(-np.minimum(rows, HEIGHT - rows) / 45)
    fold = HEIGHT / 2 + rng.normal(0, 30) + columns * rng.normal(0, 0.004)
    sheet -= damage.stain * np.exp(-(((rows - fold) / 4) ** 2))
    for x, y, size in rng.uniform((40, 40, 1), (WIDTH - 40, HEIGHT - 40, 4), (45, 3)):
        cv2.circle(sheet, (round(x), round(y)), round(size), damage.paper * 0.62, -1, cv2.LINE_AA)
    return np.asarray(sheet, np.float32)
