r"""Find where paragraphs, headings and numbered points begin.

The engine's blocks are the first guess. A clear indent, a wide gap or a word that is broken over
two lines overrules it.
"""

import re
from collections.abc import Iterator

from pipeline.layout.rows import PageLines, TextRow
from pipeline.text import Role

#: ``3. Word``, ``12) word``, ``а) word``, ``IV. Word``, ``§ 2``; no date, no year.
_NUMBERED_POINT = re.compile(
    r"(?!\d{1,2}\. ?[^\W\d_]+\.? \d{4}\b)"  # 11. Jänner 1938
    r"(?:\(?\d{1,2}\)|\d{1,2}\.(?!\d)|\(?[^\W\d_]\)|[IVX]{1,5}[.)]|§ ?\d+\.?) ?[\"«„(]?[^\W\d_]"
)
_NAME_INITIAL = re.compile(r"[IVX]\.")  #: at the beginning of a line it may belong to a name
_MIN_INDENT = 2.0  #: letter widths
_MIN_GAP = 1.6  #: of the line pitch
_MIN_LINE_STEP = 0.4  #: of the line pitch; a smaller or upward step is another column
_FULL_LINE_SLACK = 6  #: letter widths before the right edge
_MAX_HEADING_WIDTH = 0.75  #: of the width of the text


def paragraph_roles(page: PageLines, rows: list[TextRow]) -> Iterator[Role]:
    """Yield the role of each row; ``rows`` are those of the page without furniture."""
    above: TextRow | None = None
    role = Role.TEXT
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else None
        role = _row_role(page, above, row, below, role)
        yield role
        above = row


def _row_role(
    page: PageLines, above: TextRow | None, row: TextRow, below: TextRow | None, previous_role: Role
) -> Role:
    if above is None:
        flush = row.box.x - page.left_edge < _MIN_INDENT * page.letter_width
        begins = not (flush and row.text[:1].islower())  # otherwise it continues the previous page
    else:
        begins = previous_role is Role.HEADING or _begins_paragraph(page, above, row, below)
    ended = above is None or above.may_end_paragraph
    if _is_heading(page, row) and ended and (begins or (above is not None and above.is_capitals)):
        return Role.HEADING
    if begins and ended and _NUMBERED_POINT.match(row.text):
        return Role.POINT
    return Role.PARAGRAPH if begins else Role.TEXT


def _begins_paragraph(page: PageLines, above: TextRow, row: TextRow, below: TextRow | None) -> bool:
    """Return whether a row below another begins a paragraph."""
    if row.continues_word(above):
        return False
    step = row.middle_y - above.middle_y
    if step < _MIN_LINE_STEP * page.line_pitch:
        return row.begins_block
    if step > _MIN_GAP * page.line_pitch:
        return True
    indent = (row.box.x - above.box.x) / page.letter_width
    if indent >= _MIN_INDENT:
        returns = below is not None and row.box.x - below.box.x >= _MIN_INDENT * page.letter_width
        return returns or row.begins_block
    point = _NUMBERED_POINT.match(row.text) and not _NAME_INITIAL.match(row.text)
    return bool(point and above.may_end_paragraph) or (
        row.begins_block and _is_block_start(page, above, row)
    )


def _is_block_start(page: PageLines, above: TextRow, row: TextRow) -> bool:
    """Return whether the engine's guess that a block begins is plausible."""
    full = above.box.right > page.right_edge - _FULL_LINE_SLACK * page.letter_width
    return not full or (above.may_end_paragraph and not row.text[:1].islower())


def _is_heading(page: PageLines, row: TextRow) -> bool:
    """Return whether a row looks like a heading: short, in capitals, and not set to the right."""
    short = row.box.width < _MAX_HEADING_WIDTH * (page.right_edge - page.left_edge)
    set_right = row.box.x > page.left_edge + 0.5 * (page.right_edge - page.left_edge)
    return row.is_capitals and short and not set_right
