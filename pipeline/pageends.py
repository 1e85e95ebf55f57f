r"""Joins a word that was broken at the end of a page; it goes to the page where it begins.

The one place where a page's reading text holds letters that its own raw text does not: what the
edit of the page puts in is what the edit of the next page takes out. Each page still replays and
undoes alone, and over the whole scan no letter is invented or lost.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.clean import CleanText, joint
from pipeline.edits import Change, Edit, apply
from pipeline.text import Role

AT_END, AT_START = "join-at-page-end", "join-at-page-start"  #: published names of the two steps

_BROKEN = re.compile(r"(?P<first>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\u2011\u00ac])(?=\n|\Z)")
_REST = re.compile(r"(?P<rest>[^\W\d_]+)\S*(?:\n+| |\Z)")


def join_page_ends(
    texts: Sequence[CleanText | None], roles: Sequence[Sequence[Role]]
) -> list[CleanText | None]:
    """Return the texts, with the words that go on over a page end joined.

    Args:
        texts: of the pages in order; None for a page that could not be read, over which no
            word is joined. A blank page is passed over.
        roles: of the lines of each page.
    """
    joined = list(texts)
    written = [n for n, text in enumerate(texts) if text is None or text.text]
    for one, then in pairwise(written):
        left, right = joined[one], joined[then]
        if left is not None and right is not None:
            joined[one], joined[then] = _joined(left, roles[one], right, roles[then])
    return joined


def _joined(
    left: CleanText, left_roles: Sequence[Role], right: CleanText, right_roles: Sequence[Role]
) -> tuple[CleanText, CleanText]:
    """Return two pages with the word between them joined, or as they are where none is broken."""
    broken = _last_word(left.text, left_roles)
    rest = _REST.match(right.text, _start(right.text, right_roles))
    if broken is None or rest is None or not _fit(broken["first"], rest["rest"]):
        return left, right
    moved = rest.group().rstrip()
    kept = joint(broken["first"], broken["hyphen"], rest["rest"])
    put = Edit(broken.start("hyphen"), broken["hyphen"], kept + moved)
    taken = Edit(rest.start(), rest.group(), "")
    return _with(left, AT_END, put), _with(right, AT_START, taken)


def _last_word(text: str, roles: Sequence[Role]) -> re.Match[str] | None:
    """Return the broken word with which the text of a page ends; its number may stand below."""
    kept = [role for role in roles if not role.left_out]
    lines = [line for line in re.finditer(r"[^\n]+", text)]
    if len(lines) > 1 and kept[-1:] == [Role.PAGE_NUMBER]:
        lines.pop()
    if not lines:
        return None
    found = list(_BROKEN.finditer(text, lines[-1].start(), lines[-1].end()))
    return found[-1] if found and found[-1].end() == lines[-1].end() else None


def _start(text: str, roles: Sequence[Role]) -> int:
    """Return where the text of a page begins; its number may stand above."""
    kept = [role for role in roles if not role.left_out]
    numbered = re.match(r"[^\n]+\n+", text) if kept[:1] == [Role.PAGE_NUMBER] else None
    return numbered.end() if numbered else 0


def _fit(first: str, rest: str) -> bool:
    """Whether two halves may be of one word: small letters follow, or capitals on capitals."""
    return rest[0].islower() or (first.isupper() and rest.isupper() and len(first) > 1)


def _with(text: CleanText, step: str, edit: Edit) -> CleanText:
    return CleanText(apply(text.text, [edit]), (*text.changes, Change(step, (edit,))))
