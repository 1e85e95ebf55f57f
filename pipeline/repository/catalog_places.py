"""Rows of the catalogue for the places where documents are kept, and for their relations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.record.record import Record, Reference
from pipeline.references import parse_reference
from pipeline.references.reference_query import bare_value


@dataclass(frozen=True, slots=True)
class CatalogHolding:
    """A row of the table ``holding``; columns as in catalog.sql."""

    number: int
    reference: str
    file: str | None
    leaves: str


@dataclass(frozen=True, slots=True)
class CatalogRelation:
    """A row of the table ``relation``; columns as in catalog.sql."""

    number: int
    kind: str
    as_given: str
    other: str | None
    reference: str | None
    file: str | None
    leaves: str
    url: str | None


def catalog_holding(number: int, reference: Reference) -> CatalogHolding:
    """Return the row of a reference, which is the ``number``-th of its record."""
    place = parse_reference(reference.normal or "")
    shown = reference.normal or reference.as_cited
    file = None if place is None else place.file_key
    return CatalogHolding(number, shown, file, reference.leaves)


def holding_levels(record: Record) -> Iterator[tuple[int, str, str]]:
    """Yield number of the reference, level and value of each step, with the archive as a level."""
    for number, reference in enumerate(record.references, 1):
        if reference.archive is not None:
            yield number, "archive", reference.archive
            for level, value in reference.path:
                yield number, level, bare_value(value)


def catalog_relations(record: Record) -> Iterator[CatalogRelation]:
    """Yield the rows of a record's relations, one for each way in which the other is named."""
    for number, one in enumerate(record.relations, 1):
        row = CatalogRelation(number, one.kind, one.as_given, one.record, None, None, "", one.url)
        places = [
            replace(row, reference=place.normal, file=place.file_key, leaves=place.unpadded_leaves)
            for place in one.places
        ]
        yield from places or [row]
