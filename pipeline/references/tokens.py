"""Finds in a text what a reference of the Russian kind is made of: archives, levels, leaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.references.archives import archive_named, spelling_pattern
from pipeline.references.leaves import LEAF_LIST
from pipeline.references.levels import FOND_LEVELS, VALUE

_LEAVES = r"лл?|ll?|лист[ыа]?|list[ya]?|sheets?|арк|аркуші?|ark"
_PAGES = r"pp?|сс?|стр|pages?"  #: "p." may be a papka, too
_IBID = r"ibidem|ibid|idem|там же|там само|tamże"
_BLANK = re.compile(r"\d\s$")  #: before "л." this is an extent: 9 л.


class Kind(StrEnum):
    """What a token is."""

    ARCHIVE = "archive"
    IBID = "ibid"
    LEVEL = "level"
    LEAVES = "leaves"
    PAGES = "pages"  #: or a papka


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a reference, where it stands in the text."""

    kind: Kind
    name: str  #: an archive's code or a level; empty for leaves
    value: str
    start: int
    end: int
    plain_mark: bool  #: a single letter without its stop may be any word
    several: bool = False  #: files in the plural: dd. 5754-5


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text that ``leaves.plain`` gave, in order."""
    end = 0
    for found in _pattern().finditer(text):
        token = _token(found)
        extent = token.kind is Kind.LEAVES and _BLANK.search(text, 0, token.start)
        if extent and token.start != end + 1:
            continue
        end = token.end
        yield token


def _token(found: re.Match[str]) -> Token:
    mark = next(filter(None, (found["mark"], found["leafmark"], found["pagemark"])), "")
    bare = len(mark) == 1 and found[0][1:2] == " "
    here = (found.start(), found.end(), bare)
    if found["archive"]:
        archive = archive_named(found["archive"])
        return Token(Kind.ARCHIVE, archive.code if archive else "", found["archive"], *here)
    if found["ibid"]:
        return Token(Kind.IBID, "", "", *here)
    if found["leafmark"]:
        return Token(Kind.LEAVES, "", found["leaves"], *here)
    if found["pagemark"]:
        return Token(Kind.PAGES, "papka", found["pages"], *here)
    level = next(name for name in FOND_LEVELS if found[name])
    return Token(Kind.LEVEL, level, found["value"], *here, bool(found["files"]))


@cache
def _pattern() -> re.Pattern[str]:
    levels = "|".join(f"(?P<{name}>{level.cited})" for name, level in FOND_LEVELS.items())
    return re.compile(
        rf"(?<![\w-])(?:(?P<archive>{spelling_pattern()})(?![\w])"
        rf"|(?P<ibid>{_IBID})(?!\w)\.?"
        rf"|(?:(?P<pagemark>{_PAGES})\.?\s*(?P<pages>{LEAF_LIST})"
        rf"|(?P<leafmark>{_LEAVES})\.?\s*(?P<leaves>{LEAF_LIST})"
        rf"|(?P<mark>{levels})\.? ?(?:№ ?)?(?P<value>{VALUE})))",
        re.IGNORECASE,
    )
