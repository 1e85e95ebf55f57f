"""Systems whose references are a signature: German, Polish, Hungarian and Chinese ones.

Signatures are opaque: the text between archive and leaves is not changed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline.references.archives import CITY, all_spellings, find_archive
from pipeline.references.leaves import LEAF_LIST, LeafRange, may_be_and_next, parse_leaves
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.system import ReferenceSystem

#: A box, bundle or file after a signature, in Polish or Hungarian.
BOX_OR_BUNDLE = (
    r"[\s,.]+(?:(?:f|z|w|t|cs|box|teczka|wiązka|doboz)\b\.? ?[0-9]|(?:[^,;]{1,20}, ){0,3}"
    r"[0-9]+(?:[/-]\w|\. ?(?:doboz|cs|d|tétel|t|ő|őe|f)\b))"
)

_NO_LEVELS = {"archive", "bracketed", "leaves"}  #: groups of a pattern


@dataclass(frozen=True, eq=False, kw_only=True)
class SignatureSystem(ReferenceSystem):
    """A system that is parsed by regular expressions."""

    #: Groups are named after levels, outermost first; ``{archive}`` stands for a spelling of the
    #: system's archives, ``{leaves}`` for a list of leaves; other braces are doubled.
    patterns: tuple[str, ...]
    #: Text after a reference that no pattern reads; such a reference is in doubt.
    unread_part: str = r"(?!)"

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; "Ibid." is not supported."""
        del context
        for pattern in self.patterns:
            for match in _compile_pattern(self.key, pattern).finditer(text.normalized):
                yield self._doubt_if_continued(self._match_of(match), match)

    def _match_of(self, match: re.Match[str]) -> ReferenceMatch:
        archive = find_archive(match["bracketed"] or match["archive"] or "")
        levels = [name for name in match.groupdict() if name not in _NO_LEVELS]
        path = tuple((level, match[level].strip()) for level in levels if match[level])
        return match_from_regex(self, match, archive.code if archive else None, path)

    def _doubt_if_continued(
        self, reference: ReferenceMatch, match: re.Match[str]
    ) -> ReferenceMatch:
        """Return the reference as suspect if more of it seems to follow."""
        rest = re.compile(self.unread_part, re.IGNORECASE).match(match.string, match.end())
        if reference.status is not ReferenceStatus.OK or not rest:
            return reference
        problem = Problem("unread-rest", "More follows that may belong to it.")
        return replace(reference, status=ReferenceStatus.SUSPECT, problems=(problem,))


def match_from_regex(
    system: ReferenceSystem, match: re.Match[str], archive: str | None, path: LevelPath
) -> ReferenceMatch:
    """Return the reference of a regular expression's match.

    Its status is INCOMPLETE without an archive or with a level missing, and SUSPECT if the leaves
    run backward.
    """
    leaf_list = match.groupdict().get("leaves")
    unit = system.leaf_unit[0] if leaf_list else ""
    leaves: tuple[LeafRange, ...] = ()
    status, problems = ReferenceStatus.OK, []
    try:
        leaves = parse_leaves(leaf_list, unit) if leaf_list else ()
    except ValueError as error:
        status = ReferenceStatus.SUSPECT
        problems = [Problem("leaves", f"It cannot be right: {error}.")]
    if leaf_list and may_be_and_next(leaf_list):
        status = ReferenceStatus.SUSPECT
        problems = [Problem("and-next", f"“{leaf_list}” may be that leaf and the next.")]
    if archive is None:
        status = ReferenceStatus.INCOMPLETE if status is ReferenceStatus.OK else status
        problems = [Problem("no-archive", "No archive that Opis knows is named.")]
    elif status is ReferenceStatus.OK:
        try:
            system.check(ArchivePlace(archive, path, unit, leaves))
        except ValueError:
            status = ReferenceStatus.INCOMPLETE
            problems = [Problem("incomplete", "A level is missing.")]
    return ReferenceMatch(
        status, archive, path, unit, leaves, match[0], tuple(problems), match.start()
    )


@cache
def _compile_pattern(system: str, pattern: str) -> re.Pattern[str]:
    names = "|".join(re.escape(text).replace(r"\ ", "[ -]?") for text in all_spellings(system))
    archive = rf"(?P<archive>{names})(?: \((?P<bracketed>{names})\))?{CITY}"
    whole = pattern.format(archive=archive, leaves=LEAF_LIST)
    return re.compile(rf"(?<![\w-])(?:{whole})(?![\w/])")
