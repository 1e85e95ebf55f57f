"""What a system finds in a text: a stretch that it reads, and how sure the reading is."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.references.leaves import LeafRange
from pipeline.references.place import LevelPath


class ReferenceStatus(StrEnum):
    """How far a reference can be relied on."""

    OK = "ok"
    INCOMPLETE = "incomplete"  #: a level that is needed is missing, or the archive
    SUSPECT = "suspect"  #: it can be read in two ways, or cannot be right
    NEEDS_CONTEXT = "needs-context"  #: "Ibid.", and nothing before it


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text was not read, or not for certain."""

    code: str
    detail: str  #: a sentence


@dataclass(frozen=True, slots=True)
class CitingText:
    """A text in which references are looked for; both forms are of one length."""

    as_written: str  #: composed letters, single spaces, dashes as they were
    normalized: str  #: as ``leaves.normalize_text`` returns it: dashes are hyphens, too


@dataclass(frozen=True, slots=True)
class ReferenceMatch:
    """A stretch of a text that a system reads as a reference, whole or not."""

    status: ReferenceStatus
    archive: str | None
    path: LevelPath
    unit: str
    leaves: tuple[LeafRange, ...]
    as_cited: str  #: the stretch of the text
    problems: tuple[Problem, ...] = ()
    start: int = 0  #: of the stretch, in the text with its dashes and spaces made alike
