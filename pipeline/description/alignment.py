"""Pairs the paragraphs of a text with those of its translation by their numbered points."""

import re
from itertools import pairwise

_POINT = re.compile(r"([0-9]{1,3})\s?[.)]\s+\S")


def split_paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs, which empty lines and form feeds (page ends) separate."""
    return tuple(part for _, part in _paragraphs_by_page(text))


def align_paragraphs(text: str, translation: str) -> tuple[tuple[int, int], ...]:
    r"""Return pairs of paragraph numbers, counted from 1; none if the numbered points differ.

    Points of one number are paired. The paragraphs between two points are paired if both texts
    have as many there and those of ``text`` are on one page: a page end cuts paragraphs in two.
    The paragraphs before the first point and after the last are not paired.

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
        pairs.extend((a + offset + 1, b + offset + 1) for offset in range(length))
    return tuple(pairs)


def _paragraphs_by_page(text: str) -> list[tuple[int, str]]:
    """Return each paragraph with the number of its page."""
    paragraphs = list[tuple[int, str]]()
    for page, content in enumerate(text.replace("\r\n", "\n").split("\f")):
        parts = re.split(r"\n[ \t]*\n", content)
        paragraphs.extend((page, part.strip()) for part in parts if part.strip())
    return paragraphs


def _numbered_points(parts: list[str]) -> list[int]:
    """Return the indexes of the paragraphs that are numbered 1, 2, 3 and so on."""
    indexes = list[int]()
    for index, part in enumerate(parts):
        match = _POINT.match(part)
        if match and int(match[1]) == len(indexes) + 1:
            indexes.append(index)
    return indexes
