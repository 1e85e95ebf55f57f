"""Paragraphs of a text and of its translation, paired where numbered points tell how."""

import re
from itertools import pairwise

_POINT = re.compile(r"([0-9]{1,3})\s?[.)]\s+\S")


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs: what empty lines and page ends (form feeds) part."""
    parts = re.split(r"\n[ \t]*\n|\f", text.replace("\r\n", "\n"))
    return tuple(part.strip() for part in parts if part.strip())


def aligned(text: str, translation: str) -> tuple[tuple[int, int], ...]:
    r"""Return pairs of paragraphs, counted from 1; none where the numbered points differ.

    A point is paired with its point. What stands before, between and behind points is paired
    where both texts have as many paragraphs there.

    >>> aligned("Тов.!\n\n1. Да.\n\n2. Нет.\n\nКонец.", "Dear!\n\n1. Yes.\n\n2. No.")
    ((1, 1), (2, 2), (3, 3))
    """
    ours, theirs = paragraphs(text), paragraphs(translation)
    points = _points(ours), _points(theirs)
    numbers = [[number for _, number in found] for found in points]
    if not numbers[0] or numbers[0] != numbers[1]:
        return ()
    starts = [[0, *(place for place, _ in found)] for found in points]
    ends = [*zip(*starts, strict=True), (len(ours), len(theirs))]
    pairs = list[tuple[int, int]]()
    for place, ((a, b), (a_end, b_end)) in enumerate(pairwise(ends)):
        alike = a_end - a == b_end - b
        length = a_end - a if alike else min(place, 1)  # before the first point there is no point
        pairs.extend((a + step + 1, b + step + 1) for step in range(length))
    return tuple(pairs)


def _points(parts: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return place and number of the paragraphs that count on from 1."""
    found = list[tuple[int, int]]()
    for place, part in enumerate(parts):
        point = _POINT.match(part)
        if point and int(point[1]) == len(found) + 1:
            found.append((place, int(point[1])))
    return found
