"""Find the parts of references of the Russian kind in a text: archives, levels, leaves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.references.archives import find_archive, spelling_pattern
from pipeline.references.leaves import LEAF_LIST
from pipeline.references.systems.fonds.levels import FOND_LEVELS, VALUE

LEAF_MARKS = r"лл?|ll?|лист[ыа]?|list[ya]?|sheets?|арк|аркуші?|ark"
PAGE_MARKS = r"pp?|сс?|стр|pages?"  #: "p." may also be a papka
_IBID = r"ibidem|ibid|idem|там же|там само|tamże"
_AFTER_NUMBER = re.compile(r"\d\s$")  #: a number before "л." is an extent: 9 л.


class TokenKind(StrEnum):
    """The kind of a token."""

    ARCHIVE = "archive"
    IBID = "ibid"
    LEVEL = "level"
    LEAVES = "leaves"
    PAGES = "pages"  #: or a papka


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a reference and its offsets in the text."""

    kind: TokenKind
    name: str  #: an archive's code or a level; empty for leaves
    value: str
    start: int
    end: int
    is_bare_letter: bool  #: a single letter without a stop, which may be a word
    is_plural: bool = False  #: files in the plural: dd. 5754-5


def find_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text that ``leaves.normalize_text`` returned, in order."""
    end = 0
    for match in _token_pattern().finditer(text):
        token = _token_from_match(match)
        extent = token.kind is TokenKind.LEAVES and _AFTER_NUMBER.search(text, 0, token.start)
        if extent and token.start != end + 1:
            continue
        end = token.end
        yield token


def _token_from_match(match: re.Match[str]) -> Token:
    mark = next(filter(None, (match["mark"], match["leafmark"], match["pagemark"])), "")
    bare = len(mark) == 1 and match[0][1:2] == " "
    location = (match.start(), match.end(), bare)
    if match["archive"]:
        archive = find_archive(match["archive"])
        return Token(
            TokenKind.ARCHIVE, archive.code if archive else "", match["archive"], *location
        )
    if match["ibid"]:
        return Token(TokenKind.IBID, "", "", *location)
    if match["leafmark"]:
        return Token(TokenKind.LEAVES, "", match["leaves"], *location)
    if match["pagemark"]:
        return Token(TokenKind.PAGES, "papka", match["pages"], *location)
    level = next(level.name for level in FOND_LEVELS if match[level.name])
    return Token(TokenKind.LEVEL, level, match["value"], *location, bool(match["files"]))


@cache
def _token_pattern() -> re.Pattern[str]:
    levels = "|".join(f"(?P<{level.name}>{level.pattern})" for level in FOND_LEVELS)
    return re.compile(
        rf"(?<![\w-])(?:(?P<archive>{spelling_pattern()})(?![\w])"
        rf"|(?P<ibid>{_IBID})(?!\w)\.?"
        rf"|(?:(?P<pagemark>{PAGE_MARKS})\.?\s*(?P<pages>{LEAF_LIST})"
        rf"|(?P<leafmark>{LEAF_MARKS})\.?\s*(?P<leaves>{LEAF_LIST})"
        rf"|(?P<mark>{levels})\.? ?(?:№ ?)?(?P<value>{VALUE})))",
        re.IGNORECASE,
    )
