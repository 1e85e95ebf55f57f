"""Whether each word that was read is right, by the transcribed line that it stands in."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from pipeline.evaluation.judged_words import JudgedWord, Verdict, judge_words
from pipeline.evaluation.line_alignment import align_transcription
from pipeline.text_metrics import line_error, normalize, transcribed_lines
from tests.factories import text

CASES = json.loads((Path(__file__).parent / "cases" / "judged-words.json").read_text("utf-8"))
LINES = st.lists(st.text("abc.,- ", max_size=14), max_size=4).map("\n".join)


def judged(truth: str, read: str) -> list[JudgedWord]:
    return judge_words(align_transcription(truth, read), text(read))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_word_is_judged_by_its_line(case: dict[str, Any]) -> None:
    words = judged(case["truth"], case["read"])
    truths = ["" if w.verdict is Verdict.RIGHT else f" {w.truth}" for w in words]
    found = [f"{w.verdict}{truth}".strip() for w, truth in zip(words, truths, strict=True)]
    assert found == case["words"]


def test_words_are_numbered_by_the_lines_that_are_not_empty() -> None:
    words = judged("а б\nв", "а б\n\nв")
    assert [(w.line, w.word, w.text) for w in words] == [(1, 1, "а"), (1, 2, "б"), (2, 1, "в")]


@given(LINES)
def test_all_words_of_the_same_text_are_right(page: str) -> None:
    lines = "\n".join(line for line in page.split("\n") if line.strip())
    assert {word.verdict for word in judged(lines, lines)} <= {Verdict.RIGHT}


@given(LINES, LINES)
def test_each_word_is_judged_once_and_in_order(truth: str, page: str) -> None:
    lines = "\n".join(line for line in page.split("\n") if line.strip())
    words = judged(truth, lines)
    assert [word.text for word in words] == lines.split()
    for word in words:
        assert (word.verdict is Verdict.RIGHT) == (word.text == word.truth)
        assert word.is_judged or not word.truth


@given(LINES, LINES)
def test_aligned_lines_have_the_edits_of_line_error(truth: str, page: str) -> None:
    lines, whole = transcribed_lines(truth), normalize(page)
    aligned = align_transcription(truth, page)
    assert [line.line for line in aligned] == lines
    edits = sum(line.edits for line in aligned)
    assert edits / max(sum(map(len, lines)), 1) == pytest.approx(line_error(truth, page))
    for line in aligned:
        assert whole[line.start : line.end] == line.stretch
        if not line.is_lost:
            assert Levenshtein.distance(line.line, line.stretch) == line.edits
            assert len(line.edit_list()) == line.edits
