"""The first and the last day of an EDTF date, by which records are sorted and found."""

from calendar import isleap
from typing import TypeAlias

from pipeline.dates.portions import PARTS_OF_YEAR
from pipeline.dates.structure import (
    DateInterval,
    DatePoint,
    DateSet,
    DateStructure,
    OpenEnd,
    structure_or_none,
)

Day: TypeAlias = tuple[int, int, int]  #: year (astronomical), month, day
_UNKNOWN_YEAR = "XXXX"
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def first_day(edtf: str | None) -> Day | None:
    """Return the first day that a date may be; None if it is open, or there is no date.

    >>> first_day("1949-01~"), first_day("194X"), first_day("[1948,1950]"), first_day("../1949")
    ((1949, 1, 1), (1940, 1, 1), (1948, 1, 1), None)
    """
    return _end_of(structure_or_none(edtf), is_last=False)


def last_day(edtf: str | None) -> Day | None:
    """Return the last day that a date may be; None if it is open, or there is no date.

    >>> last_day("1949-02"), last_day("1949-21"), last_day("1949/1950-03-04"), last_day("1949/..")
    ((1949, 2, 28), (1949, 5, 31), (1950, 3, 4), None)
    """
    return _end_of(structure_or_none(edtf), is_last=True)


def first_year(edtf: str | None) -> int | None:
    """Return the first year of a date, also of a decade or century; None if no year is known.

    >>> [first_year(date) for date in ("1949-01-14", "../1949", "194X", "XXXX-01-14", None)]
    [1949, 1949, 1940, None, None]
    """
    day = first_day(edtf) or last_day(edtf)
    return day[0] if day and not _has_unknown_year(edtf) else None


def chronological_key(edtf: str | None) -> tuple[bool, Day, Day]:
    """Return a key that sorts dates by first and last day; without a year they come last.

    >>> sorted(["1950", "XXXX-01-14", "../1949", "1949-01/1949-04~"], key=chronological_key)
    ['1949-01/1949-04~', '../1949', '1950', 'XXXX-01-14']
    """
    first, last = first_day(edtf), last_day(edtf)
    ends = (first or last or (0, 0, 0), last or first or (0, 0, 0))
    return (first_year(edtf) is None, *ends)


def _has_unknown_year(edtf: str | None) -> bool:
    return _UNKNOWN_YEAR in (edtf or "")


def _end_of(structure: DateStructure | OpenEnd | None, *, is_last: bool) -> Day | None:
    if isinstance(structure, DateInterval):
        return _end_of(structure.last if is_last else structure.first, is_last=is_last)
    if isinstance(structure, DateSet):
        ends = [_end_of(member, is_last=is_last) for member in structure.members]
        known = [end for end in ends if end is not None]
        choose = max if is_last else min
        return choose(known) if known and len(known) == len(ends) else None
    return _end_of_point(structure, is_last=is_last) if isinstance(structure, DatePoint) else None


def _end_of_point(point: DatePoint, *, is_last: bool) -> Day:
    year = year_number(point.year, unknown_digit="9" if is_last else "0")
    if not point.month.isdigit():
        month = 12 if is_last else 1
    elif int(point.month) > 12:
        month = PARTS_OF_YEAR[int(point.month)][is_last]
    else:
        month = int(point.month)
    if point.day.isdigit():
        return year, month, int(point.day)
    return year, month, days_in_month(year, month) if is_last else 1


def year_number(year: str, unknown_digit: str = "0") -> int:
    """Return the number of a year of EDTF, as ``Y-17E7`` or ``1950S2``.

    >>> year_number("-0332"), year_number("Y17E3"), year_number("194X", "9")
    (-332, 17000, 1949)
    """
    plain = year.partition("S")[0].removeprefix("Y").replace("X", unknown_digit)
    digits, _, exponent = plain.partition("E")
    return int(f"{digits}{'0' * int(exponent or 0)}")


def days_in_month(year: int, month: int) -> int:
    """Return the days of a Gregorian month of any year."""
    return _MONTH_DAYS[month - 1] + (month == 2 and isleap(year))
