"""EDTF dates in ISO 8601, for formats without EDTF: two ends, their relation, a qualifier."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.dates.portions import PARTS_OF_YEAR, vague_portion
from pipeline.dates.structure import (
    DateInterval,
    DatePoint,
    DateSet,
    OpenEnd,
    join_marks,
    structure_or_none,
)

_SEASONS = ("21", "22", "23", "24")


class DateKind(StrEnum):
    """How the two ends of a date relate."""

    SINGLE = "one"  #: both are the date
    INTERVAL = "lasting"  #: from first to last
    WITHIN = "within"  #: one date between them


@dataclass(frozen=True, slots=True)
class IsoDateRange:
    """The ends of a date, each a year, a month or a day in ISO 8601; empty if open."""

    first: str
    last: str
    kind: DateKind
    qualifier: str = ""  #: ``~`` approximate, ``?`` uncertain, ``%`` both


def iso_date_range(edtf: str | None) -> IsoDateRange | None:
    """Return the ends of a date; None if ISO 8601 cannot express them.

    >>> iso_date_range("194X")
    IsoDateRange(first='1940', last='1949', kind=<DateKind.WITHIN: 'within'>, qualifier='')
    >>> iso_date_range("[1948,1949?]").last, iso_date_range("XXXX-01-14")
    ('1949', None)
    """
    structure = structure_or_none(edtf)
    if isinstance(structure, DatePoint):
        ends = _ends_of_point(structure)
        if ends is None:
            return None
        kind = DateKind.SINGLE if ends[0] == ends[1] else DateKind.WITHIN
        return IsoDateRange(*ends, kind, _qualifier(structure))
    if isinstance(structure, DateInterval):
        return _range_of_interval(structure)
    return _range_of_set(structure) if isinstance(structure, DateSet) else None


def date_parts(edtf: str | None) -> list[list[int]]:
    """Return the ends of a date as numbers, year first; [] unless the calendar has all of it.

    Marks are left out. What only words can express, as *early 1949*, has no numbers.

    >>> date_parts("1949-01-14"), date_parts("1948/1949-02~"), date_parts("1949-01/1949-04~")
    ([[1949, 1, 14]], [[1948], [1949, 2]], [])
    """
    structure = structure_or_none(edtf)
    if isinstance(structure, DatePoint):
        return [list(structure.numbers)] if structure.is_known else []
    if not isinstance(structure, DateInterval) or vague_portion(structure):
        return []
    ends = (structure.first, structure.last)
    points = [end for end in ends if isinstance(end, DatePoint) and end.is_known]
    return [list(point.numbers) for point in points] if len(points) == len(ends) else []


def plain_iso(edtf: str | None) -> str:
    """Return a date or an interval in ISO 8601; empty if it is marked, open or says more.

    >>> plain_iso("1949-01-14"), plain_iso("1948/1949"), plain_iso("1949~"), plain_iso("1949/..")
    ('1949-01-14', '1948/1949', '', '')
    """
    date = edtf or ""
    return date if date_parts(date) and not re.search("[?~%]", date) else ""


def exact_date(edtf: str | None) -> str:
    """Return a day, month or year in ISO 8601; empty for every other date.

    >>> exact_date("1949-01-14"), exact_date("1949~"), exact_date("1949/1950")
    ('1949-01-14', '', '')
    """
    dates = iso_date_range(edtf)
    is_exact = dates is not None and dates.kind is DateKind.SINGLE and not dates.qualifier
    return dates.first if dates is not None and is_exact and dates.first == edtf else ""


def season_of(edtf: str | None) -> int | None:
    """Return the season that a date is, 1 for spring to 4 for winter; None if it is none.

    >>> season_of("1949-21"), season_of("1949-01")
    (1, None)
    """
    structure = structure_or_none(edtf)
    is_season = isinstance(structure, DatePoint) and structure.month in _SEASONS
    return _SEASONS.index(structure.month) + 1 if is_season else None  # type: ignore[union-attr]


def _range_of_interval(interval: DateInterval) -> IsoDateRange | None:
    ends = [_ends_of_end(end) for end in (interval.first, interval.last)]
    if ends[0] is None or ends[1] is None or not (ends[0][0] or ends[1][1]):
        return None
    points = [end for end in (interval.first, interval.last) if isinstance(end, DatePoint)]
    marks = join_marks(*map(_qualifier, points))
    return IsoDateRange(ends[0][0], ends[1][1], DateKind.INTERVAL, marks)


def _range_of_set(dates: DateSet) -> IsoDateRange | None:
    """Return the range from the earliest to the latest member."""
    ranges = [
        _range_of_interval(member)
        if isinstance(member, DateInterval)
        else iso_date_range(str(member))
        for member in dates.members
    ]
    known = [each for each in ranges if each is not None]
    if len(known) < len(ranges):
        return None
    first = "" if any(not each.first for each in known) else min(each.first for each in known)
    last = "" if any(not each.last for each in known) else max(each.last for each in known)
    kind = DateKind.WITHIN if dates.is_choice else DateKind.INTERVAL
    return IsoDateRange(first, last, kind, join_marks(*(each.qualifier for each in known)))


def _ends_of_end(end: DatePoint | OpenEnd) -> tuple[str, str] | None:
    return ("", "") if isinstance(end, OpenEnd) else _ends_of_point(end)


def _ends_of_point(point: DatePoint) -> tuple[str, str] | None:
    """Return the first and last year, month or day that a point may be."""
    if not point.year[:2].isdigit() or "S" in point.year:
        return None
    if "X" in point.year:
        return point.year.replace("X", "0"), point.year.replace("X", "9")
    if not point.month.isdigit():
        return point.year, point.year
    if int(point.month) <= 12:
        day = replace(point, day=point.day if point.day.isdigit() else "").bare
        return str(day), str(day)
    number = int(point.month)
    if number > 32:
        first, last = PARTS_OF_YEAR[number]
        return f"{point.year}-{first:02d}", f"{point.year}-{last:02d}"
    # A season has no months of its own: in the south spring is in September.
    return point.year, f"{int(point.year) + (number in {24, 28, 30}):04d}"


def _qualifier(point: DatePoint) -> str:
    return join_marks(*point.marks)
