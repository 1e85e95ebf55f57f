"""Dates in English words, as American notes have them (Chicago Manual of Style, 18th ed., 9.33)."""

from calendar import month_name
from collections.abc import Sequence

from pipeline.dates.date_language import DateLanguage
from pipeline.dates.point_parts import (
    century_number,
    decade_start,
    millennium_number,
    number_of,
    precision_of,
    same_parts,
    unknown_parts,
    year_ends,
)
from pipeline.dates.portions import Portion
from pipeline.dates.span import year_number
from pipeline.dates.structure import DatePoint
from pipeline.wording import join_names

_PARTS_OF_YEAR = {
    21: "spring", 22: "summer", 23: "autumn", 24: "winter",
    33: "quarter I of", 34: "quarter II of", 35: "quarter III of", 36: "quarter IV of",
    37: "first third of", 38: "second third of", 39: "last third of",
    40: "first half of", 41: "second half of",
}  # fmt: skip
_PORTIONS = ("early ", "mid-", "late ")


def _format_point(point: DatePoint, is_limit: bool = False) -> str:
    if point.mark is None:
        return _partly_marked(point)
    words = _bare_point(point)
    is_long = is_limit and precision_of([point]) in {"decade", "century"}
    return _marked(f"the {words}" if is_long else words, point.mark)


def _bare_point(point: DatePoint) -> str:
    """Return a point without its marks."""
    month, day = number_of(point.month), number_of(point.day)
    year = "" if point.year == "XXXX" else _year(point.year)
    if month > 12:
        return f"{_part_of_year(month)} {year}"
    if month:
        words = f"{month_name[month]} {day or ''}".strip()
        joint = ", " if day else " "
        joint = " of the " if year and "X" in point.year else joint
        words = f"{words}{joint}{year}" if year else words
    elif day:
        words = f"day {day} of a month{f' of {year}' if year else ''}"
    else:
        words = year
    return _with_unknown(words, point)


def _partly_marked(point: DatePoint) -> str:
    """Return a point of which only some parts are marked."""
    month, day = number_of(point.month), number_of(point.day)
    if not month or month > 12 or "X" in f"{point.year}{point.day}":
        return _marked(_bare_point(point), "?")
    plain = (_year(point.year), month_name[month], str(day))
    year, month_words, day_words = (
        f"[{_marked(words, mark)}]" if mark else words
        for words, mark in zip(plain, point.marks, strict=True)
    )
    return f"{month_words} {day_words}, {year}" if day else f"{month_words} {year}"


def _marked(words: str, mark: str) -> str:
    about = "ca. " if mark in {"~", "%"} and not words.startswith("ca. ") else ""
    return f"{about}{words}{'?' if mark in {'?', '%'} else ''}"


def _both_styles(old: DatePoint, new: DatePoint) -> str:
    same_year, same_month = same_parts((old, new))
    if same_month:
        words = f"{_month_day(old)}/{int(new.day)}, {_year(new.year)}"
    else:
        words = f"{_month_day(old) if same_year else _bare_point(old)}/{_bare_point(new)}"
    return _marked(words, old.mark or "")


def _collapsed(first: DatePoint, last: DatePoint, mark: str) -> str | None:
    same_year, same_month = same_parts((first, last))
    kind = precision_of((first, last))
    begin, end = _bare_point(first), _bare_point(last)
    if kind == "day" and same_year:
        begin = _month_day(first)
        end = f"{int(last.day)}, {_year(last.year)}" if same_month else end
    elif kind in {"month", "season"} and same_year:
        begin = _month_or_season(first)
    elif kind == "century":
        begin, end = begin.removesuffix(" century"), end.replace("century", "centuries")
    return _marked(f"{begin}–{end}", mark) if kind else None


def _from_to(first: DatePoint, last: DatePoint) -> str:
    return f"from {_format_point(first, True)} to {_format_point(last, True)}"


def _one_end_unknown(end: DatePoint, is_last: bool) -> str:
    words = _format_point(end, True)
    return f"until {words} (beginning unknown)" if is_last else f"from {words} (end unknown)"


def _collapsed_list(points: Sequence[DatePoint], is_choice: bool) -> str | None:
    same_year, same_month = same_parts(points)
    kind, year = precision_of(points), _year(points[0].year)
    if kind == "day" and same_month:
        days = _listed([str(int(point.day)) for point in points], is_choice)
        return f"{month_name[int(points[0].month)]} {days}, {year}"
    if kind == "day" and same_year:
        return f"{_listed([_month_day(point) for point in points], is_choice)}, {year}"
    if kind == "month" and same_year:
        return f"{_listed([_month_or_season(point) for point in points], is_choice)} {year}"
    return None


def _listed(words: Sequence[str], is_choice: bool) -> str:
    conjunction = "or" if is_choice else "and"
    if any("," in each for each in words):  # January 1, 1949 or January 2, 1950 or …
        return f" {conjunction} ".join(words)
    return join_names(words, conjunction)


def _within(words: str, is_choice: bool) -> str:
    return f"within {words}" if is_choice else f"all: {words}"


def _portion(unit: DatePoint, portion: Portion) -> str:
    return f"{_PORTIONS[portion.index]}{_bare_point(unit)}"


def _winter(first: str, last: str) -> str:
    return f"winter {_year(first)}–{_year(last)}"


def _year(year: str) -> str:
    """Return a year, decade or century.

    >>> [_year(year) for year in ("1949", "194X", "20XX", "1XXX", "-0332", "1950S2")]
    ['1949', '1940s', '21st century', '2nd millennium', '333 BC', 'ca. 1950']
    """
    if number := century_number(year):
        return f"{_ordinal(number)} century"
    if number := millennium_number(year):
        return f"{_ordinal(number)} millennium"
    if start := decade_start(year):
        return f"{start}s"
    if "X" in year:
        return "between {} and {}".format(*map(_plain_year, year_ends(year)))
    return ("ca. " if "S" in year else "") + _plain_year(year_number(year))


def _plain_year(number: int) -> str:
    return f"{1 - number} BC" if number <= 0 else f"{number}"


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd', 21: 'st'}.get(number, 'th') }"


def _part_of_year(number: int) -> str:
    """Return a season, also of a hemisphere, a quarter or a half."""
    if 25 <= number <= 32:
        hemisphere = "northern" if number <= 28 else "southern"
        return f"{hemisphere} {_PARTS_OF_YEAR[21 + (number - 25) % 4]}"
    return _PARTS_OF_YEAR[number]


def _month_day(point: DatePoint) -> str:
    return f"{month_name[int(point.month)]} {int(point.day)}"


def _month_or_season(point: DatePoint) -> str:
    number = int(point.month)
    return month_name[number] if number <= 12 else _PARTS_OF_YEAR[number]


def _with_unknown(words: str, point: DatePoint) -> str:
    """Return words with a remark on the parts that are unknown (``XXXX-01-14``, ``1949-XX``)."""
    parts = zip(("year", "month", "day"), unknown_parts(point), strict=True)
    unknown = [name for name, is_unknown in parts if is_unknown]
    if not unknown:
        return words
    return f"{words} ({join_names(unknown)} unknown)" if words else "date unknown"


ENGLISH = DateLanguage(
    since="not before ",
    until="not after ",
    old_style="O.S.",
    any_time="date unknown",
    point=_format_point,
    both_styles=_both_styles,
    collapsed=_collapsed,
    from_to=_from_to,
    one_end_unknown=_one_end_unknown,
    collapsed_list=_collapsed_list,
    listed=_listed,
    within=_within,
    portion=_portion,
    winter=_winter,
)
