"""The id of a record at a place where another document lies.

The first document at a reference has the id that its reference gives. Another one has a suffix from
the digest of its own scan, so that its id depends neither on the order in which they come nor on
how many there are; of two that come in one batch, both have a suffix. An id never changes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.citation.cited import held_place
from pipeline.description.document_marks import DocumentMarks, marks_of_description
from pipeline.description.merge import MergedDescription, find_sources, merge_sources
from pipeline.errors import DescriptionError, DuplicateError, IngestError
from pipeline.fixity import file_sha256
from pipeline.record.people import names_in_role
from pipeline.record.record import Name, Record
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import PublishResult
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.wording import join_names

_SUFFIX_LENGTHS = (6, 12, 64)  #: hexadecimal digits; more only where the id is taken


def id_at_place(scan: AdmittedScan, catalog: Catalog, published_id: str | None) -> str:
    """Return the id of the record that a scan with a reference becomes, or is already.

    Args:
        scan: the admitted scan; its ``record_id`` is the one that its reference gives.
        catalog: of the archive.
        published_id: of the record that holds the same bytes.

    Raises:
        DescriptionError: the sidecar names no record.
        DuplicateError: another scan of the same document is published.
    """
    distinct = scan.described.description.distinct_from
    if distinct and not catalog.newest_version(distinct):
        msg = f"{scan.name}: it is `distinct_from` {distinct}, but there is no such record."
        raise DescriptionError(msg)
    reference = scan.described.held_reference
    marks = marks_of_description(scan.described)
    others = [one for one in catalog.find_at(reference) if one != published_id] if reference else []
    for other in others:
        is_other = other == distinct or marks.contradict(
            marks_of_record(catalog.load_record(other, None))
        )
        if not is_other:
            raise _duplicate_error(scan, other)
    if published_id:
        return published_id
    if others or scan.shares_place or catalog.newest_version(scan.record_id):
        return _with_suffix(scan, catalog)
    return scan.record_id


def _with_suffix(scan: AdmittedScan, catalog: Catalog) -> str:
    ids = (f"{scan.record_id}-doc-{scan.sha256[:length]}" for length in _SUFFIX_LENGTHS)
    return next(one for one in ids if not catalog.newest_version(one))


def _duplicate_error(scan: AdmittedScan, other: str) -> DuplicateError:
    msg = (
        f"{scan.name}: {other} is published already at this place, from other bytes, and nothing "
        f"in the descriptions tells the documents apart. If this scan is the better one of the "
        f"same document, write `replaces: {other}` into its sidecar; if it is another document on "
        f"the same leaves, give its title or date, or write `distinct_from: {other}`; else correct "
        "its reference."
    )
    return DuplicateError(msg)


def neighbour_notice(record: Record, published: PublishResult, settings: Settings) -> str:
    """Return a sentence if a new record lies on the same leaves as others; else ``""``."""
    place = held_place(record)
    if place is None or record.version > 1 or published.already_published:
        return ""
    with Catalog(settings.catalog, settings.records) as catalog:
        others = [one for one in catalog.find_at(place) if one != record.id]
    lies = f"{record.id} lies on the same leaves as {join_names(others)}." if others else ""
    return lies and f"{lies} If they are one document, withdraw one of them."


def marks_of_record(record: Record) -> DocumentMarks:
    """Return the marks of the document of a record; made-up transliterations are none."""
    titles = [form.value for form in record.titles if form.kind != "transliterated"]
    creators, recipients = (
        [text for name in names_in_role(record, role) for text in _forms_of(name)]
        for role in ("creator", "recipient")
    )
    return DocumentMarks.of([record.title or "", *titles], record.date, creators, recipients)


def _forms_of(name: Name) -> Iterator[str]:
    yield name.as_given
    yield from (form.value for form in name.forms if form.kind != "transliterated")


@dataclass(frozen=True, slots=True)
class _PlacedScan:
    path: Path
    described: MergedDescription
    marks: DocumentMarks


def scans_sharing_place(paths: Iterable[Path], settings: Settings) -> frozenset[Path]:
    """Return the scans of a batch that lie at one place with another document of the batch."""
    by_place = defaultdict[str, list[_PlacedScan]](list)
    for path in paths:
        try:
            described = merge_sources(find_sources(path, settings.inbox))
        except (IngestError, OSError):  # admission tells
            continue
        if described.held_reference is not None and not described.description.replaces:
            marks = marks_of_description(described)
            placed = _PlacedScan(path, described, marks)
            by_place[described.held_reference.normal].append(placed)
    return frozenset(
        one.path
        for group in by_place.values()
        if len(group) > 1
        for one in group
        if any(one.marks.contradict(other.marks) and _bytes_differ(one, other) for other in group)
    )


def _bytes_differ(one: _PlacedScan, other: _PlacedScan) -> bool:
    try:
        return file_sha256(one.path) != file_sha256(other.path)
    except OSError:
        return False
