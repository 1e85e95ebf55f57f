"""The description of a scan: what folders, file name and sidecar say of it.

The nearest wins, field by field: folders, outermost first < the scan's row of
``index.csv`` < file name < sidecar. Where each value came from is kept. A file name and a sidecar
or row that name different places contradict each other and stop the scan: it is nearly always
misfiled. Where they agree, the file name adds nothing to the words of the row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.dates.parse import Calendar, parse_date
from pipeline.description.fields import Description
from pipeline.description.sources import (
    FILE_NAME,
    INDEX,
    DescriptionSource,
    find_sidecar,
    find_sidecars,
    find_sources,
)
from pipeline.description.statement import Statement, statements_of, validate
from pipeline.errors import DescriptionError
from pipeline.model import Issue, IssueType
from pipeline.references import ArchivalReference, find_references, parse_references
from pipeline.references.leaves import Leaf
from pipeline.wording import plural

__all__ = [
    "Description",
    "DescriptionSource",
    "MergedDescription",
    "find_sidecar",
    "find_sidecars",
    "find_sources",
    "merge_sources",
    "nearest_statements",
    "page_labels",
]


@dataclass(frozen=True, slots=True)
class MergedDescription:
    """A description, where each of its values came from, and what was made of them."""

    description: Description
    origins: dict[str, str]  #: field: origin of its value
    references: tuple[ArchivalReference, ...]  #: first = held: where this scan was made
    edtf: str | None  #: the date, where it could be read
    issues: tuple[Issue, ...]
    calendar: Calendar = "gregorian"  #: of the date as given

    @property
    def held_reference(self) -> ArchivalReference | None:
        """Where this scan was made."""
        return self.references[0] if self.references else None


def merge_sources(sources: Sequence[DescriptionSource]) -> MergedDescription:
    """Merge ``sources``, the nearest last, and read what can be read of the result."""
    said = nearest_statements(sources)
    description = validate(said)
    references = _read_references(description.references, said, sources)
    date = parse_date(description.date or "", description.date_calendar)
    trouble = date.problem if description.date else ""
    return MergedDescription(
        description,
        {name: value.source.origin for name, value in said.items()},
        references,
        date.edtf if description.date else None,
        tuple(_description_issues(description, trouble)),
        date.calendar if date.edtf else description.date_calendar or "gregorian",
    )


def nearest_statements(sources: Sequence[DescriptionSource]) -> dict[str, Statement]:
    """Return the nearest value of each field."""
    said: dict[str, Statement] = {}
    for source in sources:
        indexed = "references" in said and said["references"].source.name == INDEX
        if not (source.name == FILE_NAME and indexed):
            said |= statements_of(source)
    return said


def page_labels(
    reference: ArchivalReference | None, leaves: Sequence[str | None], page_count: int
) -> tuple[tuple[str | None, ...], Issue | None]:
    """Return a leaf label for each page: from ``leaves``, or where the reference gives one each.

    >>> page_labels(parse_references("RGASPI, f. 1, op. 1, d. 1, ll. 09-10")[0], (), 2)
    (('09', '10'), None)
    """
    labels = tuple(leaves) or (reference.leaf_labels() if reference else ())
    if labels and len(labels) != page_count:
        kind = "label" if leaves else "page" if reference and reference.unit == "p" else "leaf"
        many = "leaves" if kind == "leaf" else ""
        which = (
            "" if leaves or reference is None else f" ({reference.as_stamped.rpartition('. ')[2]})"
        )
        detail = f"{plural(page_count, 'image')} for {plural(len(labels), kind, many)}{which}"
        return (None,) * page_count, Issue(IssueType.LEAF_COUNT, detail)
    strange = [
        label for label in leaves if label and reference and not _covers_label(reference, label)
    ]
    if strange:
        detail = f"Not among the leaves of the reference: {', '.join(strange)}"
        return labels, Issue(IssueType.LEAF_COUNT, detail)
    return labels or (None,) * page_count, None


def _read_references(
    texts: Sequence[str], said: Mapping[str, Statement], sources: Sequence[DescriptionSource]
) -> tuple[ArchivalReference, ...]:
    """Return what could be read, held first; nothing where what is held could not be read.

    Of two places in one text, the one that the file name spells is held.
    """
    read = [parse_references(text) for text in texts]
    first = read[0] if read else ()
    for named in _file_name_references(sources):
        agreeing = tuple(
            reference for reference in first if _agrees_with_file_name(named, reference)
        )
        if first and not agreeing:
            raise _contradiction_error(named, first[0], said["references"])
        first = agreeing or (named,)
    if not first:
        return ()
    return tuple(dict.fromkeys([first[0], *(one for several in read for one in several)]))


def _file_name_references(sources: Sequence[DescriptionSource]) -> tuple[ArchivalReference, ...]:
    """Return the reference that the file name spells, if it does."""
    names = [source.values["references"] for source in sources if source.name == FILE_NAME]
    return parse_references(str(names[-1])) if names else ()


def _agrees_with_file_name(named: ArchivalReference, said: ArchivalReference) -> bool:
    """Return whether a file name, which may leave the leaves out, fits what was said."""
    return named.agrees_with(said if named.leaves else replace(said, unit="", leaves=()))


def _contradiction_error(
    named: ArchivalReference, other: ArchivalReference, said: Statement
) -> DescriptionError:
    msg = (
        f"The file name says {named.as_stamped}, but {said.format_location(0)} says "
        f"{other.as_stamped}."
        " Check that the scan lies under its own name and correct the one that is wrong;"
        " of several references, put first the one that this scan was made from."
    )
    return DescriptionError(
        msg, file=said.source.file_label, line=said.find_line(0), code="contradiction"
    )


def _description_issues(description: Description, date_problem: str) -> Iterator[Issue]:
    """Yield what was not given, or not understood."""
    if not description.references:
        yield Issue(IssueType.NO_REFERENCE, "No archival reference was given.")
    for text in description.references:
        found = find_references(text)
        if not found.certain_references:
            why = found.explanation
            detail = f"The reference “{text}” could not be read; it is kept as given. {why}"
            yield Issue(IssueType.UNREAD_REFERENCE, detail)
    if date_problem:
        detail = f"The date “{description.date}” {date_problem.rstrip('.')}; it is kept as given."
        yield Issue(IssueType.UNREAD_DATE, detail)


def _covers_label(reference: ArchivalReference, label: str) -> bool:
    """Return whether a label may be a leaf of the reference; a range has two sides to each."""
    leaf = Leaf.parse(label)
    return leaf is None or not reference.leaves or any(leaf in part for part in reference.leaves)
