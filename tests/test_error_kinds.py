"""The kinds of edits between transcribed lines and a reading."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.error_kinds import count_error_kinds
from pipeline.evaluation.line_alignment import align_transcription
from pipeline.text_metrics import line_error, transcribed_lines

CASES = json.loads((Path(__file__).parent / "cases" / "error-kinds.json").read_text("utf-8"))
PAGES = st.text("aAáž1.,–- \n\u0301", max_size=40) | st.text(max_size=30)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["read"])
def test_an_edit_is_of_one_kind(case: dict[str, Any]) -> None:
    counts = count_error_kinds(align_transcription(case["truth"], case["read"]))
    assert {kind: count for kind, count in counts.items() if count} == case["kinds"]


@given(PAGES, PAGES)
def test_the_kinds_add_up_to_line_error(truth: str, page: str) -> None:
    edits = sum(count_error_kinds(align_transcription(truth, page)).values())
    characters = max(sum(map(len, transcribed_lines(truth))), 1)
    assert edits / characters == pytest.approx(line_error(truth, page))


@given(PAGES)
def test_the_same_text_has_no_edits(page: str) -> None:
    assert not any(count_error_kinds(align_transcription(page, page)).values())
