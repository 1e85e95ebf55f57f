"""Edits of whole words that turn one text into another."""

import re
from collections.abc import Iterable

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
