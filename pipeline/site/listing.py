"""Listings: a record as the lists of the site show it.

They are saved from build to build, so that a change of one record reads no other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import TypeAdapter

from pipeline.dates.span import first_year
from pipeline.dates.words import WORD_LANGUAGES
from pipeline.description.editorial import strip_editorial_spans
from pipeline.description.level_descriptions import LevelDescription
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.level_context import context_of
from pipeline.record.people import all_names, sorted_name
from pipeline.record.record import Record, RecordPage
from pipeline.references.slug import to_ascii_slug
from pipeline.repository.catalog import CatalogEntry


@dataclass(frozen=True, slots=True)
class SearchReference:
    """A reference as the search page compares it."""

    archive: str  #: code in lower case, without spaces
    path: tuple[tuple[str, str], ...]  #: level and value of each step
    leaves: str  #: unpadded, e.g. ``110-113``


@dataclass(frozen=True, slots=True)
class Listing:
    """A record in a list."""

    id: str
    version: int
    title: str
    status: str
    date: str | None  #: EDTF
    date_texts: dict[str, str]  #: the date in words, by interface language
    year: str  #: first year of the date, 4 digits; or empty
    language: str | None
    reference: str | None
    summary: str | None
    pages: int
    needs_review: bool
    levels: tuple[tuple[str, str], ...]  #: folder and name of each level, the archive first
    level_references: tuple[str, ...]  #: of the same levels, in normal form; empty if it has none
    people: tuple[str, ...]
    collection: str | None
    subjects: tuple[str, ...]
    updated: str  #: when the version was made, ISO 8601
    fond: str | None
    places: tuple[SearchReference, ...]  #: its parsed references
    leaves: tuple[str, ...]  #: folder names of its leaves

    @property
    def is_withdrawn(self) -> bool:
        """Whether the record was withdrawn."""
        return self.status == "withdrawn"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """A level of an archive, with what is known of it."""

    folder: str  #: below ``archives/``
    name: str  #: its step of a reference, such as ``f. 558``
    known: LevelDescription = field(default_factory=LevelDescription)


@dataclass(frozen=True, slots=True)
class BuildState:
    """The state of a record that a build saves for the next."""

    source_digest: str  #: of all that its pages were made from
    listing: Listing
    search_digest: str  #: of its documents in the search index
    #: By digest of the sources of page images: the version folder that has the images.
    image_folders: dict[str, str] = field(default_factory=dict)
    levels_digest: str = ""  #: of what was known of the levels above it


BUILD_STATES = TypeAdapter(dict[str, BuildState])


def leaf_folder(page: RecordPage) -> str:
    """Return the folder name of a leaf, below the folder of its record."""
    return page.leaf or f"page-{page.number}"


def listing_of(entry: CatalogEntry, record: Record) -> Listing:
    """Return the listing of a record; a withdrawn one has no people, subjects and leaves."""
    year = first_year(record.date)
    levels = levels_of(entry.folder, record.references[0].archive if record.references else None)
    normal = {one.place.folder: one.place.normal for one in context_of(record, {})}
    is_withdrawn = record.status == "withdrawn"
    return Listing(
        id=record.id,
        version=record.version,
        title=record.name,
        status=record.status,
        date=record.date,
        date_texts={
            language: record_date_in_words(record, language)
            for language in WORD_LANGUAGES
            if record.date or record.date_as_given
        },
        year="" if year is None else f"{year:04d}",
        language=record.language,
        reference=entry.reference,
        summary=record.summary,
        pages=len(record.pages),
        needs_review=record.needs_review and record.status == "machine",
        levels=levels,
        level_references=tuple(normal.get(folder, "") for folder, _ in levels),
        people=() if is_withdrawn else people_of(record),
        collection=record.collection,
        subjects=() if is_withdrawn else record.subjects,
        updated=max(step.ended for step in record.provenance.activities).isoformat(),
        fond=dict(record.references[0].path).get("fond") if record.references else None,
        places=tuple(
            SearchReference((ref.archive or "").lower().replace(" ", ""), ref.path, ref.leaves)
            for ref in record.references
            if ref.path
        ),
        leaves=() if is_withdrawn else tuple(map(leaf_folder, record.pages)),
    )


def people_of(record: Record) -> tuple[str, ...]:
    """Return the people of a record, each once, under the form that an editor supplied if any.

    Others have their family name first, where it is known: *И. В. Сталин* is *Сталин, И. В.*
    """
    names = [
        next((form.value for form in name.forms if form.kind == "supplied"), "")
        or strip_editorial_spans(sorted_name(name))
        or name.value
        for name in all_names(record)[: len(record.names)]
    ]
    return tuple(dict.fromkeys(names))


def levels_of(folder: str, archive: str | None) -> tuple[tuple[str, str], ...]:
    """Return folder and name of each archive level above a record, outermost first.

    >>> levels_of("rgaspi/f558/op11/rgaspi-f558", "RGASPI")
    (('rgaspi', 'RGASPI'), ('rgaspi/f558', 'f. 558'), ('rgaspi/f558/op11', 'op. 11'))
    """
    parts = folder.split("/")[:-1]
    names = [
        archive or part if depth == 0 else _level_name(part) for depth, part in enumerate(parts)
    ]
    folders = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return tuple(zip(folders, names, strict=True))


def ladder_of(
    levels: Iterable[tuple[str, str]],
    references: Iterable[str],
    known: Mapping[str, LevelDescription],
) -> tuple[LadderStep, ...]:
    """Return the levels above a record with what is known of them.

    Args:
        levels: folder and name of each, the archive first.
        references: of the same levels, in normal form.
        known: descriptions by reference.
    """
    return tuple(
        LadderStep(folder, name, known.get(reference, LevelDescription()))
        for (folder, name), reference in zip(levels, references, strict=True)
    )


def levels_digest(listing: Listing, known: Mapping[str, LevelDescription]) -> str:
    """Return a digest of what is known of the levels above a record; empty if nothing is."""
    described = [repr(known[name]) for name in listing.level_references if name in known]
    return sha256("\n".join(described).encode()).hexdigest() if described else ""


def slug_of(text: str) -> str:
    """Return a folder name for a person, collection or subject; a digest makes it unique.

    >>> slug_of("Мао Цзэдун"), slug_of("毛澤東")
    ('mao-tszedun-a5cfc5', '97232e')
    """
    plain = to_ascii_slug(text)[:60].strip("-")
    return "-".join(filter(None, [plain, sha256(text.encode()).hexdigest()[:6]]))


def _level_name(folder: str) -> str:
    head = folder.rstrip("0123456789")
    rest = folder[len(head) :]
    return f"{head}. {rest}" if head and rest else folder
