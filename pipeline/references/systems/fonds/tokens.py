"""Find the parts of references of the Russian kind in a text: archives, levels, leaves."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.references.archives import find_archive, spelling_pattern
from pipeline.references.leaves import LEAF_LIST
from pipeline.references.systems.fonds.levels import WRITTEN_VALUE, join_value
from pipeline.references.systems.fonds.marks import (
    PAGE_MARKS,
    RUSSIAN,
    SYSTEMS_WITH_MARKS,
    Marks,
    marks_of,
)

_IBID = r"ibidem|ibid|idem|там же|там само|tamże"
_NUMBER_SIGN = r"(?:№ ?|(?:nos?|nr)\.? ?(?=[0-9]))?"
_AFTER_NUMBER = re.compile(r"\d\s")
_DOTTED_LEVELS = re.compile(r"(?:\.(?:[A-Z]{1,2}-)?[0-9]{1,6}[A-Z]{0,3}){1,3}(?!\.?\w)")
_NUMBER_BEFORE = r"(?:[A-Z]{1,3}-?)?[0-9]{1,6}[a-z]?\.?(?: ?- ?[0-9]{1,6}[a-z]?\.?)?"


class TokenKind(StrEnum):
    """The kind of a token."""

    ARCHIVE = "archive"
    IBID = "ibid"
    LEVEL = "level"
    LEAVES = "leaves"
    PAGES = "pages"  #: or a papka
    LEVEL_OR_LEAVES = "level-or-leaves"  #: leaves once a file is cited


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a reference and its offsets in the text."""

    kind: TokenKind
    name: str  #: an archive's code or a level; empty for leaves
    value: str
    start: int
    end: int
    is_bare_letter: bool = False  #: a single letter without a stop, which may be a word
    is_plural: bool = False  #: files in the plural: dd. 5754-5
    unit: str = "l"  #: of leaves


def find_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text that ``leaves.normalize_text`` returned, in order.

    Marks that only one country has are read if the text names archives of that country alone.
    """
    archives = deque(_archive_tokens(text))
    marks = _marks_beside(archives)
    pattern = _part_pattern(marks.key)
    part = pattern.search(text)
    position = end = 0  #: what is before was read; where the last token ends
    while archives or part is not None:
        if archives and archives[0].start < position:
            archives.popleft()  # it is in what was read
        elif part is not None and part.start() < position:
            part = pattern.search(text, position)
        elif part is None or (archives and archives[0].start <= part.start()):
            archive = archives.popleft()
            for token in (archive, *(_dotted_levels(text, archive) if marks.may_be_dots else ())):
                yield token
                position = end = token.end
        else:
            token, position = _token_from_match(part, marks), part.end()
            if part["before"] or token.start == end + 1 or not _is_extent(token, text):
                yield token
                end = token.end


def _is_extent(token: Token, text: str) -> bool:
    """Return whether a number before leaves makes them an extent: 9 л."""
    before = text[max(token.start - 2, 0) : token.start]
    return token.kind is TokenKind.LEAVES and _AFTER_NUMBER.fullmatch(before) is not None


def _archive_tokens(text: str) -> Iterator[Token]:
    pattern = rf"(?<![\w-])(?:{spelling_pattern(text)})(?!\w)"
    for match in re.finditer(pattern, text, re.IGNORECASE):
        archive = find_archive(match[0])
        code = archive.code if archive else ""
        yield Token(TokenKind.ARCHIVE, code, match[0], match.start(), match.end())


def _marks_beside(archives: Iterable[Token]) -> Marks:
    """Return the marks that are read beside these archives."""
    named = {archive.system for token in archives if (archive := find_archive(token.name))}
    systems = named & SYSTEMS_WITH_MARKS
    return marks_of(systems.pop() if len(systems) == 1 else RUSSIAN)


def _dotted_levels(text: str, archive: Token) -> Iterator[Token]:
    """Yield the levels that follow an archive after dots: ERAF.1.4.567."""
    match = _DOTTED_LEVELS.match(text, archive.end)
    end = archive.end
    values = match[0].split(".")[1:] if match else []
    for name, value in zip(("fond", "opis", "delo"), values, strict=False):
        yield Token(TokenKind.LEVEL, name, value, end + 1, end + 1 + len(value))
        end += 1 + len(value)


def _token_from_match(match: re.Match[str], marks: Marks) -> Token:
    place = match.span()
    if match["ibid"]:
        return Token(TokenKind.IBID, "", "", *place)
    if match["before"]:
        level = next((name for name, _ in marks.after_numbers if match[f"{name}_after"]), "")
        kind = TokenKind.LEVEL if level else TokenKind.LEAVES
        return Token(kind, level, match["before"].replace(".", ""), *place)
    mark = match["mark"] or match["leafmark"] or match["pagemark"] or match["eithermark"]
    bare = len(mark) == 1 and match[0][1:2] == " "
    if match["leafmark"]:
        return Token(TokenKind.LEAVES, "", match["leaves"], *place, bare)
    if match["pagemark"]:
        return Token(TokenKind.PAGES, "papka", match["pages"], *place, bare)
    if match["eithermark"]:
        level, value = marks.level_or_leaves[0], match["either"]
        return Token(TokenKind.LEVEL_OR_LEAVES, level, value, *place, bare, unit=marks.unit)
    level = next(name for name in marks.levels if match[name])
    value = match["roman"] or join_value(match["value"])
    return Token(TokenKind.LEVEL, level, value, *place, bare, bool(match["files"]))


@cache
def _part_pattern(key: str) -> re.Pattern[str]:
    """Return a pattern of all tokens but archives, with the marks of a system."""
    marks = marks_of(key)
    levels = "|".join(f"(?P<{name}>{pattern})" for name, pattern in marks.levels.items())
    after = "|".join(f"(?P<{name}_after>{mark})" for name, mark in marks.after_numbers)
    either = marks.level_or_leaves[1]
    return re.compile(
        rf"(?<![\w-])(?:(?P<ibid>{_IBID})(?!\w)\.?"
        rf"|(?P<before>{_NUMBER_BEFORE}) ?(?:{after or '(?!)'})(?:\.|(?!\w))"
        rf"|(?P<pagemark>{PAGE_MARKS})\.?\s*(?P<pages>{LEAF_LIST})"
        rf"|(?P<leafmark>{marks.leaves})[.:]?\s*(?P<leaves>{LEAF_LIST})"
        rf"|(?P<eithermark>{either})[.:]?\s*(?P<either>{LEAF_LIST}|{WRITTEN_VALUE})"
        rf"|(?P<mark>{levels})[.:]? ?{_NUMBER_SIGN}(?:(?P<value>{WRITTEN_VALUE})"
        rf"|(?<=[.n ])(?P<roman>[IVX]{{1,5}})(?!\w)))",
        re.IGNORECASE,
    )
