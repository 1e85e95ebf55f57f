r"""What only several pages together give away: leaf numbers, running heads and catchwords.

A lone 57 in a corner may be anything; after a 56 and before a 58 it is a leaf number. So a page
leaves its lines here, with the few that may be furniture; its words and boxes are let go.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.layout.furniture import corner_number, is_corner_number
from pipeline.layout.rows import Sheet
from pipeline.text import PageText, Role

_HIGH, _LOW = 0.15, 0.75  #: of the page's height: a head is above, a catchword below
_MOST_WORDS = 3  #: of a catchword
_OFTEN = 3  #: pages; a head on fewer does not run
_FLOWING = 1 / 3  #: of them go on in the middle of a sentence; else each begins a document
_NEAR = 3  #: pages from one leaf number to the next, at most


@dataclass(frozen=True, slots=True)
class Margins:
    """A page's lines, their roles, and which of them may be furniture."""

    lines: tuple[str, ...]
    roles: tuple[Role, ...]
    corner: int | None = None  #: the line that is a lone number in a corner
    head: int | None = None  #: the line that may be a running head
    foot: int | None = None  #: the line that may be a catchword

    @property
    def body(self) -> list[int]:
        """The lines of text, in order."""
        kept = enumerate(self.roles)
        return [n for n, r in kept if not r.left_out and r is not Role.PAGE_NUMBER]

    def first_after(self, line: int | None) -> str:
        """Return the first line of text, ``line`` left aside; empty where there is none."""
        return next((self.lines[n] for n in self.body if n != line), "")


def margins(text: PageText, size: tuple[int, int]) -> Margins:
    """Return what a page that was laid out leaves for the view over all pages."""
    sheet = Sheet.of(text, size)
    roles = tuple(line.role for line in text.lines())
    found = Margins(tuple(row.text for row in sheet.rows), roles)
    corner = head = foot = None
    for place, row in enumerate(sheet.rows):
        if roles[place] is not Role.LEAF_NUMBER and is_corner_number(sheet, row):
            corner = place
    body = [n for n in found.body if n != corner]
    if body:
        first = min(body, key=lambda n: sheet.rows[n].level)
        if first == body[0] and sheet.rows[first].level < _HIGH * sheet.height:
            head = first
        last = max(body, key=lambda n: sheet.rows[n].level)
        row = sheet.rows[last]
        aside = row.box.x > (sheet.left + sheet.right) / 2 and row.level > _LOW * sheet.height
        if last == body[-1] and aside and len(row.line.words) <= _MOST_WORDS:
            foot = last
    return Margins(found.lines, roles, corner, head, foot)


def across(pages: Sequence[Margins]) -> list[tuple[Role, ...]]:
    """Return the roles of the lines of each page, now that all pages are known."""
    found: list[dict[int, Role]] = [{} for _ in pages]
    for number in _leaf_numbers(pages):
        found[number][pages[number].corner or 0] = Role.LEAF_NUMBER
    for number in _running_heads(pages):
        found[number][pages[number].head or 0] = Role.RUNNING_HEAD
    for number in _catchwords(pages):
        found[number].setdefault(pages[number].foot or 0, Role.CATCHWORD)
    return [
        tuple(more.get(line, role) for line, role in enumerate(page.roles))
        for page, more in zip(pages, found, strict=True)
    ]


def _leaf_numbers(pages: Sequence[Margins]) -> set[int]:
    """Return the pages whose corner number goes on from page to page as leaves do.

    A number that is the page's own place in the scan may be the typist's, and stays.
    """
    numbers = [
        (place, corner_number(page.lines[page.corner]) or 0)
        for place, page in enumerate(pages)
        if page.corner is not None
    ]
    found = set()
    for (one, first), (then, second) in pairwise(numbers):
        near = then - one <= _NEAR and 1 <= second - first <= then - one
        if near and abs(first - one - 1) > 1:
            found |= {one, then}
    return found


def _running_heads(pages: Sequence[Margins]) -> set[int]:
    """Return the pages whose head was said before, where the text under it flows on.

    The first of them keeps it: it may be the title. Letters that all begin with the same words
    are no pages of one text: under their heads no sentence goes on.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for place, page in enumerate(pages):
        if page.head is not None and len(text := _letters(page.lines[page.head])) > _OFTEN:
            alike[text].append(place)
    found = set()
    for places in alike.values():
        flowing = [p for p in places if pages[p].first_after(pages[p].head)[:1].islower()]
        if len(places) >= _OFTEN and len(flowing) >= _FLOWING * len(places):
            found |= set(places[1:])
    return found


def _catchwords(pages: Sequence[Margins]) -> set[int]:
    """Return the pages whose last line is how the next page begins."""
    found = set()
    written = [place for place, page in enumerate(pages) if page.body]
    for one, then in pairwise(written):
        page, following = pages[one], pages[then]
        if page.foot is None or len(page.body) == 1:
            continue
        words = _words(page.lines[page.foot])
        begins = _words(following.first_after(None)), _words(following.first_after(following.head))
        if words and any(first[: len(words)] == words for first in begins):
            found.add(one)
    return found


def _letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalpha())


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
