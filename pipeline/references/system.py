"""The base of archival reference systems: levels, parsing, validation and printed forms.

A new system is a ``SignatureSystem`` or a class of its own in a module of ``systems/``;
CONTRIBUTING.md explains how to add one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.references.leaves import join_leaves, may_be_years
from pipeline.references.match import CitingText, ReferenceMatch
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.slug import to_folder_name


@dataclass(frozen=True, slots=True)
class Level:
    """A level of an archive, such as fond, series, box or file."""

    name: str  #: published as the key of its values: never change one that is in use
    prefix: str = ""  #: printed before its value
    suffix: str = ""  #: printed after its value
    folder_prefix: str = ""  #: before its value in folder names and record ids: never change
    description_level: str = "file"  #: EAD3's term: fonds, series, file, item, …
    values: str = ".*"  #: regular expression of its values


@dataclass(frozen=True, eq=False)
class ReferenceSystem:
    """A system in which archives are cited; subclasses override where they differ."""

    key: str  #: ``system`` in archives.toml
    levels: tuple[Level, ...]  #: outermost first
    #: the levels of a complete reference: a regular expression over their names and spaces
    levels_pattern: str
    leaf_unit: tuple[str, str] = ("l", "ll")  #: mark of one leaf, mark of several

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; a system that another one parses yields none.

        Args:
            text: the text to search.
            context: the reference that "Ibid." at the beginning repeats.
        """
        del text, context
        yield from ()

    def cite_file_name(self, name: str) -> str:
        """Return a file name with the signs that citations of this system have between parts."""
        return name

    def is_complete(self, path: LevelPath) -> bool:
        """Return whether the path reaches a file or a document."""
        return re.fullmatch(self.levels_pattern, " ".join(level for level, _ in path)) is not None

    def normalize_value(self, archive: str, level: str, value: str) -> str:
        """Return the normal form of a value.

        Raises:
            ValueError: it is not a value of the level.
        """
        del archive
        definition = self._levels_by_name().get(level)
        is_valid = definition is not None and re.fullmatch(definition.values, value)
        if not is_valid or value != " ".join(value.split()) or not re.search(r"\w", value):
            msg = f"not a value of {level}: {value!r}"
            raise ValueError(msg)
        return value

    def check(self, place: ArchivePlace) -> None:
        """Validate a place of this system.

        Raises:
            ValueError: the path is incomplete, a value is not in its normal form, the unit is
                unknown, or leaves may be years.
        """
        is_normal = all(
            self.normalize_value(place.archive, *step) == step[1] for step in place.path
        )
        if not (is_normal and self.is_complete(place.path)):
            steps = ", ".join(f"{level} {value}" for level, value in place.path)
            msg = f"no place in an archive that we know: {place.archive}, {steps}"
            raise ValueError(msg)
        if may_be_years(place.leaves) or place.unit not in (
            self._unit_plurals() if place.leaves else ("",)
        ):
            labels = join_leaves([part.as_stamped for part in place.leaves])
            msg = f"leaves without a unit, or that may be years: {place.unit} {labels}"
            raise ValueError(msg)

    def format_normal(self, place: ArchivePlace, leaves: Sequence[str]) -> str:
        """Return the normal printed form of a place with these printed leaves."""
        unit = place.unit if place.is_single_leaf else self._unit_plurals().get(place.unit, "")
        tail = [f"{unit}. {join_leaves(leaves)}"] if leaves else []
        return ", ".join([place.archive, *self.format_path(place.path), *tail])

    def format_legend(self, place: ArchivePlace) -> str:
        """Return the place as a Russian legend cites it; by default its normal form."""
        return self.format_normal(place, [part.unpadded_label for part in place.leaves])

    def format_path(self, path: LevelPath) -> list[str]:
        """Return the printed levels between archive and leaves."""
        levels = self._levels_by_name()
        return [f"{levels[level].prefix}{value}{levels[level].suffix}" for level, value in path]

    def folder_names(self, path: LevelPath) -> list[str]:
        """Return the path as folder names, of which record ids are composed."""
        levels = self._levels_by_name()
        return [f"{levels[level].folder_prefix}{to_folder_name(value)}" for level, value in path]

    def _levels_by_name(self) -> dict[str, Level]:
        return {level.name: level for level in self.levels}

    def _unit_plurals(self) -> dict[str, str]:
        """Return the mark of several leaves or pages for each mark of one."""
        return {"l": "ll", "p": "pp", **dict([self.leaf_unit])}
