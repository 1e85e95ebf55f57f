"""A place in an archive: the archive, the way down its ladder, and the leaves.

    RGASPI,  f. 558,  op. 11,  d. 330,  ll. 0110-0113
    archive  fond     opis     delo     leaves

Zeros before a leaf belong to its label alone; fonds 129 and 0129 are two fonds.
"""

import re
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from pipeline.references.archives import find_archive, system_of
from pipeline.references.leaves import YEAR, LeafRange, join_leaves
from pipeline.references.levels import (
    FILE_WORDS,
    FOND_LEVELS,
    FOND_SYSTEMS,
    LEVEL_PREFIXES,
    is_complete_path,
    normalize_value,
)
from pipeline.references.slug import to_ascii_slug

_UNIT_MARKS = {
    "l": ("l", "ll"),
    "p": ("p", "pp"),
    "f": ("f", "ff"),
    "Bl": ("Bl", "Bl"),
    "k": ("k", "k"),
}


@dataclass(frozen=True, slots=True)
class ArchivalReference:
    """An archive, the way down its ladder, and the leaves; equal where they name one place."""

    archive: str  #: code in archives.toml
    path: tuple[tuple[str, str], ...]  #: (level, value), outermost first; values are text
    unit: str = ""  #: "l" leaves, "p" pages, "f" folios, "Bl" Blatt, "k" karta; "" the whole file
    leaves: tuple[LeafRange, ...] = ()
    as_cited: str = field(default="", compare=False)  #: the text it was read from, byte for byte

    def __post_init__(self) -> None:
        archive = find_archive(self.archive)
        values = all(normalize_value(self.archive, *step) == step[1] for step in self.path)
        levels = tuple(level for level, _ in self.path)
        if (
            archive is None
            or archive.code != self.archive
            or not (values and is_complete_path(archive.system, levels))
        ):
            msg = f"no place in an archive that we know: {self.archive}, {self.path}"
            raise ValueError(msg)
        like_years = any(re.match(YEAR, part.unpadded_label) for part in self.leaves[1:])
        if like_years or self.unit not in (_UNIT_MARKS if self.leaves else ("",)):
            msg = f"leaves without a unit, or that may be years: {self.unit!r}, {self.leaves}"
            raise ValueError(msg)

    @property
    def normal(self) -> str:
        """The one printed form, leaves without the zeros in front."""
        return self.format_with_leaves([part.unpadded_label for part in self.leaves])

    @property
    def as_stamped(self) -> str:
        """The printed form with leaves as stamped."""
        return self.format_with_leaves([part.as_stamped for part in self.leaves])

    @property
    def slug(self) -> str:
        """The record id; small ASCII letters, digits and hyphens."""
        mark = f"-{self.unit.lower()}"
        leaves = mark.join(part.as_stamped for part in self.leaves)
        return _folder_name(
            "-".join(self.folder_names) + (mark + _folder_name(leaves) if leaves else "")
        )

    @property
    def folder_names(self) -> tuple[str, ...]:
        """The ladder as names of folders, the archive's first."""
        return (
            to_ascii_slug(self.archive),
            *(_level_prefix(level) + _folder_name(value) for level, value in self.path),
        )

    @property
    def is_single_leaf(self) -> bool:
        """Whether it cites one leaf, or one side of it."""
        return len(self.leaves) == 1 and self.leaves[0].first == self.leaves[0].last

    def leaf_labels(self) -> tuple[str, ...]:
        """Return the labels covered, in order; see ``LeafRange.labels`` on sides."""
        return tuple(label for part in self.leaves for label in part.labels())

    def agrees_with(self, other: Self) -> bool:
        """Return whether both may name one place: letters and alphabets may differ, places not."""
        return self._comparison_key() == other._comparison_key()

    def format_with_leaves(self, leaves: list[str]) -> str:
        """Return the printed form with these leaves."""
        system = system_of(self.archive)
        join = (
            _format_fond_path
            if system in FOND_SYSTEMS
            else _format_british_path
            if system == "uk"
            else _format_other_path
        )
        unit = _UNIT_MARKS[self.unit][not self.is_single_leaf] if leaves else ""
        tail = [f"{unit}. {join_leaves(leaves)}"] if leaves else []
        return ", ".join([self.archive, *join(system, self.path), *tail])

    def _comparison_key(self) -> tuple[str, ...]:
        leaves = (to_ascii_slug(part.unpadded_label) for part in self.leaves)
        return (
            self.archive,
            *(f"{level} {to_ascii_slug(value)}" for level, value in self.path),
            *leaves,
        )


def _format_fond_path(system: str, path: tuple[tuple[str, str], ...]) -> list[str]:
    words = {level: known.prefix for level, known in FOND_LEVELS.items()}
    words["delo"] = FILE_WORDS.get(system, (words["delo"],))[0]
    return [f"{words[level]}. {value}" for level, value in path]


def _format_british_path(system: str, path: tuple[tuple[str, str], ...]) -> list[str]:
    del system
    first, *rest = (value for _, value in path)
    return [f"{first} {'/'.join(rest)}"]


def _format_other_path(system: str, path: tuple[tuple[str, str], ...]) -> list[str]:
    values = dict(path)
    if system == "de" and "signatur" in values:
        volume = [f"Bd. {values['volume']}"] if "volume" in values else []
        return [f"{values['bestand']}/{values['signatur']}", *volume]
    if system == "hu":
        return [values["signatura"], *([f"{values['box']}. doboz"] if "box" in values else [])]
    words = {**LEVEL_PREFIXES, "volume": "t. "} if system == "pl" else LEVEL_PREFIXES
    if "teczka" in values:
        words = words | {"zespol": "z. "}
    return [f"{words.get(level, '')}{value}" for level, value in path]


def _level_prefix(level: str) -> str:
    """Return what a folder's name starts with, before the value."""
    short = {"record_group": "rg", "box": "box", "lot": "lot", "volume": "t", "teczka": "t"}
    return FOND_LEVELS[level].prefix if level in FOND_LEVELS else short.get(level, "")


def _folder_name(text: str) -> str:
    """Return what may name a folder; a digest makes up for what is cut or is not ASCII."""
    plain_text = to_ascii_slug(text)
    if text.isascii() and len(plain_text) <= 120 and plain_text:
        return plain_text
    return f"{plain_text[:112].rstrip('-')}-{sha256(text.encode()).hexdigest()[:6]}".lstrip("-")
