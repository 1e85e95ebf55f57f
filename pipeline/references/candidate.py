"""A reference in the making, and what may stand between two of its parts."""

from dataclasses import dataclass, field
from enum import Enum, auto

from pipeline.references.leaves import LeafRange
from pipeline.references.levels import RANKS
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import Problem
from pipeline.references.tokens import Token


class Gap(Enum):
    """What stands between two tokens."""

    BOUND = auto()
    LISTED = auto()
    PROSE = auto()
    ODD = auto()


@dataclass(slots=True)
class Draft:
    """A reference in the making."""

    archive: str | None
    start: int
    end: int
    path: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    leaves: tuple[LeafRange, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    suspect: bool = False
    ibid: bool = False  #: it stands for what was cited before
    fresh: bool = False  #: nothing was restated yet

    @classmethod
    def of(cls, place: ArchivalReference | None) -> "Draft | None":
        """Return what is known of a place that was cited before."""
        if place is None:
            return None
        return cls(place.archive, 0, 0, dict(place.path), place.unit, place.leaves)

    @property
    def rank(self) -> int:
        """How far down the ladder it goes."""
        return max((RANKS[level] for level in self.path), default=-1)

    def doubt(self, code: str, detail: str) -> None:
        """Note why it cannot be relied on."""
        self.suspect = True
        self.problems.append(Problem(code, detail))

    def heir(self, token: Token, above: int) -> "Draft":
        """Return the next reference: what this one says above a rank, and nothing else."""
        kept = {level: value for level, value in self.path.items() if RANKS[level] < above}
        return Draft(self.archive, token.start, token.start, kept)
