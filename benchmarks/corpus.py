"""Scans for benchmarks: typed pages with their transcriptions, drawn once and then reused.

A corpus is a PDF of one image a page and, beside it, ``.gt.txt`` with the same pages divided by
form feeds. Pages alternate in language and in wear. Nothing in it is a scan of a real document;
``samples/facsimile.py`` draws a page, ``typist.py`` writes its text.

``jpeg``: grey, 300 dpi, quality 75. ``g4``: black and white, 300 dpi, as a scanner with a dynamic
threshold delivers it. ``jpeg600``: drawn at 300 dpi, scaled up twice by cubic interpolation, with
the scanner's noise added again at 600 dpi. It has the pixels and the noise of a 600-dpi scan but
the detail of a 300-dpi one: it measures the cost of four times the pixels, not their benefit.
"""

import hashlib
import io
import multiprocessing
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import img2pdf
import numpy as np
from PIL import Image

from benchmarks import typist
from benchmarks.typist import type_page
from samples import facsimile
from samples.facsimile import DEGRADATIONS, Degradation, Faces, Sheet, draw_page

STATES = tuple(DEGRADATIONS)


@dataclass(frozen=True)
class Order:
    """The description of a corpus."""

    languages: tuple[str, ...]  #: Tesseract's codes
    kind: str  #: a key of ``KINDS``
    pages: int  #: count

    @property
    def name(self) -> str:
        """The stem of the file: its contents and the version of the generator."""
        return f"{'+'.join(self.languages)}-{self.kind}-{self.pages}-{_generator_digest()}"


@dataclass(frozen=True)
class Corpus:
    """A scan, and the typed text of each page."""

    scan: Path
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """The description of one page; the same leaf and fonts give the same bytes."""

    language: str
    state: str
    kind: str
    seed: int

    @property
    def text(self) -> str:
        """The typed text."""
        return type_page(self.language, self.seed)


def leaves(order: Order) -> Iterator[Leaf]:
    """Yield the pages: every language in every state of wear, as evenly as their count allows."""
    for number in range(order.pages):
        language = order.languages[number % len(order.languages)]
        # One step further in each round: else every second state would be of one language.
        state = STATES[(number + number // len(STATES)) % len(STATES)]
        yield Leaf(language, state, order.kind, number)


def corpus(order: Order, folder: Path, faces: Faces, workers: int = 0) -> Corpus:
    """Return a corpus from the folder; draw it first if it is not there.

    Raises:
        FileNotFoundError: a font is missing; the message names its package.
    """
    scan = folder / f"{order.name}.pdf"
    all_leaves = list(leaves(order))
    pages = tuple(leaf.text for leaf in all_leaves)
    if not scan.is_file():
        check_fonts(faces)
        folder.mkdir(parents=True, exist_ok=True)
        scan.with_suffix(".gt.txt").write_text("\f".join(pages) + "\n", "utf-8")
        with tempfile.TemporaryDirectory(dir=folder, prefix="drawing-") as name:
            pdf = Path(name) / "bound"
            _bind(_draw_all(all_leaves, Path(name), faces, workers or os.cpu_count() or 1), pdf)
            pdf.replace(scan)  # last: a corpus that is there is whole
    return Corpus(scan, pages)


def check_fonts(faces: Faces) -> None:
    """Check that the fonts are installed.

    Raises:
        FileNotFoundError: a font is missing; the message names its package.
    """
    packages = {"fonts-gnutypewriter": faces.typewriter(), "fonts-freefont-otf": faces.borrowed()}
    missing = [package for package, path in packages.items() if not path.is_file()]
    if missing:
        message = (
            f"The pages are typed with fonts that are missing: apt-get install {' '.join(missing)}"
        )
        raise FileNotFoundError(message)


def draw_leaf(leaf: Leaf, target: Path, faces: Faces) -> Path:
    """Draw one page into a file."""
    damage = DEGRADATIONS[leaf.state]
    page = draw_page(Sheet(leaf.text), damage, leaf.seed, faces)
    target.write_bytes(KINDS[leaf.kind](page, damage, leaf.seed))
    return target


def _draw_all(all_leaves: list[Leaf], folder: Path, faces: Faces, workers: int) -> list[Path]:
    """Draw all pages in parallel processes."""
    targets = [folder / f"{number:04}" for number in range(len(all_leaves))]
    if workers == 1:
        return [draw_leaf(*pair, faces) for pair in zip(all_leaves, targets, strict=True)]
    # Spawned, not forked: OpenCV's threads do not outlive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return list(pool.map(draw_leaf, all_leaves, targets, [faces] * len(all_leaves)))


def _bind(images: list[Path], target: Path) -> None:
    """Put the images unchanged into a PDF without a date or a random identifier."""
    with target.open("wb") as file:
        img2pdf.convert(
            images, engine=img2pdf.Engine.internal, outputstream=file, nodate=True,
            title="Typed pages made for a benchmark; not a scan of a document",
        )  # fmt: skip


def _jpeg(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    del damage, seed
    return _encode(page, "JPEG", quality=75, dpi=(300, 300))


def _jpeg600(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    big = page.resize((page.width * 2, page.height * 2), Image.Resampling.BICUBIC)
    noise = np.random.default_rng([seed, 600]).normal(0, damage.noise, (big.height, big.width))
    grey = np.clip(np.asarray(big) + noise, 0, 255).astype(np.uint8)
    return _encode(Image.fromarray(grey), "JPEG", quality=75, dpi=(600, 600))


def _g4(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    """Return the page in black and white: Otsu's threshold after division by the paper's tone."""
    del damage, seed
    grey = np.asarray(page, np.float32)
    paper = cv2.GaussianBlur(grey, (0, 0), 60)
    level = np.clip(grey / paper * 215, 0, 255).astype(np.uint8)
    level = cv2.GaussianBlur(level, (0, 0), 1.0).astype(np.uint8)
    _, pixels = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    bilevel = Image.fromarray(np.asarray(pixels, np.uint8)).convert("1", dither=Image.Dither.NONE)
    return _encode(bilevel, "TIFF", compression="group4", dpi=(300, 300))


KINDS: dict[str, Callable[[Image.Image, Degradation, int], bytes]] = {
    "jpeg": _jpeg,
    "g4": _g4,
    "jpeg600": _jpeg600,
}


def _encode(page: Image.Image, form: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    page.save(buffer, form, **options)
    return buffer.getvalue()


def _generator_digest() -> str:
    """Return a digest of the generator's sources, so that a corpus of older ones is not reused."""
    sources = [Path(name) for name in (__file__, typist.__file__, facsimile.__file__)]
    digest = hashlib.sha256()
    for path in [*sources, *sorted(typist.TEXTS.glob("*.txt"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
