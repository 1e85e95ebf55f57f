r"""Joins a word that was broken at the end of a page; it goes to the page where it begins.

The one place where a page's reading text holds letters that its own raw text does not: what the
edit of the page puts in is what the edit of the next page takes out. Each page still replays and
undoes alone, and over the whole scan no letter is invented or lost.
"""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from pipeline.cleaning.edits import CleanText, Edit
from pipeline.cleaning.lineends import joining_hyphen
from pipeline.text import Role

PAGE_END_STEP, PAGE_START_STEP = (
    "join-at-page-end",
    "join-at-page-start",
)  #: published names of the two steps

_BROKEN_WORD = re.compile(r"(?P<first>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])(?=\n|\Z)")
_WORD_REST = re.compile(r"(?P<rest>[^\W\d_]+)\S*(?:\n+| |\Z)")


def join_page_ends(
    texts: Sequence[CleanText],
    roles: Sequence[Sequence[Role]],
    unread_pages: Collection[int] = frozenset(),
) -> list[CleanText]:
    """Return the texts, with the words that go on over a page end joined.

    Args:
        texts: of the pages in order. A blank page is passed over.
        roles: of the lines of each page.
        unread_pages: places of pages that could not be read; over them no word is joined.
    """
    joined = list(texts)
    told = [place for place, text in enumerate(texts) if text.text or place in unread_pages]
    for one, then in pairwise(told):
        if not {one, then} & set(unread_pages):
            joined[one], joined[then] = _join_pages(
                joined[one], roles[one], joined[then], roles[then]
            )
    return joined


def pages_sharing_words(texts: Sequence[CleanText]) -> list[tuple[int, ...]]:
    """Return for each page the places of the pages with which it shares a word, at most two."""
    found: list[tuple[int, ...]] = [() for _ in texts]
    open_end: int | None = None
    for place, text in enumerate(texts):
        steps = {change.step for change in text.changes}
        if PAGE_START_STEP in steps and open_end is not None:
            found[open_end] += (place,)
            found[place] += (open_end,)
        if PAGE_END_STEP in steps:
            open_end = place
    return found


def _join_pages(
    left: CleanText, left_roles: Sequence[Role], right: CleanText, right_roles: Sequence[Role]
) -> tuple[CleanText, CleanText]:
    """Return two pages with the word between them joined, or as they are where none is broken."""
    broken = _broken_last_word(left.text, left_roles)
    rest = _WORD_REST.match(right.text, _text_start(right.text, right_roles))
    if broken is None or rest is None or not _can_join(broken["first"], rest["rest"]):
        return left, right
    kept = joining_hyphen(broken["first"], broken["hyphen"], rest["rest"])
    if kept is None:
        return left, right
    moved = rest.group().rstrip()
    put = Edit(broken.start("hyphen"), broken["hyphen"], kept + moved)
    taken = Edit(rest.start(), rest.group(), "")
    return left.after_step(PAGE_END_STEP, [put]), right.after_step(PAGE_START_STEP, [taken])


def _broken_last_word(text: str, roles: Sequence[Role]) -> re.Match[str] | None:
    """Return the broken word with which the text of a page ends; its number may stand below."""
    kept = [role for role in roles if not role.is_furniture]
    lines = list(re.finditer(r"[^\n]+", text))
    if len(lines) > 1 and kept[-1:] == [Role.PAGE_NUMBER]:
        lines.pop()
    if not lines:
        return None
    found = list(_BROKEN_WORD.finditer(text, lines[-1].start(), lines[-1].end()))
    return found[-1] if found and found[-1].end() == lines[-1].end() else None


def _text_start(text: str, roles: Sequence[Role]) -> int:
    """Return where the text of a page begins; its number may stand above."""
    kept = [role for role in roles if not role.is_furniture]
    numbered = re.match(r"[^\n]+\n+", text) if kept[:1] == [Role.PAGE_NUMBER] else None
    return numbered.end() if numbered else 0


def _can_join(first: str, rest: str) -> bool:
    """Whether two halves may be of one word: small letters follow, or capitals on capitals."""
    return rest[0].islower() or (first.isupper() and rest.isupper() and len(first) > 1)
