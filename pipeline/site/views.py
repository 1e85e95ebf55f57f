"""Views: the values that the templates of a record render."""

from dataclasses import dataclass

from pipeline.record.record import Record
from pipeline.repository.related_records import RelationLink
from pipeline.site.listing import LadderStep, Listing


@dataclass(frozen=True, slots=True)
class WordView:
    """A word and its box on the page image."""

    text: str
    doubtful: bool
    suggestion: str  #: what may stand there instead; empty if nothing is suggested
    place: str  #: left, top, width, height in per cent of the page image


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as the engine read it, and its box on the page image."""

    number: int  #: on its page, from 1
    words: tuple[WordView, ...]
    place: str  #: as of a word


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, and the paragraphs of the other text that are aligned with it."""

    number: int  #: of the whole text, from 1
    text: str
    aligned_with: tuple[str, ...] = ()  #: their anchors in HTML


@dataclass(frozen=True, slots=True)
class LeafView:
    """A page of a record: images, text and citations."""

    number: int  #: of the page, from 1
    label: str  #: of the archive, or the page number in brackets
    name: str  #: of its folder in the site
    state: str
    detail: str
    width: int  #: of the page image, in pixels; 0 where there is none
    height: int
    images: tuple[
        tuple[int, str], ...
    ]  #: width in pixels, and path in the version's folder; the last has the full width
    paragraphs: tuple[Paragraph, ...]
    citations: tuple[tuple[str, str], ...]  #: style and citation


@dataclass(frozen=True, slots=True)
class TranslationView:
    """A translation of the text, by paragraphs."""

    language: str
    translator: str | None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A file of a version, for download."""

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
    facts: tuple[tuple[str, str, str], ...]  #: label, value, and the kind of list that it links to
    relations: tuple[RelationLink, ...]
    ladder: tuple[LadderStep, ...]  #: the levels of the archive above it, the archive first
    citations: tuple[tuple[str, str], ...]
    issues: tuple[tuple[int | None, str], ...]  #: number of the page, and the detail
    files: tuple[FileView, ...]
    versions: tuple[int, ...]  #: of all versions, ascending
    schema_org: str  #: JSON-LD, safe inside a script element
    coins: str  #: an OpenURL context object, for reference managers
    authors: tuple[str, ...]  #: for them: all creators, the family name first where it is known
    citation_date: str  #: for them: in ISO 8601, or in words
    citation_files: tuple[tuple[str, str], ...]  #: label, and name in ``export/``
    alternate_files: tuple[tuple[str, str], ...]  #: media type, and name in ``export/``


def aligned_paragraphs(paragraphs: tuple[Paragraph, ...], leaf: LeafView) -> list[Paragraph]:
    """Return the translated paragraphs that are aligned with those of a leaf."""
    anchors = {f"p-{paragraph.number}" for paragraph in leaf.paragraphs}
    return [each for each in paragraphs if anchors.intersection(each.aligned_with)]
