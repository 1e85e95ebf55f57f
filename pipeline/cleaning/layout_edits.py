"""Edits that the layout asks for: furniture out of the reading text, paragraphs in it.

Each takes a text and the roles of those of its lines that are not empty. They come before the
other steps of cleaning, while the lines are still those that the engine read.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.cleaning.edits import Edit
from pipeline.text import Role

_LINE = re.compile(r"[^\n]+")
_BREAK = re.compile(r"\n+")


def leave_out_furniture(text: str, roles: Sequence[Role]) -> Iterator[Edit]:
    r"""Take out the lines that are no text for reading, with the break after them.

    >>> list(leave_out_furniture("0110\n\nМао", [Role.LEAF_NUMBER, Role.TEXT]))
    [Edit(start=0, removed='0110\n\n', inserted='')]
    """
    lines = list(_LINE.finditer(text))
    pairs = zip(lines, roles, strict=True)
    for out, group in groupby(pairs, key=lambda pair: pair[1].is_furniture):
        if out:
            found = [line for line, _ in group]
            start, end = found[0].start(), found[-1].end()
            after = _BREAK.match(text, end)
            if after:
                end = after.end()
            elif start:
                start = len(text[:start].rstrip("\n"))
            yield Edit(start, text[start:end], "")


def set_paragraphs(text: str, roles: Sequence[Role]) -> Iterator[Edit]:
    r"""Part paragraphs by one empty line, and the lines of a paragraph by a line end alone.

    >>> list(set_paragraphs("Мы\n\nи Вы\nОни", [Role.PARAGRAPH, Role.TEXT, Role.PARAGRAPH]))
    [Edit(start=2, removed='\n\n', inserted='\n'), Edit(start=8, removed='\n', inserted='\n\n')]
    """
    kept = [role for role in roles if not role.is_furniture]
    breaks = _BREAK.finditer(text)
    for found, above, role in zip(breaks, kept, kept[1:], strict=False):
        heading = above is role is Role.HEADING  # one heading in several lines
        parted = role.begins_paragraph or above is Role.PAGE_NUMBER
        wanted = "\n\n" if parted and not heading else "\n"
        if found.group() != wanted:
            yield Edit(found.start(), found.group(), wanted)
