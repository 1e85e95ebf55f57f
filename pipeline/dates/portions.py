"""Parts of a month, year, decade or century: its beginning, its second half, its last quarter.

*Early*, *mid* and *late* are thirds whose inner ends are approximate (``1949-01/1949-04~``), as
guides for cataloguers advise (Getty, CDWA: dates of creation). EDTF has no sign for them.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.dates.structure import DateInterval, DatePoint, OpenEnd

#: By kind of unit and number of parts: where each but the first part begins, from 0.
_CUTS = {
    ("month", 2): (15,), ("month", 3): (10, 20), ("year", 2): (6,), ("year", 3): (4, 8),
    ("year", 4): (3, 6, 9), ("decade", 2): (5,), ("decade", 3): (4, 7), ("century", 2): (50,),
    ("century", 3): (34, 67), ("century", 4): (25, 50, 75),
}  # fmt: skip
#: By EDTF's number of a part of the year: its first and last month. Winter lasts into the next.
PARTS_OF_YEAR = {
    21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (12, 12), 25: (3, 5), 26: (6, 8), 27: (9, 11),
    28: (12, 12), 29: (9, 11), 30: (12, 12), 31: (3, 5), 32: (6, 8), 33: (1, 3), 34: (4, 6),
    35: (7, 9), 36: (10, 12), 37: (1, 4), 38: (5, 8), 39: (9, 12), 40: (1, 6), 41: (7, 12),
}  # fmt: skip
_FIRST_PART_OF_YEAR = {2: 40, 3: 37, 4: 33}  #: by number of parts


@dataclass(frozen=True, slots=True)
class Portion:
    """One of several equal parts of a unit of time."""

    index: int  #: from 0
    count: int
    is_vague: bool = False  #: early, mid or late


EARLY, MIDDLE, LATE = (Portion(index, 3, is_vague=True) for index in range(3))


def portion_ends(unit: DatePoint, portion: Portion) -> DateInterval | DatePoint | None:
    """Return a portion of a month, year, decade or century; None if it has no such portion.

    >>> str(portion_ends(DatePoint("1949"), EARLY)), str(portion_ends(DatePoint("19XX"), LATE))
    ('1949-01/1949-04~', '1967~/1999')
    >>> str(portion_ends(DatePoint("1949", "02"), Portion(1, 2)))
    '1949-02-16/1949-02-28'
    """
    kind = _kind_of(unit)
    cuts = _CUTS.get((kind, portion.count))
    if cuts is None:
        return None
    if kind == "year" and not portion.is_vague:
        return replace(unit, month=str(_FIRST_PART_OF_YEAR[portion.count] + portion.index))
    ends = (0, *cuts, _length(unit))
    first, last = ends[portion.index], ends[portion.index + 1] - 1
    marks = (
        "~" if portion.is_vague and portion.index else "",
        "~" if portion.is_vague and portion.index < portion.count - 1 else "",
    )
    return DateInterval(
        _part_of(unit, first).with_mark(marks[0]), _part_of(unit, last).with_mark(marks[1])
    )


def vague_portion(interval: DateInterval) -> tuple[DatePoint, Portion] | None:
    """Return the unit and the portion of it that an interval is; None if it is neither.

    >>> vague_portion(DateInterval(DatePoint("1949", "01"), DatePoint("1949", "04").with_mark("~")))
    (DatePoint(year='1949', month='', day='', marks=('', '', '')), Portion(index=0, count=3, ...))
    """
    if isinstance(interval.first, OpenEnd) or isinstance(interval.last, OpenEnd):
        return None
    for unit in _units_of(interval.first):
        for portion in (EARLY, MIDDLE, LATE):
            if portion_ends(unit, portion) == interval:
                return unit, portion
    return None


def _units_of(point: DatePoint) -> Iterator[DatePoint]:
    """Yield the units that may begin, or have a part that begins, at a point."""
    if not point.is_known:
        return
    if point.day:
        yield DatePoint(point.year, point.month)
    elif point.month:
        yield DatePoint(point.year)
    else:
        yield from (DatePoint(f"{point.year[:3]}X"), DatePoint(f"{point.year[:2]}XX"))


def _kind_of(unit: DatePoint) -> str:
    if unit.day or not unit.year[:2].isdigit():
        return ""
    if unit.month:
        return "month" if unit.is_known else ""
    return "year" if unit.is_known else "century" if unit.year.endswith("XX") else "decade"


def _length(unit: DatePoint) -> int:
    """Return the number of days of a month, months of a year, or years of a decade or century."""
    if unit.month:
        return monthrange(int(unit.year), int(unit.month))[1]
    return 12 if unit.is_known else 100 if unit.year.endswith("XX") else 10


def _part_of(unit: DatePoint, index: int) -> DatePoint:
    if unit.month:
        return replace(unit, day=f"{index + 1:02d}")
    if unit.is_known:
        return replace(unit, month=f"{index + 1:02d}")
    stem = unit.year.rstrip("X")
    return replace(unit, year=f"{stem}{index:0{4 - len(stem)}d}")
