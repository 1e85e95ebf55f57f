r"""Where paragraphs, headings and numbered points begin.

The engine's blocks are the first guess. A clear indent, a wide gap or a word that goes on over
two lines overrules it; where nothing is clear, its guess stands.
"""

import re
from collections.abc import Iterator

from pipeline.layout.rows import Row, Sheet
from pipeline.text import Role

#: ``3. Word``, ``12) word``, ``а) word``, ``IV. Word``, ``§ 2``; no date, no year.
_POINT = re.compile(
    r"(?!\d{1,2}\. ?[^\W\d_]+\.? \d{4}\b)"  # 11. Jänner 1938
    r"(?:\(?\d{1,2}\)|\d{1,2}\.(?!\d)|\(?[^\W\d_]\)|[IVX]{1,5}[.)]|§ ?\d+\.?) ?[\"«„(]?[^\W\d_]"
)
_INITIAL = re.compile(r"[IVX]\.")  #: at the beginning of a line also that of a name
_INDENT = 2.0  #: letters
_GAP = 1.6  #: of the usual way from line to line
_SAME_ROW = 0.4  #: of it; less, or upward, is another column
_FULL = 6  #: letters from where full lines end
_SHORT = 0.75  #: of the width of the text; a heading is shorter


def paragraphs(sheet: Sheet, rows: list[Row]) -> Iterator[Role]:
    """Yield the role of each of the rows, which are the text without its furniture."""
    above: Row | None = None
    role = Role.TEXT
    for place, row in enumerate(rows):
        below = rows[place + 1] if place + 1 < len(rows) else None
        role = _role(sheet, above, row, below, role)
        yield role
        above = row


def _role(sheet: Sheet, above: Row | None, row: Row, below: Row | None, last: Role) -> Role:
    if above is None:
        flush = row.box.x - sheet.left < _INDENT * sheet.letter
        begins = not (flush and row.text[:1].islower())  # else it goes on from the page before
    else:
        begins = last is Role.HEADING or _begins(sheet, above, row, below)
    ended = above is None or above.finished
    if _is_heading(sheet, row) and ended and (begins or (above is not None and above.capitals)):
        return Role.HEADING
    if begins and ended and _POINT.match(row.text):
        return Role.POINT
    return Role.PARAGRAPH if begins else Role.TEXT


def _begins(sheet: Sheet, above: Row, row: Row, below: Row | None) -> bool:
    """Whether a paragraph begins with a row that has another above it."""
    if row.goes_on(above):
        return False
    step = row.level - above.level
    if step < _SAME_ROW * sheet.pitch:
        return row.opens
    if step > _GAP * sheet.pitch:
        return True
    indent = (row.box.x - above.box.x) / sheet.letter
    if indent >= _INDENT:
        returns = below is not None and row.box.x - below.box.x >= _INDENT * sheet.letter
        return returns or row.opens
    point = _POINT.match(row.text) and not _INITIAL.match(row.text)
    return bool(point and above.finished) or (row.opens and _parted(sheet, above, row))


def _parted(sheet: Sheet, above: Row, row: Row) -> bool:
    """Whether the engine's guess that a block begins may stand."""
    full = above.box.right > sheet.right - _FULL * sheet.letter
    return not full or (above.finished and not row.text[:1].islower())


def _is_heading(sheet: Sheet, row: Row) -> bool:
    """Whether a row looks like a heading: short, in capitals, and not set to the right."""
    short = row.box.width < _SHORT * (sheet.right - sheet.left)
    set_right = row.box.x > sheet.left + 0.5 * (sheet.right - sheet.left)
    return row.capitals and short and not set_right
