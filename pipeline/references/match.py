"""Matches of reference systems in a text, with status and problems."""

from dataclasses import dataclass
from enum import StrEnum

from pipeline.references.leaves import LeafRange
from pipeline.references.place import LevelPath


class ReferenceStatus(StrEnum):
    """How reliable a parsed reference is."""

    OK = "ok"
    INCOMPLETE = "incomplete"  #: the archive or a required level is missing
    SUSPECT = "suspect"  #: ambiguous, or cannot be right
    NEEDS_CONTEXT = "needs-context"  #: "Ibid." without a reference before it


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text was not parsed, or not with certainty."""

    code: str
    detail: str  #: a sentence


@dataclass(frozen=True, slots=True)
class CitingText:
    """A text to search for references; both forms have the same length."""

    as_written: str  #: in NFC with single spaces; dashes unchanged
    normalized: str  #: by ``leaves.normalize_text``, which also turns dashes into hyphens


@dataclass(frozen=True, slots=True)
class ReferenceMatch:
    """A stretch of a text that a system reads as a reference, complete or not."""

    status: ReferenceStatus
    archive: str | None
    path: LevelPath
    unit: str
    leaves: tuple[LeafRange, ...]
    as_cited: str  #: the stretch of the text
    problems: tuple[Problem, ...] = ()
    start: int = 0  #: offset of the stretch in both forms of the ``CitingText``
