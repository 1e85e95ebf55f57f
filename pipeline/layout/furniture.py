r"""Page furniture that one page alone reveals: leaf numbers, stamps, page numbers, strokes.

Losing a real line costs far more than keeping a stamp. So neither the place nor the words of a row
are enough: both must be those of furniture.
"""

import re
from collections.abc import Iterator

from pipeline.layout.rows import PageLines, TextRow
from pipeline.text import Box, Role

_LEAF_NUMBER = re.compile(r"(?P<number>\d{1,4})(?P<verso> ?(?:об|ob)\.?)?[.,]?", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"[.,]? ?[-–—=] ?\d{1,3} ?[-–—=]|(?:стр|с|Seite|page)\.? ?\d{1,3}\.?")
_STROKES = re.compile(r"[_|¦~\\— -]*[_|¦~\\][_|¦~\\— -]*")
#: Registry stamps on incoming mail. Marks of outgoing mail (исх., No.) are typed: letter text.
_INCOMING_MARK = re.compile(
    r"(?:ВХ|ВХОД|ВХОДЯЩ\w+|ПОЛУЧЕНО|ПОСТУПИЛО|RECEIVED|REC'D|EINGEGANGEN|EINGANG|DOŠLO|REÇU|"
    r"ARRIVÉE?|MODTAGET|INDGÅET)(?!\w)"
)
_CORNER_HEIGHT, _EDGE_HEIGHT = 0.12, 0.22  #: of the page's height: of a corner, of a stamp's edge
_CORNER_WIDTH = 0.3  #: of the page's width, on either side
_MAX_STAMP_WIDTH = 0.3  #: of the page's width
_MAX_STAMP_LINES = 6  #: lines


def find_furniture(page: PageLines, leaf: str | None) -> dict[int, Role]:
    """Return the roles of the rows that are furniture, by their index among the rows.

    Args:
        page: the page.
        leaf: the leaf's label in the archive; None if unknown.
    """
    roles: dict[int, Role] = {}
    for index, row in enumerate(page.rows):
        if _STROKES.fullmatch(row.text):
            roles[index] = Role.NOISE
        elif is_corner_number(page, row) and _is_leaf_number(row.text, leaf):
            roles[index] = Role.LEAF_NUMBER
        elif _PAGE_NUMBER.fullmatch(row.text) and _is_first_or_last(page, row):
            roles[index] = Role.PAGE_NUMBER
    for index in _stamp_rows(page):
        roles.setdefault(index, Role.STAMP)
    return roles


def corner_number(text: str) -> int | None:
    """Return the number of a lone leaf number; None if the text is none.

    >>> corner_number("0110"), corner_number("57 об."), corner_number("- 2 -")
    (110, 57, None)
    """
    match = _LEAF_NUMBER.fullmatch(text)
    return None if match is None else int(match["number"])


def is_corner_number(page: PageLines, row: TextRow) -> bool:
    """Return whether a row is a lone number in an upper corner, above and beside the text."""
    aside = (
        row.middle_x < _CORNER_WIDTH * page.width or row.middle_x > (1 - _CORNER_WIDTH) * page.width
    )
    high = row.box.bottom < _CORNER_HEIGHT * page.height
    return aside and high and corner_number(row.text) is not None and _is_alone_at_height(page, row)


def _is_leaf_number(text: str, leaf: str | None) -> bool:
    """Return whether a number is one of the page's leaves or, without any, has a leading zero.

    Typists do not type page numbers as 0110.
    """
    digits = re.match(r"\d+", text)
    known = re.findall(r"\d+", leaf or "")  # two of a spread
    if known and digits:
        return int(digits.group()) in map(int, known)
    return digits is not None and len(digits.group()) > 2 and digits.group()[0] == "0"


def _is_alone_at_height(page: PageLines, row: TextRow) -> bool:
    """Return whether no other row is at the same height."""
    return not any(
        other is not row and other.box.y < row.middle_y < other.box.bottom for other in page.rows
    )


def _is_first_or_last(page: PageLines, row: TextRow) -> bool:
    """Return whether a row is among the first three of the page, or the last."""
    levels = sorted(other.middle_y for other in page.rows)
    return row.middle_y <= levels[min(2, len(levels) - 1)] or row.middle_y == levels[-1]


def _stamp_rows(page: PageLines) -> Iterator[int]:
    """Yield the indexes of the rows of registry stamps: narrow clusters of capitals at an edge."""
    for row in page.rows:
        at_edge = (
            row.middle_y < _EDGE_HEIGHT * page.height
            or row.middle_y > (1 - _EDGE_HEIGHT) * page.height
        )
        if at_edge and _is_stamp_line(page, row) and _INCOMING_MARK.match(row.text):
            cluster = _stamp_cluster(page, row)
            numbered = any(any(map(str.isdecimal, other.text)) for other in cluster)
            if numbered and len(cluster) <= _MAX_STAMP_LINES:
                yield from (index for index, other in enumerate(page.rows) if other in cluster)


def _stamp_cluster(page: PageLines, first_row: TextRow) -> list[TextRow]:
    """Return the lines of a stamp: those that look like one, right above or below each other."""
    cluster = [first_row]
    for other in sorted(page.rows, key=lambda row: abs(row.middle_y - first_row.middle_y)):
        if other is not first_row and _is_stamp_line(page, other):
            whole = Box.around(row.box for row in cluster)
            gap = max(other.box.y - whole.bottom, whole.y - other.box.bottom)
            inside = (
                whole.x - page.letter_width * 4
                <= other.middle_x
                <= whole.right + page.letter_width * 4
            )
            if inside and gap < first_row.box.height:
                cluster.append(other)
    return cluster


def _is_stamp_line(page: PageLines, row: TextRow) -> bool:
    narrow = row.box.width < _MAX_STAMP_WIDTH * page.width
    return narrow and not any(mark.islower() for mark in row.text)
