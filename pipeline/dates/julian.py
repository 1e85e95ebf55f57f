"""Convert Old Style dates, of the Julian calendar, to the Gregorian calendar."""

import re
from datetime import date

_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)", re.ASCII)
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


def edtf_to_gregorian(edtf: str) -> str:
    """Return an Old Style date or interval in Gregorian EDTF; a month becomes an interval of days.

    Raises:
        ValueError: the form cannot be converted, or the Julian calendar has no such day.

    >>> [edtf_to_gregorian(date) for date in ("1917-01-14", "1917-01~", "../1917-10-25")]
    ['1917-01-27', '1917-01-14~/1917-02-13~', '../1917-11-07']
    """
    first, slash, last = edtf.partition("/")
    begins, ends = (
        _interval_end(first, last=False),
        _interval_end(last if slash else first, last=True),
    )
    return begins if begins == ends and not slash else f"{begins}/{ends}"


def _interval_end(part: str, *, last: bool) -> str:
    """Return the first or last Gregorian day of an Old Style date; an open end unchanged."""
    if part in {"", ".."}:
        return part
    match = _PART.fullmatch(part)
    if match is None:
        msg = f"“{part}” cannot be reckoned from Old Style"
        raise ValueError(msg)
    year = int(match[1])
    month = int(match[2] or (12 if last else 1))
    day = int(match[3] or (_days_in_month(year, month) if last else 1))
    return julian_to_gregorian(year, month, day).isoformat() + match[4]


def _days_in_month(year: int, month: int) -> int:
    """Return the days of a Julian month; every fourth year is a leap year."""
    return 30 + (month + month // 8) % 2 if month != 2 else 29 if year % 4 == 0 else 28
