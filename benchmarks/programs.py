"""The compared programs: each reads one scan and returns the text of every page."""

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
    """The input of every program."""

    scan: Path
    codes: str  #: Tesseract's language codes, joined by ``+``
    cores: int


@dataclass(frozen=True)
class Run:
    """One run of one program: its cost and its text, page by page."""

    cost: Cost
    pages: tuple[str, ...]
    reading: tuple[str, ...] = ()  #: the cleaned text, if the program makes one


def opis(job: Job, folder: Path) -> Run:
    """Run all of Opis without Prefect: record, ALTO, searchable PDF, bag, catalogue."""
    return _run_opis(job, folder, folder / "out")


def library(job: Job, folder: Path) -> Run:
    """Run Opis with Tesseract as a library; its recognitions are no processes, so not counted."""
    return _run_opis(job, folder, folder / "library", {"OPIS_ENGINE": "tesserocr"})


def again(job: Job, folder: Path) -> Run:
    """Run Opis again after ``opis``: the scan is known and has its record."""
    return _run_opis(job, folder, folder / "out")


def kept(job: Job, folder: Path) -> Run:
    """Run Opis after ``opis`` into a new archive with the old page cache: no recognition."""
    fresh = folder / "fresh"
    fresh.mkdir()
    (folder / "out" / ".opis").rename(fresh / ".opis")
    return _run_opis(job, folder, fresh)


def ocrmypdf(job: Job, folder: Path) -> Run:
    """Run OCRmyPDF without conversion to PDF/A, which Opis does not do either."""
    command = (
        BIN / "ocrmypdf", "-l", job.codes, "--jobs", job.cores, "--output-type", "pdf",
        "--sidecar", folder / "text.txt", job.scan, folder / "out.pdf",
    )  # fmt: skip
    cost = measured(command, folder, job.cores)
    return Run(cost, tuple((folder / "text.txt").read_text("utf-8").split("\f")))


def tesseract(job: Job, folder: Path) -> Run:
    """Run bare Tesseract on the scan's page images, for text only, one process per core."""
    names = _extract_images(job.scan, folder)
    (folder / "names.txt").write_text("\n".join(names))
    command = (
        "xargs", "-a", "names.txt", "-P", job.cores, "-I{}",
        "tesseract", "{}", "{}", "-l", job.codes,
    )  # fmt: skip
    cost = measured(command, folder, job.cores, {"OMP_THREAD_LIMIT": "1"})
    return Run(cost, tuple((folder / f"{name}.txt").read_text("utf-8") for name in names))


PROGRAMS: dict[str, Callable[[Job, Path], Run]] = {
    "opis": opis,
    "opis, library": library,
    "opis, known": again,
    "opis, read": kept,
    "ocrmypdf": ocrmypdf,
    "tesseract": tesseract,
}


def _run_opis(
    job: Job, folder: Path, output: Path, environ: Mapping[str, str] | None = None
) -> Run:
    command = (
        BIN / "opis", "ingest", "--direct", "--inbox", folder / "inbox", "--output", output,
        "--languages", job.codes, "--jobs", job.cores, job.scan,
    )  # fmt: skip
    cost = measured(command, folder, job.cores, {"OPIS_SETTLE_SECONDS": "0", **(environ or {})})
    record = json.loads(next(output.rglob("record.json")).read_text("utf-8"))
    raw = tuple(page["raw_text"] for page in record["pages"])
    return Run(cost, raw, tuple(page["reading_text"] for page in record["pages"]))


def _extract_images(scan: Path, folder: Path) -> list[str]:
    """Extract the page images unchanged and return their names; this is not measured."""
    names = []
    with pikepdf.open(scan) as pdf:
        for number, page in enumerate(pdf.pages):
            (stream,) = page.images.values()
            image = pikepdf.PdfImage(cast("pikepdf.Stream", stream))
            names.append(Path(image.extract_to(fileprefix=str(folder / f"{number:04}"))).name)
    return names
