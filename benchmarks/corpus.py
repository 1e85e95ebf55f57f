"""Scans to measure on: typed pages with their transcription, drawn once and kept.

A corpus is a PDF of one image a page and, beside it, ``.gt.txt`` with the same pages divided by
form feeds. Pages take turns in language and in wear. Nothing in it is a scan of a real document;
see ``samples/facsimile.py`` for how a page is drawn and ``typist.py`` for what is on it.

``jpeg``: grey, 300 dpi, quality 75. ``g4``: black and white, 300 dpi, as a scanner with a dynamic
threshold delivers it. ``jpeg600``: drawn at 300 dpi, scaled up twice by cubic interpolation, with
the scanner's noise added anew at 600 dpi. It has the pixels and the noise of a 600-dpi scan but
the detail of a 300-dpi one: it measures what four times the pixels cost, not what they tell.
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
    """Which corpus is wanted."""

    languages: tuple[str, ...]
    kind: str
    pages: int

    @property
    def name(self) -> str:
        """The file's stem: what is in it, and which version of the generator made it."""
        return f"{'+'.join(self.languages)}-{self.kind}-{self.pages}-{_generator()}"


@dataclass(frozen=True)
class Corpus:
    """A scan, and what is typed on each of its pages."""

    scan: Path
    pages: tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """One page to be made: the same leaf and fonts give the same bytes."""

    language: str
    state: str
    kind: str
    seed: int

    @property
    def text(self) -> str:
        """What is typed on it."""
        return type_page(self.language, self.seed)


def leaves(order: Order) -> Iterator[Leaf]:
    """Yield the pages: every language in every state of wear as evenly as their number allows."""
    for place in range(order.pages):
        language = order.languages[place % len(order.languages)]
        # One step further in each turn: else every second state would be of one language.
        state = STATES[(place + place // len(STATES)) % len(STATES)]
        yield Leaf(language, state, order.kind, place)


def corpus(order: Order, folder: Path, faces: Faces, workers: int = 0) -> Corpus:
    """Return a corpus from the folder; it is made first where it is not there yet.

    Raises:
        FileNotFoundError: a font is missing; the message says which package has it.
    """
    scan = folder / f"{order.name}.pdf"
    wanted = list(leaves(order))
    pages = tuple(leaf.text for leaf in wanted)
    if not scan.is_file():
        check_fonts(faces)
        folder.mkdir(parents=True, exist_ok=True)
        scan.with_suffix(".gt.txt").write_text("\f".join(pages) + "\n", "utf-8")
        with tempfile.TemporaryDirectory(dir=folder, prefix="drawing-") as drawing:
            bound = Path(drawing) / "bound"
            _bind(_drawn(wanted, Path(drawing), faces, workers or os.cpu_count() or 1), bound)
            bound.replace(scan)  # last: a corpus that is there is whole
    return Corpus(scan, pages)


def check_fonts(faces: Faces) -> None:
    """Say which package to install where a font is missing.

    Raises:
        FileNotFoundError: a font is missing.
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


def _drawn(wanted: list[Leaf], folder: Path, faces: Faces, workers: int) -> list[Path]:
    """Draw all pages, in so many processes."""
    targets = [folder / f"{place:04}" for place in range(len(wanted))]
    if workers == 1:
        return [draw_leaf(*pair, faces) for pair in zip(wanted, targets, strict=True)]
    # Spawned, not forked: OpenCV's threads do not outlive a fork.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return list(pool.map(draw_leaf, wanted, targets, [faces] * len(wanted)))


def _bind(images: list[Path], target: Path) -> None:
    """Put the images into a PDF as they are, with no date and no random identifier."""
    with target.open("wb") as file:
        img2pdf.convert(
            images, engine=img2pdf.Engine.internal, outputstream=file, nodate=True,
            title="Typed pages made for a benchmark; not a scan of a document",
        )  # fmt: skip


def _jpeg(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    del damage, seed
    return _encoded(page, "JPEG", quality=75, dpi=(300, 300))


def _jpeg600(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    big = page.resize((page.width * 2, page.height * 2), Image.Resampling.BICUBIC)
    noise = np.random.default_rng([seed, 600]).normal(0, damage.noise, (big.height, big.width))
    grey = np.clip(np.asarray(big) + noise, 0, 255).astype(np.uint8)
    return _encoded(Image.fromarray(grey), "JPEG", quality=75, dpi=(600, 600))


def _g4(page: Image.Image, damage: Degradation, seed: int) -> bytes:
    """Cut at Otsu's threshold after the sheet's own tone is divided out."""
    del damage, seed
    grey = np.asarray(page, np.float32)
    paper = cv2.GaussianBlur(grey, (0, 0), 60)
    level = np.clip(grey / paper * 215, 0, 255).astype(np.uint8)
    level = cv2.GaussianBlur(level, (0, 0), 1.0).astype(np.uint8)
    _, cut = cv2.threshold(level, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    bilevel = Image.fromarray(np.asarray(cut, np.uint8)).convert("1", dither=Image.Dither.NONE)
    return _encoded(bilevel, "TIFF", compression="group4", dpi=(300, 300))


KINDS: dict[str, Callable[[Image.Image, Degradation, int], bytes]] = {
    "jpeg": _jpeg,
    "g4": _g4,
    "jpeg600": _jpeg600,
}


def _encoded(page: Image.Image, form: str, **options: object) -> bytes:
    held = io.BytesIO()
    page.save(held, form, **options)
    return held.getvalue()


def _generator() -> str:
    """Name this version of the generator, so that a corpus of an older one is not taken."""
    sources = [Path(made) for made in (__file__, typist.__file__, facsimile.__file__)]
    held = hashlib.sha256()
    for path in [*sources, *sorted(typist.TEXTS.glob("*.txt"))]:
        held.update(path.read_bytes())
    return held.hexdigest()[:8]
