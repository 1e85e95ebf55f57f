"""Align two readings of a line: what stands in the second in the place of each word of the first?

Letters are aligned, not words: an engine that reads a line as a whole drops some spaces.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

#: Offsets in the other reading: where the word on the left ends and the one on the right begins;
#: None if it is unclear which of the two a letter between them belongs to.
_Border = tuple[int, int] | None


def align_words(words: Sequence[str], other: str) -> tuple[str | None, ...]:
    """Return for each word of a line what the other reading of the line has in its place.

    A part has a space inside if the word lacks one. It is None if nothing stands there, or if it is
    unclear where the part begins or ends. What stands between two words is in no part.

    >>> align_words(["Der", "Briof", "ist", "da."], "Der Brief istda.")
    ('Der', 'Brief', 'ist', 'da.')
    >>> align_words(["ofthe", "house"], "of the old house")
    ('of the', 'house')
    """
    other = " ".join(other.split())
    borders = list(_borders(words, other))
    return tuple(
        other[left[1] : right[0]].strip() or None if left and right else None
        for left, right in pairwise(borders)
    )


def _borders(words: Sequence[str], other: str) -> Iterator[_Border]:
    """Yield the borders before, between and after the words."""
    spans = _aligned_spans(" ".join(words), other)
    if not spans:
        yield from [None] * (len(words) + 1)
        return
    yield 0, other.rfind(" ", 0, spans[0][0]) + 1
    offset = 0
    for word in words[:-1]:
        offset += len(word) + 1  # past the space
        yield _border_between(other, spans[offset - 2][1], spans[offset][0])
    end = other.find(" ", spans[-1][1])
    yield len(other) if end < 0 else end, len(other)


def _border_between(other: str, start: int, end: int) -> _Border:
    """Return the border of two words with ``other[start:end]`` between their letters."""
    if start == end:
        return start, end
    first = other.find(" ", start, end)
    return None if first < 0 else (first, other.rfind(" ", start, end) + 1)


def _aligned_spans(line: str, other: str) -> list[tuple[int, int]]:
    """Return for each character of a line the start and end of what is aligned with it."""
    spans: list[tuple[int, int]] = []
    for step in Levenshtein.opcodes(line, other):
        width = 0 if step.tag == "delete" else 1
        for place in range(step.src_end - step.src_start):
            start = step.dest_start + place * width
            spans.append((start, start + width))
    return spans
