"""Dates as they are written, perhaps incomplete: 14 of *14 to 16 January 1949* has no month."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeAlias

from pipeline.dates.julian import julian_to_gregorian
from pipeline.dates.portions import Portion
from pipeline.dates.problem import DateProblemError
from pipeline.dates.structure import Marks, join_marks

UNKNOWN_YEAR = "XXXX"


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date with the parts that are written; the others may stand elsewhere in the text."""

    year: str = ""  #: as in EDTF: ``1949``, ``194X``
    month: str = ""  #: 01 to 12; 21 to 24 a season, 33 to 41 another part of the year
    day: str = ""
    mark: str = ""  #: of the whole date: ``?``, ``~``, ``%``
    part_marks: Marks = ("", "", "")  #: of year, month and day alone
    portion: Portion | None = None
    month_first: bool = False  #: *January 14*: a day that follows is of the same month
    new_style: "WrittenDate | None" = None  #: the same day, if the date is in both styles

    def with_mark(self, mark: str) -> Self:
        """Return the date with one mark more."""
        return replace(self, mark=join_marks(self.mark, mark))

    @property
    def parts(self) -> tuple[str, str, str]:
        """Year, month and day; empty if not written."""
        return self.year, self.month, self.day


@dataclass(frozen=True, slots=True)
class WrittenRange:
    """A range; an end that is open is None."""

    first: WrittenDate | None
    last: WrittenDate | None
    is_excluded: bool = False  #: *before*, *after*: the end is not in it

    def with_mark(self, mark: str) -> Self:
        """Return the range with one mark more on each end."""
        first, last = (end and end.with_mark(mark) for end in (self.first, self.last))
        return replace(self, first=first, last=last)


@dataclass(frozen=True, slots=True)
class WrittenSet:
    """Several dates: one of them, or all."""

    members: tuple[WrittenDate | WrittenRange, ...]
    is_choice: bool

    def with_mark(self, mark: str) -> Self:
        """Return the set with one mark more on each date."""
        return replace(self, members=tuple(member.with_mark(mark) for member in self.members))


Written: TypeAlias = WrittenDate | WrittenRange | WrittenSet


def complete(dates: Sequence[WrittenDate]) -> tuple[WrittenDate, ...] | None:
    """Return dates of one text, each with the parts that the others state; None if one lacks any.

    A part is taken from the next date that has it, else from the last one before. A date in both
    styles becomes its New Style day.

    Raises:
        DateProblemError: two days that stand as one in both styles are not the same.
    """
    flat = [date for one in dates for date in (one, one.new_style) if date is not None]
    whole = [_completed(flat, index) for index in range(len(flat))]
    if all(not date.year for date in whole):
        whole = [replace(date, year=UNKNOWN_YEAR) for date in whole]
    if any(not _is_whole(date) for date in whole):
        return None
    completed = list[WrittenDate]()
    for date in dates:
        old = whole.pop(0)
        completed.append(old if date.new_style is None else _same_day(old, whole.pop(0)))
    return tuple(completed)


def _completed(dates: Sequence[WrittenDate], index: int) -> WrittenDate:
    date = dates[index]
    nearest = [*dates[index + 1 :], *reversed(dates[:index])]
    after = len(dates) - index - 1
    if date.portion and not any(date.parts):
        other = next((one for one in nearest if any(one.parts)), date)
        return replace(date, year=other.year, month=other.month)
    year = date.year or next((one.year for one in nearest if one.year), "")
    month = date.month
    if date.day and not month:
        usable = [
            one.month
            for place, one in enumerate(nearest)
            if one.month and int(one.month) <= 12 and not (place < after and one.month_first)
        ]
        month = usable[0] if usable else ""
    return replace(date, year=year, month=month)


def _is_whole(date: WrittenDate) -> bool:
    if date.day and not date.month:
        return False
    return bool(date.year) and (date.year != UNKNOWN_YEAR or bool(date.month and not date.portion))


def _same_day(old: WrittenDate, new: WrittenDate) -> WrittenDate:
    """Return the New Style day of a date in both styles."""
    try:
        day = julian_to_gregorian(*map(int, old.parts))
    except ValueError as error:  # also for a year that is not known
        msg = f"has two days, and the first is none of the Old Style ({error})"
        raise DateProblemError(msg) from error
    if (f"{day.year:04d}", f"{day.month:02d}", f"{day.day:02d}") != new.parts:
        msg = (
            "has two days that are not the same day in Old and New Style. Write “14 or 15 January"
            " 1949” if it is one of them, “14-15 January 1949” for both"
        )
        raise DateProblemError(msg)
    return replace(new, mark=old.mark)


def is_in_both_styles(written: Written) -> bool:
    """Return whether a date is in Old and New Style.

    Raises:
        DateProblemError: only a part of it is.
    """
    found = {date.new_style is not None for date in dates_of(written)}
    if len(found) > 1:
        msg = "is only in part in both styles. Write each of its days in both, or none"
        raise DateProblemError(msg)
    return found == {True}


def dates_of(written: Written) -> list[WrittenDate]:
    """Return all dates of a written date, in order."""
    if isinstance(written, WrittenDate):
        return [written]
    if isinstance(written, WrittenRange):
        return [end for end in (written.first, written.last) if end is not None]
    return [date for member in written.members for date in dates_of(member)]
