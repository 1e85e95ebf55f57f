import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import STEPS, Change, Edit, clean, inverse, replay, undo

CASES = json.loads((Path(__file__).parent / "cases" / "clean.json").read_text("utf-8"))
# An alphabet chosen to hurt: parts of letters, look-alikes, hyphens, controls, Hangul jamo.
HOSTILE = st.text(
    alphabet=st.sampled_from(
        "aAеЕёийоО\u0301\u0306\u0308ﬁ-\n\n\r\f \t\u00ad\u200b\u1100\u1161\u11a8Åſ1I"
    )
)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, str]) -> None:
    assert clean(case["raw"]).text == case["clean"]


@given(HOSTILE)
def test_cleaning_twice_changes_nothing(raw: str) -> None:
    assert clean(clean(raw).text).changes == ()


@given(HOSTILE)
def test_published_changes_give_the_text_again_and_lead_back(raw: str) -> None:
    cleaned = clean(raw)
    assert replay(raw, cleaned.changes) == cleaned.text
    assert undo(cleaned.text, cleaned.changes) == raw


@given(HOSTILE)
def test_the_text_is_composed(raw: str) -> None:
    assert unicodedata.is_normalized("NFC", clean(raw).text)


@given(HOSTILE)
def test_no_letter_is_invented(raw: str) -> None:
    assert len(clean(raw).text) <= len(raw)


def test_an_edit_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        replay("архив", [Change("compose", (Edit(0, "б", "в"),))])


def test_the_inverse_of_the_inverse_is_the_change() -> None:
    change = Change("x", (Edit(1, "аб", ""), Edit(5, "в", "где")))
    back = inverse(inverse(change))
    assert back.edits == change.edits


def test_step_names_are_unique() -> None:
    assert len({step.__name__ for step in STEPS}) == len(STEPS)
