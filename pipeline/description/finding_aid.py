"""Imports the levels of archives from a finding aid: EAD 2002, EAD3, or ISAD(G) as AtoM's CSV.

A finding aid numbers each level within the one above it (``558``, ``оп. 11``), so the references
are composed from the top down. A component without a number is a heading; what is below it belongs
to the level above. Documents are left out: their records come from scans.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.description.level_descriptions import (
    DescribedLevel,
    LevelDescription,
    LevelReading,
    read_once,
)
from pipeline.errors import DescriptionError
from pipeline.references.archive import Archive
from pipeline.references.archives import find_archive
from pipeline.references.level_place import LevelPlace, child_level, parse_level
from pipeline.wording import plural

#: words for kinds of levels, in EAD's terms
_KINDS = {
    "fonds": "fonds fond collection recordgrp фонд собрание коллекция",
    "series": "series опись inventory",
    "subseries": "subseries sub-series subfonds sub-fonds class раздел часть",
    "file": "file delo дело unit единица справа",
    "item": "item document piece документ лист",
}
_KINDS_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split()}
#: how numbers of levels begin that are not parsed: "Inventory No. 11"
_NUMBER_MARK = re.compile(r"^(?:[^\W\d_]+\.?\s+)?(?:№|No\.?|nr\.?)?\s*(?=\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FindingAidComponent:
    """A component of a finding aid, with those below it."""

    line: int  #: of the file
    kind: str  #: as the file calls it: ``series``, ``Опись``; or empty
    number: str  #: ``unitid``, ``identifier``; or empty
    description: LevelDescription
    archive: str = ""  #: the repository or agency that the component names
    below: list["FindingAidComponent"] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    file: str
    levels: list[DescribedLevel] = field(default_factory=list)
    errors: list[DescriptionError] = field(default_factory=list)
    documents: int = 0
    headings: int = 0

    def add_error(self, component: FindingAidComponent, problem: str) -> None:
        """Add an error in a component and, if there are any, all below it."""
        count = _count_below(component)
        more = f" So is all below it: {plural(count, 'component')}." if count else ""
        msg = f"{self.file}, line {component.line}: {problem}{more}"
        code = "unread-reference"
        self.errors.append(DescriptionError(msg, file=self.file, line=component.line, code=code))


def compose_levels(
    components: Iterable[FindingAidComponent], file: str, archive: Archive | None
) -> LevelReading:
    """Return the levels that the components of a finding aid describe.

    Args:
        components: the outermost ones.
        file: the name of the finding aid in messages.
        archive: that holds them, if the finding aid does not name one that is known.
    """
    reading = _Reading(file)
    for component in components:
        _read_component(component, None, archive, reading)
    notes = {
        "document": (reading.documents, "documents are described by sidecars"),
        "heading": (reading.headings, "a level has a number"),
    }
    left_out = (
        f"{plural(count, noun)} left out: {why}." for noun, (count, why) in notes.items() if count
    )
    levels = (level for level in reading.levels if not level.description.is_empty)
    return LevelReading(read_once(levels), tuple(reading.errors), tuple(left_out))


def _read_component(
    component: FindingAidComponent,
    parent: LevelPlace | None,
    archive: Archive | None,
    reading: _Reading,
) -> None:
    archive = find_archive(component.archive) or archive
    kind = _kind_of(component.kind)
    place = parent
    if kind == "item":
        reading.documents += 1 + _count_below(component)
        return
    if not component.number:
        reading.headings += 1
    elif parent is None and archive is None and parse_level(component.number) is None:
        problem = (
            f"the archive of “{component.number}” is not known. Name it with --archive, such as "
            "--archive RGASPI."
        )
        reading.add_error(component, problem)
        return
    else:
        place = _place_of(component.number, kind, parent, archive)
        if place is None:
            below = f" below {parent.normal}" if parent else ""
            problem = f"the number “{component.number}” cannot be read{below}; it is left out."
            reading.add_error(component, problem)
            return
        reading.levels.append(DescribedLevel(place.normal, component.description))
    for one in component.below:
        _read_component(one, place, archive, reading)


def _place_of(
    number: str, kind: str, parent: LevelPlace | None, archive: Archive | None
) -> LevelPlace | None:
    """Return the level that a number names; None if it is in doubt."""
    code = parent.archive if parent else archive.code if archive else ""
    whole = parse_level(number) or (parse_level(f"{code}, {number}") if code else None)
    if whole is not None and (parent is None or whole.lies_in(parent)):
        return whole
    if parent is not None:
        below = parse_level(f"{parent.normal}, {number}")
        if below is not None and below.lies_in(parent):
            return below
    value = _without_parents(number, parent)
    path = parent.path if parent else ()
    for text in dict.fromkeys([value, _NUMBER_MARK.sub("", value)]):
        if code and (place := child_level(code, path, text, kind)) is not None:
            return place
    return None


def _without_parents(number: str, parent: LevelPlace | None) -> str:
    """Return a number without those of the levels above, if it repeats them: 558/11/330."""
    if parent is None:
        return number.strip()
    above = r"[\s./\-]+".join(re.escape(value) for _, value in parent.path)
    code = rf"(?:{re.escape(parent.archive)}[\s,./\-]*)?"
    return re.sub(rf"^\s*{code}{above}[\s./\-]+(?=\S)", "", number, flags=re.IGNORECASE).strip()


def _kind_of(word: str) -> str:
    """Return EAD's term for a kind of level; empty if it is not known."""
    first = re.split(r"[\s(]", word.strip().casefold())[0]
    return _KINDS_BY_WORD.get(word.strip().casefold(), _KINDS_BY_WORD.get(first, ""))


def _count_below(component: FindingAidComponent) -> int:
    return sum(1 + _count_below(one) for one in component.below)
