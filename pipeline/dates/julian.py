"""Convert dates between Old Style, of the Julian calendar, and the Gregorian calendar."""

from datetime import date
from typing import Literal, TypeAlias

from pipeline.dates.structure import (
    DateInterval,
    DatePoint,
    DateSet,
    DateStructure,
    OpenEnd,
    parse_structure,
)

Calendar: TypeAlias = Literal["gregorian", "julian"]
_BEFORE_ORDINAL = 1_721_425  #: Julian day number of the day before 1 January of the year 1


def julian_to_gregorian(year: int, month: int, day: int) -> date:
    """Return the Gregorian date of a day in the Julian calendar.

    The Julian day number is computed after Richards (Explanatory Supplement to the Astronomical
    Almanac, 3rd ed., 15.11).

    Raises:
        ValueError: the Julian calendar has no such day, or ``datetime.date`` cannot hold it.

    >>> julian_to_gregorian(1917, 10, 25), julian_to_gregorian(1900, 2, 29)
    (datetime.date(1917, 11, 7), datetime.date(1900, 3, 13))
    """
    if not (1 <= month <= 12 and 1 <= day <= _days_in_month(year, month)):
        msg = f"the Julian calendar has no {year:04d}-{month:02d}-{day:02d}"
        raise ValueError(msg)
    back = (14 - month) // 12
    years, months = year + 4800 - back, month + 12 * back - 3
    number = day + (153 * months + 2) // 5 + 365 * years + years // 4 - 32_083
    return date.fromordinal(number - _BEFORE_ORDINAL)


def gregorian_to_julian(day: date) -> tuple[int, int, int]:
    """Return year, month and day of a Gregorian date in the Julian calendar (Richards, 15.11).

    >>> gregorian_to_julian(date(1917, 11, 7)), gregorian_to_julian(date(1900, 3, 13))
    ((1917, 10, 25), (1900, 2, 29))
    """
    since_march = 4 * (day.toordinal() + _BEFORE_ORDINAL + 1401) + 3
    in_year = 5 * (since_march % 1461 // 4) + 2
    month = (in_year // 153 + 2) % 12 + 1
    return since_march // 1461 - 4716 + (14 - month) // 12, month, in_year % 153 // 5 + 1


def shift_day(day: tuple[int, int, int], by: int, calendar: Calendar) -> tuple[int, int, int]:
    """Return the day that many days after another, in the same calendar.

    Raises:
        ValueError, OverflowError: there is no such day.

    >>> shift_day((1900, 3, 1), -1, "julian"), shift_day((1900, 3, 1), -1, "gregorian")
    ((1900, 2, 29), (1900, 2, 28))
    """
    is_julian = calendar == "julian"
    start = julian_to_gregorian(*day) if is_julian else date(*day)
    shifted = date.fromordinal(start.toordinal() + by)
    return gregorian_to_julian(shifted) if is_julian else (shifted.year, shifted.month, shifted.day)


def edtf_to_gregorian(edtf: str) -> str:
    """Return an Old Style date in Gregorian EDTF; a month or year becomes an interval of days.

    Raises:
        ValueError: the form cannot be converted, or the Julian calendar has no such day.

    >>> [edtf_to_gregorian(date) for date in ("1917-01-14", "1917-01~", "../1917-10-25")]
    ['1917-01-27', '1917-01-14~/1917-02-13~', '../1917-11-07']
    >>> edtf_to_gregorian("[1917-01-14,1917-01-15]")
    '[1917-01-27,1917-01-28]'
    """
    return str(_to_gregorian(parse_structure(edtf)))


def _to_gregorian(structure: DateStructure) -> DateStructure:
    if isinstance(structure, DateInterval):
        first, last = (
            end if isinstance(end, OpenEnd) else _gregorian_end(end, last=is_last)
            for end, is_last in ((structure.first, False), (structure.last, True))
        )
        return DateInterval(first, last)
    if isinstance(structure, DateSet):
        members = tuple(map(_to_gregorian, structure.members))
        return DateSet(members, structure.is_choice)  # type: ignore[arg-type]  # no set in a set
    first, last = _gregorian_end(structure, last=False), _gregorian_end(structure, last=True)
    return first if first == last else DateInterval(first, last)


def _gregorian_end(point: DatePoint, *, last: bool) -> DatePoint:
    """Return the first or last Gregorian day of an Old Style date."""
    if not point.is_known or point.mark is None:
        msg = f"“{point}” cannot be reckoned from Old Style"
        raise ValueError(msg)
    year, month, day = (*point.numbers, 0, 0)[:3]
    month = month or (12 if last else 1)
    day = day or (_days_in_month(year, month) if last else 1)
    return _day_point(julian_to_gregorian(year, month, day)).with_mark(point.mark)


def structure_to_julian(structure: DateStructure) -> DateStructure | None:
    """Return a date of Gregorian days in Old Style; None if not all of its points are days.

    All days of an Old Style month or year become that month or year.

    >>> str(structure_to_julian(parse_structure("1917-01-14~/1917-02-13~")))
    '1917-01~'
    """
    if isinstance(structure, DateInterval):
        first, last = (
            end if isinstance(end, OpenEnd) else _julian_day(end)
            for end in (structure.first, structure.last)
        )
        return None if first is None or last is None else _whole_unit(DateInterval(first, last))
    if isinstance(structure, DateSet):
        members = [structure_to_julian(member) for member in structure.members]
        known = tuple(one for one in members if isinstance(one, DatePoint | DateInterval))
        return DateSet(known, structure.is_choice) if len(known) == len(members) else None
    return _julian_day(structure)


def _julian_day(point: DatePoint) -> DatePoint | None:
    if not point.is_day:
        return None
    year, month, day = gregorian_to_julian(date(*point.numbers))
    return DatePoint(f"{year:04d}", f"{month:02d}", f"{day:02d}", point.marks)


def _whole_unit(interval: DateInterval) -> DateInterval | DatePoint:
    """Return the Old Style month or year whose days an interval has, else the interval."""
    first, last = interval.first, interval.last
    if isinstance(first, OpenEnd) or isinstance(last, OpenEnd) or first.mark is None:
        return interval
    for unit in (DatePoint(first.year), DatePoint(first.year, first.month)):
        marked = unit.with_mark(first.mark)
        ends = (_gregorian_end(marked, last=False), _gregorian_end(marked, last=True))
        if tuple(map(_julian_day, ends)) == (first, last):
            return marked
    return interval


def _day_point(day: date) -> DatePoint:
    return DatePoint(f"{day.year:04d}", f"{day.month:02d}", f"{day.day:02d}")


def _days_in_month(year: int, month: int) -> int:
    """Return the days of a Julian month; every fourth year is a leap year."""
    return 30 + (month + month // 8) % 2 if month != 2 else 29 if year % 4 == 0 else 28
