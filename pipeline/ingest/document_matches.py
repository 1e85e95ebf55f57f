"""Which published record a document in a scan is, after the table of the documents has changed.

A record that was taken out of the scan before is the same document if it has the same place in the
archive, or else the same title. So a document whose leaves or pages were corrected keeps its id.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.citation.cited import held_place
from pipeline.record.record import Record
from pipeline.repository.catalog import Catalog

_Name = TypeVar("_Name")


@dataclass(frozen=True, slots=True)
class DocumentIdentity:
    """By what a document is known again."""

    place: str | None  #: the reference in its normal form; None without one that can be read
    title: str | None
    sha256: str = ""  #: of its pages


def published_documents(whole: Record, catalog: Catalog) -> dict[str, DocumentIdentity]:
    """Return the records that were taken out of the scan of a record, by id, as they are now."""
    held = held_place(whole)
    if held is None:
        return {}
    ids = catalog.find_below(held.without_leaves().normal)
    records = (catalog.load_record(record_id, None) for record_id in ids)
    return {
        record.id: DocumentIdentity(
            record.references[0].normal if record.references else None,
            record.title,
            record.provenance.source.sha256,
        )
        for record in records
        if record.extracted_from is not None
        and record.extracted_from.record == whole.id
        and record.status != "withdrawn"
    }


def match_documents(
    documents: Mapping[Path, DocumentIdentity], published: Mapping[str, DocumentIdentity]
) -> dict[Path, str]:
    """Return the id of the published record for each document that has one.

    >>> old = {"d-l1": DocumentIdentity("d, l. 1", "Letter", "aa")}
    >>> match_documents({Path("0001"): DocumentIdentity("d, l. 2", "Letter", "bb")}, old)
    {PosixPath('0001'): 'd-l1'}
    """
    matches = dict[Path, str]()
    keys: Sequence[Callable[[DocumentIdentity], object]] = (
        lambda one: (one.place, one.title) if one.place and one.title else None,
        lambda one: one.place,
        lambda one: one.title,
    )
    for key in keys:
        open_documents = {path: one for path, one in documents.items() if path not in matches}
        taken = set(matches.values())
        open_records = {name: one for name, one in published.items() if name not in taken}
        names = _by_key(open_records, key)
        for value, paths in _by_key(open_documents, key).items():
            if len(paths) == len(names[value]) == 1:
                matches[paths[0]] = names[value][0]
    return matches


def _by_key(
    identities: Mapping[_Name, DocumentIdentity], key: Callable[[DocumentIdentity], object]
) -> defaultdict[object, list[_Name]]:
    """Return who has each value of a key; who has none is left out."""
    found = defaultdict[object, list[_Name]](list)
    for name, identity in identities.items():
        if (value := key(identity)) is not None:
            found[value].append(name)
    return found
