r"""Page furniture that only several pages together reveal: leaf numbers, running heads, catchwords.

A lone 57 in a corner may be anything; after a 56 and before a 58 it is a leaf number. So the lines
of each page are kept with those that may be furniture, without their words and boxes.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.layout.furniture import corner_number, is_corner_number
from pipeline.layout.rows import PageLines
from pipeline.text import PageText, Role

_HEAD_ZONE, _FOOT_ZONE = 0.15, 0.75  #: of the page's height: heads above, catchwords below
_MAX_CATCHWORD_WORDS = 3  #: words
_MIN_HEAD_PAGES = 3  #: pages with the same running head
_FEW_HEAD_LETTERS = 3  #: letters; a running head has more
#: Share of the pages under a head that continue a sentence; below it each begins a document.
_MIN_FLOWING_SHARE = 1 / 3
_MAX_PAGE_GAP = 3  #: pages from one leaf number to the next


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
        """The indexes of the lines of text, in order."""
        roles = enumerate(self.roles)
        return [n for n, role in roles if not role.is_furniture and role is not Role.PAGE_NUMBER]

    def first_text_line(self, skip: int | None) -> str:
        """Return the first line of text other than ``skip``; empty if there is none."""
        return next((self.lines[n] for n in self.body_lines if n != skip), "")


def find_furniture_candidates(text: PageText, size: tuple[int, int]) -> FurnitureCandidates:
    """Return the lines of a page that has roles, with those that may be furniture."""
    page = PageLines.from_text(text, size)
    roles = tuple(line.role for line in text.lines())
    candidates = FurnitureCandidates(tuple(row.text for row in page.rows), roles)
    corner = head = foot = None
    for index, row in enumerate(page.rows):
        if roles[index] is not Role.LEAF_NUMBER and is_corner_number(page, row):
            corner = index
    body = [n for n in candidates.body_lines if n != corner]
    if body:
        first = min(body, key=lambda n: page.rows[n].middle_y)
        if first == body[0] and page.rows[first].middle_y < _HEAD_ZONE * page.height:
            head = first
        last = max(body, key=lambda n: page.rows[n].middle_y)
        row = page.rows[last]
        aside = (
            row.box.x > (page.left_edge + page.right_edge) / 2
            and row.middle_y > _FOOT_ZONE * page.height
        )
        if last == body[-1] and aside and len(row.line.words) <= _MAX_CATCHWORD_WORDS:
            foot = last
    return FurnitureCandidates(candidates.lines, roles, corner, head, foot)


def assign_roles_across_pages(pages: Sequence[FurnitureCandidates]) -> list[tuple[Role, ...]]:
    """Return the roles of the lines of each page; ``pages`` are all pages of a scan, in order."""
    new_roles: list[dict[int, Role]] = [{} for _ in pages]
    for number in _pages_with_leaf_number(pages):
        new_roles[number][pages[number].corner_line or 0] = Role.LEAF_NUMBER
    for number in _pages_with_running_head(pages):
        new_roles[number][pages[number].head_line or 0] = Role.RUNNING_HEAD
    for number in _pages_with_catchword(pages):
        new_roles[number].setdefault(pages[number].foot_line or 0, Role.CATCHWORD)
    return [
        tuple(changed.get(line, role) for line, role in enumerate(page.roles))
        for page, changed in zip(pages, new_roles, strict=True)
    ]


def _pages_with_leaf_number(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the indexes of the pages whose corner numbers rise from page to page as leaves do.

    A number close to the page's own number in the scan may be typed, and stays text.
    """
    numbers = [
        (index, corner_number(page.lines[page.corner_line]) or 0)
        for index, page in enumerate(pages)
        if page.corner_line is not None
    ]
    found = set()
    for (index, number), (next_index, next_number) in pairwise(numbers):
        pages_between = next_index - index
        near = pages_between <= _MAX_PAGE_GAP and 1 <= next_number - number <= pages_between
        if near and abs(number - index - 1) > 1:
            found |= {index, next_index}
    return found


def _pages_with_running_head(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the indexes of the pages that repeat the head of an earlier page.

    The first page keeps it: it may be the title. Letters that all begin with the same words are
    not pages of one text: no sentence continues under their heads.
    """
    pages_by_head: dict[str, list[int]] = defaultdict(list)
    for index, page in enumerate(pages):
        if (
            page.head_line is not None
            and len(text := _folded_letters(page.lines[page.head_line])) > _FEW_HEAD_LETTERS
        ):
            pages_by_head[text].append(index)
    found = set()
    for indexes in pages_by_head.values():
        flowing = [n for n in indexes if pages[n].first_text_line(pages[n].head_line)[:1].islower()]
        if len(indexes) >= _MIN_HEAD_PAGES and len(flowing) >= _MIN_FLOWING_SHARE * len(indexes):
            found |= set(indexes[1:])
    return found


def _pages_with_catchword(pages: Sequence[FurnitureCandidates]) -> set[int]:
    """Return the indexes of the pages whose last line is repeated at the start of the next page."""
    found = set()
    written = [index for index, page in enumerate(pages) if page.body_lines]
    for index, next_index in pairwise(written):
        page, following = pages[index], pages[next_index]
        if page.foot_line is None or len(page.body_lines) == 1:
            continue
        words = _folded_words(page.lines[page.foot_line])
        begins = (
            _folded_words(following.first_text_line(None)),
            _folded_words(following.first_text_line(following.head_line)),
        )
        if words and any(first[: len(words)] == words for first in begins):
            found.add(index)
    return found


def _folded_letters(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalpha())


def _folded_words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
