"""A reference being assembled, and the kinds of text between its parts."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pipeline.references.leaves import LeafRange
from pipeline.references.match import Problem
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.levels import RANKS
from pipeline.references.systems.fonds.tokens import Token


class TokenGap(Enum):
    """The kind of text between two tokens."""

    BOUND = auto()  #: stops, commas, brackets
    LISTED = auto()  #: a semicolon or "and"
    PROSE = auto()  #: words
    ODD = auto()  #: anything else


@dataclass(slots=True)
class ReferenceCandidate:
    """A reference being assembled."""

    archive: str | None
    start: int
    end: int
    path: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    leaves: tuple[LeafRange, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    is_suspect: bool = False
    is_ibid: bool = False  #: it repeats an earlier reference
    is_bare_ibid: bool = False  #: no level has been restated yet

    @classmethod
    def from_place(cls, place: ArchivePlace | None) -> "ReferenceCandidate | None":
        """Return a candidate for a place that was cited before."""
        if place is None:
            return None
        return cls(place.archive, 0, 0, dict(place.path), place.unit, place.leaves)

    @property
    def rank(self) -> int:
        """The rank of its deepest level; -1 without levels."""
        return max((RANKS[level] for level in self.path), default=-1)

    def mark_suspect(self, code: str, detail: str) -> None:
        """Mark the reference as suspect and add a problem."""
        self.is_suspect = True
        self.problems.append(Problem(code, detail))

    def make_successor(self, token: Token, rank: int) -> "ReferenceCandidate":
        """Return the next reference, which inherits the archive and the levels above a rank."""
        path = {level: value for level, value in self.path.items() if RANKS[level] < rank}
        return ReferenceCandidate(self.archive, token.start, token.start, path)
