"""A reference in the making, and what may stand between two of its parts."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pipeline.references.leaves import LeafRange
from pipeline.references.match import Problem
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.levels import RANKS
from pipeline.references.systems.fonds.tokens import Token


class TokenGap(Enum):
    """What stands between two tokens."""

    BOUND = auto()
    LISTED = auto()
    PROSE = auto()
    ODD = auto()


@dataclass(slots=True)
class ReferenceCandidate:
    """A reference in the making."""

    archive: str | None
    start: int
    end: int
    path: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    leaves: tuple[LeafRange, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    is_suspect: bool = False
    is_ibid: bool = False  #: it stands for what was cited before
    is_bare_ibid: bool = False  #: nothing was restated yet

    @classmethod
    def from_place(cls, place: ArchivePlace | None) -> "ReferenceCandidate | None":
        """Return what is known of a place that was cited before."""
        if place is None:
            return None
        return cls(place.archive, 0, 0, dict(place.path), place.unit, place.leaves)

    @property
    def rank(self) -> int:
        """How far down the ladder it goes."""
        return max((RANKS[level] for level in self.path), default=-1)

    def mark_suspect(self, code: str, detail: str) -> None:
        """Note why it cannot be relied on."""
        self.is_suspect = True
        self.problems.append(Problem(code, detail))

    def make_successor(self, token: Token, rank: int) -> "ReferenceCandidate":
        """Return the next reference: what this one says above a rank, and nothing else."""
        kept = {level: value for level, value in self.path.items() if RANKS[level] < rank}
        return ReferenceCandidate(self.archive, token.start, token.start, kept)
