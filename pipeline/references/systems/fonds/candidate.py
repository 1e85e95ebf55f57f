"""A reference of the Russian kind that is being assembled."""

from dataclasses import dataclass, field

from pipeline.references.leaves import LeafRange, may_be_and_next, parse_leaves
from pipeline.references.match import Problem
from pipeline.references.place import ArchivePlace
from pipeline.references.systems.fonds.levels import RANKS
from pipeline.references.systems.fonds.tokens import Token


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

    def set_leaves(self, token: Token, unit: str) -> None:
        """Set the leaves of a token, and mark the reference as suspect if they cannot be right."""
        self.unit, self.end, self.is_bare_ibid, self.leaves = unit, token.end, False, ()
        if may_be_and_next(token.value):
            self.mark_suspect("and-next", f"“{token.value}” may be that leaf and the next.")
        try:
            self.leaves = parse_leaves(token.value, unit)
        except ValueError as error:
            self.mark_suspect("leaves", f"The leaves cannot be right: {error}.")

    def make_successor(self, token: Token, rank: int) -> "ReferenceCandidate":
        """Return the next reference, which inherits the archive and the levels above a rank."""
        path = {level: value for level, value in self.path.items() if RANKS[level] < rank}
        return ReferenceCandidate(self.archive, token.start, token.start, path)
