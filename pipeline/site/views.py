"""What the templates of the site are given: small values, everything decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.citation.cited import cited
from pipeline.citation.dates import in_english
from pipeline.citation.styles import Manner, in_words
from pipeline.exports.alto import read_blocks
from pipeline.holdings.entries import Card
from pipeline.record import Record, RecordPage
from pipeline.text import Box, Line

DOUBTFUL = 0.6  #: a word below this confidence is marked
WIDTHS = (400, 800, 1600)  #: pixels of the pictures of a page
_MANNERS = {
    "Chicago": Manner.CHICAGO, "Wilson Center": Manner.WILSON, "ГОСТ": Manner.GOST,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordView:
    """A word and its place on the picture, in per cent of its sides."""

    text: str
    doubtful: bool
    place: str  #: left, top, width, height


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the engine read it."""

    number: int  #: on its page, from 1
    words: tuple[WordView, ...]
    place: str


@dataclass(frozen=True, slots=True)
class LeafView:
    """A page: its picture, its lines, and where it leads."""

    number: int  #: of the page, from 1
    label: str  #: the archive's, or the page's number in brackets
    name: str  #: of its folder in the site
    state: str
    detail: str
    width: int  #: of the page image, in pixels; 0 where there is none
    height: int
    widths: tuple[int, ...]  #: of its pictures
    lines: tuple[LineView, ...]
    paragraphs: tuple[str, ...]
    citations: tuple[tuple[str, str], ...]  #: style and citation


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as the site shows it."""

    record: Record
    card: Card
    leaves: tuple[LeafView, ...]
    rungs: tuple[tuple[str, str], ...]  #: of the archive's ladder: folder below /archives, and name
    date: str
    facts: tuple[tuple[str, str], ...]
    citations: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]


def record_view(folder: Path, record: Record, card: Card) -> RecordView:
    """Return the view of a published version that lies in a folder; of a withdrawn one no leaf."""
    gone = record.status == "withdrawn"
    return RecordView(
        record=record,
        card=card,
        leaves=tuple(_leaf(folder, record, page) for page in record.pages if not gone),
        rungs=tuple(rungs_of(card)),
        date=_date(record),
        facts=tuple(_facts(record)),
        citations=_citations(record),
        doubts=tuple(issue.detail for issue in record.issues),
    )


def rungs_of(card: Card) -> Iterator[tuple[str, str]]:
    """Yield the ladder that leads to a record, the archive first: folder and name of each rung.

    >>> from types import SimpleNamespace as S
    >>> list(rungs_of(S(folder="rgaspi/f558/op11/d330/rgaspi-f558", archive="RGASPI")))[:2]
    [('rgaspi', 'RGASPI'), ('rgaspi/f558', 'f. 558')]
    """
    parts = card.folder.split("/")[:-1]
    for depth, part in enumerate(parts, 1):
        name = card.archive or part if depth == 1 else _spaced(part)
        yield "/".join(parts[:depth]), name


def _spaced(rung: str) -> str:
    head = rung.rstrip("0123456789")
    rest = rung[len(head) :]
    return f"{head}. {rest}" if head and rest else rung


def _date(record: Record) -> str:
    """Return the date as people write it, and as it was given where that differs."""
    said = in_english(record.date) if record.date else ""
    given = record.date_as_given or ""
    return f"{said} (given as {given})" if said and given not in {"", record.date, said} else said


def _facts(record: Record) -> Iterator[tuple[str, str]]:
    rows = {
        "Date": _date(record),
        "From": record.creator,
        "To": record.recipient,
        "Type": record.document_type,
        "Language": record.language,
        "Collection": record.collection,
        "Subjects": ", ".join(record.subjects),
        "Contributed by": ", ".join(record.contributors),
        "Made possible by": record.funder,
        "Rights": record.rights,
    }
    yield from ((label, value) for label, value in rows.items() if value)
    for reference in record.references:
        label = "Scanned in" if reference.relation == "held" else "Also held in"
        yield label, reference.normal or reference.as_cited


def _citations(record: Record, leaf: str = "") -> tuple[tuple[str, str], ...]:
    this = cited(record, leaf)
    return tuple((name, in_words(this, manner)) for name, manner in _MANNERS.items())


def _leaf(folder: Path, record: Record, page: RecordPage) -> LeafView:
    image = page.image
    width, height = (image.width, image.height) if image else (0, 0)
    return LeafView(
        number=page.number,
        label=page.leaf or f"[{page.number}]",
        name=page.leaf or f"page-{page.number}",
        state=page.state.value,
        detail=page.detail,
        width=width,
        height=height,
        widths=tuple(sorted({min(one, width) for one in WIDTHS})) if image else (),
        lines=tuple(_lines(folder, page)),
        paragraphs=tuple(filter(None, page.reading_text.split("\n\n"))),
        citations=_citations(record, page.leaf or ""),
    )


def _lines(folder: Path, page: RecordPage) -> Iterator[LineView]:
    alto = folder / "data" / "pages" / f"{page.number:04d}.alto.xml"
    if page.image is None or not alto.exists():
        return
    lines = (line for block in read_blocks(alto.read_bytes()) for line in block.lines)
    for number, line in enumerate(lines, 1):
        yield _line(number, line, page.image.width, page.image.height)


def _line(number: int, line: Line, width: int, height: int) -> LineView:
    words = tuple(
        WordView(word.text, word.confidence < DOUBTFUL, _place(word.box, width, height))
        for word in line.words
    )
    return LineView(number, words, _place(line.box, width, height))


def _place(box: Box, width: int, height: int) -> str:
    shares = (box.x / width, box.y / height, box.width / width, box.height / height)
    return " ".join(f"{100 * share:.2f}" for share in shares)
