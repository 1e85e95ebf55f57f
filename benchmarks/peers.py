"""Opis beside OCRmyPDF and bare Tesseract, on the same scans, in one run.

    make bench
    uv run --group bench python benchmarks/peers.py --rounds 3 --copies 5 [SCAN.pdf …]

Every program reads with the same languages on the same number of cores, one after the other, so
that a noisy machine treats them alike: believe the ratios, not the seconds. Copies of a page get
grain of their own, because Opis would not read the same image twice.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import img2pdf
import numpy as np
from PIL import Image

from pipeline.intake import inspect
from pipeline.model import Limits
from pipeline.pages import page_image
from pipeline.quality import cer

ROOT = Path(__file__).resolve().parent.parent
LETTER = ROOT / "samples" / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """What one run of one program took, and what it read."""

    wall: float  #: seconds
    cpu: float  #: seconds, of the program and its children
    text: str


@dataclass(frozen=True)
class Job:
    """The same for every program."""

    scan: Path
    images: tuple[Path, ...]
    languages: str
    cores: int


def main() -> None:
    """Run all programs for so many rounds and print a table."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("scans", nargs="*", type=Path, default=[LETTER])
    ask.add_argument("--languages", default="rus+eng")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--copies", type=int, default=2, help="of each scan's pages")
    given = ask.parse_args()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="opis-bench-") as folder:
        job = _job(Path(folder), given.scans, given.copies, given.languages, cores)
        costs: dict[str, list[Cost]] = {name: [] for name in PROGRAMS}
        for _ in range(given.rounds):
            for name, program in PROGRAMS.items():
                costs[name].append(_timed(program, job))
    _print(costs, len(job.images), _transcription(given.scans) * given.copies)


def _job(folder: Path, scans: list[Path], copies: int, languages: str, cores: int) -> Job:
    """Write the page images, and one PDF of them all."""
    images: list[Path] = []
    for copy in range(copies):
        for scan in scans:
            facts = inspect(scan, Limits())
            for number in range(1, facts.page_count + 1):
                pixels, _ = page_image(scan, facts.media_type, number, 300, 10**9)
                grain = np.random.default_rng([copy, number]).normal(0, 1, pixels.shape)
                image = Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))
                images.append(folder / f"{len(images):04d}.jpg")
                image.save(images[-1], quality=75, dpi=(300, 300))
    scan = folder / "scan.pdf"
    scan.write_bytes(img2pdf.convert(images, engine=img2pdf.Engine.internal))
    return Job(scan, tuple(images), languages, cores)


def _timed(program: Callable[[Job, Path], str], job: Job) -> Cost:
    with tempfile.TemporaryDirectory(prefix="opis-bench-") as folder:
        begun, before = time.monotonic(), _children()
        text = program(job, Path(folder))
        return Cost(time.monotonic() - begun, _children() - before, text)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _run(*words: object, **environ: str) -> str:
    done = subprocess.run(
        [str(word) for word in words], env=os.environ | environ, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        sys.exit(f"{words[0]} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def opis(job: Job, folder: Path) -> str:
    """All of Opis without Prefect: record, ALTO, searchable PDF, bag, catalogue."""
    _run(
        BIN / "opis", "ingest", "--direct", "--inbox", folder / "inbox", "--output", folder / "out",
        "--languages", job.languages, "--jobs", job.cores, job.scan, OPIS_SETTLE_SECONDS="0",
    )  # fmt: skip
    return next((folder / "out").rglob("text.txt")).read_text("utf-8")


def ocrmypdf(job: Job, folder: Path) -> str:
    """OCRmyPDF without conversion to PDF/A, which Opis does not do either."""
    _run(
        BIN / "ocrmypdf", "-l", job.languages, "--jobs", job.cores, "--output-type", "pdf",
        "--sidecar", folder / "text.txt", job.scan, folder / "out.pdf",
    )  # fmt: skip
    return (folder / "text.txt").read_text("utf-8")


def tesseract(job: Job, folder: Path) -> str:
    """Bare Tesseract on the page images, text alone, a process a core."""
    script = 'tesseract "$0" "$1/$(basename "$0")" -l "$2" >/dev/null 2>&1'
    names = "\n".join(map(str, job.images))
    words: list[str | Path] = [
        "xargs",
        "-P",
        str(job.cores),
        "-I{}",
        "sh",
        "-c",
        script,
        "{}",
        folder,
        job.languages,
    ]
    subprocess.run(
        words, input=names, text=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"}
    )
    return "\f".join((folder / f"{image.name}.txt").read_text("utf-8") for image in job.images)


PROGRAMS: dict[str, Callable[[Job, Path], str]] = {
    "opis": opis,
    "ocrmypdf": ocrmypdf,
    "tesseract": tesseract,
}


def _transcription(scans: list[Path]) -> str:
    paths = [scan.with_suffix(".gt.txt") for scan in scans]
    if not all(path.is_file() for path in paths):
        return ""
    return "\f".join(path.read_text("utf-8") for path in paths) + "\f"


def _print(costs: dict[str, list[Cost]], pages: int, transcription: str) -> None:
    out = sys.stdout.write
    ours = costs["opis"]
    out(f"{pages} pages, {len(ours)} rounds; medians; ratios are of the same round, Opis = 1\n")
    heads = ("", "wall s", "pages/s", "CPU s", "wall ratio", "CPU ratio", "CER")
    out("{:12}{:>8}{:>9}{:>8}{:>12}{:>11}{:>8}\n".format(*heads))
    for name, runs in costs.items():
        wall = median(run.wall for run in runs)
        ratio = median(run.wall / our.wall for run, our in zip(runs, ours, strict=True))
        cpu = median(run.cpu / our.cpu for run, our in zip(runs, ours, strict=True))
        error = f"{cer(transcription, runs[-1].text):.2%}" if transcription else ""
        out(f"{name:12}{wall:8.1f}{pages / wall:9.2f}{median(run.cpu for run in runs):8.1f}")
        out(f"{ratio:12.2f}{cpu:11.2f}{error:>8}\n")


if __name__ == "__main__":
    main()
