"""Feeds thousands of damaged scans and sidecars to ingestion, and watches the parent.

    python -m tests.campaigns.mutants --count 2000 --seed 1 [--from FOLDER]

Every whole file of the folders given, and mutants of them made by a seeded hand: bytes flipped,
pieces cut out, doubled, exchanged or zeroed, numbers made huge. Exits with 1 where the parent
dies, hangs or grows beyond 300 MB, a scan is lost, or one is failed by a fault of ours.
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

from PIL import Image

from flows import runtime
from flows.clock import RealClock
from flows.direct import ingest_scans
from pipeline.fixity import file_sha256
from pipeline.settings import Settings
from tests.campaigns.served import amiss, run_in_a_folder
from tests.factories import scan_pdf
from tests.workspace import LETTER, Workspace

_BATCH = 100
_MOST_GROWTH = 300  #: MB
_SIDECARS = [
    "title: A letter\nreferences: RGASPI, f. 558, op. 11, d. 330, l. 7\nleaves: ['7']\n",
    '{"title": "A letter", "date": "1949-01-14", "names": [{"name": "Филиппов", "role": "to"}]}',
    "title: [x\nlanguage: ru\ntranslations:\n - {language: en, text: 'Dear'}\n",
]

Hand = Callable[[bytearray, random.Random], None]


def _flip(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)


def _cut(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    del content[start : start + chance.randint(1, max(1, len(content) // 4))]


def _end(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(1, len(content) + 1) :]


def _double(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    content[start:start] = content[start : start + chance.randint(1, 4000)]


def _zero(content: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(content))
    length = min(chance.randint(1, 4000), len(content) - start)
    content[start : start + length] = bytes(length)


def _exchange(content: bytearray, chance: random.Random) -> None:
    one, other = sorted(chance.randrange(len(content)) for _ in range(2))
    content[one : one + 64], content[other : other + 64] = (
        content[other : other + 64], content[one : one + 64],
    )  # fmt: skip


def _enlarge(content: bytearray, chance: random.Random) -> None:
    """Make a number of the text another: a length, a width, a count, an object."""
    numbers = list(re.finditer(rb"\b[0-9]{1,9}\b", bytes(content[:200_000])))
    if not numbers:
        _flip(content, chance)
        return
    found = chance.choice(numbers)
    other = chance.choice(
        [b"0", b"-1", b"4294967296", b"99999", b"1", str(chance.random()).encode()]
    )
    content[found.start() : found.end()] = other


HANDS: tuple[Hand, ...] = (_flip, _cut, _end, _double, _zero, _exchange, _enlarge, _enlarge)


def mutant(original: bytes, chance: random.Random) -> bytes:
    """Return the bytes of a file as one to three seeded hands left them."""
    content = bytearray(original)
    for _ in range(chance.randint(1, 3)):
        if content:
            chance.choice(HANDS)(content, chance)
    return bytes(content)


def breed(originals: Sequence[Path], inbox: Path, names: range, chance: random.Random) -> None:
    """Write mutants into the inbox; every fifth has a sidecar, that is a mutant, too."""
    for number in names:
        source = chance.choice(originals)
        path = inbox / f"mutant-{number:05d}{source.suffix}"
        path.write_bytes(mutant(source.read_bytes(), chance))
        if number % 5 == 0:
            said = chance.choice(_SIDECARS).encode()
            path.with_suffix(".yaml").write_bytes(mutant(said, chance))


def _originals(folders: Sequence[Path], made: Path) -> list[Path]:
    """Return small whole scans of several kinds: our own, and those of the folders."""
    made.mkdir()
    scan_pdf(made / "two.pdf", 2)
    shutil.copy(LETTER, made / "letter.pdf")
    picture = Image.effect_noise((400, 300), 40)
    for name in ("a.png", "a.jpg", "a.tif", "a.jp2"):
        picture.save(made / name)
    picture.save(made / "pages.tif", save_all=True, append_images=[picture, picture])
    theirs = [path for folder in folders for path in sorted(folder.iterdir())]
    return [*sorted(made.iterdir()), *(path for path in theirs if _is_small_scan(path))]


def _is_small_scan(path: Path) -> bool:
    kinds = {".pdf", ".tif", ".tiff", ".png", ".jpg", ".jp2"}
    return path.suffix.lower() in kinds and path.stat().st_size < 2_000_000


def campaign(folder: Path, count: int, seed: int, folders: Sequence[Path]) -> list[str]:
    """Run it, and return what is amiss."""
    made = Workspace(folder)
    made.inbox.mkdir(parents=True)
    settings = Settings(
        inbox=made.inbox, output=made.output, languages=("eng",), settle_seconds=0,
        incomplete_seconds=0, page_timeout=20, dpi=100, max_pages=20, max_pixels=30_000_000,
    )  # fmt: skip
    runtime.check_ready(settings)
    originals, chance = _originals(folders, folder / "originals"), random.Random(seed)
    for path in originals:
        shutil.copy(path, made.inbox / f"whole-{path.name}")
    dropped: Counter[str] = Counter()
    told: list[str] = []
    fates: Counter[str] = Counter()
    begun, first = _memory(), True
    for start in range(0, count, _BATCH):
        breed(originals, made.inbox, range(start, min(start + _BATCH, count)), chance)
        dropped.update(
            file_sha256(path)
            for path in made.inbox.iterdir()
            if path.suffix != ".yaml" and path.is_file()
        )
        then = time.monotonic()
        outcomes = ingest_scans([], settings, RealClock())
        fates.update(outcome.status for outcome in outcomes)
        told += [f"failed: {o.scan}: {o.failure_reason}" for o in outcomes if o.failure_reason]
        if first:
            begun, first = _memory(), False
        print(
            f"{start + _BATCH} of {count}, {time.monotonic() - then:.0f} s, {_memory()} MB, "
            f"{dict(fates)}", flush=True,
        )  # fmt: skip
    if _memory() - begun > _MOST_GROWTH:
        told.append(f"the parent grew from {begun} to {_memory()} MB")
    return told + amiss(made, dropped)


def _memory() -> int:
    """Return the most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Run the campaign that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=Path, action="append", default=[], dest="folders")
    asked = parser.parse_args()
    run_in_a_folder(
        "mutants", lambda folder: campaign(folder, asked.count, asked.seed, asked.folders)
    )


if __name__ == "__main__":
    main()
