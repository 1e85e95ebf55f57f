"""The parts of a citation, taken from a record, for the document or one of its leaves."""

from dataclasses import dataclass, replace

from pipeline.errors import CatalogError
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.people import names_in_role
from pipeline.record.record import Name, Record, RecordPage, Reference
from pipeline.references import ArchivalReference, LeafRange, parse_reference
from pipeline.references.leaves import parse_leaves
from pipeline.references.page_labels import leaf_on_page, leaves_of_label, spread_labels


@dataclass(frozen=True, slots=True)
class CitationTarget:
    """The parts of a citation; a part that the record lacks is empty."""

    title: str
    creators: tuple[Name, ...]
    recipients: tuple[Name, ...]
    document_type: str
    date: str  #: EDTF
    english_date: str  #: in words; as given if it could not be read
    russian_date: str
    collection: str
    places: tuple[ArchivalReference | str, ...]  #: the scanned holding first; text if unparsed
    contributors: tuple[str, ...]
    translators: tuple[str, ...]
    fond_title: str = ""  #: of the first level of the archive; named only if somebody asks for it


def citation_target(record: Record, leaf: str = "") -> CitationTarget:
    """Return the parts of a record's citation, narrowed to a leaf if it is given.

    Raises:
        CatalogError: the record has no such leaf; the message lists its leaves.
    """
    page = find_leaf(record, leaf) if leaf else None
    return CitationTarget(
        title=record.title or "",
        creators=names_in_role(record, "creator"),
        recipients=names_in_role(record, "recipient"),
        document_type=record.document_type or "",
        date=record.date or "",
        english_date=record_date_in_words(record, "en"),
        russian_date=record_date_in_words(record, "ru"),
        collection=record.collection or "",
        places=tuple(
            _reference_for_page(record, reference, page) for reference in record.references
        ),
        contributors=record.contributors,
        translators=tuple(
            translation.translator for translation in record.translations if translation.translator
        ),
    )


@dataclass(frozen=True, slots=True)
class CitedLeaf:
    """A leaf of a record, and the page that shows it."""

    label: str  #: as stamped; of a spread, the leaf that is cited or both
    page: RecordPage


def find_leaf(record: Record, leaf: str) -> CitedLeaf:
    """Return a leaf, as people write it: 111, 0111, 111 об.; 12v-13 for both of a spread.

    Raises:
        CatalogError: the record has no such leaf; the message lists its leaves.
    """
    for page in record.pages:
        label = leaf_on_page(page.leaf, leaf) if page.leaf else None
        if label is not None:
            return CitedLeaf(label, page)
    labels = [page.leaf for page in record.pages if page.leaf]
    hint = (
        f"It has {', '.join(labels[:8])}{' …' if len(labels) > 8 else ''}."
        if labels
        else "Its pages bear no leaf numbers."
    )
    msg = f"{record.id} has no leaf {leaf}. {hint}"
    raise CatalogError(msg)


def to_archival_reference(reference: Reference) -> ArchivalReference | None:
    """Return a record's reference, with its stamped leaf labels; None if it is unparsed."""
    if reference.normal is None or reference.archive is None:
        return None
    labels = reference.leaf_labels or reference.leaves
    try:
        return ArchivalReference(
            reference.archive,
            reference.path,
            reference.unit,
            parse_leaves(labels, reference.unit) if labels else (),
            as_cited=reference.normal,
        )
    except ValueError:  # the rules of an earlier Opis were others
        return parse_reference(reference.normal)


def held_place(record: Record) -> ArchivalReference | None:
    """Return the place that a record was scanned at; None if it is unknown or unparsed."""
    return to_archival_reference(record.references[0]) if record.references else None


def _reference_for_page(
    record: Record, reference: Reference, cited: CitedLeaf | None
) -> ArchivalReference | str:
    place = to_archival_reference(reference)
    if place is None:
        return reference.as_cited
    if cited is None:
        return place
    if reference.relation == "held":
        return _narrow_to_label(place, cited.label)
    # Another holding numbers its own leaves: its nth leaf is our nth page, if the counts agree.
    leaves = place.leaf_labels()
    labels = spread_labels(leaves, len(record.pages)) or leaves
    if len(labels) != len(record.pages):
        return place
    return _narrow_to_label(place, _same_side(labels[cited.page.number - 1], cited))


def _same_side(label: str, cited: CitedLeaf) -> str:
    """Return the part of another holding's label that stands where the cited leaf does."""
    ours, theirs = leaves_of_label(cited.page.leaf or ""), leaves_of_label(label)
    if cited.label == cited.page.leaf or len(ours) != len(theirs):
        return label
    return theirs[[leaf.label for leaf in ours].index(cited.label)].label


def _narrow_to_label(place: ArchivalReference, label: str) -> ArchivalReference:
    leaves = leaves_of_label(label)
    if not leaves:
        return place
    return replace(place, unit=place.unit or "l", leaves=(LeafRange(leaves[0], leaves[-1]),))


def covers(record: Record, place: ArchivalReference) -> bool:
    """Return whether a record was made from a place, or from leaves that include it."""
    source = held_place(record)
    if source is None or source.file_key != place.file_key:
        return False
    return not place.leaves or source.includes(place)
