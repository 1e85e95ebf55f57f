"""The normalized record and its JSON Schema.

``record.json`` is this model with sorted keys. A *page* is a position in the scan, from 1; a *leaf*
is a sheet as numbered by the archive.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from io import StringIO
from typing import Any, Literal, Self

from pydantic import Field

from pipeline.cleaning.edits import CORRECTION_STEP, Change, replay
from pipeline.corrections.correction import LineCorrection
from pipeline.description.relations import Relation
from pipeline.doubt.findings import LetterExchange, WordDoubt
from pipeline.model import (
    Extraction,
    FrozenModel,
    Issue,
    PageImage,
    PageState,
    ReviewState,
    TextLayerVerdict,
)
from pipeline.record.provenance import Provenance
from pipeline.text import Box, Role, Scrap

_EMPTY_SHA256 = sha256(b"").hexdigest()


class Reference(FrozenModel):
    """The place of the document in an archive: as cited, and parsed if possible."""

    as_cited: str
    relation: Literal["held", "other-holding"]  #: held: the copy that was scanned
    standing: str  #: source: ``sidecar``, ``file name`` …; not checked against the leaf
    normal: str | None = None  #: None if the reference could not be parsed
    archive: str | None = None
    path: tuple[tuple[str, str], ...] = ()  #: (level, value) from the archive downwards
    unit: str = ""  #: ``l`` leaves, ``p`` pages
    leaves: str = ""  #: unpadded, e.g. ``110-113``
    leaf_labels: str = ""  #: as stamped, e.g. ``0110-0113``


class EmbeddedLayer(FrozenModel):
    """The text layer that came with a page; never merged with our own reading."""

    text: str
    hidden: bool  #: invisible behind the image: an older OCR
    verdict: TextLayerVerdict
    agreement: float | None = Field(ge=0, le=1)  #: with our own reading; None if unjudged


class RecordPage(FrozenModel):
    """A page with its raw text and its reading text."""

    number: int = Field(ge=1)
    leaf: str | None  #: label given by the archive; None if unknown or no leaf
    state: PageState
    detail: str = ""  #: why the page is not ``ok`` or needs review
    image: PageImage | None  #: None if no image could be extracted
    raw_text: str
    raw_sha256: str
    line_roles: tuple[Role, ...]  #: of the lines of ``raw_text`` that are not empty, in order
    cleaning: tuple[Change, ...]  #: replay on ``raw_text`` gives ``reading_text``
    reading_text: str
    words: int
    languages: tuple[str, ...]  #: codes of the engine's models that read the page
    mean_confidence: float | None  #: 0..1, the engine's own estimate, not an accuracy
    #: words of the corrected text that may be wrong; None in records from before doubts were kept
    doubts: tuple[WordDoubt, ...] | None = None
    #: the sum of the chances of all words that they are wrong; None as for ``doubts``
    expected_wrong_words: float | None = None
    expected_error: float | None  #: 0..1, CER estimated from the evidence; None if no text was read
    engine_seconds: float  #: differs from run to run; not content
    embedded: EmbeddedLayer | None
    sheet: Box | None = None  #: where the sheet lies on the image; None if it is all of it
    scraps: tuple[Scrap, ...] = ()  #: lines that the engine read where there is no text
    #: by people; ``cleaning`` begins with those that change the text
    corrections: tuple[LineCorrection, ...] = ()
    review: ReviewState = "machine"

    @property
    def has_corrected_words(self) -> bool:
        """Whether people changed words of the raw text."""
        return bool(self.cleaning) and self.cleaning[0].step == CORRECTION_STEP

    @property
    def corrected_text(self) -> str:
        """The raw text with the words of people: cleaning begins with it, and ALTO has it.

        Raises:
            ValueError: the corrections do not fit the raw text, so the record was altered.
        """
        changes = self.cleaning[:1] if self.has_corrected_words else ()
        return replay(self.raw_text, changes)

    def without_texts(self) -> Self:
        """Return the page without its texts."""
        fields = {
            "detail": "withdrawn", "raw_text": "", "raw_sha256": _EMPTY_SHA256, "line_roles": (),
            "cleaning": (), "reading_text": "", "words": 0, "mean_confidence": None,
            "doubts": None, "expected_wrong_words": None,
            "expected_error": None, "embedded": None, "scraps": (), "corrections": (),
            "review": "machine",
        }  # fmt: skip
        return self.model_copy(update=fields)


class NameForm(FrozenModel):
    """Another form of a title or a name: in another language or alphabet."""

    value: str
    language: str | None = None  #: BCP 47
    kind: Literal["given", "supplied", "transliterated", "translated"]
    scheme: str | None = None  #: of a transliteration: ``ala-lc``, ``bgn-pcgn``


def _is_none(value: object) -> bool:
    return value is None


class Name(FrozenModel):
    """A person or organization related to the document, as named in the description."""

    value: str  #: without editors' additions
    role: str  #: ``creator``, ``recipient``, ``mentioned`` …
    as_given: str  #: as written, e.g. ``Filippov [Stalin]``
    forms: tuple[NameForm, ...] = ()
    ids: tuple[str, ...] = ()  #: URIs of authority files
    #: as described; ``people`` tells more. Not written if not described: earlier records have none
    kind: Literal["person", "body"] | None = Field(None, exclude_if=_is_none)
    family: str | None = Field(None, exclude_if=_is_none)
    given: str | None = Field(None, exclude_if=_is_none)


class Translation(FrozenModel):
    """A translation of the text by a person."""

    language: str  #: BCP 47
    translator: str | None
    text: str
    origin: str = "sidecar"  #: ``sidecar``, or the name of the translation's file
    aligned: tuple[tuple[int, int], ...] = ()
    """Pairs of paragraphs (reading text, translation), each counted from 1 over the whole text;
    empty if the numbering of paragraphs does not decide it."""


class Quality(FrozenModel):
    """Figures for sorting records; none of them is an accuracy."""

    words: int
    mean_confidence: float | None
    low_confidence_share: float  #: share of words below 0.6, 0..1
    pages_by_state: dict[str, int]


class Record(FrozenModel):
    """One document: its description, its pages as read by machine, and its provenance."""

    schema_version: Literal["1"] = "1"
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: int = Field(ge=1)
    status: ReviewState | Literal["withdrawn"] = "machine"
    status_reason: str = ""  #: the reason of a withdrawal
    title: str | None
    titles: tuple[NameForm, ...] = ()  #: other forms of the title
    names: tuple[Name, ...] = ()  #: creator, recipient and other names, with forms and ids
    creator: str | None  #: the first; ``names`` has all
    recipient: str | None
    document_type: str | None
    date: str | None  #: EDTF
    date_as_given: str | None
    date_calendar: Literal["gregorian", "julian"] = "gregorian"  #: of the date as given
    language: str | None  #: BCP 47
    summary: str | None
    subjects: tuple[str, ...]
    contributors: tuple[str, ...]
    funder: str | None
    collection: str | None
    rights: str  #: URI of a rights statement
    note: str | None
    extracted_from: Extraction | None = None  #: the scan of many documents that this one was in
    origins: dict[str, str]  #: field to the source of its value
    references: tuple[Reference, ...]
    relations: tuple[Relation, ...] = ()  #: to other documents, as this one's description states
    pages: tuple[RecordPage, ...] = Field(min_length=1)
    reading_text: str  #: the reading texts of the pages, joined by form feeds
    translations: tuple[Translation, ...] = ()
    quality: Quality
    misread_letters: tuple[LetterExchange, ...] = ()  #: found where they explain many words
    needs_review: bool
    issues: tuple[Issue, ...]
    provenance: Provenance

    @property
    def name(self) -> str:
        """The name for people: title, or reference, or id."""
        return self.title or (self.references[0].as_cited if self.references else self.id)


def dump_record(record: Record) -> bytes:
    """Return the bytes of ``record.json``: UTF-8 unescaped, sorted keys, final newline."""
    pages = (page.model_dump(mode="json") for page in record.pages)
    return dump_json_with_list(record.model_dump(mode="json", exclude={"pages"}), "pages", pages)


def parse_record(text: str | bytes) -> Record:
    """Parse ``record.json``.

    Raises:
        ValueError: the text is not JSON, or not a record of this schema.
    """
    return Record.model_validate_json(text)


def dump_json(value: Any) -> str:
    """Return JSON as the whole project writes it: sorted keys, indent 1, final newline."""
    buffer = StringIO()  # ``json.dumps`` would hold a million pieces of a long record until the end
    json.dump(value, buffer, ensure_ascii=False, sort_keys=True, indent=1)
    buffer.write("\n")
    return buffer.getvalue()


def dump_json_with_list(value: dict[str, Any], name: str, items: Iterable[Any]) -> bytes:
    r"""Return ``dump_json`` of an object with a list added; the items are taken one at a time.

    Args:
        value: the object without the list.
        name: key of the list.
        items: at least one item.

    >>> dump_json_with_list({"b": "", "z": 1}, "k", ([n] for n in (1, 2))).decode().split()
    ['{', '"b":', '"",', '"k":', '[', '[', '1', '],', '[', '2', ']', '],', '"z":', '1', '}']
    """
    key = json.dumps(name, ensure_ascii=False)
    start, end = f"\n {key}: [\n  ", "\n ]"  # occurs once: JSON strings contain no line end
    before, after = dump_json({**value, name: [None]}).split(f"{start}null{end}")
    parts = (dump_json(item).rstrip("\n").replace("\n", "\n  ").encode() for item in items)
    return b"".join([(before + start).encode(), b",\n  ".join(parts), (end + after).encode()])


def json_schema() -> str:
    """Return the JSON Schema of ``record.json``, as published in ``docs/``."""
    schema = Record.model_json_schema(mode="serialization")
    return dump_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
