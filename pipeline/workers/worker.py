"""The worker process: ``python -m pipeline.workers.worker`` answers requests on standard input.

It leads its own process group, so that killing the group also ends its Tesseract; it kills the
group itself when its parent has ended. Its arguments are its memory limit in bytes (0 for none) and
its parent's process number.
"""

import gc
import os
import resource
import sys
from typing import BinaryIO

from pipeline.errors import OpisError, PageError, disk_error_message, is_machine_error
from pipeline.imaging.derivatives import write_derivatives
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.page_file import write_page_file
from pipeline.imaging.page_image import (
    PagePixels,
    extract_display_image,
    extract_embedded_text,
    extract_page_image,
    pgm_digest,
)
from pipeline.model import PageReading, PageSource
from pipeline.ocr.engines import make_engine, make_second_engine
from pipeline.ocr.page_reader import read_page
from pipeline.searchable_pdf.compare import compare_pdfs
from pipeline.searchable_pdf.page_subset import write_page_subsets
from pipeline.searchable_pdf.write import write_searchable_pdf
from pipeline.workers.parent_watch import die_with_parent
from pipeline.workers.protocol import (
    LAYER_ADAPTER,
    REPLY_ADAPTER,
    REQUEST_ADAPTER,
    Answer,
    ComparePdfs,
    ExtractPage,
    Failure,
    InspectScan,
    RecognizePage,
    Request,
    TakePages,
    WriteDerivatives,
    WritePageFile,
    WriteSearchablePdf,
)


class WorkerService:
    """Answers requests; its only state between them is the page image extracted last."""

    def __init__(self) -> None:
        self._page: PagePixels | None = None

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request.

        Raises:
            OpisError: the request failed; the message is for users.
        """
        match request:
            case InspectScan():
                return Answer(facts=inspect_scan(request.path, request.limits))
            case ExtractPage():
                return Answer(source=self._extract_page(request))
            case RecognizePage():
                return Answer(reading=self._recognize_page(request))
            case ComparePdfs():
                return Answer(comparison=compare_pdfs(request.searchable, request.original))
            case WriteSearchablePdf() | WriteDerivatives() | TakePages() | WritePageFile():
                _write_files(request)
                return Answer()

    def _extract_page(self, request: ExtractPage) -> PageSource:
        self._page = None
        page = extract_page_image(
            request.path, request.media_type, request.number, request.dpi, request.max_pixels
        )
        self._page = page
        return PageSource(
            page.image,
            extract_embedded_text(request.path, request.media_type, request.number),
            "" if page.writing is None else pgm_digest(page.writing.pixels),
        )

    def _recognize_page(self, request: RecognizePage) -> PageReading:
        if self._page is None:
            msg = "no page image is at hand"
            raise PageError(msg)
        engine = make_engine(request.engine, request.languages, request.timeout)
        second_engine = make_second_engine(request.engine, request.timeout)
        return read_page(self._page, engine, request.recipe, second_engine)


def _write_files(
    request: WriteSearchablePdf | WriteDerivatives | TakePages | WritePageFile,
) -> None:
    match request:
        case WriteSearchablePdf():
            with request.pages.open("rb") as lines:
                layers = map(LAYER_ADAPTER.validate_json, lines)
                write_searchable_pdf(
                    request.original, request.media_type, layers, request.target, request.facts
                )
        case WriteDerivatives():
            pixels, jpeg = extract_display_image(
                request.path, request.media_type, request.number, request.dpi, request.max_pixels
            )
            write_derivatives(pixels, request.targets, jpeg)
        case TakePages():
            write_page_subsets(request.path, request.media_type, request.subsets)
        case WritePageFile():
            dpi = round(max(request.image.dpi_x, request.image.dpi_y))
            pixels, jpeg = extract_display_image(
                request.path, request.media_type, request.number, dpi, request.max_pixels
            )
            write_page_file(pixels, jpeg, request.image, request.target)


def serve_requests(requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer requests, one line of JSON each, until the end of the input."""
    service = WorkerService()
    for line in requests:
        replies.write(REPLY_ADAPTER.dump_json(_reply_to(service, line)) + b"\n")
        replies.flush()


def _reply_to(service: WorkerService, line: bytes) -> Answer | Failure:
    try:
        return service.answer(REQUEST_ADAPTER.validate_json(line))
    except OpisError as error:
        return Failure(type(error).__name__, str(error.args[0]))
    except MemoryError:
        return Failure("PageError", "there was not enough memory for it")
    except Exception as error:  # any decoder may raise anything on a broken file
        if is_machine_error(error):
            return Failure("MachineError", disk_error_message(error) or str(error))
        return Failure("PageError", f"{type(error).__name__}: {error}")


def _limit_memory(memory: int) -> None:
    """Limit the address space of this process and its children, in bytes each; 0 for no limit."""
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> None:
    """Serve the parent; libraries' output to standard output goes to standard error."""
    gc.freeze()  # the imported modules stay to the end
    gc.enable()
    _limit_memory(int(sys.argv[1]))
    die_with_parent(int(sys.argv[2]))
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve_requests(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
