"""What the words of a point need to know of its parts, in any language."""

from collections.abc import Sequence

from pipeline.dates.span import year_number
from pipeline.dates.structure import DatePoint


def number_of(part: str) -> int:
    """Return the number of a month or day; 0 if there is none, or it is unknown."""
    return int(part) if part.isdigit() else 0


def century_number(year: str) -> int | None:
    """Return the number of the century of ``18XX``, else None."""
    return int(year[:2]) + 1 if year[:2].isdigit() and year[2:] == "XX" else None


def decade_start(year: str) -> str | None:
    """Return the first year of the decade ``194X``, else None."""
    return f"{year[:3]}0" if year[:3].isdigit() and year[3:] == "X" else None


def millennium_number(year: str) -> int | None:
    """Return the number of the millennium of ``1XXX``, else None."""
    return int(year[0]) + 1 if year[0].isdigit() and year[1:] == "XXX" else None


def year_ends(year: str) -> tuple[int, int]:
    """Return the first and last number of a year with unknown digits."""
    first, last = sorted(year_number(year, digit) for digit in "09")
    return first, last


def same_parts(points: Sequence[DatePoint]) -> tuple[bool, bool]:
    """Return whether all points have the same year, and the same month of it."""
    years, months = {point.year for point in points}, {point.month for point in points}
    return len(years) == 1, len(years) == len(months) == 1


def unknown_parts(point: DatePoint) -> tuple[bool, bool, bool]:
    """Return whether year, month and day are there and wholly unknown."""
    return point.year == "XXXX", point.month == "XX", point.day == "XX"


def precision_of(points: Sequence[DatePoint]) -> str:
    """Return what all points are: day, month, year, season, decade, century; empty if mixed."""
    kinds = {_precision(point) for point in points}
    return kinds.pop() if len(kinds) == 1 else ""


def _precision(point: DatePoint) -> str:
    if point.is_known:
        return "day" if point.day else "month" if point.month else "year"
    if point.year.isdigit() and point.month.isdigit() and not point.day:
        return "season" if int(point.month) <= 24 else ""
    if point.month:
        return ""
    return "decade" if decade_start(point.year) else "century" if century_number(point.year) else ""
