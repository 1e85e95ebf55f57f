"""The description of a scan: what the command line, folders, file name and sidecar say of it.

The nearest wins, field by field: command line < folders, outermost first < file name < sidecar.
Where each value came from is kept. A file name and a sidecar that name different places
contradict each other and stop the scan: it is nearly always misfiled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from pipeline.description.dates import is_edtf
from pipeline.description.fields import Description, nearest_field
from pipeline.description.sidecar import Value
from pipeline.description.sources import FILE_NAME, Source, find_sources, sidecar_of, sidecars_of
from pipeline.errors import DescriptionError
from pipeline.model import Concern, Issue
from pipeline.reference import ArchivalReference, parse_all, read
from pipeline.references.leaves import Leaf

__all__ = [
    "Described",
    "Description",
    "Source",
    "describe",
    "find_sources",
    "page_labels",
    "sidecar_of",
    "sidecars_of",
]

_ONE_OF = {"reference": "references", "contributor": "contributors", "subject": "subjects"}


@dataclass(frozen=True, slots=True)
class Described:
    """A description, where each of its values came from, and what was made of them."""

    description: Description
    origins: dict[str, str]  #: field: origin of its value
    references: tuple[ArchivalReference, ...]  #: first = held: where this scan was made
    edtf: str | None  #: the date, where it could be read
    issues: tuple[Issue, ...]

    @property
    def held(self) -> ArchivalReference | None:
        """Where this scan was made."""
        return self.references[0] if self.references else None


@dataclass(frozen=True, slots=True)
class _Said:
    """A value, and who said it where."""

    value: Value
    key: str  #: as written
    source: Source

    @property
    def place(self) -> str:
        line = self.source.lines.get(self.key)
        return self.source.where if line is None else f"{self.source.where}, line {line}"


def describe(sources: Sequence[Source]) -> Described:
    """Merge ``sources``, the nearest last, and read what can be read of the result."""
    said: dict[str, _Said] = {}
    for source in sources:
        said |= _said(source)
    description = _checked(said)
    references = _read_references(description.references, said, sources)
    edtf = description.date if description.date and is_edtf(description.date) else None
    return Described(
        description,
        {name: value.source.origin for name, value in said.items()},
        references,
        edtf,
        tuple(_issues(description, edtf)),
    )


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


def _said(source: Source) -> dict[str, _Said]:
    """Return what a source says, field by field; what it leaves empty it does not say."""
    said: dict[str, _Said] = {}
    for key, value in source.values.items():
        value_said = _Said(value, key, source)
        name = _ONE_OF.get(key, key)
        if name in said:
            msg = (
                f"{value_said.place}: `{said[name].key}` and `{key}` are one. Keep one of the two."
            )
            raise DescriptionError(msg)
        if value not in (None, "", [], {}):
            said[name] = value_said
    return said


def _checked(said: Mapping[str, _Said]) -> Description:
    """Return the description, or refuse it in words for the first value that cannot be."""
    try:
        return Description.model_validate({name: value.value for name, value in said.items()})
    except ValidationError as error:
        first = error.errors()[0]
        value = said[str(first["loc"][0])]
        if first["type"] == "extra_forbidden":
            msg = f"{value.place}: `{value.key}` is not a field. {nearest_field(value.key)}"
        else:
            msg = f"{value.place}: `{value.key}` {first['ctx']['error']}."
        raise DescriptionError(msg) from error


def _read_references(
    texts: Sequence[str], said: Mapping[str, _Said], sources: Sequence[Source]
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
    named: ArchivalReference, other: ArchivalReference, said: _Said
) -> DescriptionError:
    msg = (
        f"The file name says {named.labelled}, but {said.place} says {other.labelled}."
        " Check that the scan lies under its own name and correct the one that is wrong;"
        " of several references, put first the one that this scan was made from."
    )
    return DescriptionError(msg)


def _issues(description: Description, edtf: str | None) -> Iterator[Issue]:
    """Yield what was not given, or not understood."""
    if not description.references:
        yield Issue(Concern.NO_REFERENCE, "No archival reference was given.")
    for text in description.references:
        found = read(text)
        if not found.places:
            why = found.why
            detail = f"The reference “{text}” could not be read; it is kept as given. {why}"
            yield Issue(Concern.UNREAD_REFERENCE, detail)
    if description.date and edtf is None:
        detail = f"The date “{description.date}” is not EDTF, such as 1949-01-14; kept as given."
        yield Issue(Concern.UNREAD_DATE, detail)


def _holds(held: ArchivalReference, label: str) -> bool:
    """Return whether a label may be a leaf of the reference; a range has two sides to each."""
    leaf = Leaf.parse(label)
    return leaf is None or not held.leaves or any(leaf in part for part in held.leaves)


def _count(number: int, things: str) -> str:
    one = {"images": "image", "leaves": "leaf", "labels": "label", "pages": "page"}
    return f"{number} {one[things] if number == 1 else things}"
