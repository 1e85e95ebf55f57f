"""What the templates of a record are given: small values, everything decided."""

from dataclasses import dataclass

from pipeline.record.record import Record
from pipeline.site.listing import Listing


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
    aligned_with: tuple[str, ...] = ()  #: anchors


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
    images: tuple[tuple[int, str], ...]  #: width, and file in the version's folder; the last whole
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
    issues: tuple[tuple[int | None, str], ...]  #: number of the page, and what is doubtful
    files: tuple[FileView, ...]
    versions: tuple[int, ...]  #: all there are
    schema_org: str  #: schema.org, safe inside a script element
    coins: str  #: an OpenURL context object, for reference managers
    citation_files: tuple[tuple[str, str], ...]  #: label, and name in ``export/``
    alternate_files: tuple[tuple[str, str], ...]  #: media type, and name in ``export/``


def aligned_paragraphs(paragraphs: tuple[Paragraph, ...], leaf: LeafView) -> list[Paragraph]:
    """Return the translated paragraphs that go with those of a leaf."""
    anchors = {f"p-{one.number}" for one in leaf.paragraphs}
    return [one for one in paragraphs if anchors.intersection(one.aligned_with)]
