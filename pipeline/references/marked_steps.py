"""Systems whose references are a fond, often in words, and steps that each have a mark.

    ANIC, fond CC al PCR – Cancelarie, dosar 45/1956, ff. 3-7
    archive    fond                     step           leaves

The steps may come in any order.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from pipeline.references.archives import CITY, all_spellings, find_archive
from pipeline.references.leaves import LEAF_LIST, parse_leaves
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace
from pipeline.references.system import ReferenceSystem

_MAX_FOND_CHARS = 120
_FOND_MARK = re.compile(r"(?:fond|f\.|F\.)(?: ?nr\. ?| )", re.IGNORECASE)
_OTHER_TEXT = re.compile(r"[;:]|//|\. [A-Z]")  #: what no name of a fond has
_UNREAD_STEP = re.compile(r"[\s,]+(?:[^\W\d_]{1,10}[. ]{1,2}){1,3}[0-9]|[\s,]*/|, [0-9]")


@dataclass(frozen=True, eq=False, kw_only=True)
class MarkedStepSystem(ReferenceSystem):
    """A system of references with marked steps after a fond."""

    marks: Mapping[str, str]  #: patterns of the marks of levels
    values: str  #: pattern of the values of levels
    leaf_marks: str  #: pattern of the marks of leaves
    #: Letters that name an archive only before what the pattern looks ahead at, and its code.
    letters_in_context: tuple[str, str] = (r"(?!)", "")

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; "Ibid." is not supported."""
        del context
        for match in _archive_pattern(self).finditer(text.normalized):
            archive = find_archive(match["archive"]) if match["archive"] else None
            code = archive.code if archive else self.letters_in_context[1]
            reference = self._match_after(text, match, code)
            if reference is not None:
                yield reference

    def _match_after(
        self, text: CitingText, archive: re.Match[str], code: str
    ) -> ReferenceMatch | None:
        """Return the reference that begins with an archive; None if none does."""
        step_pattern = _step_pattern(self)
        mark = _FOND_MARK.match(text.normalized, archive.end())
        start = mark.end() if mark else archive.end()
        first = step_pattern.search(text.normalized, start + 1, start + _MAX_FOND_CHARS)
        end = first.start() if first else _end_of_name(text.normalized, start)
        fond = text.as_written[start:end].strip(" ,")
        if not fond or _OTHER_TEXT.search(fond) or not (first or mark) or not _begins_name(fond):
            return None
        path, leaf_list = {"fond": fond}, ""
        while step := step_pattern.match(text.normalized, end):
            level = next(name for name in (*self.marks, "leaves") if step[name])
            if level in path or leaf_list:
                break
            end = step.end()
            if level == "leaves":
                leaf_list = step["leaves"]
            else:
                path[level] = step[f"{level}_value"]
        ordered = tuple((one.name, path[one.name]) for one in self.levels if one.name in path)
        cited = text.normalized[archive.start() : end]
        return self._checked(
            ReferenceMatch(ReferenceStatus.OK, code, ordered, "", (), cited, start=archive.start()),
            leaf_list,
            text.normalized[end:],
        )

    def _checked(self, reference: ReferenceMatch, leaf_list: str, rest: str) -> ReferenceMatch:
        """Return a reference with its leaves, and with a status that says how sure it is."""
        unit = self.leaf_unit[0] if leaf_list else ""
        try:
            leaves = parse_leaves(leaf_list, unit) if leaf_list else ()
        except ValueError as error:
            problem = Problem("leaves", f"It cannot be right: {error}.")
            return replace(reference, status=ReferenceStatus.SUSPECT, problems=(problem,))
        reference = replace(reference, unit=unit, leaves=leaves)
        if not self.is_complete(reference.path):
            problem = Problem("incomplete", "A level is missing.")
            return replace(reference, status=ReferenceStatus.INCOMPLETE, problems=(problem,))
        if _UNREAD_STEP.match(rest):
            problem = Problem("unread-rest", "More follows that may belong to it.")
            return replace(reference, status=ReferenceStatus.SUSPECT, problems=(problem,))
        return reference


def _end_of_name(text: str, start: int) -> int:
    """Return where the name of a fond ends that no step follows."""
    match = re.compile(r"[.;]|$").search(text, start)
    return match.start() if match else len(text)


def _begins_name(text: str) -> bool:
    return text[0].isdigit() or text[0].isupper()


@cache
def _archive_pattern(system: MarkedStepSystem) -> re.Pattern[str]:
    names = "|".join(map(re.escape, all_spellings(system.key)))
    letters = system.letters_in_context[0]
    return re.compile(
        rf"(?<![\w-])(?:(?P<archive>{names})(?: \([^()]{{2,12}}\))?{CITY}|{letters})[\s,:]+"
    )


@cache
def _step_pattern(system: MarkedStepSystem) -> re.Pattern[str]:
    """Return a pattern of a step after a comma; groups are levels, their values, and leaves."""
    steps = [
        rf"(?P<{level}>{mark})(?: ?nr\.)? ?(?P<{level}_value>{system.values})(?![\w/])"
        for level, mark in system.marks.items()
    ]
    steps.append(rf"(?:{system.leaf_marks})\.? ?(?P<leaves>{LEAF_LIST})(?![\w/])")
    return re.compile(rf",? (?:{'|'.join(steps)})")
