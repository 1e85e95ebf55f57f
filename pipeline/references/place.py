"""A place in an archive before anything is checked: what systems check, print and compare."""

from dataclasses import dataclass

from pipeline.references.leaves import LeafRange

#: The way down an archive's ladder: (level, value), outermost first; values are text.
LevelPath = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """An archive, the way down its ladder, and the leaves."""

    archive: str  #: code in archives.toml
    path: LevelPath
    unit: str = ""  #: "l" leaves, "p" pages, "f" folios, "Bl" Blatt, "k" karta; "" the whole file
    leaves: tuple[LeafRange, ...] = ()

    @property
    def is_single_leaf(self) -> bool:
        """Whether it cites one leaf, or one side of it."""
        return len(self.leaves) == 1 and self.leaves[0].first == self.leaves[0].last
