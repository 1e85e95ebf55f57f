"""Words that keep their hyphen at the end of a line or page, by their record and their language."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import undo
from pipeline.record.assemble import assemble_record
from pipeline.record.compounds import HyphenatedWords, PageCompounds
from tests.factories import CLOCK, SIGNATURE, admitted_scan, pages

CASES = json.loads((Path(__file__).parent / "cases" / "compounds.json").read_text("utf-8"))
WORDS = [
    (case, word, kept == "keep")
    for case in CASES
    for kept in ("keep", "join")
    for word in case.get(kept, ())
]


def compounds_of(case: dict[str, Any]) -> PageCompounds:
    return PageCompounds(HyphenatedWords([case.get("record", "")]), (case["language"],))


@pytest.mark.parametrize(
    ("case", "word", "kept"), WORDS, ids=[f"{case['label']}: {word}" for case, word, _ in WORDS]
)
def test_case(case: dict[str, Any], word: str, *, kept: bool) -> None:
    first, _, rest = word.rpartition("-")
    cleaned = clean(f"{first}-\n{rest}", (), compounds_of(case))
    assert cleaned.text == (word if kept else f"{first}{rest}")
    assert undo(cleaned.text, cleaned.changes) == f"{first}-\n{rest}"


@given(st.text("абв-\n ", max_size=40), st.text("абв-\n ", max_size=40))
def test_no_letter_is_lost_or_invented(raw: str, record: str) -> None:
    compounds = PageCompounds(HyphenatedWords([record, raw]), ("eng", "rus"))
    cleaned = clean(raw, (), compounds)
    assert [m for m in cleaned.text if m.isalpha()] == [m for m in raw if m.isalpha()]


def test_a_word_on_another_page_decides_whether_a_hyphen_is_kept(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"these bytes are a scan")
    texts = [
        "Мы шли по-\nпрежнему к северо-",
        "западному лагерю. Красно-\nармейский",
        "и красно-армейские",
    ]
    read = assemble_record(admitted_scan(scan, 3), pages(texts), SIGNATURE, CLOCK)
    assert [page.reading_text for page in read.pages] == [
        "Мы шли по-прежнему к северо-западному", "лагерю. Красно-армейский", "и красно-армейские",
    ]  # fmt: skip


def test_a_long_row_of_hyphens_costs_nothing() -> None:
    for raw in ("a-" * 20_000, "a" * 50_000, "ab-\n" * 20_000):
        clean(raw, (), PageCompounds(HyphenatedWords([raw]), ("eng",)))
