"""What the lists of the site say of a record.

It is kept from build to build, so that a change of one record reads no other.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from pydantic import TypeAdapter

from pipeline.dates.edtf import first_year
from pipeline.dates.words import english_date, russian_date
from pipeline.record.record import Record, RecordPage
from pipeline.references.slug import to_ascii_slug
from pipeline.repository.catalog import CatalogEntry


@dataclass(frozen=True, slots=True)
class SearchReference:
    """A reference as a search compares it."""

    archive: str  #: code, small
    path: tuple[tuple[str, str], ...]  #: level and value
    leaves: str  #: unpadded, e.g. ``110-113``


@dataclass(frozen=True, slots=True)
class Listing:
    """A record in a list."""

    id: str
    version: int
    title: str
    status: str
    date: str | None  #: EDTF
    date_texts: dict[str, str]  #: the date in words, by language of the interface
    year: str  #: the first that the date names, or empty
    language: str | None
    reference: str | None
    summary: str | None
    pages: int
    needs_review: bool
    levels: tuple[tuple[str, str], ...]  #: the archive's ladder: folder and name, outermost first
    people: tuple[str, ...]
    collection: str | None
    subjects: tuple[str, ...]
    updated: str  #: when the version was made; ISO 8601
    fond: str | None
    places: tuple[SearchReference, ...]  #: every one that holds it
    leaves: tuple[str, ...]  #: names of the folders of its leaves

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was withdrawn."""
        return self.status == "withdrawn"


@dataclass(frozen=True, slots=True)
class BuildState:
    """What a build leaves to the next: what a record's pages were made from, and its listing."""

    source_digest: str
    listing: Listing
    search_digest: str  #: digest of what the search knows of it
    image_folders: dict[str, str] = field(
        default_factory=dict
    )  #: digest of pictures: the version's folder


BUILD_STATES = TypeAdapter(dict[str, BuildState])


def leaf_folder(page: RecordPage) -> str:
    """Return the folder of a leaf, in that of its record."""
    return page.leaf or f"page-{page.number}"


def listing_of(entry: CatalogEntry, record: Record) -> Listing:
    """Return how lists show a record."""
    year = first_year(record.date)
    gone = record.status == "withdrawn"
    return Listing(
        id=record.id,
        version=record.version,
        title=record.name,
        status=record.status,
        date=record.date,
        date_texts={"en": english_date(record.date), "ru": russian_date(record.date)}
        if record.date
        else {},
        year="" if year is None else f"{year:04d}",
        language=record.language,
        reference=entry.reference,
        summary=record.summary,
        pages=len(record.pages),
        needs_review=record.needs_review and not gone,
        levels=levels_of(entry.folder, record.references[0].archive if record.references else None),
        people=() if gone else people_of(record),
        collection=record.collection,
        subjects=() if gone else record.subjects,
        updated=max(step.ended for step in record.provenance.activities).isoformat(),
        fond=dict(record.references[0].path).get("fond") if record.references else None,
        places=tuple(
            SearchReference((one.archive or "").lower().replace(" ", ""), one.path, one.leaves)
            for one in record.references
            if one.path
        ),
        leaves=() if gone else tuple(map(leaf_folder, record.pages)),
    )


def people_of(record: Record) -> tuple[str, ...]:
    """Return who has to do with a document, each once, by the name that an editor supplied."""
    known = [
        next((form.value for form in name.forms if form.kind == "supplied"), name.value)
        for name in record.names
    ]
    return tuple(dict.fromkeys(known))


def levels_of(folder: str, archive: str | None) -> tuple[tuple[str, str], ...]:
    """Return folder and name of each level of the archive that leads to a record, outermost first.

    >>> levels_of("rgaspi/f558/op11/rgaspi-f558", "RGASPI")
    (('rgaspi', 'RGASPI'), ('rgaspi/f558', 'f. 558'), ('rgaspi/f558/op11', 'op. 11'))
    """
    parts = folder.split("/")[:-1]
    names = [
        archive or part if depth == 0 else _level_name(part) for depth, part in enumerate(parts)
    ]
    folders = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    return tuple(zip(folders, names, strict=True))


def slug_of(text: str) -> str:
    """Return the name of a folder for a person or a collection.

    >>> slug_of("Мао Цзэдун"), slug_of("毛澤東")
    ('mao-tszedun-a5cfc5', '97232e')
    """
    plain = to_ascii_slug(text)[:60].strip("-")
    return "-".join(filter(None, [plain, sha256(text.encode()).hexdigest()[:6]]))


def _level_name(folder: str) -> str:
    head = folder.rstrip("0123456789")
    rest = folder[len(head) :]
    return f"{head}. {rest}" if head and rest else folder
