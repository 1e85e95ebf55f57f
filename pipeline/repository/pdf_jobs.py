"""PDF work for a version, in this process or in a worker, because scans are not trusted.

A scan on which a library crashes, hangs or exhausts the memory costs only its worker.
"""

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from pipeline.errors import BrokenScanError, PageError
from pipeline.searchable_pdf.compare import PdfComparison, compare_pdfs
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import LAYER_ADAPTER, Answer, ComparePdfs, WriteSearchablePdf

_DISK_FULL = os.strerror(errno.ENOSPC)
_SECONDS_PER_PAGE = 2.0  #: seconds allowed for a page; 0.02 were measured

PdfWriter = Callable[[Path, str, Iterable[LayerPage], Path, PdfMetadata], None]
PdfComparer = Callable[[Path, Path | None], PdfComparison]


@dataclass(frozen=True, slots=True)
class PdfJobs:
    """The functions that write ``searchable.pdf`` and compare it with the scan."""

    write: PdfWriter
    compare: PdfComparer


#: in this process, for trusted scans
PDF_JOBS_IN_PROCESS = PdfJobs(write_searchable_pdf, compare_pdfs)


def pdf_jobs_in_workers(workers: WorkerPool, settings: Settings) -> PdfJobs:
    """Return PDF jobs that run in a worker, within a time that grows with the number of pages.

    Its functions raise BrokenScanError if the worker fails, OSError if the disk is full.
    """

    def ask_worker(ask: Callable[[float], Answer], name: str, pages: int) -> Answer:
        try:
            return ask(settings.page_timeout + _SECONDS_PER_PAGE * pages)
        except PageError as error:
            if _DISK_FULL in str(error):  # qpdf ends the process when it cannot write
                raise OSError(errno.ENOSPC, _DISK_FULL, name) from error
            msg = f"{name} can be read, but no searchable PDF can be made of it: {error}."
            raise BrokenScanError(msg) from error

    def write_in_worker(
        original: Path,
        media_type: str,
        pages: Iterable[LayerPage],
        target: Path,
        metadata: PdfMetadata,
    ) -> None:
        with NamedTemporaryFile(prefix=".layers-", dir=target.parent, suffix=".jsonl") as file:
            count = sum(1 for page in pages if file.write(LAYER_ADAPTER.dump_json(page) + b"\n"))
            file.flush()
            layers, name = Path(file.name), target.name
            ask = partial(
                workers.ask_for_files,
                lambda to: WriteSearchablePdf(original, media_type, layers, to / name, metadata),
                {name: target},
            )
            ask_worker(ask, original.name, count)

    def compare_in_worker(searchable: Path, original: Path | None) -> PdfComparison:
        name = (original or searchable).name
        ask = partial(workers.ask, ComparePdfs(searchable, original))
        answer = ask_worker(ask, name, settings.max_pages)
        return answer.comparison or PdfComparison(0, (), (), "the worker gave no comparison")

    return PdfJobs(write_in_worker, compare_in_worker)
