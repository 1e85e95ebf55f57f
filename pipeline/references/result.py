"""The result of parsing a text: references and problems."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.references.match import Problem, ReferenceMatch
from pipeline.references.reference import ArchivalReference


@dataclass(frozen=True, slots=True)
class ParsedReference(ReferenceMatch):
    """A parsed reference, complete or not."""

    reference: ArchivalReference | None = None  #: None unless the status is OK

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``opis reference --json``."""
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
    """All references of a text, in text order."""

    references: tuple[ParsedReference, ...]
    problems: tuple[Problem, ...] = ()  #: of the whole text

    @property
    def certain_references(self) -> tuple[ArchivalReference, ...]:
        """All references if all are OK; none if any, or the whole text, is in doubt."""
        certain = tuple(
            parsed.reference for parsed in self.references if parsed.reference is not None
        )
        is_certain = len(certain) == len(self.references) and not self.problems
        return certain if is_certain else ()

    @property
    def explanation(self) -> str:
        """The problems as sentences; empty if there are none."""
        return " ".join(dict.fromkeys(problem.detail for problem in self._all_problems()))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of ``opis reference --json``."""
        return {
            "references": [parsed.to_dict() for parsed in self.references],
            "issues": [
                {"code": problem.code, "detail": problem.detail} for problem in self._all_problems()
            ],
        }

    def _all_problems(self) -> Iterator[Problem]:
        for parsed in self.references:
            yield from parsed.problems
        yield from self.problems
