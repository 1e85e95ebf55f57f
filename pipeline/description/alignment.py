"""Paragraphs of a text and of its translation, paired where numbered points tell how."""

import re
from itertools import pairwise

_POINT = re.compile(r"([0-9]{1,3})\s?[.)]\s+\S")


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs: what empty lines and page ends (form feeds) part."""
    return tuple(part for _, part in _paragraphs_by_page(text))


def align_paragraphs(text: str, translation: str) -> tuple[tuple[int, int], ...]:
    r"""Return pairs of paragraphs, counted from 1; none where the numbered points differ.

    A point is paired with its point. What stands between two points is paired where both texts
    have as many paragraphs there and ours are on one page: a page end cuts paragraphs in two.
    What stands before the first point, or behind the last, nothing numbers.

    >>> align_paragraphs("Тов.!\n\n1. Да.\n\nЕще.\n\n2. Нет.", "1. Yes.\n\nMore.\n\n2. No.\n\nEnd.")
    ((2, 1), (3, 2), (4, 3))
    """
    ours, theirs = _paragraphs_by_page(text), _paragraphs_by_page(translation)
    points = (
        _numbered_points([part for _, part in ours]),
        _numbered_points([part for _, part in theirs]),
    )
    if len(points[0]) != len(points[1]) or not points[0]:
        return ()
    starts = list(zip(*points, strict=True))
    pairs = list[tuple[int, int]]()
    for (a, b), (a_end, b_end) in pairwise([*starts, (starts[-1][0] + 1, starts[-1][1] + 1)]):
        one_page = len({page for page, _ in ours[a:a_end]}) == 1
        length = a_end - a if a_end - a == b_end - b and one_page else 1
        pairs.extend((a + step + 1, b + step + 1) for step in range(length))
    return tuple(pairs)


def _paragraphs_by_page(text: str) -> list[tuple[int, str]]:
    """Return each paragraph with the number of its page."""
    found = list[tuple[int, str]]()
    for page, content in enumerate(text.replace("\r\n", "\n").split("\f")):
        parts = re.split(r"\n[ \t]*\n", content)
        found.extend((page, part.strip()) for part in parts if part.strip())
    return found


def _numbered_points(parts: list[str]) -> list[int]:
    """Return the places of the paragraphs that count on from 1."""
    found = list[int]()
    for place, part in enumerate(parts):
        point = _POINT.match(part)
        if point and int(point[1]) == len(found) + 1:
            found.append(place)
    return found
