"""The reading child: ``python -m pipeline.workers.worker`` answers questions from standard input.

It leads a process group of its own, so that killing the group also ends its Tesseract; and it
does so itself when its parent is killed, for nobody wants the answer any more.
"""

import os
import resource
import signal
import sys
import threading
import time
from typing import BinaryIO

from pipeline.errors import OpisError, PageError, disk_trouble, is_of_machine
from pipeline.imaging.derivatives import write_pictures
from pipeline.imaging.inspect import inspect
from pipeline.imaging.page_image import embedded_text, page_colours, page_image
from pipeline.model import PageSource, Reading
from pipeline.ocr.components import Grey
from pipeline.ocr.engines import make_engine
from pipeline.ocr.page_reader import read_image
from pipeline.ocr.scratch_files import clear_scratch
from pipeline.searchable_pdf.compare import look
from pipeline.searchable_pdf.write import write_searchable
from pipeline.workers.protocol import (
    LAYER,
    QUESTION,
    REPLY,
    Answer,
    Compare,
    Extract,
    Failed,
    Inspect,
    Picture,
    Question,
    Recognize,
    Search,
)

_LOOK = 1.0  #: seconds between two looks whether the parent lives


class Desk:
    """The one place that keeps something between two questions: the page at hand."""

    def __init__(self) -> None:
        self._page: Grey | None = None

    def answer(self, question: Question) -> Answer:
        """Return the answer.

        Raises:
            OpisError: there is none, for a reason that a person understands.
        """
        match question:
            case Inspect():
                return Answer(facts=inspect(question.path, question.limits))
            case Extract():
                return Answer(source=self._extract(question))
            case Recognize():
                return Answer(reading=self._recognize(question))
            case Search():
                return self._search(question)
            case Compare():
                return Answer(look=look(question.searchable, question.original))
            case Picture():
                return self._draw(question)

    def _extract(self, ask: Extract) -> PageSource:
        self._page = None
        pixels, image = page_image(
            ask.path, ask.media_type, ask.number, ask.dpi, ask.max_pixels
        )  # fmt: skip
        self._page = pixels
        return PageSource(image, embedded_text(ask.path, ask.media_type, ask.number))

    def _search(self, ask: Search) -> Answer:
        with ask.pages.open("rb") as lines:
            layers = map(LAYER.validate_json, lines)
            write_searchable(ask.original, ask.media_type, layers, ask.target, ask.facts)
        return Answer()

    def _draw(self, ask: Picture) -> Answer:
        pixels, jpeg = page_colours(
            ask.path, ask.media_type, ask.number, ask.dpi, ask.max_pixels
        )  # fmt: skip
        write_pictures(pixels, ask.targets, jpeg)
        return Answer()

    def _recognize(self, ask: Recognize) -> Reading:
        if self._page is None:
            msg = "no page image is at hand"
            raise PageError(msg)
        engine = make_engine(ask.engine, ask.languages, ask.timeout)
        return read_image(self._page, engine, ask.recipe)


def serve(questions: BinaryIO, replies: BinaryIO) -> None:
    """Answer one question a line until there are no more."""
    desk = Desk()
    for line in questions:
        replies.write(REPLY.dump_json(_reply(desk, line)) + b"\n")
        replies.flush()


def _reply(desk: Desk, line: bytes) -> Answer | Failed:
    try:
        return desk.answer(QUESTION.validate_json(line))
    except OpisError as error:
        return Failed(type(error).__name__, str(error.args[0]))
    except MemoryError:
        return Failed("PageError", "there was not enough memory for it")
    except Exception as error:  # any decoder may raise anything on a broken file
        if is_of_machine(error):
            return Failed("MachineError", disk_trouble(error) or str(error))
        return Failed("PageError", f"{type(error).__name__}: {error}")


def _bound(memory: int) -> None:
    """Let this process, and what it starts, have so many bytes of address space."""
    if memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _end_with(parent: int) -> None:
    """End this process and its Tesseract when the parent is no more."""
    while os.getppid() == parent:
        time.sleep(_LOOK)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> None:
    """Keep the pipe to the parent clean of what libraries print."""
    _bound(int(sys.argv[1]))
    clear_scratch()
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
