"""Systems whose references are one signature: German, Polish, Hungarian and Chinese ones.

Signatures are opaque: what stands between archive and leaves is kept as it is written.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from pipeline.references.archives import CITY, all_spellings, find_archive
from pipeline.references.leaves import LEAF_LIST, LeafRange, parse_leaves
from pipeline.references.match import CitingText, Problem, ReferenceMatch, ReferenceStatus
from pipeline.references.place import ArchivePlace, LevelPath
from pipeline.references.system import ReferenceSystem

#: After a signature: a box, a bundle or a file, in Polish or Hungarian.
BOX_OR_BUNDLE = (
    r"[\s,.]+(?:(?:f|z|w|t|cs|box|teczka|wiązka|doboz)\b\.? ?[0-9]|(?:[^,;]{1,20}, )?"
    r"[0-9]+(?:[/-]\w|\. ?(?:doboz|cs|d|tétel|t|ő|őe|f)\b))"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class SignatureSystem(ReferenceSystem):
    """A system that regular expressions read."""

    #: Groups are named after levels, outermost first; ``{archive}`` stands for a spelling of the
    #: system's archives, ``{leaves}`` for a list of leaves; other braces are doubled.
    patterns: tuple[str, ...]
    #: What may follow and no pattern reads; a reference before it is in doubt.
    unread_part: str = r"(?!)"

    def find(self, text: CitingText, context: ArchivePlace | None) -> Iterator[ReferenceMatch]:
        """Yield the references of a text; none stands for another."""
        del context
        for pattern in self.patterns:
            for found in _compile_pattern(self.key, pattern).finditer(text.normalized):
                yield self._doubt_if_continued(self._match_of(found), found)

    def _match_of(self, found: re.Match[str]) -> ReferenceMatch:
        archive = find_archive(found["archive"] or "")
        levels = [name for name in found.groupdict() if name not in {"archive", "leaves"}]
        path = tuple((level, found[level].strip()) for level in levels if found[level])
        return match_from_regex(self, found, archive.code if archive else None, path)

    def _doubt_if_continued(self, match: ReferenceMatch, found: re.Match[str]) -> ReferenceMatch:
        """Doubt a reading behind which more of a reference seems to stand."""
        rest = re.compile(self.unread_part, re.IGNORECASE).match(found.string, found.end())
        if match.status is not ReferenceStatus.OK or not rest:
            return match
        more = Problem("unread-rest", "More follows that may belong to it.")
        return replace(match, status=ReferenceStatus.SUSPECT, problems=(more,))


def match_from_regex(
    system: ReferenceSystem, found: re.Match[str], archive: str | None, path: LevelPath
) -> ReferenceMatch:
    """Return what a regular expression found; incomplete where the path is no whole one."""
    given = found.groupdict().get("leaves")
    unit = system.leaf_unit[0] if given else ""
    leaves: tuple[LeafRange, ...] = ()
    status, problems = ReferenceStatus.OK, []
    try:
        leaves = parse_leaves(given, unit) if given else ()
    except ValueError as error:
        status = ReferenceStatus.SUSPECT
        problems = [Problem("leaves", f"It cannot be right: {error}.")]
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
        status, archive, path, unit, leaves, found[0], tuple(problems), found.start()
    )


@cache
def _compile_pattern(system: str, pattern: str) -> re.Pattern[str]:
    names = "|".join(re.escape(text).replace(r"\ ", "[ -]?") for text in all_spellings(system))
    archive = rf"(?P<archive>{names})(?: \((?:{names})\))?{CITY}"
    return re.compile(
        rf"(?<![\w-])(?:{pattern.format(archive=archive, leaves=LEAF_LIST)})(?![\w/])"
    )
