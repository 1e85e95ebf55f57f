"""The description of a scan: what folders, file name and sidecar say of it.

The nearest wins, field by field: folders, outermost first < the scan's row of
``index.csv`` < file name < sidecar. Where each value came from is kept. A file name and a sidecar
or row that name different places contradict each other and stop the scan: it is nearly always
misfiled. Where they agree, the file name adds nothing to the words of the row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.dates.parse import Calendar, read_date
from pipeline.description.fields import Description
from pipeline.description.sources import (
    FILE_NAME,
    INDEX,
    Source,
    find_sources,
    sidecar_of,
    sidecars_of,
)
from pipeline.description.statement import Said, checked, said_by
from pipeline.errors import DescriptionError
from pipeline.model import Concern, Issue
from pipeline.references import ArchivalReference, parse_all, read
from pipeline.references.leaves import Leaf

__all__ = [
    "Described",
    "Description",
    "Source",
    "describe",
    "find_sources",
    "merged",
    "page_labels",
    "sidecar_of",
    "sidecars_of",
]


@dataclass(frozen=True, slots=True)
class Described:
    """A description, where each of its values came from, and what was made of them."""

    description: Description
    origins: dict[str, str]  #: field: origin of its value
    references: tuple[ArchivalReference, ...]  #: first = held: where this scan was made
    edtf: str | None  #: the date, where it could be read
    issues: tuple[Issue, ...]
    calendar: Calendar = "gregorian"  #: of the date as given

    @property
    def held(self) -> ArchivalReference | None:
        """Where this scan was made."""
        return self.references[0] if self.references else None


def describe(sources: Sequence[Source]) -> Described:
    """Merge ``sources``, the nearest last, and read what can be read of the result."""
    said = merged(sources)
    description = checked(said)
    references = _read_references(description.references, said, sources)
    date = read_date(description.date or "", description.date_calendar)
    trouble = date.trouble if description.date else ""
    return Described(
        description,
        {name: value.source.origin for name, value in said.items()},
        references,
        date.edtf if description.date else None,
        tuple(_issues(description, trouble)),
        date.calendar if date.edtf else description.date_calendar or "gregorian",
    )


def merged(sources: Sequence[Source]) -> dict[str, Said]:
    """Return the nearest value of each field."""
    said: dict[str, Said] = {}
    for source in sources:
        indexed = "references" in said and said["references"].source.name == INDEX
        if not (source.name == FILE_NAME and indexed):
            said |= said_by(source)
    return said


def page_labels(
    held: ArchivalReference | None, leaves: Sequence[str | None], page_count: int
) -> tuple[tuple[str | None, ...], Issue | None]:
    """Return a leaf label for each page: from ``leaves``, or where the reference gives one each.

    >>> page_labels(parse_all("RGASPI, f. 1, op. 1, d. 1, ll. 09-10")[0], (), 2)
    (('09', '10'), None)
    """
    labels = tuple(leaves) or (held.leaf_labels() if held else ())
    if labels and len(labels) != page_count:
        kind = "labels" if leaves else "pages" if held and held.unit == "p" else "leaves"
        which = "" if leaves or held is None else f" ({held.labelled.rpartition('. ')[2]})"
        detail = f"{_count(page_count, 'images')} for {_count(len(labels), kind)}{which}"
        return (None,) * page_count, Issue(Concern.LEAF_COUNT, detail)
    strange = [label for label in leaves if label and held and not _holds(held, label)]
    if strange:
        detail = f"Not among the leaves of the reference: {', '.join(strange)}"
        return labels, Issue(Concern.LEAF_COUNT, detail)
    return labels or (None,) * page_count, None


def _read_references(
    texts: Sequence[str], said: Mapping[str, Said], sources: Sequence[Source]
) -> tuple[ArchivalReference, ...]:
    """Return what could be read, held first; nothing where what is held could not be read.

    Of two places in one text, the one that the file name spells is held.
    """
    read = [parse_all(text) for text in texts]
    first = read[0] if read else ()
    for named in _named(sources):
        agreeing = tuple(reference for reference in first if _agree(named, reference))
        if first and not agreeing:
            raise _contradiction(named, first[0], said["references"])
        first = agreeing or (named,)
    if not first:
        return ()
    return tuple(dict.fromkeys([first[0], *(one for several in read for one in several)]))


def _named(sources: Sequence[Source]) -> tuple[ArchivalReference, ...]:
    """Return the reference that the file name spells, if it does."""
    names = [source.values["references"] for source in sources if source.name == FILE_NAME]
    return parse_all(str(names[-1])) if names else ()


def _agree(named: ArchivalReference, said: ArchivalReference) -> bool:
    """Return whether a file name, which may leave the leaves out, fits what was said."""
    return named.agrees(said if named.leaves else replace(said, unit="", leaves=()))


def _contradiction(
    named: ArchivalReference, other: ArchivalReference, said: Said
) -> DescriptionError:
    msg = (
        f"The file name says {named.labelled}, but {said.place(0)} says {other.labelled}."
        " Check that the scan lies under its own name and correct the one that is wrong;"
        " of several references, put first the one that this scan was made from."
    )
    return DescriptionError(msg, file=said.source.where, line=said.line(0), code="contradiction")


def _issues(description: Description, trouble: str) -> Iterator[Issue]:
    """Yield what was not given, or not understood."""
    if not description.references:
        yield Issue(Concern.NO_REFERENCE, "No archival reference was given.")
    for text in description.references:
        found = read(text)
        if not found.places:
            why = found.why
            detail = f"The reference “{text}” could not be read; it is kept as given. {why}"
            yield Issue(Concern.UNREAD_REFERENCE, detail)
    if trouble:
        detail = f"The date “{description.date}” {trouble.rstrip('.')}; it is kept as given."
        yield Issue(Concern.UNREAD_DATE, detail)


def _holds(held: ArchivalReference, label: str) -> bool:
    """Return whether a label may be a leaf of the reference; a range has two sides to each."""
    leaf = Leaf.parse(label)
    return leaf is None or not held.leaves or any(leaf in part for part in held.leaves)


def _count(number: int, things: str) -> str:
    one = {"images": "image", "leaves": "leaf", "labels": "label", "pages": "page"}
    return f"{number} {one[things] if number == 1 else things}"
