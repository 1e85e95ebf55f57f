"""Reads references of the Russian kind: fond, opis, delo, leaves, in any of their spellings."""

from collections.abc import Iterator

from pipeline.references.archives import system_of
from pipeline.references.assembler import Assembler
from pipeline.references.candidate import Draft
from pipeline.references.levels import RANKS, is_ladder
from pipeline.references.reference import ArchivalReference
from pipeline.references.result import Problem, Reading, Status


def read_fonds(text: str, context: ArchivalReference | None = None) -> Iterator[Reading]:
    """Yield the references of a text that ``leaves.plain`` gave."""
    for draft in Assembler(text, context).drafts():
        yield _reading(draft, text)


def _reading(draft: Draft, text: str) -> Reading:
    path = tuple(sorted(draft.path.items(), key=lambda step: RANKS[step[0]]))
    status, problems, place = _judged(draft, path), list(draft.problems), None
    if status is Status.OK:
        try:
            place = ArchivalReference(draft.archive or "", path, draft.unit, draft.leaves)
        except ValueError as error:
            status = Status.SUSPECT
            problems.append(Problem("leaves", f"It cannot be right: {error}."))
    if not problems and status is not Status.OK:
        problems.append(_lack(status, draft))
    cited = text[draft.start : draft.end]
    return Reading(
        status, draft.archive, path, draft.unit, draft.leaves, cited, place, tuple(problems),
        draft.start,
    )  # fmt: skip


def _judged(draft: Draft, path: tuple[tuple[str, str], ...]) -> Status:
    if draft.suspect:
        return Status.SUSPECT
    if draft.archive is None:
        return Status.NEEDS_CONTEXT if draft.ibid else Status.INCOMPLETE
    whole = is_ladder(system_of(draft.archive), tuple(level for level, _ in path))
    return Status.OK if whole else Status.INCOMPLETE


def _lack(status: Status, draft: Draft) -> Problem:
    if status is Status.NEEDS_CONTEXT:
        return Problem("needs-context", "“Ibid.” needs the reference before it.")
    if draft.archive is None:
        return Problem("no-archive", "No archive that Opis knows is named.")
    missing = [level for level in ("fond", "opis", "delo") if level not in draft.path]
    return Problem("incomplete", f"Missing: {', '.join(missing) or 'a level'}.")
