"""Reads references of the Russian kind: fond, opis, delo, leaves, in any of their spellings."""

from collections.abc import Iterator

from pipeline.references.archives import system_of
from pipeline.references.assembler import ReferenceAssembler
from pipeline.references.candidate import ReferenceCandidate
from pipeline.references.levels import RANKS, is_complete_path
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import ParsedReference, Problem, ReferenceStatus


def find_fond_references(
    text: str, context: ArchivalReference | None = None
) -> Iterator[ParsedReference]:
    """Yield the references of a text that ``leaves.plain`` gave."""
    for draft in ReferenceAssembler(text, context).find_candidates():
        yield _parsed_reference(draft, text)


def _parsed_reference(draft: ReferenceCandidate, text: str) -> ParsedReference:
    path = tuple(sorted(draft.path.items(), key=lambda step: RANKS[step[0]]))
    status, problems, place = _status_of(draft, path), list(draft.problems), None
    if status is ReferenceStatus.OK:
        try:
            place = ArchivalReference(draft.archive or "", path, draft.unit, draft.leaves)
        except ValueError as error:
            status = ReferenceStatus.SUSPECT
            problems.append(Problem("leaves", f"It cannot be right: {error}."))
    if not problems and status is not ReferenceStatus.OK:
        problems.append(_missing_problem(status, draft))
    cited = text[draft.start : draft.end]
    return ParsedReference(
        status, draft.archive, path, draft.unit, draft.leaves, cited, place, tuple(problems),
        draft.start,
    )  # fmt: skip


def _status_of(draft: ReferenceCandidate, path: tuple[tuple[str, str], ...]) -> ReferenceStatus:
    if draft.is_suspect:
        return ReferenceStatus.SUSPECT
    if draft.archive is None:
        return ReferenceStatus.NEEDS_CONTEXT if draft.is_ibid else ReferenceStatus.INCOMPLETE
    whole = is_complete_path(system_of(draft.archive), tuple(level for level, _ in path))
    return ReferenceStatus.OK if whole else ReferenceStatus.INCOMPLETE


def _missing_problem(status: ReferenceStatus, draft: ReferenceCandidate) -> Problem:
    if status is ReferenceStatus.NEEDS_CONTEXT:
        return Problem("needs-context", "“Ibid.” needs the reference before it.")
    if draft.archive is None:
        return Problem("no-archive", "No archive that Opis knows is named.")
    missing = [level for level in ("fond", "opis", "delo") if level not in draft.path]
    return Problem("incomplete", f"Missing: {', '.join(missing) or 'a level'}.")
