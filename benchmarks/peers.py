"""Opis beside OCRmyPDF, and bare Tesseract if asked for, on the same made-up scans in one run.

    make bench
    uv run --group bench python benchmarks/peers.py --pages 4 --kind g4 --told own --bare --warm

The programs take turns, A B A B, told the same languages and given the same cores, so that a
noisy machine treats them alike: believe the ratios, not the seconds. With ``--told own`` there is
a corpus for each language, and both programs are told that one.

``opis, known`` (with ``--warm``) is a second ingest of a scan whose record is there; ``opis,
read`` one into an empty archive with the pages read before in the page cache.
"""

import argparse
import importlib.util
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.corpus import KINDS, Corpus, Order, corpus
from benchmarks.measure import CommandError
from benchmarks.programs import PROGRAMS, Job, Run
from benchmarks.typist import MANNERS
from pipeline.cleaning.clean import clean
from pipeline.text_metrics import cer
from samples.facsimile import Faces

WARM = ("opis, known", "opis, read")
LOST = 0.5  #: a page with more errors than that is lost to a reader


@dataclass(frozen=True)
class Score:
    """How well the pages were read."""

    cer: float
    lost: int  #: pages


def main() -> None:
    """Run all programs for so many rounds on every corpus asked for, and print tables."""
    given = _given()
    if importlib.util.find_spec("ocrmypdf") is None:
        sys.exit("OCRmyPDF is not installed here: uv run --frozen --group bench python …")
    names = ["opis", *(WARM if given.warm else ()), "ocrmypdf"]
    names += ["tesseract"] if given.bare else []
    names += ["opis, library"] if given.library else []
    languages = given.languages
    own = given.told == "own"
    try:
        for group in [(language,) for language in languages] if own else [languages]:
            order = Order(group, given.kind, given.pages)
            _tell(f"corpus {given.corpus}/{order.name}.pdf (drawn first if it is not there)")
            made = corpus(order, given.corpus, given.fonts)
            told = "+".join(group) if own else given.told
            _show(made, told, _rounds(made, told, names, given.rounds))
    except (CommandError, FileNotFoundError) as error:
        sys.exit(str(error))


def _given() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--pages", type=_count, default=40, help="of each corpus")
    ask.add_argument("--kind", choices=KINDS, default="jpeg")
    ask.add_argument("--languages", type=_languages, default="rus+eng", help="of the pages")
    ask.add_argument("--told", default="rus+eng", help="languages the programs are told, or 'own'")
    ask.add_argument("--rounds", type=_count, default=2)
    ask.add_argument("--bare", action="store_true", help="run bare Tesseract too")
    ask.add_argument("--warm", action="store_true", help="ingest what Opis knows, too")
    ask.add_argument("--library", action="store_true", help="run Opis with tesserocr too")
    kept = Path(tempfile.gettempdir()) / "opis-corpus"
    ask.add_argument("--corpus", type=Path, default=kept, help="folder the scans are kept in")
    ask.add_argument("--fonts", type=lambda folder: Faces(Path(folder)), default=Faces())
    return ask.parse_args()


def _languages(text: str) -> tuple[str, ...]:
    """Read ``rus+eng``."""
    codes = tuple(text.split("+"))
    if not set(codes) <= MANNERS.keys():
        message = f"there are sentences in {' and '.join(MANNERS)} only"
        raise argparse.ArgumentTypeError(message)
    return codes


def _count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        message = "a number from 1 up"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _rounds(made: Corpus, told: str, names: list[str], count: int) -> dict[str, list[Run]]:
    """Let the programs take turns."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    job = Job(made.scan.absolute(), told, os.cpu_count() or 1)
    for turn in range(count):
        with tempfile.TemporaryDirectory(prefix="opis-bench-") as folder:
            for name in names:
                # What Opis keeps, its later runs need: they share a folder.
                own = Path(folder) / name.partition(",")[0]
                own.mkdir(exist_ok=True)
                run = PROGRAMS[name](job, own)
                runs[name].append(run)
                _tell(f"round {turn + 1} of {count}: {name} {run.cost.wall:.1f} s")
    return runs


def _show(made: Corpus, told: str, runs: dict[str, list[Run]]) -> None:
    """Print a table of medians, and the ratios of Opis to each peer."""
    count, rounds = len(made.pages), len(runs["opis"])
    clean_pages = tuple(clean(page).text for page in made.pages)
    out = sys.stdout.write
    out(f"\n{made.scan.stem}, told {told}: {count} pages, {os.cpu_count()} cores, ")
    out(f"medians of rounds: {rounds}\n")
    heads = ("wall s", "pages/s", "CPU s/page", "peak MB", "all cores", "CER", "lost", "CER clean")
    out(f"{'':12}" + "".join(f"{head:>11}" for head in heads) + "\n")
    for name, taken in runs.items():
        wall = median(run.cost.wall for run in taken)
        score = scored(made.pages, taken[-1].pages)
        cells = [
            f"{wall:.1f}",
            f"{count / wall:.2f}",
            f"{median(run.cost.cpu for run in taken) / count:.2f}",
            f"{median(run.cost.memory for run in taken) / 2**20:.0f}",
            f"{median(run.cost.full for run in taken):.0%}",
            f"{score.cer:.2%}",
            str(score.lost),
        ]
        if taken[-1].reading:
            cells.append(f"{scored(clean_pages, taken[-1].reading).cer:.2%}")
        out(f"{name:12}" + "".join(f"{cell:>11}" for cell in cells) + "\n")
    for name in list(runs)[1:]:
        ours, theirs = (name, "opis") if name in WARM else ("opis", name)
        out(f"{ours} / {theirs}: {_ratios(runs[ours], runs[theirs])}\n")


def _ratios(ours: list[Run], theirs: list[Run]) -> str:
    """Return what the first took of the second's; the two runs of one round are compared."""
    pairs = [(our.cost, their.cost) for our, their in zip(ours, theirs, strict=True)]
    ratios = {
        "wall": [our.wall / their.wall for our, their in pairs],
        "CPU": [our.cpu / their.cpu for our, their in pairs],
        "memory": [our.memory / max(their.memory, 1) for our, their in pairs],
    }
    return ", ".join(
        f"{what} {median(found):.2f} ({min(found):.2f} to {max(found):.2f})"
        for what, found in ratios.items()
    )


def scored(typed: tuple[str, ...], read: tuple[str, ...]) -> Score:
    r"""Compare page with page: one lost page cannot shift all that follow.

    >>> scored(("архив", "опись, дело"), ("орхив", ""))
    Score(cer=0.75, lost=1)
    """
    if len(typed) != len(read):
        message = f"{len(read)} pages were read of {len(typed)}: they cannot be compared."
        raise CommandError(message)
    rates = [cer(page, found) for page, found in zip(typed, read, strict=True)]
    # The pages are of composed letters: a character is a cluster.
    sizes = [len(" ".join(page.split())) for page in typed]
    edits = sum(rate * size for rate, size in zip(rates, sizes, strict=True))
    return Score(edits / sum(sizes), sum(rate > LOST for rate in rates))


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main()
