"""Merges the sources of a scan's description, field by field.

The nearest source wins: folder defaults, outermost first < row of ``index.csv`` < file name <
sidecar < a person's decision. The origin of each value is kept. A file name and a sidecar or row
that name different places contradict each other and stop the scan: it is nearly always misfiled.
Where a row gives the reference, its words stay and the file name only confirms them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.dates.parse import Calendar, parse_date
from pipeline.description.fields import Description
from pipeline.description.relations import RELATION_KINDS, Relation, parse_relation
from pipeline.description.sources import (
    DECISION,
    FILE_NAME,
    INDEX,
    DescriptionSource,
    find_sidecar,
    find_sidecars,
    find_sources,
)
from pipeline.description.statement import Statement, statements_of, validate
from pipeline.errors import ContradictionError
from pipeline.model import Issue, IssueType
from pipeline.references import ArchivalReference, find_references, parse_references
from pipeline.references.page_labels import leaves_of_label, spread_labels
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
    """A description, the origin of each value, and what could be parsed from the values."""

    description: Description
    origins: dict[str, str]  #: by field
    references: tuple[ArchivalReference, ...]  #: first = held: what this scan was made from
    edtf: str | None  #: the date; None if it could not be parsed
    issues: tuple[Issue, ...]
    calendar: Calendar = "gregorian"  #: of the date as given
    relations: tuple[Relation, ...] = ()

    @property
    def held_reference(self) -> ArchivalReference | None:
        """The reference that this scan was made from."""
        return self.references[0] if self.references else None


def merge_sources(sources: Sequence[DescriptionSource], base_url: str = "") -> MergedDescription:
    """Merge ``sources``, the nearest last; parse references, date and relations of the result.

    Args:
        sources: of one scan.
        base_url: of the site of this archive; a relation to a page there is one to its record.

    Raises:
        DescriptionError: a value is invalid.
        ContradictionError: the file name contradicts the reference, and nobody decided.
    """
    statements = nearest_statements(sources)
    description = validate(statements)
    references = _parse_references(description.references, statements, sources)
    date = parse_date(description.date or "", description.date_calendar, description.language or "")
    problem = date.problem if description.date else ""
    relations = tuple(_parse_relations(description, base_url))
    return MergedDescription(
        description,
        {name: statement.source.origin for name, statement in statements.items()},
        references,
        date.edtf if description.date else None,
        (
            *_description_issues(description, problem, sources),
            *map(_unread_relation_issue, (one for one in relations if not one.is_read)),
        ),
        date.calendar if date.edtf else description.date_calendar or "gregorian",
        relations,
    )


def nearest_statements(sources: Sequence[DescriptionSource]) -> dict[str, Statement]:
    """Return the statement of the nearest source for each field.

    A decided reference takes the place of the first one; other holdings stay.
    """
    statements: dict[str, Statement] = {}
    for source in sources:
        references = statements.get("references")
        is_indexed = references is not None and references.source.name == INDEX
        if source.name == FILE_NAME and is_indexed:
            continue
        nearer = statements_of(source)
        if source.name == DECISION and references is not None and "references" in nearer:
            nearer["references"] = _replace_first(references, nearer["references"])
        statements |= nearer
    return statements


def _replace_first(references: Statement, decided: Statement) -> Statement:
    items = references.value if isinstance(references.value, list) else [references.value]
    first = decided.value if isinstance(decided.value, list) else [decided.value]
    return replace(decided, value=[*first, *items[1:]])


def page_labels(
    reference: ArchivalReference | None, leaves: Sequence[str | None], page_count: int
) -> tuple[tuple[str | None, ...], Issue | None]:
    """Return a leaf label for each page, from ``leaves`` or else from the reference.

    A page may be a spread of two leaves. With labels for another number of pages, each is None;
    an issue says so. Labels outside the reference are kept, with an issue.

    >>> page_labels(parse_references("RGASPI, f. 1, op. 1, d. 1, ll. 09-10")[0], (), 2)
    (('09', '10'), None)
    """
    labels = tuple(leaves) or (reference.leaf_labels() if reference else ())
    labels = spread_labels(labels, page_count) or labels
    if labels and len(labels) != page_count:
        kind = "label" if leaves else "page" if reference and reference.unit == "p" else "leaf"
        several = "leaves" if kind == "leaf" else ""
        which = (
            "" if leaves or reference is None else f" ({reference.as_stamped.rpartition('. ')[2]})"
        )
        detail = f"{plural(page_count, 'image')} for {plural(len(labels), kind, several)}{which}"
        both = "-".join(filter(None, labels))
        if page_count == 1 and len(leaves_of_label(both)) == len(labels):
            return (both,), Issue(IssueType.LEAF_COUNT, f"{detail}; both may be on it")
        return (None,) * page_count, Issue(IssueType.LEAF_COUNT, detail)
    outside = [
        label for label in leaves if label and reference and not _covers_label(reference, label)
    ]
    if outside:
        detail = f"Not among the leaves of the reference: {', '.join(outside)}"
        return labels, Issue(IssueType.LEAF_COUNT, detail)
    return labels or (None,) * page_count, None


def _parse_references(
    texts: Sequence[str], statements: Mapping[str, Statement], sources: Sequence[DescriptionSource]
) -> tuple[ArchivalReference, ...]:
    """Return the parsed references, the held one first; none if the held one is not parsed.

    Of two references in one text, the one that the file name spells is held.
    """
    parsed = [parse_references(text) for text in texts]
    first = parsed[0] if parsed else ()
    for named in _file_name_references(sources):
        agreeing = tuple(
            reference for reference in first if _agrees_with_file_name(named, reference)
        )
        if first and not agreeing:
            raise _contradiction_error(named, first[0], statements["references"])
        first = agreeing or (named,)
    if not first:
        return ()
    return tuple(dict.fromkeys([first[0], *chain.from_iterable(parsed)]))


def _parse_relations(description: Description, base_url: str) -> Iterator[Relation]:
    for name, kind in RELATION_KINDS.items():
        for text in getattr(description, name):
            yield parse_relation(kind, text, base_url)


def _file_name_references(sources: Sequence[DescriptionSource]) -> tuple[ArchivalReference, ...]:
    """Return the references that the file name spells: one or none; none if a person decided."""
    if any(source.name == DECISION and "references" in source.values for source in sources):
        return ()
    names = [source.values["references"] for source in sources if source.name == FILE_NAME]
    return parse_references(str(names[-1])) if names else ()


def _agrees_with_file_name(named: ArchivalReference, reference: ArchivalReference) -> bool:
    """Return whether a file name, which may leave the leaves out, agrees with a reference."""
    return named.agrees_with(reference if named.leaves else reference.without_leaves())


def _contradiction_error(
    named: ArchivalReference, other: ArchivalReference, statement: Statement
) -> ContradictionError:
    msg = (
        f"The file name says {named.as_stamped}, but {statement.format_location(0)} says "
        f"{other.as_stamped}."
        " Check that the scan lies under its own name and correct the one that is wrong;"
        " of several references, put first the one that this scan was made from."
    )
    return ContradictionError(
        msg,
        stated=other.as_stamped,
        file=statement.source.file_label,
        line=statement.find_line(0),
    )


def _description_issues(
    description: Description, date_problem: str, sources: Sequence[DescriptionSource]
) -> Iterator[Issue]:
    """Yield an issue for missing references, and for references and a date that are not parsed."""
    doubts = [source.doubt for source in sources if source.doubt]
    if not description.references and doubts:
        yield Issue(IssueType.UNREAD_REFERENCE, doubts[-1])
    elif not description.references:
        yield Issue(IssueType.NO_REFERENCE, "No archival reference was given.")
    for text in description.references:
        found = find_references(text)
        if not found.certain_references:
            detail = f"The reference “{text}” could not be read; it is kept as given."
            yield Issue(IssueType.UNREAD_REFERENCE, f"{detail} {found.explanation}")
    if date_problem:
        detail = f"The date “{description.date}” {date_problem.rstrip('.')}; it is kept as given."
        yield Issue(IssueType.UNREAD_DATE, detail)


def _unread_relation_issue(relation: Relation) -> Issue:
    named = f"The document “{relation.as_given}”, to which a relation is stated,"
    detail = f"{named} is no record id, reference or link that can be read; it is kept as given."
    return Issue(IssueType.UNREAD_RELATION, detail)


def _covers_label(reference: ArchivalReference, label: str) -> bool:
    """Return whether a label may be of the reference; a range covers both sides of each leaf."""
    return not reference.leaves or all(
        any(leaf in part for part in reference.leaves) for leaf in leaves_of_label(label)
    )
