"""Who touches PDFs when a version is published: a reading child, for a scan is not to be trusted.

A scan over which a library crashes, hangs or eats all memory costs its own child and no other.
"""

import errno
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from pipeline.errors import BrokenScanError, PageError
from pipeline.searchable_pdf.compare import PdfComparison, compare_pdfs
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata, write_searchable_pdf
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import LAYER_ADAPTER, Answer, ComparePdfs, WriteSearchablePdf

_DISK_FULL = os.strerror(errno.ENOSPC)
_SECONDS_PER_PAGE = 2.0  #: seconds that a page may take; 0.02 were measured

PdfWriter = Callable[[Path, str, Iterable[LayerPage], Path, PdfMetadata], None]
PdfComparer = Callable[[Path, Path | None], PdfComparison]


@dataclass(frozen=True, slots=True)
class PdfJobs:
    """Writes ``searchable.pdf`` and looks at it."""

    write: PdfWriter
    compare: PdfComparer


IN_PROCESS = PdfJobs(write_searchable_pdf, compare_pdfs)  #: in this process: for what is trusted


def in_workers(workers: WorkerPool, settings: Settings) -> PdfJobs:
    """Return who does it in a reading child, within the time that its pages may take."""

    def ask_worker(question: WriteSearchablePdf | ComparePdfs, name: str, pages: int) -> Answer:
        try:
            return workers.ask(question, settings.page_timeout + _SECONDS_PER_PAGE * pages)
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
            question = WriteSearchablePdf(original, media_type, Path(file.name), target, metadata)
            ask_worker(question, original.name, count)

    def compare_in_worker(searchable: Path, original: Path | None) -> PdfComparison:
        name = (original or searchable).name
        found = ask_worker(ComparePdfs(searchable, original), name, settings.max_pages).comparison
        return found or PdfComparison(0, (), (), "the child did not say")

    return PdfJobs(write_in_worker, compare_in_worker)
