"""Proposes the documents in a scan: the record of the whole, cut at blank and separator leaves.

A proposal is for the archivist to correct: nothing is divided by it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from pipeline.model import PageState
from pipeline.record.record import Record, RecordPage

_SEPARATOR_WORDS = 5  #: a sheet between documents has at most so many words
_FIRST_WORDS = 10  #: of a document, that are shown


@dataclass(frozen=True, slots=True)
class ProposedDocument:
    """Pages between two cuts."""

    first: int  #: page, from 1
    last: int
    words: str  #: its first ones

    def __str__(self) -> str:
        """Return an item of ``documents`` in a sidecar."""
        pages = f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        return f"- pages: {pages} # {self.words}"


def propose_documents(record: Record) -> Iterator[ProposedDocument]:
    """Yield the runs of pages of a record between blank and separator leaves."""
    for is_between, run in groupby(record.pages, _is_between_documents):
        if not is_between:
            pages = list(run)
            words = pages[0].reading_text.split()[:_FIRST_WORDS]
            yield ProposedDocument(pages[0].number, pages[-1].number, " ".join(words))


def _is_between_documents(page: RecordPage) -> bool:
    """Return whether a page is blank or a separator; one that could not be read is neither."""
    is_read = page.state in {PageState.OK, PageState.BLANK}
    return is_read and page.words <= _SEPARATOR_WORDS
