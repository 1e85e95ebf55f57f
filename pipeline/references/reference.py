"""A valid place in an archive: the archive, the path through its levels, and the leaves.

    RGASPI,  f. 558,  op. 11,  d. 330,  ll. 0110-0113
    archive  fond     opis     delo     leaves

Leading zeros belong only to the label of a leaf; fonds 129 and 0129 are two fonds.
"""

from dataclasses import dataclass, field, replace
from typing import Self

from pipeline.references.leaves import join_leaves, leaves_include
from pipeline.references.place import ArchivePlace
from pipeline.references.slug import to_ascii_slug, to_folder_name
from pipeline.references.system import ReferenceSystem
from pipeline.references.system_registry import system_of


@dataclass(frozen=True, slots=True)
class ArchivalReference(ArchivePlace):
    """A place that is valid in its archive's system; references to one place are equal.

    Raises:
        ValueError: the archive is unknown, or the place is not valid in its system.
    """

    as_cited: str = field(default="", compare=False)  #: the parsed text, byte for byte

    def __post_init__(self) -> None:
        self.system.check(self)

    @property
    def system(self) -> ReferenceSystem:
        """The reference system of the archive."""
        return system_of(self.archive)

    @property
    def normal(self) -> str:
        """The normal printed form; leaves have no leading zeros."""
        return self.format_with_leaves([part.unpadded_label for part in self.leaves])

    @property
    def as_stamped(self) -> str:
        """The normal printed form with leaves as stamped."""
        return self.format_with_leaves([part.as_stamped for part in self.leaves])

    @property
    def slug(self) -> str:
        """The record id: small ASCII letters, digits and hyphens."""
        mark = f"-{self.unit.lower()}"
        leaves = mark.join(part.as_stamped for part in self.leaves)
        return to_folder_name(
            "-".join(self.folder_names) + (mark + to_folder_name(leaves) if leaves else "")
        )

    @property
    def folder_names(self) -> tuple[str, ...]:
        """Folder names of the archive and of its levels, outermost first."""
        return (to_ascii_slug(self.archive), *self.system.folder_names(self.path))

    def without_leaves(self) -> Self:
        """Return the place without its leaves: the file, or whatever its last level is."""
        return replace(self, unit="", leaves=())

    def leaf_labels(self) -> tuple[str, ...]:
        """Return the labels of all leaves in order, as ``LeafRange.labels`` does."""
        return tuple(label for part in self.leaves for label in part.labels())

    @property
    def unpadded_leaves(self) -> str:
        """The leaves without leading zeros, such as ``110-113, 115v``."""
        return join_leaves([part.unpadded_label for part in self.leaves])

    @property
    def file_key(self) -> str:
        """A text that all references to the same archival file share; case and alphabet aside."""
        levels = (f"{level} {to_ascii_slug(value)}" for level, value in self.path)
        return ", ".join([self.archive, *levels])

    def agrees_with(self, other: Self) -> bool:
        """Return whether both may name one place; case and alphabet are ignored."""
        return self._comparison_key() == other._comparison_key()

    def includes(self, other: Self) -> bool:
        """Return whether another reference is to the same file, and to no leaves but those here."""
        return self.file_key == other.file_key and leaves_include(self.leaves, other.leaves)

    def format_with_leaves(self, leaves: list[str]) -> str:
        """Return the printed form with these printed leaves."""
        return self.system.format_normal(self, leaves)

    def _comparison_key(self) -> tuple[str, ...]:
        return self.file_key, *(to_ascii_slug(part.unpadded_label) for part in self.leaves)
