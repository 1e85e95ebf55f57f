"""Ingest thousands of damaged scans and sidecars, and watch the parent process.

    python -m tests.campaigns.mutants [COUNT] --seed 1 [--from FOLDER]

Ingests small scans, and seeded mutants of them: bytes flipped, pieces cut out, doubled, exchanged
or zeroed, numbers enlarged. As many are PDF as TIFF, JPEG and JPEG 2000; each goes through the
whole pipeline, in one worker process. Exits with 1 if the parent grows by more than 300 MB, a scan
is lost, or one fails by an error of Opis.
"""

import argparse
import random
import re
import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import img2pdf
import numpy as np
from PIL import Image, ImageDraw

from flows import runtime
from flows.clock import RealClock
from flows.direct import ingest_scans
from pipeline.fixity import file_sha256
from pipeline.ingest.outcome import Outcome
from pipeline.settings import Settings
from tests.campaigns.opis_serve import archive_problems, run_campaign
from tests.factories import scan_pdf
from tests.workspace import Workspace

_BATCH = 100
_KINDS = {
    ".pdf": "PDF", ".tif": "TIFF", ".tiff": "TIFF", ".jpg": "JPEG", ".jpeg": "JPEG", ".jp2": "JP2",
}  # fmt: skip
_MAX_GROWTH = 300  #: MB
_SIDECARS = [
    "title: A letter\nreferences: RGASPI, f. 558, op. 11, d. 330, l. 7\nleaves: ['7']\n",
    '{"title": "A letter", "date": "1949-01-14", "names": [{"name": "Филиппов", "role": "to"}]}',
    "title: [x\nlanguage: ru\ntranslations:\n - {language: en, text: 'Dear'}\n",
]

Mutation = Callable[[bytearray, random.Random], None]


def _flip(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randint(1, 30)):
        content[rng.randrange(len(content))] = rng.randrange(256)


def _cut(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    del content[start : start + rng.randint(1, max(1, len(content) // 4))]


def _end(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(1, len(content) + 1) :]


def _double(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    content[start:start] = content[start : start + rng.randint(1, 4000)]


def _zero(content: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(content))
    length = min(rng.randint(1, 4000), len(content) - start)
    content[start : start + length] = bytes(length)


def _exchange(content: bytearray, rng: random.Random) -> None:
    first, second = sorted(rng.randrange(len(content)) for _ in range(2))
    content[first : first + 64], content[second : second + 64] = (
        content[second : second + 64],
        content[first : first + 64],
    )


def _enlarge(content: bytearray, rng: random.Random) -> None:
    """Replace a number in the file: a length, a width, a count, an object."""
    numbers = list(re.finditer(rb"\b[0-9]{1,9}\b", bytes(content[:200_000])))
    if not numbers:
        _flip(content, rng)
        return
    number = rng.choice(numbers)
    replacement = rng.choice(
        [b"0", b"-1", b"4294967296", b"99999", b"1", str(rng.random()).encode()]
    )
    content[number.start() : number.end()] = replacement


MUTATIONS: tuple[Mutation, ...] = (_flip, _cut, _end, _double, _zero, _exchange, _enlarge, _enlarge)


def mutate(original: bytes, rng: random.Random) -> bytes:
    """Return the bytes of a file after one to three random mutations."""
    content = bytearray(original)
    for _ in range(rng.randint(1, 3)):
        if content:
            rng.choice(MUTATIONS)(content, rng)
    return bytes(content)


def write_mutants(originals: Sequence[Path], inbox: Path, names: range, rng: random.Random) -> None:
    """Write mutants into the inbox, each kind in turn; every fifth has a sidecar, also a mutant."""
    by_kind: dict[str, list[Path]] = {}
    for path in originals:
        by_kind.setdefault(_KINDS[path.suffix.lower()], []).append(path)
    kinds = sorted(by_kind)
    for number in names:
        source = rng.choice(by_kind[kinds[number % len(kinds)]])
        path = inbox / f"mutant-{number:05d}{source.suffix}"
        path.write_bytes(mutate(source.read_bytes(), rng))
        if number % 5 == 0:
            sidecar = rng.choice(_SIDECARS).encode()
            path.with_suffix(".yaml").write_bytes(mutate(sidecar, rng))


def _originals(folders: Sequence[Path], own: Path) -> list[Path]:
    """Return small intact scans: several codecs of each kind, and those of the folders.

    Args:
        folders: of further scans.
        own: the folder that the first are written into.
    """
    own.mkdir()
    noise = np.random.default_rng(0).integers(180, 255, (300, 400), np.uint8)
    grey = Image.fromarray(noise)
    ImageDraw.Draw(grey).text((30, 40), "The talks were\nheld in Moscow", 0, font_size=36)
    colour = Image.merge("RGB", [grey, grey.rotate(180), grey])
    for codec in ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "jpeg"):
        colour.save(own / f"{codec}.tif", compression=codec)
    grey.convert("1").save(own / "group4.tif", compression="group4")
    grey.save(own / "pages.tif", save_all=True, append_images=[grey.rotate(90), grey])
    grey.save(own / "grey.jpg")
    colour.save(own / "progressive.jpg", progressive=True)
    colour.convert("CMYK").save(own / "cmyk.jpg")
    grey.save(own / "grey.jp2")
    colour.save(own / "lossy.jp2", irreversible=True, quality_mode="rates", quality_layers=[20])
    scan_pdf(own / "two.pdf", 2)
    for source in ("grey.jpg", "group4.tif", "packbits.tif", "grey.jp2"):
        content = img2pdf.convert(own / source, nodate=True)
        (own / source).with_suffix(f".{source[-3:]}.pdf").write_bytes(content)
    others = [path for folder in folders for path in sorted(folder.iterdir())]
    return [*sorted(own.iterdir()), *(path for path in others if _is_small_scan(path))]


def _is_small_scan(path: Path) -> bool:
    return path.suffix.lower() in _KINDS and path.stat().st_size < 2_000_000


def campaign(folder: Path, count: int, seed: int, folders: Sequence[Path]) -> list[str]:
    """Run the campaign and return the problems."""
    workspace = Workspace(folder)
    workspace.inbox.mkdir(parents=True)
    settings = Settings(
        inbox=workspace.inbox, output=workspace.output, languages=("eng",), settle_seconds=0,
        incomplete_seconds=0, page_timeout=20, dpi=100, max_pages=20, max_pixels=30_000_000, jobs=1,
    )  # fmt: skip
    runtime.check_ready(settings)
    originals, rng = _originals(folders, folder / "originals"), random.Random(seed)
    for path in originals:
        shutil.copy(path, workspace.inbox / f"whole-{path.name}")
    digests: Counter[str] = Counter()
    problems: list[str] = []
    statuses: Counter[str] = Counter()  # by kind of scan and status
    memory_before, is_first = _memory(), True
    for start in range(0, count, _BATCH):
        write_mutants(originals, workspace.inbox, range(start, min(start + _BATCH, count)), rng)
        digests.update(
            file_sha256(path)
            for path in workspace.inbox.iterdir()
            if path.suffix != ".yaml" and path.is_file()
        )
        started = time.monotonic()
        outcomes = ingest_scans([], settings, RealClock())
        statuses.update(_kind_and_status(outcome) for outcome in outcomes)
        problems += [f"failed: {o.scan}: {o.failure_reason}" for o in outcomes if o.failure_reason]
        if is_first:
            memory_before, is_first = _memory(), False
        print(
            f"{min(start + _BATCH, count)} of {count}, {time.monotonic() - started:.0f} s, "
            f"{_memory()} MB, {dict(sorted(statuses.items()))}", flush=True,
        )  # fmt: skip
    if _memory() - memory_before > _MAX_GROWTH:
        problems.append(f"the parent grew from {memory_before} to {_memory()} MB")
    return problems + archive_problems(workspace, digests)


def _kind_and_status(outcome: Outcome) -> str:
    return f"{_KINDS.get(Path(outcome.scan).suffix.lower(), 'other')} {outcome.status}"


def _memory() -> int:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Run the campaign with the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=Path, action="append", default=[], dest="folders")
    arguments = parser.parse_args()
    run_campaign(
        "mutants",
        lambda folder: campaign(folder, arguments.count, arguments.seed, arguments.folders),
    )


if __name__ == "__main__":
    main()
