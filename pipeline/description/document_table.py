"""The documents in a scan: a file of 300 leaves may hold sixty, and each becomes a record.

They are a list in the sidecar of the scan (``documents``), or rows of ``index.csv``. Each has its
``pages`` in the scan, or its ``leaves`` where the leaf of each page is known, and any field that a
scan may have. What the scan says of itself and what is true of its parts (language, contributors,
collection, rights), is said of each document that does not say otherwise.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from pipeline.description.document_pages import (
    document_note,
    format_pages,
    leaf_ranges,
    leaves_of,
    pages_of,
    runs_of,
)
from pipeline.description.index_csv import PAGES_KEY
from pipeline.description.merge import MergedDescription, page_labels
from pipeline.description.sources import DescriptionSource, index_of, source_from_row
from pipeline.description.statement import statements_of, validate
from pipeline.description.yaml_file import FieldValue, OnError, raise_error
from pipeline.errors import DescriptionError
from pipeline.references import ArchivalReference, LeafRange

_INHERITED = ("language", "contributors", "funder", "collection", "rights")  #: fields of a scan


@dataclass(frozen=True, slots=True)
class ScanDocument:
    """A document in a scan: its pages there, and what describes it."""

    pages: tuple[int, ...]  #: 1-based, ascending
    values: Mapping[str, FieldValue]  #: as a sidecar of its own would have them
    source: DescriptionSource  #: as given

    @property
    def page_ranges(self) -> str:
        """Its pages: ``3-5, 8``."""
        return format_pages(self.pages)

    def __str__(self) -> str:
        """Return pages, reference, date, title, and where it is described, for people."""
        references = self.values.get("references")
        reference = references[0] if isinstance(references, list) and references else references
        cells = [self.page_ranges, reference, self.values.get("date"), self.values.get("title")]
        place = f"({self.source.file_label}, line {self.source.first_line})"
        return "  ".join([*(cell for cell in cells if isinstance(cell, str) and cell), place])


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """The documents in a scan, in the order given."""

    documents: tuple[ScanDocument, ...]
    #: what stops nobody: pages of no document, documents that share pages
    notes: tuple[DescriptionError, ...]


def document_sources(
    scan: Path, inbox: Path, sources: Sequence[DescriptionSource]
) -> tuple[DescriptionSource, ...]:
    """Return a source for each document that the sidecar or ``index.csv`` of a scan names.

    Args:
        scan: absolute or relative, as ``inbox``.
        inbox: for the name of the table in messages.
        sources: of the scan.

    Raises:
        DescriptionError: both name documents, or a row is wrong.
    """
    listed = tuple(document for source in sources for document in source.documents)
    table = index_of(scan, inbox)
    rows = () if table is None else table.document_rows(scan.name)
    if table is None or not rows:
        return listed
    if listed:
        msg = (
            f"{listed[0].file_label}, line {listed[0].first_line}, and {table.file_label}, line "
            f"{rows[0].line}, both name documents of {scan.name}. Keep them in one place."
        )
        raise DescriptionError(
            msg, file=table.file_label, line=rows[0].line, code="documents-twice"
        )
    for row in rows:
        if row.error is not None:
            raise row.error
    return tuple(source_from_row(row, table.file_label) for row in rows)


def make_document_table(
    sources: Sequence[DescriptionSource],
    whole: MergedDescription,
    page_count: int,
    on_error: OnError = raise_error,
) -> DocumentTable:
    """Return the documents of a scan that has ``page_count`` pages.

    Args:
        sources: of the documents.
        whole: the description of the scan.
        page_count: of the scan.
        on_error: called with the error of a document, which is left out.

    Raises:
        DescriptionError: a document has no pages, or some that the scan has not; or a value is
            invalid. The message names file and line.
    """
    labels, _ = page_labels(whole.held_reference, whole.description.leaves, page_count)
    starts = frozenset(part.first.sort_key for source in sources for part in leaves_of(source)[:1])
    documents = []
    for source in sources:
        try:
            pages = pages_of(source, labels, starts)
            values = _values_of(source, whole, pages, labels)
        except DescriptionError as error:
            on_error(error)
        else:
            documents.append(ScanDocument(pages, values, source))
    notes = (*_gap_notes(documents, page_count), *_overlap_notes(documents)) if documents else ()
    return DocumentTable(tuple(documents), notes)


def _values_of(
    source: DescriptionSource,
    whole: MergedDescription,
    pages: Sequence[int],
    labels: Sequence[str | None],
) -> dict[str, FieldValue]:
    """Return the values of a document's own sidecar."""
    own = {name: value for name, value in source.values.items() if name != PAGES_KEY}
    statements = statements_of(replace(source, values=own))
    validate(statements)
    inherited: dict[str, FieldValue] = whole.description.model_dump(
        mode="json", include=set(_INHERITED), exclude_unset=True
    )
    values: dict[str, FieldValue] = {name: value for name, value in inherited.items() if value}
    values |= {name: statement.value for name, statement in statements.items()}
    labels_here = [labels[page - 1] for page in pages]
    if any(labels_here) and not (PAGES_KEY in source.values and "leaves" in own):
        values["leaves"] = list(labels_here)
    if "references" not in values and whole.held_reference is not None:
        leaves = leaf_ranges(pages, labels) or leaves_of(source)
        values["references"] = [_reference_with(whole.held_reference, leaves).as_stamped]
    return values


def _reference_with(held: ArchivalReference, leaves: Sequence[LeafRange]) -> ArchivalReference:
    """Return the place of a scan with other leaves; without leaves if its archive has none."""
    whole_file = held.without_leaves()
    if not leaves:
        return whole_file
    try:
        return replace(held, unit=held.unit or "l", leaves=tuple(leaves))
    except ValueError:  # this archive cites no leaves
        return whole_file


def _gap_notes(documents: Sequence[ScanDocument], page_count: int) -> Iterator[DescriptionError]:
    """Yield a note on each run of pages that are of no document."""
    ends = {page: document for document in documents for page in document.pages}
    for run in runs_of(page for page in range(1, page_count + 1) if page not in ends):
        before = ends.get(run[0] - 1, documents[0])
        which = "page {} of the scan is" if len(run) == 1 else "pages {} of the scan are"
        detail = f"{which.format(format_pages(run))} of no document"
        yield document_note(before.source, detail, "gap")


def _overlap_notes(documents: Sequence[ScanDocument]) -> Iterator[DescriptionError]:
    """Yield a note on each two documents that share more than the page where one ends."""
    holders = defaultdict[int, list[int]](list)
    for number, document in enumerate(documents):
        for page in document.pages:
            holders[page].append(number)
    shared = defaultdict[tuple[int, int], list[int]](list)
    for page, numbers in holders.items():
        for first, second in combinations(numbers, 2):
            ends = {documents[first].pages[-1], documents[second].pages[-1]}
            begins = {documents[first].pages[0], documents[second].pages[0]}
            if page not in ends & begins:
                shared[first, second].append(page)
    for (first, second), pages in shared.items():
        other = documents[first].source
        where = f"the one on line {other.first_line}"
        detail = f"the document shares {format_pages(sorted(pages))} of the scan with {where}"
        yield document_note(
            documents[second].source, detail.replace("shares ", "shares pages ", 1), "overlap"
        )
