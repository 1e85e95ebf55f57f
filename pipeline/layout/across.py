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
from pipeline.layout.rows import PageLines
from pipeline.text import PageText, Role

_HEAD_ZONE, _FOOT_ZONE = 0.15, 0.75  #: of the page's height: a head is above, a catchword below
_MAX_CATCHWORD_WORDS = 3  #: of a catchword
_MIN_HEAD_PAGES = 3  #: pages; a head on fewer does not run
_FEW_HEAD_LETTERS = 3  #: letters; a line with no more is no running head
_MIN_FLOWING_SHARE = (
    1 / 3
)  #: of them go on in the middle of a sentence; else each begins a document
_MAX_PAGE_GAP = 3  #: pages from one leaf number to the next, at most


@dataclass(frozen=True, slots=True)
class FurnitureCandidates:
    """A page's lines, their roles, and which of them may be furniture."""

    lines: tuple[str, ...]
    roles: tuple[Role, ...]
    corner_line: int | None = None  #: the line that is a lone number in a corner
    head_line: int | None = None  #: the line that may be a running head
    foot_line: int | None = None  #: the line that may be a catchword

    @property
    def body_lines(self) -> list[int]:
        """The lines of text, in order."""
        kept = enumerate(self.roles)
        return [n for n, r in kept if not r.is_furniture and r is not Role.PAGE_NUMBER]

    def first_text_line(self, skip: int | None) -> str:
        """Return the first line of text, ``skip`` left aside; empty where there is none."""
        return next((self.lines[n] for n in self.body_lines if n != skip), "")


def find_furniture_candidates(text: PageText, size: tuple[int, int]) -> FurnitureCandidates:
    """Return what a page that was laid out leaves for the view over all pages."""
    sheet = PageLines.from_text(text, size)
    roles = tuple(line.role for line in text.lines())
    found = FurnitureCandidates(tuple(row.text for row in sheet.rows), roles)
    corner = head = foot = None
    for place, row in enumerate(sheet.rows):
        if roles[place] is not Role.LEAF_NUMBER and is_corner_number(sheet, row):
            corner = place
    body = [n for n in found.body_lines if n != corner]
    if body:
        first = min(body, key=lambda n: sheet.rows[n].middle_y)
        if first == body[0] and sheet.rows[first].middle_y < _HEAD_ZONE * sheet.height:
            head = first
        last = max(body, key=lambda n: sheet.rows[n].middle_y)
        row = sheet.rows[last]
        aside = (
            row.box.x > (sheet.left_edge + sheet.right_edge) / 2
            and row.middle_y > _FOOT_ZONE * sheet.height
        )
        if last == body[-1] and aside and len(row.line.words) <= _MAX_CATCHWORD_WORDS:
            foot = last
    return FurnitureCandidates(found.lines, roles, corner, head, foot)


def assign_roles_across_pages(pages: Sequence[FurnitureCandidates]) -> list[tuple[Role, ...]]:
    """Return the roles of the lines of each page, now that all pages are known."""
    found: list[dict[int, Role]] = [{} for _ in pages]
    for number in _pages_with_leaf_number(pages):
        found[number][pages[number].corner_line or 0] = Role.LEAF_NUMBER
    for number in _pages_with_running_head(pages):
        found[number][pages[number].head_line or 0] = Role.RUNNING_HEAD
    for number in _pages_with_catchword(pages):
        found[number].setdefault(pages[number].foot_line or 0, Role.CATCHWORD)
    return [
        tuple(more.get(line, role) for line, role in enumerate(page.roles))
        for page, more in zip(pages, found, strict=True)
    ]


def _pages_with_leaf_number(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the pages whose corner number goes on from page to page as leaves do.

    A number that is the page's own place in the scan may be the typist's, and stays.
    """
    numbers = [
        (place, corner_number(page.lines[page.corner_line]) or 0)
        for place, page in enumerate(pages)
        if page.corner_line is not None
    ]
    found = set()
    for (one, first), (then, second) in pairwise(numbers):
        near = then - one <= _MAX_PAGE_GAP and 1 <= second - first <= then - one
        if near and abs(first - one - 1) > 1:
            found |= {one, then}
    return found


def _pages_with_running_head(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the pages whose head was said before, where the text under it flows on.

    The first of them keeps it: it may be the title. Letters that all begin with the same words
    are no pages of one text: under their heads no sentence goes on.
    """
    alike: dict[str, list[int]] = defaultdict(list)
    for place, page in enumerate(pages):
        if (
            page.head_line is not None
            and len(text := _folded_letters(page.lines[page.head_line])) > _FEW_HEAD_LETTERS
        ):
            alike[text].append(place)
    found = set()
    for places in alike.values():
        flowing = [p for p in places if pages[p].first_text_line(pages[p].head_line)[:1].islower()]
        if len(places) >= _MIN_HEAD_PAGES and len(flowing) >= _MIN_FLOWING_SHARE * len(places):
            found |= set(places[1:])
    return found


def _pages_with_catchword(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the pages whose last line is how the next page begins."""
    found = set()
    written = [place for place, page in enumerate(pages) if page.body_lines]
    for one, then in pairwise(written):
        page, following = pages[one], pages[then]
        if page.foot_line is None or len(page.body_lines) == 1:
            continue
        words = _folded_words(page.lines[page.foot_line])
        begins = (
            _folded_words(following.first_text_line(None)),
            _folded_words(following.first_text_line(following.head_line)),
        )
        if words and any(first[: len(words)] == words for first in begins):
            found.add(one)
    return found


def _folded_letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalpha())


def _folded_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
