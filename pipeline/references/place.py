"""A place in an archive that no system has validated yet."""

from dataclasses import dataclass

from pipeline.references.leaves import LeafRange

#: Levels of an archive with their values: (level, value), outermost first.
LevelPath = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ArchivePlace:
    """An archive, a path through its levels, and leaves."""

    archive: str  #: code in archives.toml
    path: LevelPath
    unit: str = ""  #: "l" leaves, "p" pages, "f" folios, "Bl" Blatt, "k" karta; "" the whole file
    leaves: tuple[LeafRange, ...] = ()

    @property
    def is_single_leaf(self) -> bool:
        """Whether it cites one leaf, or one side of one leaf."""
        return len(self.leaves) == 1 and self.leaves[0].first == self.leaves[0].last
