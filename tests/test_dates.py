"""Dates as written, in EDTF and in words again: cases, and laws that hold for all."""

import io
import json
import re
from contextlib import redirect_stdout
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from edtf import parse_edtf
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.dates.edtf import is_edtf
from pipeline.dates.julian import (
    Calendar,
    edtf_to_gregorian,
    gregorian_to_julian,
    julian_to_gregorian,
)
from pipeline.dates.parse import ParsedDate, is_undated, parse_date
from pipeline.dates.span import chronological_key, first_day, last_day
from pipeline.dates.structure import parse_structure
from pipeline.dates.words import WORD_LANGUAGES, date_in_words

CASES = Path(__file__).parent / "cases"
EDTF = json.loads((CASES / "dates.json").read_text(encoding="utf-8"))
WRITTEN = json.loads((CASES / "written-dates.json").read_text(encoding="utf-8"))
WORDED = json.loads((CASES / "worded-dates.json").read_text(encoding="utf-8"))
RUSSIAN = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря"
ENGLISH = "January February March April May June July August September October November December"

law = settings(deadline=None, max_examples=50)  # a busy machine is not a broken law
days = st.dates(date(1500, 1, 1), date(2100, 12, 31))
months = st.builds("{:04d}-{:02d}".format, st.integers(1500, 2100), st.integers(1, 12))
years = st.integers(1000, 2100).map(str)
marks = st.sampled_from(["", "?", "~", "%"])
known = st.one_of(days.map(str), months, years)
marked = st.builds("{}{}".format, known, marks)
periods = st.one_of(
    st.integers(100, 209).filter(lambda decade: decade % 10).map("{}X".format),
    st.integers(14, 20).map("{}XX".format),
    st.builds("{}-{}".format, years, st.sampled_from([21, 22, 23, 24, 33, 34, 35, 36, 40, 41])),
)


@st.composite
def intervals(draw: st.DrawFn) -> str:
    """Draw an interval whose ends are of one kind, in order, or an open one."""
    kind = draw(st.sampled_from([days.map(str), months, years]))
    first, last = sorted([draw(kind), draw(kind)])
    assume(first != last)
    mark, other = draw(marks), draw(marks)
    shape = draw(st.sampled_from(["{0}{2}/{1}{3}", "{0}{2}/{1}{2}", "../{1}{3}", "{0}{2}/.."]))
    return shape.format(first, last, mark, other)


@st.composite
def sets(draw: st.DrawFn) -> str:
    """Draw two or three different dates of one kind, in order: one of them, or all."""
    kind = draw(st.sampled_from([days.map(str), months, years]))
    members = sorted(draw(st.lists(kind, min_size=2, max_size=3, unique=True)))
    return draw(st.sampled_from(["[{}]", "{{{}}}"])).format(",".join(members))


#: Dates whose words mean only this one.
clear_dates = st.one_of(marked, periods, intervals(), sets())
digits = st.sampled_from("0123456789X")
any_year = st.one_of(
    years, st.builds("19{}{}".format, digits, digits), st.sampled_from(["XXXX", "-0332", "Y17000"])
)
any_part = st.one_of(st.integers(1, 41).map("{:02d}".format), st.just("XX"))
any_day = st.one_of(st.integers(1, 31).map("{:02d}".format), st.just("XX"))
any_point = st.one_of(
    st.builds("{}{}".format, any_year, marks),
    st.builds("{}{}-{}{}{}".format, any_year, marks, marks, any_part, marks),
    st.builds("{}{}-{}-{}{}{}".format, any_year, marks, any_part, marks, any_day, marks),
)
any_end = st.one_of(any_point, st.sampled_from(["..", ""]))
#: What may be EDTF, of all levels.
any_date = st.one_of(
    any_point,
    st.builds("{}/{}".format, any_end, any_end),
    st.lists(any_point, min_size=1, max_size=3).map(",".join).map("[{}]".format),
    st.builds("{{{},{}..{}}}".format, any_point, any_point, any_point),
    st.builds("[..{}]".format, any_point),
)
#: What EDTF has and words have not: marks, unknown digits, ISO dates.
_EDTF_SIGNS = re.compile(r"[~%{}]|\.\.|[0-9]X|XX(?!I? в)|[0-9]-[0-9]|[0-9]{5,}S")


@pytest.mark.parametrize("case", EDTF, ids=[case["label"] for case in EDTF])
def test_edtf_is_known_by_its_grammar_and_its_calendar(
    case: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert is_edtf(case["text"]) == case["edtf"]
    assert capsys.readouterr().out == ""  # the library prints where it fails


@pytest.mark.parametrize("case", WRITTEN, ids=[case["text"] for case in WRITTEN])
def test_a_date_as_written_is_read_or_its_problem_is_reported(case: dict[str, Any]) -> None:
    read = parse_date(case["text"], language=case.get("language", ""))
    assert (read.edtf, read.problem if "trouble" not in case else "") == (case.get("edtf"), "")
    assert case.get("trouble", "") in read.problem
    assert is_undated(case["text"]) == case.get("undated", False)
    assert bool(read.problem) == (read.edtf is None and not is_undated(case["text"]))
    if read.edtf is not None:
        assert read.calendar == case.get("calendar", "gregorian")


@pytest.mark.parametrize("case", WORDED, ids=[case["edtf"] for case in WORDED])
def test_a_date_has_words_in_both_languages(case: dict[str, Any]) -> None:
    assert is_edtf(case["edtf"])
    for language in WORD_LANGUAGES:
        calendar = case.get("calendar", "gregorian")
        assert date_in_words(case["edtf"], language, calendar) == case[language]


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
        f"{day:%A}, {english} {day.day}, {day.year}",
    ):
        assert parse_date(written) == ParsedDate(day.isoformat())


@law
@given(clear_dates)
def test_the_words_of_a_date_are_read_as_that_date(edtf: str) -> None:
    assume(is_edtf(edtf))
    for language in WORD_LANGUAGES:
        assert parse_date(date_in_words(edtf, language)).edtf == edtf


@law
@given(st.one_of(days.map(str), intervals()))
def test_the_words_of_an_old_style_date_are_read_as_that_date(edtf: str) -> None:
    assume(is_edtf(edtf))
    new = edtf_to_gregorian(edtf)
    for language in WORD_LANGUAGES:
        words = date_in_words(new, language, "julian")
        assert parse_date(words) == ParsedDate(new, "julian"), words


@pytest.mark.slow
@law
@given(any_date, st.sampled_from(["gregorian", "julian"]))
def test_no_sign_of_edtf_is_in_words(edtf: str, calendar: Calendar) -> None:
    with redirect_stdout(io.StringIO()) as printed:
        assume(is_edtf(edtf))
    assert printed.getvalue() == ""
    for language in WORD_LANGUAGES:
        words = date_in_words(edtf, language, calendar)
        assert not _EDTF_SIGNS.search(words), words
    structure = parse_structure(edtf)
    assert parse_structure(str(structure)) == structure


@law
@given(clear_dates)
def test_first_and_last_day_are_those_of_the_edtf_library(edtf: str) -> None:
    assume(is_edtf(edtf))
    parsed = parse_edtf(edtf)
    for day, expected in (
        (first_day(edtf), parsed.lower_strict()),
        (last_day(edtf), parsed.upper_strict()),
    ):
        assert day == (None if isinstance(expected, float) else tuple(expected[:3]))


@settings(law, max_examples=20)
@given(st.lists(st.one_of(marked, periods, sets()), min_size=2, max_size=4))
def test_dates_are_sorted_as_the_edtf_library_sorts_them(dates: list[str]) -> None:
    assume(all(map(is_edtf, dates)))

    def ends(edtf: str) -> tuple[Any, Any]:
        parsed = parse_edtf(edtf)
        return tuple(parsed.lower_strict()[:3]), tuple(parsed.upper_strict()[:3])

    assert list(map(ends, sorted(dates, key=chronological_key))) == sorted(map(ends, dates))


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
@given(st.dates(date(5, 1, 1), date(9990, 12, 31)))
def test_a_day_goes_to_the_old_style_and_back(day: date) -> None:
    assert julian_to_gregorian(*gregorian_to_julian(day)) == day


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
        assert (read.edtf is None) == (bool(read.problem) or is_undated(text))


def test_two_calendars_for_one_date_are_a_problem() -> None:
    assert "both calendars" in parse_date("14 января 1917 ст. ст.", "gregorian").problem


def test_a_date_that_cannot_be_reckoned_from_old_style_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot be reckoned"):
        edtf_to_gregorian("191X")
