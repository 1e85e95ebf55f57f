"""Layout steps: remove furniture, set paragraphs.

Each takes a text and the roles of its non-empty lines. They precede the other steps because the
lines must still be those of the engine.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.cleaning.edits import Edit
from pipeline.text import Role

_LINE = re.compile(r"[^\n]+")
_BREAK = re.compile(r"\n+")


def leave_out_furniture(text: str, roles: Sequence[Role]) -> Iterator[Edit]:
    r"""Remove the lines of furniture with the line break after them.

    >>> list(leave_out_furniture("0110\n\nМао", [Role.LEAF_NUMBER, Role.TEXT]))
    [Edit(start=0, removed='0110\n\n', inserted='')]
    """
    lines = list(_LINE.finditer(text))
    pairs = zip(lines, roles, strict=True)
    for is_furniture, group in groupby(pairs, key=lambda pair: pair[1].is_furniture):
        if is_furniture:
            removed = [line for line, _ in group]
            start, end = removed[0].start(), removed[-1].end()
            after = _BREAK.match(text, end)
            if after:
                end = after.end()
            elif start:
                start = len(text[:start].rstrip("\n"))
            yield Edit(start, text[start:end], "")


def set_paragraphs(text: str, roles: Sequence[Role]) -> Iterator[Edit]:
    r"""Separate paragraphs by an empty line, and the lines of a paragraph by a line break.

    >>> list(set_paragraphs("Мы\n\nи Вы\nОни", [Role.PARAGRAPH, Role.TEXT, Role.PARAGRAPH]))
    [Edit(start=2, removed='\n\n', inserted='\n'), Edit(start=8, removed='\n', inserted='\n\n')]
    """
    text_roles = [role for role in roles if not role.is_furniture]
    breaks = _BREAK.finditer(text)
    for match, above, role in zip(breaks, text_roles, text_roles[1:], strict=False):
        continues = above is role and role in {Role.HEADING, Role.TABLE_ROW}
        separate = role.begins_paragraph or above in {Role.PAGE_NUMBER, Role.TABLE_ROW}
        line_break = "\n\n" if separate and not continues else "\n"
        if match.group() != line_break:
            yield Edit(match.start(), match.group(), line_break)
