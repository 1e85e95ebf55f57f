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
from pipeline.searchable_pdf.compare import Look, look
from pipeline.searchable_pdf.write import LayerPage, PdfFacts, write_searchable
from pipeline.settings import Settings
from pipeline.workers.pool import Readers
from pipeline.workers.protocol import LAYER, Answer, Compare, Search

_FULL = os.strerror(errno.ENOSPC)
_A_PAGE = 2.0  #: seconds that a page may take; 0.02 were measured

Write = Callable[[Path, str, Iterable[LayerPage], Path, PdfFacts], None]
Seen = Callable[[Path, Path | None], Look]


@dataclass(frozen=True, slots=True)
class Pdfs:
    """Writes ``searchable.pdf`` and looks at it."""

    write: Write
    look: Seen


HERE = Pdfs(write_searchable, look)  #: in this process: for what is trusted


def in_children(readers: Readers, settings: Settings) -> Pdfs:
    """Return who does it in a reading child, within the time that its pages may take."""

    def ask(question: Search | Compare, name: str, pages: int) -> Answer:
        try:
            return readers.ask(question, settings.page_timeout + _A_PAGE * pages)
        except PageError as error:
            if _FULL in str(error):  # qpdf ends the process when it cannot write
                raise OSError(errno.ENOSPC, _FULL, name) from error
            msg = f"{name} can be read, but no searchable PDF can be made of it: {error}."
            raise BrokenScanError(msg) from error

    def write(
        original: Path, media_type: str, pages: Iterable[LayerPage], target: Path, facts: PdfFacts
    ) -> None:
        with NamedTemporaryFile(prefix=".layers-", dir=target.parent, suffix=".jsonl") as file:
            count = sum(1 for page in pages if file.write(LAYER.dump_json(page) + b"\n"))
            file.flush()
            question = Search(original, media_type, Path(file.name), target, facts)
            ask(question, original.name, count)

    def seen(searchable: Path, original: Path | None) -> Look:
        name = (original or searchable).name
        found = ask(Compare(searchable, original), name, settings.max_pages).look
        return found or Look(0, (), (), "the child did not say")

    return Pdfs(write, seen)
