import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.clean import TEXT_STEPS, clean, step_names
from pipeline.cleaning.edits import Change, CleanText, Edit, invert_change, replay, undo
from pipeline.cleaning.pageends import join_page_ends, pages_sharing_words
from pipeline.text import Role

ROOT = Path(__file__).parent.parent
CASES = json.loads((ROOT / "tests" / "cases" / "clean.json").read_text("utf-8"))
PAGE_ENDS = json.loads((ROOT / "tests" / "cases" / "page-ends.json").read_text("utf-8"))
# An alphabet chosen to hurt: parts of letters, look-alikes, hyphens, controls, Hangul jamo.
LETTERS = st.text(
    alphabet=st.sampled_from(
        "aAеЕёийоО\u0301\u0306\u0308ﬁ-\n\n\r\f \t\u00ad\u200b\u1100\u1161\u11a8Åſ1I"
    )
)
# Words that the steps act on, in an order that nobody foresaw; those of each case among them.
PIECES = [
    "CCCP", "Мао", "Mао", "l949", "2O", "19З9", "_", "~", "|", "\\", "___", ",", "б", "K", "1",
    "-\n", "-", "\n", "\n\n", " ", " ", "а) ", "6) ", "в) ", "и ", "р а з р я д", "K a r l M a r x",
    *dict.fromkeys(
        piece
        for case in CASES
        for piece in (case["raw"], *re.findall(r"\w+|\s+|[^\w\s]", case["raw"]))
    ),
]  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES)).map("".join)
HOSTILE = st.one_of(LETTERS, WORDS)
ROLES = st.lists(st.sampled_from(Role), min_size=60, max_size=60)
ALIKE = str.maketrans("ABCEHKMOPTXaceopxyIІ1036", "АВСЕНКМОРТХасеорхуlllОЗб")


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]


def letters(texts: Iterable[str]) -> Counter[str]:
    """Count letters and digits, each with its marks apart and its double taken for the same."""
    whole = unicodedata.normalize("NFD", "".join(texts)).translate(ALIKE).casefold()
    return Counter(mark for mark in whole if mark.isalnum())


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    cleaned = clean(case["raw"])
    assert cleaned.text == case["clean"]
    if case["label"].startswith("must not change"):
        assert cleaned.changes == ()


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean(clean(raw).text).changes == ()


@given(HOSTILE, ROLES)
def test_published_changes_give_the_text_again_and_lead_back(raw: str, roles: list[Role]) -> None:
    cleaned = clean(raw, roles[: len(lines(raw))])
    assert replay(raw, cleaned.changes) == cleaned.text
    assert undo(cleaned.text, cleaned.changes) == raw


@given(HOSTILE)
def test_the_text_is_composed(raw: str) -> None:
    assert unicodedata.is_normalized("NFC", clean(raw).text)


@given(HOSTILE, ROLES)
def test_no_letter_is_invented(raw: str, roles: list[Role]) -> None:
    cleaned = clean(raw, roles[: len(lines(raw))])
    assert letters([cleaned.text]) <= letters([raw])


@given(HOSTILE)
def test_no_letter_is_lost_where_nothing_is_left_out(raw: str) -> None:
    assert letters([clean(raw).text]) == letters([raw])


def test_furniture_is_left_out_and_paragraphs_are_set_apart() -> None:
    raw = "0110\n\nТоварищу Мао\nМы полу-\n\nчили. Вы\nОни\n- 2 -"
    roles = [Role.LEAF_NUMBER, Role.HEADING, Role.PARAGRAPH, Role.TEXT, Role.PARAGRAPH]
    cleaned = clean(raw, [*roles, Role.PAGE_NUMBER])
    assert cleaned.text == "Товарищу Мао\n\nМы получили. Вы\n\nОни\n\n- 2 -"
    assert undo(cleaned.text, cleaned.changes) == raw


def test_furniture_inside_a_paragraph_does_not_part_it() -> None:
    roles = [Role.PARAGRAPH, Role.NOISE, Role.TEXT]
    assert clean("Мы полу-\n\n| _\n\nчили", roles).text == "Мы получили"


def test_a_page_of_furniture_alone_has_no_reading_text() -> None:
    cleaned = clean("0110\n\nВХОД. № 5", [Role.LEAF_NUMBER, Role.STAMP])
    assert cleaned.text == ""
    assert undo("", cleaned.changes) == "0110\n\nВХОД. № 5"


@pytest.mark.parametrize("case", PAGE_ENDS, ids=[case["label"] for case in PAGE_ENDS])
def test_page_end(case: dict[str, list[str]]) -> None:
    texts = [clean(raw) for raw in case["raw"]]
    joined = join_page_ends(texts, [[]] * len(texts))
    assert [text.text for text in joined] == case["clean"]
    for raw, text in zip(case["raw"], joined, strict=True):
        assert undo(text.text, text.changes) == raw


@given(st.lists(st.tuples(HOSTILE, ROLES), max_size=5), st.sets(st.integers(0, 4), max_size=2))
def test_over_all_pages_no_letter_is_lost_or_invented(
    pages: list[tuple[str, list[Role]]], unread: set[int]
) -> None:
    raws = [raw for raw, _ in pages]
    roles = [page_roles[: len(lines(raw))] for raw, page_roles in pages]
    texts = [clean(raw, page_roles) for raw, page_roles in zip(raws, roles, strict=True)]
    joined = join_page_ends(texts, roles, unread)
    assert letters(text.text for text in joined) == letters(text.text for text in texts)
    assert [undo(text.text, text.changes) for text in joined] == raws


def test_a_page_number_does_not_part_a_word() -> None:
    texts = [CleanText("Мы полу-\n\n- 1 -"), CleanText("- 2 -\n\nчили письмо")]
    roles = [[Role.TEXT, Role.PAGE_NUMBER], [Role.PAGE_NUMBER, Role.TEXT]]
    joined = join_page_ends(texts, roles)
    assert [text.text for text in joined] == ["Мы получили\n\n- 1 -", "- 2 -\n\nписьмо"]


def test_no_word_is_joined_over_a_page_that_could_not_be_read() -> None:
    texts = [CleanText("Мы полу-"), CleanText(""), CleanText("чили")]
    assert join_page_ends(texts, [[]] * 3, unread_pages={1}) == texts


def test_pages_that_share_a_word_name_each_other() -> None:
    texts = [CleanText("Мы полу-"), CleanText(""), CleanText("чили пись-"), CleanText("мо. Вы")]
    joined = join_page_ends(texts, [[]] * 4)
    assert pages_sharing_words(joined) == [(2,), (), (0, 3), (2,)]


def test_an_edit_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        replay("архив", [Change("compose", (Edit(0, "б", "в"),))])


def test_the_inverse_of_the_inverse_is_the_change() -> None:
    change = Change("x", (Edit(1, "аб", ""), Edit(5, "в", "где")))
    back = invert_change(invert_change(change))
    assert back.edits == change.edits


@pytest.mark.parametrize("name", TEXT_STEPS)
def test_the_laws_try_every_step(name: str) -> None:
    assert any(list(TEXT_STEPS[name](piece)) for piece in PIECES), "no case has anything for it"


def test_every_step_and_role_is_documented() -> None:
    page = (ROOT / "docs" / "cleaning.md").read_text("utf-8")
    names = re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE)
    assert names == [*step_names(), *(role.value for role in Role)]
