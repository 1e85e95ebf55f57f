"""What is kept of each page until all are read, and the cleaning of all pages together.

Running heads, leaf numbers and words that go on over a page end show only over several pages; so
no page is cleaned before the last is read. A draft holds no word and no box, and stays small.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import CleanText
from pipeline.cleaning.pageends import join_page_ends
from pipeline.layout.across import Margins, across, margins
from pipeline.layout.page import lay_out
from pipeline.model import PageState
from pipeline.reading.upright import upright
from pipeline.text import PageText, Role
from pipeline.values import ReadPage

DOUBTFUL_WORD = 0.6  #: confidence 0..1; under it a word is counted as doubtful
_UNREAD = frozenset([PageState.TIMEOUT, PageState.ERROR])


@dataclass(frozen=True, slots=True)
class Draft:
    """A page that was read and laid out."""

    page: ReadPage  #: its words let go
    leaf: str | None  #: the label that the archive gave it
    raw: str
    margins: Margins
    words: int
    doubtful: int  #: of the words
    confidence: float | None  #: mean of the words, 0..1


def draft_of(page: ReadPage, leaf: str | None) -> Draft:
    """Return what is kept of a page."""
    text, image = page.reading.text, None if page.source is None else page.source.image
    lying = upright(page.reading, image)
    size = (lying.width, lying.height)
    return Draft(
        page=replace(page, reading=replace(page.reading, text=PageText())),
        leaf=leaf,
        raw=text.raw,
        margins=margins(lay_out(lying.text, size, leaf), size),
        words=sum(1 for _ in text.words()),
        doubtful=sum(word.confidence < DOUBTFUL_WORD for word in text.words()),
        confidence=text.confidence,
    )


def cleaned(drafts: Sequence[Draft]) -> tuple[list[tuple[Role, ...]], list[CleanText]]:
    """Return the roles of the lines of each page, and its reading text."""
    roles = across([draft.margins for draft in drafts])
    texts = [clean(draft.raw, said) for draft, said in zip(drafts, roles, strict=True)]
    unread = {place for place, d in enumerate(drafts) if d.page.reading.state in _UNREAD}
    return roles, join_page_ends(texts, roles, unread)
