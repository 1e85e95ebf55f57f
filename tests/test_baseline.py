"""The quality gate: an evaluation fails when an error is greater than in its baseline."""

from pathlib import Path

import pytest

from pipeline.errors import SetupError
from pipeline.evaluation.baseline import baseline_of, compare_with_baseline, compare_with_file
from pipeline.evaluation.results import PageResult
from pipeline.text_metrics import ErrorRates
from tests.test_evaluation import result


def pages(*errors: float) -> list[PageResult]:
    return [result(f"page{number}", error) for number, error in enumerate(errors)]


GATES = {
    "the same": ((0.02, 0.04), (0.02, 0.04), 0.0, ()),
    "better": ((0.02, 0.04), (0.01, 0.04), 0.0, ()),
    "worse within the tolerance": ((0.02, 0.04), (0.021, 0.04), 0.1, ()),
    "worse": ((0.02, 0.04), (0.03, 0.04), 0.1, ("line error", "character error")),
    "one page worse, another better": ((0.02, 0.04), (0.04, 0.02), 0.0, ()),
}


@pytest.mark.parametrize("case", GATES)
def test_the_mean_error_decides(case: str) -> None:
    before, now, tolerance, grown = GATES[case]
    gate = compare_with_baseline(baseline_of(pages(*before)), baseline_of(pages(*now)), tolerance)
    assert gate.grown == grown
    assert gate.compared == 2


def test_each_measure_is_judged_for_itself() -> None:
    cleaned = ErrorRates(0.05, 0.05, 0.05, 0.05)
    gate = compare_with_baseline(
        baseline_of(pages(0.02)), baseline_of([result("page0", 0.02, cleaned=cleaned)]), 0.1
    )
    assert gate.grown == ("character error",)
    assert "2.00 % then, 5.00 % now" in gate.lines[1]


def test_long_pages_weigh_more() -> None:
    long_page, short_page = result("long", 0.01, 10_000), result("short", 0.5, 10)
    before = baseline_of([long_page, short_page])
    now = baseline_of([result("long", 0.01, 10_000), result("short", 0.6, 10)])
    assert compare_with_baseline(before, now, 0.1).grown == ()


def test_pages_that_only_one_has_are_named_and_not_compared() -> None:
    gate = compare_with_baseline(baseline_of(pages(0.1, 0.1, 0.1)), baseline_of(pages(0.1)), 0)
    assert gate.compared == 1
    assert "only the baseline has them: 2 pages" in gate.lines[-1]
    gate = compare_with_baseline(baseline_of(pages(0.1)), baseline_of(pages(0.1, 0.9)), 0)
    assert gate.grown == ()
    assert "the baseline lacks them: 1 page" in gate.lines[-1]


def test_nothing_in_common_is_no_pass() -> None:
    with pytest.raises(SetupError, match="nothing can be compared"):
        compare_with_baseline(baseline_of(pages(0.1)), baseline_of([result("other", 0.1)]), 1)


def test_the_first_evaluation_writes_the_baseline_and_the_next_is_compared(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    assert compare_with_file(path, pages(0.02), 0.1).compared == 0
    written = path.read_bytes()
    assert compare_with_file(path, pages(0.02), 0.1).grown == ()
    assert compare_with_file(path, pages(0.2), 0.1).grown == ("line error", "character error")
    assert path.read_bytes() == written
    path.write_text("{}")
    with pytest.raises(SetupError, match="no baseline"):
        compare_with_file(path, pages(0.02), 0.1)
