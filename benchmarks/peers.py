"""Compares Opis with OCRmyPDF, and optionally bare Tesseract, on the same made-up scans.

    make bench
    uv run --group dev --group bench python benchmarks/peers.py --pages 4 --kind g4 --codes own

The programs alternate, A B A B, with the same languages and the same cores, so that a noisy machine
treats them alike: believe the ratios, not the seconds. With ``--codes own`` there is a corpus for
each language, and both programs read in that language alone.

``opis, known`` (with ``--warm``) is a second ingest of a scan that has its record; ``opis, read``
is one into an empty archive, with a page cache that has all pages.
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
LOST = 0.5  #: CER above which a page counts as lost to a reader


@dataclass(frozen=True)
class Score:
    """The errors of the pages."""

    cer: float
    lost: int  #: pages


def main() -> None:
    """Run all programs on every requested corpus, and print tables."""
    options = _parse_options()
    if importlib.util.find_spec("ocrmypdf") is None:
        sys.exit(
            "OCRmyPDF is not installed here: uv run --frozen --group dev --group bench python …"
        )
    names = ["opis", *(WARM if options.warm else ()), "ocrmypdf"]
    names += ["tesseract"] if options.bare else []
    names += ["opis, library"] if options.library else []
    languages = options.languages
    separately = options.codes == "own"
    try:
        for group in [(language,) for language in languages] if separately else [languages]:
            order = Order(group, options.kind, options.pages)
            _print_progress(
                f"corpus {options.corpus}/{order.name}.pdf (drawn first if it is not there)"
            )
            scans = corpus(order, options.corpus, options.fonts)
            codes = "+".join(group) if separately else options.codes
            _print_table(scans, codes, _run_rounds(scans, codes, names, options.rounds))
    except (CommandError, FileNotFoundError) as error:
        sys.exit(str(error))


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=_parse_count, default=40, help="of each corpus")
    parser.add_argument("--kind", choices=KINDS, default="jpeg")
    parser.add_argument(
        "--languages", type=_parse_languages, default="rus+eng", help="of the pages"
    )
    parser.add_argument("--codes", default="rus+eng", help="languages to read in, or 'own'")
    parser.add_argument("--rounds", type=_parse_count, default=2)
    parser.add_argument("--bare", action="store_true", help="run bare Tesseract too")
    parser.add_argument("--warm", action="store_true", help="also ingest scans that Opis knows")
    parser.add_argument("--library", action="store_true", help="run Opis with tesserocr too")
    default_folder = Path(tempfile.gettempdir()) / "opis-corpus"
    parser.add_argument("--corpus", type=Path, default=default_folder, help="folder of the scans")
    parser.add_argument("--fonts", type=lambda folder: Faces(Path(folder)), default=Faces())
    return parser.parse_args()


def _parse_languages(text: str) -> tuple[str, ...]:
    """Return the codes of ``rus+eng``."""
    codes = tuple(text.split("+"))
    if not set(codes) <= MANNERS.keys():
        message = f"there are sentences in {' and '.join(MANNERS)} only"
        raise argparse.ArgumentTypeError(message)
    return codes


def _parse_count(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        message = "a number from 1 up"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _run_rounds(
    scans: Corpus, languages: str, names: list[str], count: int
) -> dict[str, list[Run]]:
    """Return the runs of each program; the programs alternate."""
    runs: dict[str, list[Run]] = {name: [] for name in names}
    job = Job(scans.scan.absolute(), languages, os.cpu_count() or 1)
    for number in range(count):
        with tempfile.TemporaryDirectory(prefix="opis-bench-") as folder:
            for name in names:
                # Later runs of Opis need the output of the first: they share a folder.
                program_folder = Path(folder) / name.partition(",")[0]
                program_folder.mkdir(exist_ok=True)
                run = PROGRAMS[name](job, program_folder)
                runs[name].append(run)
                _print_progress(f"round {number + 1} of {count}: {name} {run.cost.wall:.1f} s")
    return runs


def _print_table(scans: Corpus, languages: str, runs: dict[str, list[Run]]) -> None:
    """Print a table of medians, and the ratios of Opis to each peer."""
    count, rounds = len(scans.pages), len(runs["opis"])
    clean_pages = tuple(clean(page).text for page in scans.pages)
    out = sys.stdout.write
    out(f"\n{scans.scan.stem}, languages {languages}: {count} pages, {os.cpu_count()} cores, ")
    out(f"medians of rounds: {rounds}\n")
    heads = ("wall s", "pages/s", "CPU s/page", "peak MB", "all cores", "CER", "lost", "CER clean")
    out(f"{'':12}" + "".join(f"{head:>11}" for head in heads) + "\n")
    for name, results in runs.items():
        wall = median(run.cost.wall for run in results)
        score = scored(scans.pages, results[-1].pages)
        cells = [
            f"{wall:.1f}",
            f"{count / wall:.2f}",
            f"{median(run.cost.cpu for run in results) / count:.2f}",
            f"{median(run.cost.memory for run in results) / 2**20:.0f}",
            f"{median(run.cost.full for run in results):.0%}",
            f"{score.cer:.2%}",
            str(score.lost),
        ]
        if results[-1].reading:
            cells.append(f"{scored(clean_pages, results[-1].reading).cer:.2%}")
        out(f"{name:12}" + "".join(f"{cell:>11}" for cell in cells) + "\n")
    for name in list(runs)[1:]:
        ours, theirs = (name, "opis") if name in WARM else ("opis", name)
        out(f"{ours} / {theirs}: {_format_ratios(runs[ours], runs[theirs])}\n")


def _format_ratios(ours: list[Run], theirs: list[Run]) -> str:
    """Return the ratios of our costs to theirs, round by round: median, least and greatest."""
    pairs = [(our.cost, their.cost) for our, their in zip(ours, theirs, strict=True)]
    ratios = {
        "wall": [our.wall / their.wall for our, their in pairs],
        "CPU": [our.cpu / their.cpu for our, their in pairs],
        "memory": [our.memory / max(their.memory, 1) for our, their in pairs],
    }
    return ", ".join(
        f"{name} {median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
        for name, values in ratios.items()
    )


def scored(typed: tuple[str, ...], read: tuple[str, ...]) -> Score:
    r"""Return the errors, page by page, so that one lost page does not shift the next ones.

    >>> scored(("архив", "опись, дело"), ("орхив", ""))
    Score(cer=0.75, lost=1)
    """
    if len(typed) != len(read):
        message = f"{len(read)} pages were read of {len(typed)}: they cannot be compared."
        raise CommandError(message)
    rates = [cer(page, text) for page, text in zip(typed, read, strict=True)]
    # The pages have composed letters only: a character is a grapheme cluster.
    sizes = [len(" ".join(page.split())) for page in typed]
    edits = sum(rate * size for rate, size in zip(rates, sizes, strict=True))
    return Score(edits / sum(sizes), sum(rate > LOST for rate in rates))


def _print_progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
