r"""Page furniture that one page alone gives away: leaf numbers, stamps, page numbers, strokes.

A real line that is left out costs far more than a stamp that is kept. So nothing is left out for
its place alone or its words alone: both must speak for it.
"""

import re
from collections.abc import Iterator

from pipeline.layout.rows import Row, Sheet
from pipeline.text import Box, Role

_LEAF = re.compile(r"(?P<number>\d{1,4})(?P<verso> ?(?:об|ob)\.?)?[.,]?", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"[.,]? ?[-–—=] ?\d{1,3} ?[-–—=]|(?:стр|с|Seite|page)\.? ?\d{1,3}\.?")
_STROKES = re.compile(r"[_|¦~\\— -]*[_|¦~\\][_|¦~\\— -]*")
#: What a registry stamps on what comes in. What goes out (исх., No.) is typed: part of the letter.
_CAME_IN = re.compile(
    r"(?:ВХ|ВХОД|ВХОДЯЩ\w+|ПОЛУЧЕНО|ПОСТУПИЛО|RECEIVED|REC'D|EINGEGANGEN|EINGANG|DOŠLO|REÇU|"
    r"ARRIVÉE?|MODTAGET|INDGÅET)(?!\w)"
)
_CORNER, _EDGE = 0.12, 0.22  #: of the page's height: a corner, and where stamps stand
_ASIDE = 0.3  #: of its width: left of it and right of the rest lie the corners
_NARROW = 0.3  #: of its width; a stamp is no wider
_MOST_LINES = 6  #: of a stamp


def furniture(sheet: Sheet, leaf: str | None) -> dict[int, Role]:
    """Return the roles of the rows that are furniture, by their place among the rows.

    Args:
        sheet: the page.
        leaf: the label that the archive gave it, as far as known.
    """
    found: dict[int, Role] = {}
    for place, row in enumerate(sheet.rows):
        if _STROKES.fullmatch(row.text):
            found[place] = Role.NOISE
        elif is_corner_number(sheet, row) and _is_leaf(row.text, leaf):
            found[place] = Role.LEAF_NUMBER
        elif _PAGE_NUMBER.fullmatch(row.text) and _stands_alone(sheet, row):
            found[place] = Role.PAGE_NUMBER
    for place in _stamped(sheet):
        found.setdefault(place, Role.STAMP)
    return found


def corner_number(text: str) -> int | None:
    """Return the number that a lone leaf number spells, None where it is none.

    >>> corner_number("0110"), corner_number("57 об."), corner_number("- 2 -")
    (110, 57, None)
    """
    found = _LEAF.fullmatch(text)
    return None if found is None else int(found["number"])


def is_corner_number(sheet: Sheet, row: Row) -> bool:
    """Return whether a row is a lone number in an upper corner, above and beside the text."""
    aside = row.middle < _ASIDE * sheet.width or row.middle > (1 - _ASIDE) * sheet.width
    high = row.box.bottom < _CORNER * sheet.height
    return aside and high and corner_number(row.text) is not None and _alone(sheet, row)


def _is_leaf(text: str, leaf: str | None) -> bool:
    """Whether a number is the leaf's: the one the description names, or one with zeros in front.

    Nobody types a page number as 0110.
    """
    digits = re.match(r"\d+", text)
    known = re.match(r"\d+", leaf or "")
    if known and digits:
        return int(known.group()) == int(digits.group())
    return digits is not None and len(digits.group()) > 2 and digits.group()[0] == "0"


def _alone(sheet: Sheet, row: Row) -> bool:
    """Whether no other row has words at the same height."""
    return not any(
        other is not row and other.box.y < row.level < other.box.bottom for other in sheet.rows
    )


def _stands_alone(sheet: Sheet, row: Row) -> bool:
    """Whether a row is the first or the last of the page, but for a number or a stamp."""
    levels = sorted(other.level for other in sheet.rows)
    return row.level <= levels[min(2, len(levels) - 1)] or row.level == levels[-1]


def _stamped(sheet: Sheet) -> Iterator[int]:
    """Yield the rows of registry stamps: small capitals and digits in a cluster at an edge."""
    for row in sheet.rows:
        at_edge = row.level < _EDGE * sheet.height or row.level > (1 - _EDGE) * sheet.height
        if at_edge and _is_stamp_line(sheet, row) and _CAME_IN.match(row.text):
            cluster = _cluster(sheet, row)
            numbered = any(any(map(str.isdecimal, other.text)) for other in cluster)
            if numbered and len(cluster) <= _MOST_LINES:
                yield from (place for place, other in enumerate(sheet.rows) if other in cluster)


def _cluster(sheet: Sheet, seed: Row) -> list[Row]:
    """Return the lines of a stamp: those right above or below each other, each like a stamp."""
    cluster = [seed]
    for other in sorted(sheet.rows, key=lambda row: abs(row.level - seed.level)):
        if other is not seed and _is_stamp_line(sheet, other):
            whole = Box.around(row.box for row in cluster)
            gap = max(other.box.y - whole.bottom, whole.y - other.box.bottom)
            inside = whole.x - sheet.letter * 4 <= other.middle <= whole.right + sheet.letter * 4
            if inside and gap < seed.box.height:
                cluster.append(other)
    return cluster


def _is_stamp_line(sheet: Sheet, row: Row) -> bool:
    narrow = row.box.width < _NARROW * sheet.width
    return narrow and not any(mark.islower() for mark in row.text)
