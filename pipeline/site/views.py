"""What the templates of a record are given: small values, everything decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.record import Record
from pipeline.site.listing import Listing

REFERENCES = (
    ("BibTeX", "citation.bib"), ("RIS", "citation.ris"), ("CSL-JSON", "citation.csl.json"),
)  # fmt: skip

_LEAVES = 25  #: on a page of a record: so it stays under 200 kB


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
class Paragraph:
    """A paragraph, and those of the other text that it goes with."""

    number: int  #: of the whole text, from 1
    text: str
    mates: tuple[str, ...] = ()  #: anchors


@dataclass(frozen=True, slots=True)
class LeafView:
    """A page: its pictures, its lines, and where it leads."""

    number: int  #: of the page, from 1
    label: str  #: the archive's, or the page's number in brackets
    name: str  #: of its folder in the site
    state: str
    detail: str
    width: int  #: of the page image, in pixels; 0 where there is none
    height: int
    pictures: tuple[
        tuple[int, str], ...
    ]  #: width, and file in the version's folder; the last whole
    lines: tuple[LineView, ...]
    paragraphs: tuple[Paragraph, ...]
    citations: tuple[tuple[str, str], ...]  #: style and citation


@dataclass(frozen=True, slots=True)
class TranslationView:
    """The text in another language, by paragraphs."""

    language: str
    translator: str | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of the version that a reader may want."""

    label: str
    path: str  #: in the version's folder, quoted
    size: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A version of a record as the site shows it."""

    record: Record
    listing: Listing
    leaves: tuple[LeafView, ...]
    translations: tuple[TranslationView, ...]
    facts: tuple[tuple[str, str, str], ...]  #: what, value, and the list that it leads to
    citations: tuple[tuple[str, str], ...]
    doubts: tuple[tuple[int | None, str], ...]  #: number of the page, and what is doubtful
    files: tuple[FileView, ...]
    versions: tuple[int, ...]  #: all there are
    linked: str  #: schema.org, safe inside a script element
    coins: str  #: an OpenURL context object, for reference managers
    references: tuple[tuple[str, str], ...] = REFERENCES

    def sheets(self) -> Iterator["Sheet"]:
        """Yield the pages on which it is shown; one, unless it is long."""
        parts = [self.leaves[at : at + _LEAVES] for at in range(0, len(self.leaves), _LEAVES)]
        names = ("index.html", *(f"{number}.html" for number in range(2, len(parts) + 1)))
        for place, (name, leaves) in enumerate(zip(names, parts or [()], strict=True)):
            here = {leaf.number for leaf in leaves} | ({None} if place == 0 else set())
            doubts = tuple(text for number, text in self.doubts if number in here)
            yield Sheet(name, place, names if len(names) > 1 else (), leaves, doubts)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of a record: some of its leaves, with their texts."""

    name: str  #: of its file
    place: int  #: from 0
    names: tuple[str, ...]  #: of all of them; none where it is the only one
    leaves: tuple[LeafView, ...]
    doubts: tuple[str, ...]

    def beside(self, rendered: tuple[Paragraph, ...]) -> list[Paragraph]:
        """Return the translated paragraphs that belong here; what no paragraph knows, is first."""
        own = {f"p-{one.number}" for leaf in self.leaves for one in leaf.paragraphs}
        lost = self.place == 0
        return [one for one in rendered if own.intersection(one.mates) or (lost and not one.mates)]


def beside(rendered: tuple[Paragraph, ...], leaf: LeafView) -> list[Paragraph]:
    """Return the translated paragraphs that go with those of a leaf."""
    anchors = {f"p-{one.number}" for one in leaf.paragraphs}
    return [one for one in rendered if anchors.intersection(one.mates)]
