"""The structure that a written date has in EDTF."""

from dataclasses import replace

from pipeline.dates.julian import Calendar, shift_day
from pipeline.dates.portions import PARTS_OF_YEAR, portion_ends
from pipeline.dates.problem import DateProblemError
from pipeline.dates.structure import (
    DateInterval,
    DatePoint,
    DateSet,
    DateStructure,
    OpenEnd,
    join_marks,
)
from pipeline.dates.written import (
    UNKNOWN_YEAR,
    Written,
    WrittenDate,
    WrittenRange,
    complete,
    dates_of,
)


def to_structure(written: Written, calendar: Calendar) -> DateStructure | None:
    """Return the structure of a written date, in its own calendar; None if it is not complete.

    Raises:
        DateProblemError: it cannot be expressed, or the two days of a date in both styles differ.
    """
    dates = complete(tuple(dates_of(written)))
    if dates is None:
        return None
    rest = list(dates)
    if isinstance(written, WrittenDate):
        return _structure_of(rest[0])
    if isinstance(written, WrittenRange):
        return _interval_of(written, rest, calendar)
    members = [
        _interval_of(member, rest, calendar)
        if isinstance(member, WrittenRange)
        else _structure_of(rest.pop(0))
        for member in written.members
    ]
    if all(isinstance(member, DatePoint) and _can_be_member(member) for member in members) or any(
        isinstance(member, WrittenRange) for member in written.members
    ):
        return DateSet(tuple(members), written.is_choice)
    return DateInterval(_first_end(members[0]), _last_end(members[-1]))


def _can_be_member(point: DatePoint) -> bool:
    """Return whether EDTF allows a point in a set: seasons and the like are not."""
    return not (point.month.isdigit() and int(point.month) > 12)


def _structure_of(date: WrittenDate) -> DatePoint | DateInterval:
    """Return a point, or the interval that a portion or a marked season stands for."""
    point = DatePoint(date.year, date.month, date.day)
    if date.portion is not None:
        portion = portion_ends(point, date.portion)
        if portion is None:
            msg = "names a part of a day or season. Write the days or months from which to which"
            raise DateProblemError(msg)
        return _marked(portion, date.mark)
    if point.month and int(point.month) > 12 and date.mark:
        return _marked(_months_of(point), date.mark)
    marks = tuple(map(join_marks, (date.mark,) * 3, date.part_marks))
    year, month, day = (mark if part else "" for mark, part in zip(marks, date.parts, strict=True))
    return replace(point, marks=(year, month, day))


def _months_of(point: DatePoint) -> DateInterval:
    """Return the months of a season, quarter or half of a year, without marks.

    Raises:
        DateProblemError: it is a winter, of which nobody knows whether it begins or ends the year.
    """
    number = int(point.month)
    if number in {24, 28, 30}:
        msg = "may be of the winter before or after. Write “winter 1948/49” or “winter 1949/50”"
        raise DateProblemError(msg)
    first, last = PARTS_OF_YEAR[number]
    return DateInterval(DatePoint(point.year, f"{first:02d}"), DatePoint(point.year, f"{last:02d}"))


def _marked(structure: DatePoint | DateInterval, mark: str) -> DatePoint | DateInterval:
    if isinstance(structure, DatePoint):
        return _marked(_months_of(structure), mark) if mark else structure
    ends = [
        end if isinstance(end, OpenEnd) else end.with_mark(join_marks(end.mark or "", mark))
        for end in (structure.first, structure.last)
    ]
    return DateInterval(*ends)


def _interval_of(
    written: WrittenRange, dates: list[WrittenDate], calendar: Calendar
) -> DateInterval:
    """Return an interval; its dates are taken from the list."""
    first = None if written.first is None else _structure_of(dates.pop(0))
    last = None if written.last is None else _structure_of(dates.pop(0))
    if written.is_excluded:
        return DateInterval(
            OpenEnd.OPEN if first is None else _next_to(_last_end(first), 1, calendar),
            OpenEnd.OPEN if last is None else _next_to(_first_end(last), -1, calendar),
        )
    if first is None or last is None:  # EDTF has no open interval with a decade
        return DateInterval(
            OpenEnd.OPEN if first is None else _whole_year(_first_end(first), "0"),
            OpenEnd.OPEN if last is None else _whole_year(_last_end(last), "9"),
        )
    return DateInterval(_first_end(first), _last_end(last))


def _first_end(structure: DateStructure) -> DatePoint:
    """Return where an interval begins that begins with a date."""
    if isinstance(structure, DateInterval) and isinstance(structure.first, DatePoint):
        return structure.first
    return _end_of_unit(structure, last=False)


def _last_end(structure: DateStructure) -> DatePoint:
    if isinstance(structure, DateInterval) and isinstance(structure.last, DatePoint):
        return structure.last
    return _end_of_unit(structure, last=True)


def _end_of_unit(structure: DateStructure, *, last: bool) -> DatePoint:
    """Return a point that an interval may end with: no quarter, and no marked decade."""
    if not isinstance(structure, DatePoint):
        msg = "could not be read: one end of the range has no end"
        raise DateProblemError(msg)
    if structure.month and int(structure.month) > 24:
        months = _months_of(structure)
        return _last_end(months) if last else _first_end(months)
    return _whole_year(structure, "9" if last else "0") if structure.mark else structure


def _whole_year(point: DatePoint, digit: str) -> DatePoint:
    """Return the first or last year of a decade or century; a point without a year unchanged."""
    if point.year == UNKNOWN_YEAR:
        return point
    return replace(point, year=point.year.replace("X", digit))


def _next_to(point: DatePoint, by: int, calendar: Calendar) -> DatePoint:
    """Return the day, month or year before or after a point.

    Raises:
        DateProblemError: the year is not known.
        ValueError, OverflowError: there is no such day.
    """
    if point.year == UNKNOWN_YEAR:
        msg = "has no year. Write it, even if only about (1940s), or write “not before”"
        raise DateProblemError(msg)
    point = _whole_year(point, "0" if by < 0 else "9")
    if point.month and int(point.month) > 12:
        months = _months_of(point)
        point = _first_end(months) if by < 0 else _last_end(months)
    if point.month and point.day:
        year, month, day = point.numbers
        year, month, day = shift_day((year, month, day), by, calendar)
        shifted = DatePoint(f"{year:04d}", f"{month:02d}", f"{day:02d}")
    elif point.month:
        months_since_0 = int(point.year) * 12 + int(point.month) - 1 + by
        shifted = DatePoint(f"{months_since_0 // 12:04d}", f"{months_since_0 % 12 + 1:02d}")
    else:
        shifted = DatePoint(f"{int(point.year) + by:04d}")
    return shifted.with_mark(point.mark or "")
