"""The reading child: ``python -m pipeline.reading.child`` answers questions from standard input.

It leads a process group of its own, so that killing the group also ends its Tesseract.
"""

import os
import sys
from typing import BinaryIO

from pipeline.errors import OpisError, PageError
from pipeline.intake import inspect
from pipeline.model import PageSource, Reading
from pipeline.pages import embedded_text, page_image
from pipeline.reading.engines import make_engine
from pipeline.reading.marks import Grey
from pipeline.reading.messages import QUESTION, REPLY, Answer, Extract, Failed, Inspect, Recognize
from pipeline.reading.page import read_image


class Desk:
    """The one place that keeps something between two questions: the page at hand."""

    def __init__(self) -> None:
        self._page: Grey | None = None

    def answer(self, question: Inspect | Extract | Recognize) -> Answer:
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

    def _extract(self, ask: Extract) -> PageSource:
        self._page = None
        pixels, image = page_image(
            ask.path, ask.media_type, ask.number, ask.dpi, ask.max_pixels
        )  # fmt: skip
        self._page = pixels
        return PageSource(image, embedded_text(ask.path, ask.media_type, ask.number))

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
        return Failed("PageError", f"{type(error).__name__}: {error}")


def main() -> None:
    """Keep the pipe to the parent clean of what libraries print."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
