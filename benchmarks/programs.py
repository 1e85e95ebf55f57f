"""The programs that are compared: each reads one scan and gives back what is on every page."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pikepdf

from benchmarks.measure import Cost, measured

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Job:
    """The same for every program."""

    scan: Path
    told: str  #: languages, as Tesseract names them
    cores: int


@dataclass(frozen=True)
class Run:
    """One run of one program: what it took and what it read, page for page."""

    cost: Cost
    pages: tuple[str, ...]
    reading: tuple[str, ...] = ()  #: the cleaned text, where the program makes one


def opis(job: Job, folder: Path) -> Run:
    """All of Opis without Prefect: record, ALTO, searchable PDF, bag, catalogue."""
    return _opis(job, folder, folder / "out")


def library(job: Job, folder: Path) -> Run:
    """The same with Tesseract as a library; its recognitions are no processes to be counted."""
    return _opis(job, folder, folder / "library", {"OPIS_ENGINE": "tesserocr"})


def again(job: Job, folder: Path) -> Run:
    """Opis once more after ``opis``: the scan is known and its record is there."""
    return _opis(job, folder, folder / "out")


def kept(job: Job, folder: Path) -> Run:
    """Opis after ``opis`` into a new archive with the old page cache: all but the recognition."""
    fresh = folder / "fresh"
    fresh.mkdir()
    (folder / "out" / ".opis").rename(fresh / ".opis")
    return _opis(job, folder, fresh)


def ocrmypdf(job: Job, folder: Path) -> Run:
    """OCRmyPDF without conversion to PDF/A, which Opis does not do either."""
    words = (
        BIN / "ocrmypdf", "-l", job.told, "--jobs", job.cores, "--output-type", "pdf",
        "--sidecar", folder / "text.txt", job.scan, folder / "out.pdf",
    )  # fmt: skip
    cost = measured(words, folder, job.cores)
    return Run(cost, tuple((folder / "text.txt").read_text("utf-8").split("\f")))


def tesseract(job: Job, folder: Path) -> Run:
    """Bare Tesseract on the scan's page images, text alone, a process a core."""
    names = _images(job.scan, folder)
    (folder / "names.txt").write_text("\n".join(names))
    words = (
        "xargs", "-a", "names.txt", "-P", job.cores, "-I{}",
        "tesseract", "{}", "{}", "-l", job.told,
    )  # fmt: skip
    cost = measured(words, folder, job.cores, {"OMP_THREAD_LIMIT": "1"})
    return Run(cost, tuple((folder / f"{name}.txt").read_text("utf-8") for name in names))


PROGRAMS: dict[str, Callable[[Job, Path], Run]] = {
    "opis": opis,
    "opis, library": library,
    "opis, known": again,
    "opis, read": kept,
    "ocrmypdf": ocrmypdf,
    "tesseract": tesseract,
}


def _opis(job: Job, folder: Path, output: Path, environ: Mapping[str, str] | None = None) -> Run:
    words = (
        BIN / "opis", "ingest", "--direct", "--inbox", folder / "inbox", "--output", output,
        "--languages", job.told, "--jobs", job.cores, job.scan,
    )  # fmt: skip
    cost = measured(words, folder, job.cores, {"OPIS_SETTLE_SECONDS": "0", **(environ or {})})
    record = json.loads(next(output.rglob("record.json")).read_text("utf-8"))
    raw = tuple(page["raw_text"] for page in record["pages"])
    return Run(cost, raw, tuple(page["reading_text"] for page in record["pages"]))


def _images(scan: Path, folder: Path) -> list[str]:
    """Take the page images out of the scan, as they are; this is not measured."""
    names = []
    with pikepdf.open(scan) as pdf:
        for number, page in enumerate(pdf.pages):
            (found,) = page.images.values()
            image = pikepdf.PdfImage(cast("pikepdf.Stream", found))
            names.append(Path(image.extract_to(fileprefix=str(folder / f"{number:04}"))).name)
    return names
