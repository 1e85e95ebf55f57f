"""What came of reading a text for references: each with how sure it is, and why it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.references.match import Problem, ReferenceMatch
from pipeline.references.reference import ArchivalReference


@dataclass(frozen=True, slots=True)
class ParsedReference(ReferenceMatch):
    """A reference as it was read, whole or not."""

    reference: ArchivalReference | None = None  #: where the status is ok

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``opis reference --json`` prints it."""
        return {
            "status": self.status.value,
            "archive": self.archive,
            "path": [list(step) for step in self.path],
            "unit": self.unit,
            "leaves": ";".join(part.unpadded_label for part in self.leaves),
            "leaf_labels": ";".join(part.as_stamped for part in self.leaves),
            "as_cited": self.as_cited,
            "normal": None if self.reference is None else self.reference.normal,
        }


@dataclass(frozen=True, slots=True)
class ParseResult:
    """All references of a text, in its order."""

    references: tuple[ParsedReference, ...]
    problems: tuple[Problem, ...] = ()  #: of the text itself

    @property
    def certain_references(self) -> tuple[ArchivalReference, ...]:
        """Those that are ok; none at all where any is in doubt."""
        places = tuple(found.reference for found in self.references if found.reference is not None)
        return places if len(places) == len(self.references) else ()

    @property
    def explanation(self) -> str:
        """Why not all is ok, in sentences; empty where it is."""
        return " ".join(problem.detail for problem in self._all_problems())

    def to_dict(self) -> dict[str, Any]:
        """Return it as ``opis reference --json`` prints it."""
        return {
            "references": [found.to_dict() for found in self.references],
            "issues": [
                {"code": problem.code, "detail": problem.detail} for problem in self._all_problems()
            ],
        }

    def _all_problems(self) -> Iterator[Problem]:
        for found in self.references:
            yield from found.problems
        yield from self.problems
