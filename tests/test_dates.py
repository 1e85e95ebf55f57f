import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dates.edtf import is_edtf
from pipeline.dates.julian import edtf_to_gregorian, julian_to_gregorian
from pipeline.dates.parse import ParsedDate, parse_date

CASES = Path(__file__).parent / "cases"
EDTF = json.loads((CASES / "dates.json").read_text(encoding="utf-8"))
WRITTEN = json.loads((CASES / "written-dates.json").read_text(encoding="utf-8"))
RUSSIAN = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
ENGLISH = "January February March April May June July August September October November December"

law = settings(deadline=None, max_examples=50)  # a busy machine is not a broken law
days = st.dates(date(1500, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("case", EDTF, ids=[case["label"] for case in EDTF])
def test_edtf_is_known_by_its_grammar_and_its_calendar(
    case: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_edtf(case["text"]) == case["edtf"]
    assert capsys.readouterr().out == ""  # the library prints where it fails


@pytest.mark.parametrize("case", WRITTEN, ids=[case["text"] for case in WRITTEN])
def test_a_date_as_written_is_read_or_its_problem_is_reported(case: dict[str, Any]) -> None:
    read = parse_date(case["text"])
    assert read.edtf == case.get("edtf")
    assert case.get("trouble", "") in read.problem
    assert bool(read.problem) == (read.edtf is None)
    if read.edtf is not None:
        assert read.calendar == case.get("calendar", "gregorian")


@law
@given(days)
def test_a_day_is_the_same_day_however_it_is_written(day: date) -> None:
    russian, english = RUSSIAN.split()[day.month - 1], ENGLISH.split()[day.month - 1]
    for written in (
        day.isoformat(),
        f"{day.day} {russian} {day.year} г.",
        f"{english} {day.day}, {day.year}",
        f"{day.day} {english[:3]}. {day.year}",
        f"{day.day:02d}.{day.month:02d}.{day.year}",
        f"[{day.day} {russian} {day.year}]",
    ):
        assert parse_date(written) == ParsedDate(day.isoformat())


@pytest.mark.slow
@law
@given(days, st.integers(0, 20_000))
def test_an_interval_runs_forward_or_is_none(first: date, span: int) -> None:
    last = first + timedelta(days=span)
    assert is_edtf(f"{first}/{last}")
    assert is_edtf(f"{last}/{first}") == (span == 0)


@law
@given(st.integers(1500, 2100), st.integers(1, 12), st.integers(1, 27))
def test_old_style_days_follow_each_other_as_new_style_days_do(y: int, m: int, d: int) -> None:
    assert julian_to_gregorian(y, m, d + 1) - julian_to_gregorian(y, m, d) == timedelta(days=1)
    after_new_year = julian_to_gregorian(y + 1, 1, 1) - julian_to_gregorian(y, 12, 31)
    assert after_new_year == timedelta(days=1)


@law
@given(st.dates(date(1900, 3, 14), date(2099, 12, 31)))
def test_in_the_20th_century_old_style_is_13_days_behind(day: date) -> None:
    old = day - timedelta(days=13)
    assert julian_to_gregorian(old.year, old.month, old.day) == day
    both = f"{old.day} {RUSSIAN.split()[old.month - 1]} {old.year} ({day.strftime('%d.%m.%Y')})"
    assert parse_date(both) == ParsedDate(day.isoformat(), "julian")
    assert parse_date(old.isoformat(), "julian") == ParsedDate(day.isoformat(), "julian")


@law
@given(st.text(max_size=30) | st.from_regex(r"[0-9X/.?~\-\[\] ]{1,20}", fullmatch=True))
def test_whatever_is_written_what_is_read_is_edtf(text: str) -> None:
    for calendar in ("gregorian", "julian", None):
        read = parse_date(text, calendar)
        assert read.edtf is None or is_edtf(read.edtf)
        assert (read.edtf is None) == bool(read.problem)


def test_two_calendars_for_one_date_are_a_problem() -> None:
    assert "both calendars" in parse_date("14 января 1917 ст. ст.", "gregorian").problem


def test_a_date_that_cannot_be_reckoned_from_old_style_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be reckoned"):
        edtf_to_gregorian("191X")
