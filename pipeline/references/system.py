"""What an archival reference system is: its levels, how it is found in texts, how it is printed.

A new system is a row of ``SignatureSystem`` or a class of its own in a module of ``systems/``;
CONTRIBUTING.md has the recipe.
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
    """A level of an archive's ladder."""

    name: str  #: published as the key of its values: never change one that is in use
    prefix: str = ""  #: printed before its value
    suffix: str = ""  #: printed behind its value
    folder_prefix: str = ""  #: before its value in names of folders and record ids: never change
    description_level: str = "file"  #: the level in the words of EAD3: fonds, series, file, item, …
    values: str = ".*"  #: what its values look like: a regular expression


@dataclass(frozen=True, eq=False)
class ReferenceSystem:
    """A way in which archives are cited; a subclass changes what is different in its own."""

    key: str  #: ``system`` in archives.toml
    levels: tuple[Level, ...]  #: outermost first
    ladder: str  #: the levels of a whole reference: a regular expression over names and spaces
    leaf_unit: tuple[str, str] = ("l", "ll")  #: its own mark of a leaf, and of several

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; a system may leave this to a relative.

        Args:
            text: what is searched.
            context: what "Ibid." at the beginning stands for.
        """
        del text, context
        yield from ()

    def read_file_name(self, stem: str) -> ArchivePlace | None:
        """Read the name of a file without its suffix; None where it spells no reference.

        Raises:
            ValueError: it spells a reference that cannot be right: leaves that run backward.
        """
        del stem
        return None

    def is_complete(self, path: LevelPath) -> bool:
        """Return whether the path leads down to a file or a document."""
        return re.fullmatch(self.ladder, " ".join(level for level, _ in path)) is not None

    def normalize_value(self, archive: str, level: str, value: str) -> str:
        """Return a value in our form.

        Raises:
            ValueError: it is no value of the level.
        """
        del archive
        known = self._levels_by_name().get(level)
        fits = known is not None and re.fullmatch(known.values, value)
        if not fits or value != " ".join(value.split()) or not re.search(r"\w", value):
            msg = f"not a value of {level}: {value!r}"
            raise ValueError(msg)
        return value

    def check(self, place: ArchivePlace) -> None:
        """Refuse a place that cannot be one of this system.

        Raises:
            ValueError: says what is wrong.
        """
        values = all(self.normalize_value(place.archive, *step) == step[1] for step in place.path)
        if not (values and self.is_complete(place.path)):
            msg = f"no place in an archive that we know: {place.archive}, {place.path}"
            raise ValueError(msg)
        if may_be_years(place.leaves) or place.unit not in (
            self._unit_plurals() if place.leaves else ("",)
        ):
            msg = f"leaves without a unit, or that may be years: {place.unit!r}, {place.leaves}"
            raise ValueError(msg)

    def format_normal(self, place: ArchivePlace, leaves: Sequence[str]) -> str:
        """Return the one printed form of a place, with its leaves as they are given here."""
        unit = place.unit if place.is_single_leaf else self._unit_plurals().get(place.unit, "")
        tail = [f"{unit}. {join_leaves(leaves)}"] if leaves else []
        return ", ".join([place.archive, *self.format_path(place.path), *tail])

    def format_legend(self, place: ArchivePlace) -> str:
        """Return the place as a Russian legend cites it: the normal form, unless it has its own."""
        return self.format_normal(place, [part.unpadded_label for part in place.leaves])

    def format_path(self, path: LevelPath) -> list[str]:
        """Return the printed steps between archive and leaves."""
        known = self._levels_by_name()
        return [f"{known[level].prefix}{value}{known[level].suffix}" for level, value in path]

    def folder_names(self, path: LevelPath) -> list[str]:
        """Return the path as names of folders; record ids are made of them."""
        known = self._levels_by_name()
        return [f"{known[level].folder_prefix}{to_folder_name(value)}" for level, value in path]

    def _levels_by_name(self) -> dict[str, Level]:
        return {level.name: level for level in self.levels}

    def _unit_plurals(self) -> dict[str, str]:
        """Return the marks of leaves that it knows, each with the mark of several."""
        return {"l": "ll", "p": "pp", **dict([self.leaf_unit])}
