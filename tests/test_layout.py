"""Cases are drawn pages: ``[role, line]`` or ``[role, line, how often]``; empty lines are gaps."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.layout.across import assign_roles_across_pages, find_furniture_candidates
from pipeline.layout.page import assign_roles
from pipeline.text import Block, Box, Line, PageText, Role, Word

CASES = json.loads((Path(__file__).parent / "cases" / "layout.json").read_text("utf-8"))
WIDE, HIGH = 12, 24  #: pixels from letter to letter, from line to line
SIZE = (80 * WIDE, 32 * HIGH)
Drawn = list[tuple[str, str]]


def rows(page: list[Any]) -> Drawn:
    """Return the role and the text of each drawn line."""
    return [(row[0], row[1]) for row in page for _ in range(row[2] if len(row) > 2 else 1)]


def words(line: str, y: int) -> Iterator[Word]:
    at = 0
    for text in line.split():
        at = line.index(text, at)
        yield Word(text, Box(20 + at * WIDE, y, len(text) * WIDE, HIGH - 8), 0.9)
        at += len(text)


def drawn(page: Drawn) -> PageText:
    """Return a page as an engine reads it that begins a block after every empty line."""
    blocks = []
    numbered = enumerate(line for _, line in page)
    for written, group in groupby(numbered, key=lambda pair: bool(pair[1])):
        if written:
            lines = [Line(tuple(words(line, 20 + HIGH * y))) for y, line in group]
            blocks.append(Block(tuple(lines)))
    return PageText(tuple(blocks))


@pytest.mark.parametrize("number", ["0012", "0013"])
def test_either_leaf_of_a_spread_may_be_stamped(number: str) -> None:
    page = drawn([("", " " * 66 + number), ("", ""), ("", "     Товарищу Мао Цзэ-дуну")])
    first = next(iter(assign_roles(page, SIZE, "12v-13").lines()))
    assert first.role is Role.LEAF_NUMBER


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    pages = [rows(page) for page in case["pages"]]
    laid = [
        assign_roles(drawn(p), SIZE, leaf) for p, leaf in zip(pages, case["leaves"], strict=True)
    ]
    page_roles = assign_roles_across_pages([find_furniture_candidates(text, SIZE) for text in laid])
    expected = [[(role, line.split()) for role, line in page if line] for page in pages]
    page_lines = [
        [(role.value, line.text.split()) for role, line in zip(roles, text.lines(), strict=True)]
        for roles, text in zip(page_roles, laid, strict=True)
    ]
    assert page_lines == expected


LINES = st.lists(
    st.tuples(
        st.integers(0, 60),
        st.sampled_from(
            ["", "57", "0110", "- 2 -", "ВХОД. № 5", "| _", "ГЛАВА", "а) мир", "и да-", "Мы"]
        ),
    ),
    max_size=12,
)


@given(st.lists(LINES, max_size=5))
def test_layout_touches_no_word_and_names_every_line(pages: list[list[tuple[int, str]]]) -> None:
    texts = [drawn([("", " " * x + line if line else "") for x, line in page]) for page in pages]
    laid = [assign_roles(text, SIZE) for text in texts]
    assert [text.raw_text for text in laid] == [text.raw_text for text in texts]
    found = assign_roles_across_pages([find_furniture_candidates(text, SIZE) for text in laid])
    assert [len(roles) for roles in found] == [len(list(text.lines())) for text in texts]


def test_a_page_without_words_has_no_roles() -> None:
    assert assign_roles(PageText(), (1, 1)) == PageText()
    assert assign_roles_across_pages([find_furniture_candidates(PageText(), (1, 1))]) == [()]


def test_the_role_decides_what_is_left_out_and_what_begins_a_paragraph() -> None:
    assert {role for role in Role if role.is_furniture} == {
        Role.LEAF_NUMBER, Role.STAMP, Role.RUNNING_HEAD, Role.CATCHWORD, Role.NOISE
    }  # fmt: skip
    assert not Role.TEXT.begins_paragraph
    assert Role.PAGE_NUMBER.begins_paragraph
