"""Edits of whole words that turn one text into another."""

import re
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from pipeline.cleaning.edits import Edit

_TOKENS = re.compile(r"\s+|[^\s]+")


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    r"""Return the edits, of whole words, that turn ``before`` into ``after``.

    >>> edits_between("one two three", "one tvo three")
    (Edit(start=4, removed='two', inserted='tvo'),)
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    starts = [0]
    for token in old:
        starts.append(starts[-1] + len(token))
    edits: list[Edit] = []
    for step in Levenshtein.opcodes(old, new):
        if step.tag == "equal":
            continue
        start = starts[step.src_start]
        removed = "".join(old[step.src_start : step.src_end])
        inserted = "".join(new[step.dest_start : step.dest_end])
        last = edits[-1] if edits else None
        if last is not None and last.start + len(last.removed) == start:
            edits[-1] = Edit(last.start, last.removed + removed, last.inserted + inserted)
        else:
            edits.append(Edit(start, removed, inserted))
    return tuple(edits)


def changed_words(edits: Iterable[Edit]) -> int:
    """Return how many words edits change: of each the more of those removed and inserted.

    >>> changed_words([Edit(0, "a b", "c"), Edit(9, "", "d")])
    3
    """
    return sum(max(len(one.removed.split()), len(one.inserted.split())) for one in edits)


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """Return a text with both changes of its words; None if they change the same words differently.

    >>> merge_words("one two three", "one 2 three", "1 two three")
    '1 2 three'
    >>> merge_words("one two", "one 2", "one too") is None
    True
    >>> merge_words("one two", "one 2", "one 2")
    'one 2'
    """
    words = base.split()
    ours, others = (set(_word_changes(words, text.split())) for text in (mine, theirs))
    if any(_clash(one, other) for one in ours - others for other in others):
        return None
    if any(_clash(one, other) for one in others - ours for other in ours):
        return None
    merged, at = list[str](), 0
    for start, end, inserted in sorted(ours | others):
        merged += [*words[at:start], *inserted]
        at = end
    return " ".join([*merged, *words[at:]])


_WordChange = tuple[int, int, tuple[str, ...]]  #: start and end of the words, and what stands there


def _clash(one: _WordChange, other: _WordChange) -> bool:
    """Return whether two changes are about the same words, or insert words in the same place."""
    (start, end, _), (other_start, other_end, _) = one, other
    if start == end or other_start == other_end:
        return start <= other_end and other_start <= end
    return start < other_end and other_start < end


def _word_changes(base: Sequence[str], other: Sequence[str]) -> Iterator[_WordChange]:
    """Yield the changes from one text to another, word by word where that can be."""
    for step in Levenshtein.opcodes(base, other):
        start, end, new = step.src_start, step.src_end, other[step.dest_start : step.dest_end]
        if step.tag == "replace" and end - start == len(new):
            yield from ((start + place, start + place + 1, (one,)) for place, one in enumerate(new))
        elif step.tag != "equal":
            yield start, end, tuple(new)
