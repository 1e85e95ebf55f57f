"""The normalized record: what is published, and its JSON Schema.

Every field is here and nowhere else; ``record.json`` is this model with sorted keys. Names are
said in DESIGN's words: a *page* is a position in the scan, a *leaf* is what the archive numbered.
"""

import json
from collections.abc import Iterable
from hashlib import sha256
from io import StringIO
from typing import Any, Literal, Self

from pydantic import Field

from pipeline.cleaning.edits import Change
from pipeline.model import FrozenModel, Issue, PageImage, PageState, TextLayerVerdict
from pipeline.record.provenance import Provenance
from pipeline.text import Role

_EMPTY_SHA256 = sha256(b"").hexdigest()


class Reference(FrozenModel):
    """Where an archive keeps the document: as cited, and as parsed where it could be."""

    as_cited: str
    relation: Literal["held", "other-holding"]  #: held: this scan was made there
    standing: str  #: who says so: ``sidecar``, ``file name`` …; asserted, not checked on the leaf
    normal: str | None = None  #: None where the reference could not be parsed
    archive: str | None = None
    path: tuple[tuple[str, str], ...] = ()  #: (level, value) from the archive downwards, as text
    unit: str = ""  #: ``l`` leaves, ``p`` pages
    leaves: str = ""  #: unpadded, e.g. ``110-113``
    leaf_labels: str = ""  #: as stamped, e.g. ``0110-0113``


class EmbeddedLayer(FrozenModel):
    """The text layer a page came with; another text, not ours and not mixed with ours."""

    text: str
    hidden: bool  #: invisible behind the image: an older OCR
    verdict: TextLayerVerdict
    agreement: float | None = Field(ge=0, le=1)  #: with our own reading; None where unjudged


class RecordPage(FrozenModel):
    """A page as read and as cleaned; the raw text is never thrown away."""

    number: int = Field(ge=1)
    leaf: str | None  #: the label the archive gave; None where unknown or no leaf
    state: PageState
    detail: str = ""  #: why it is not ``ok``, or is doubtful
    image: PageImage | None  #: None where no image could be got
    raw_text: str
    raw_sha256: str
    line_roles: tuple[Role, ...]  #: of the lines of ``raw_text`` that are not empty, in order
    cleaning: tuple[Change, ...]  #: replay on ``raw_text`` gives ``reading_text``
    reading_text: str
    words: int
    languages: tuple[str, ...]  #: the engine's codes that it was read with
    mean_confidence: float | None  #: 0..1, the engine's estimate; no accuracy
    expected_error: float | None  #: 0..1, CER by the evidence; None where no text is read
    engine_seconds: float  #: a moment, not content: differs from run to run
    embedded: EmbeddedLayer | None

    def without_texts(self) -> Self:
        """Return the page without its texts."""
        said = {
            "detail": "withdrawn", "raw_text": "", "raw_sha256": _EMPTY_SHA256, "line_roles": (),
            "cleaning": (), "reading_text": "", "words": 0, "mean_confidence": None,
            "expected_error": None, "embedded": None,
        }  # fmt: skip
        return self.model_copy(update=said)


class NameForm(FrozenModel):
    """Another form of a title or a name: in another language or alphabet."""

    value: str
    language: str | None = None  #: BCP 47
    kind: Literal["given", "supplied", "transliterated", "translated"]
    scheme: str | None = None  #: of a transliteration: ``ala-lc``, ``bgn-pcgn``


class Name(FrozenModel):
    """Somebody who has to do with the document, as the description gives the name."""

    value: str  #: without editors' words
    role: str  #: ``creator``, ``recipient``, ``mentioned`` …
    as_given: str  #: as written, e.g. ``Filippov [Stalin]``
    forms: tuple[NameForm, ...] = ()
    ids: tuple[str, ...] = ()  #: URIs of authority files


class Translation(FrozenModel):
    """The text in another language, by a person."""

    language: str  #: BCP 47
    translator: str | None
    text: str
    origin: str = "sidecar"  #: who gave it: ``sidecar``, or the name of the file
    aligned: tuple[tuple[int, int], ...] = ()
    """Pairs of paragraphs, of the reading text and of the translation, each counted from 1 over
    the whole; empty where numbering does not tell."""


class Quality(FrozenModel):
    """Numbers to sort by; none of them is an accuracy."""

    words: int
    mean_confidence: float | None
    low_confidence_share: float  #: of the words, those under 0.6
    pages_by_state: dict[str, int]


class Record(FrozenModel):
    """One document, as read by machine, with all that is known of it."""

    schema_version: Literal["1"] = "1"
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    version: int = Field(ge=1)
    status: Literal["machine", "reviewed", "withdrawn"] = "machine"
    status_reason: str = ""  #: why it was withdrawn
    title: str | None
    titles: tuple[NameForm, ...] = ()  #: other forms of the title
    names: tuple[Name, ...] = ()  #: creator and recipient too, with more than their name
    creator: str | None
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
    origins: dict[str, str]  #: field to where its value came from
    references: tuple[Reference, ...]
    pages: tuple[RecordPage, ...] = Field(min_length=1)
    reading_text: str  #: the pages' reading texts, form feeds between them
    translations: tuple[Translation, ...] = ()
    quality: Quality
    needs_review: bool
    issues: tuple[Issue, ...]
    provenance: Provenance

    @property
    def name(self) -> str:
        """What a person calls it: title, or reference, or id."""
        return self.title or (self.references[0].as_cited if self.references else self.id)


def dump_record(record: Record) -> bytes:
    """Return ``record.json``: sorted keys, real letters, a newline at the end."""
    pages = (page.model_dump(mode="json") for page in record.pages)
    return dump_json_with_list(record.model_dump(mode="json", exclude={"pages"}), "pages", pages)


def parse_record(text: str | bytes) -> Record:
    """Read ``record.json`` back.

    Raises:
        ValueError: it is not JSON, or not a record of this schema.
    """
    return Record.model_validate_json(text)


def dump_json(value: Any) -> str:
    """Return the one way in which the project writes JSON."""
    told = StringIO()  # ``json.dumps`` would keep a million pieces of a long record until it joins
    json.dump(value, told, ensure_ascii=False, sort_keys=True, indent=1)
    told.write("\n")
    return told.getvalue()


def dump_json_with_list(value: dict[str, Any], name: str, items: Iterable[Any]) -> bytes:
    r"""Return what ``dump_json`` gives where a list joins an object, its items made one at a time.

    Args:
        value: the object without the list.
        name: of the list in it.
        items: at least one.

    >>> dump_json_with_list({"b": "", "z": 1}, "k", ([n] for n in (1, 2))).decode().split()
    ['{', '"b":', '"",', '"k":', '[', '[', '1', '],', '[', '2', ']', '],', '"z":', '1', '}']
    """
    key = json.dumps(name, ensure_ascii=False)
    start, end = f"\n {key}: [\n  ", "\n ]"  # no string holds a line end: it is there once
    before, after = dump_json({**value, name: [None]}).split(f"{start}null{end}")
    told = (dump_json(item).rstrip("\n").replace("\n", "\n  ").encode() for item in items)
    return b"".join([(before + start).encode(), b",\n  ".join(told), (end + after).encode()])


def json_schema() -> str:
    """Return the JSON Schema of ``record.json``, as published in ``docs/``."""
    schema = Record.model_json_schema(mode="serialization")
    return dump_json({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
