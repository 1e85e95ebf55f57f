"""Finds in a text what a reference of the Russian kind is made of: archives, levels, leaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.references.archives import find_archive, spelling_pattern
from pipeline.references.leaves import LEAF_LIST
from pipeline.references.systems.fonds.levels import FOND_LEVELS, VALUE

_LEAF_MARKS = r"лл?|ll?|лист[ыа]?|list[ya]?|sheets?|арк|аркуші?|ark"
_PAGE_MARKS = r"pp?|сс?|стр|pages?"  #: "p." may be a papka, too
_IBID = r"ibidem|ibid|idem|там же|там само|tamże"
_AFTER_NUMBER = re.compile(r"\d\s$")  #: before "л." this is an extent: 9 л.


class TokenKind(StrEnum):
    """What a token is."""

    ARCHIVE = "archive"
    IBID = "ibid"
    LEVEL = "level"
    LEAVES = "leaves"
    PAGES = "pages"  #: or a papka


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a reference, where it stands in the text."""

    kind: TokenKind
    name: str  #: an archive's code or a level; empty for leaves
    value: str
    start: int
    end: int
    is_bare_letter: bool  #: a single letter without its stop may be any word
    is_plural: bool = False  #: files in the plural: dd. 5754-5


def find_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text that ``leaves.normalize_text`` returned, in order."""
    end = 0
    for found in _token_pattern().finditer(text):
        token = _token_from_match(found)
        extent = token.kind is TokenKind.LEAVES and _AFTER_NUMBER.search(text, 0, token.start)
        if extent and token.start != end + 1:
            continue
        end = token.end
        yield token


def _token_from_match(found: re.Match[str]) -> Token:
    mark = next(filter(None, (found["mark"], found["leafmark"], found["pagemark"])), "")
    bare = len(mark) == 1 and found[0][1:2] == " "
    here = (found.start(), found.end(), bare)
    if found["archive"]:
        archive = find_archive(found["archive"])
        return Token(TokenKind.ARCHIVE, archive.code if archive else "", found["archive"], *here)
    if found["ibid"]:
        return Token(TokenKind.IBID, "", "", *here)
    if found["leafmark"]:
        return Token(TokenKind.LEAVES, "", found["leaves"], *here)
    if found["pagemark"]:
        return Token(TokenKind.PAGES, "papka", found["pages"], *here)
    level = next(level.name for level in FOND_LEVELS if found[level.name])
    return Token(TokenKind.LEVEL, level, found["value"], *here, bool(found["files"]))


@cache
def _token_pattern() -> re.Pattern[str]:
    levels = "|".join(f"(?P<{level.name}>{level.pattern})" for level in FOND_LEVELS)
    return re.compile(
        rf"(?<![\w-])(?:(?P<archive>{spelling_pattern()})(?![\w])"
        rf"|(?P<ibid>{_IBID})(?!\w)\.?"
        rf"|(?:(?P<pagemark>{_PAGE_MARKS})\.?\s*(?P<pages>{LEAF_LIST})"
        rf"|(?P<leafmark>{_LEAF_MARKS})\.?\s*(?P<leaves>{LEAF_LIST})"
        rf"|(?P<mark>{levels})\.? ?(?:№ ?)?(?P<value>{VALUE})))",
        re.IGNORECASE,
    )
