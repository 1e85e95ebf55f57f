r"""Join words broken at the end of a page; each goes to the page where it begins.

Only here does a page's reading text get letters that its raw text does not have: its edit inserts
the letters that the next page's edit removes. Each page can still be replayed and undone alone, and
no letter of the scan is added or lost.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from pipeline.cleaning.edits import CleanText, Edit
from pipeline.cleaning.lineends import FIRST_HALF, SECOND_HALF, CompoundWords, joining_hyphen
from pipeline.text import Role

#: Published names of the two steps.
PAGE_END_STEP, PAGE_START_STEP = "join-at-page-end", "join-at-page-start"

_BROKEN_WORD = re.compile(rf"{FIRST_HALF}(?=\n|\Z)")
_WORD_REST = re.compile(rf"{SECOND_HALF}\S*(?:\n+| |\Z)")


def join_page_ends(
    texts: Sequence[CleanText],
    roles: Sequence[Sequence[Role]],
    unread_pages: Collection[int] = frozenset(),
    compounds: Sequence[CompoundWords | None] = (),
) -> list[CleanText]:
    """Return the texts with the words joined that continue on the next page.

    Args:
        texts: of the pages in order; blank pages are skipped.
        roles: of the non-empty lines of each page.
        unread_pages: indexes of pages that could not be read; no word is joined across them.
        compounds: of each page; empty if unknown.
    """
    joined = list(texts)
    not_blank = [n for n, text in enumerate(texts) if text.text or n in unread_pages]
    for left, right in pairwise(not_blank):
        if not {left, right} & set(unread_pages):
            joined[left], joined[right] = _join_pages(
                (joined[left], joined[right]),
                (roles[left], roles[right]),
                compounds[left] if compounds else None,
            )
    return joined


def pages_sharing_words(texts: Sequence[CleanText]) -> list[tuple[int, ...]]:
    """Return for each page the indexes of the pages, at most two, with which it shares a word."""
    shared: list[tuple[int, ...]] = [() for _ in texts]
    open_end: int | None = None
    for index, text in enumerate(texts):
        steps = {change.step for change in text.changes}
        if PAGE_START_STEP in steps and open_end is not None:
            shared[open_end] += (index,)
            shared[index] += (open_end,)
        if PAGE_END_STEP in steps:
            open_end = index
    return shared


def _join_pages(
    pages: tuple[CleanText, CleanText],
    roles: tuple[Sequence[Role], Sequence[Role]],
    compounds: CompoundWords | None,
) -> tuple[CleanText, CleanText]:
    """Return two pages with the word between them joined; unchanged if none is broken."""
    left, right = pages
    broken = _broken_last_word(left.text, roles[0])
    rest = _WORD_REST.match(right.text, _text_start(right.text, roles[1]))
    if broken is None or rest is None or not _can_join(broken["first"], rest["rest"]):
        return left, right
    separator = joining_hyphen(broken["first"], broken["hyphen"], rest["rest"], compounds)
    if separator is None:
        return left, right
    moved = rest.group().rstrip()
    insert = Edit(broken.start("hyphen"), broken["hyphen"], separator + moved)
    remove = Edit(rest.start(), rest.group(), "")
    return left.after_step(PAGE_END_STEP, [insert]), right.after_step(PAGE_START_STEP, [remove])


def _broken_last_word(text: str, roles: Sequence[Role]) -> re.Match[str] | None:
    """Return the broken word at the end of a page's text; a page number may follow it."""
    text_roles = [role for role in roles if not role.is_furniture]
    lines = list(re.finditer(r"[^\n]+", text))
    if len(lines) > 1 and text_roles[-1:] == [Role.PAGE_NUMBER]:
        lines.pop()
    if not lines:
        return None
    matches = list(_BROKEN_WORD.finditer(text, lines[-1].start(), lines[-1].end()))
    return matches[-1] if matches and matches[-1].end() == lines[-1].end() else None


def _text_start(text: str, roles: Sequence[Role]) -> int:
    """Return the offset of the text of a page; a page number may precede it."""
    text_roles = [role for role in roles if not role.is_furniture]
    numbered = re.match(r"[^\n]+\n+", text) if text_roles[:1] == [Role.PAGE_NUMBER] else None
    return numbered.end() if numbered else 0


def _can_join(first: str, rest: str) -> bool:
    """Return whether the halves may be one word: both in capitals, or the rest in small letters."""
    return rest[0].islower() or (first.isupper() and rest.isupper() and len(first) > 1)
