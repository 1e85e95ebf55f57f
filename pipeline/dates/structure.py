"""The structure of an EDTF date: points, intervals, sets (EDTF, levels 0 to 2).

``pipeline.dates.edtf`` says whether a text is EDTF; this module takes what it accepts apart, in
microseconds where the library's grammar takes milliseconds.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self, TypeAlias

_POINT = re.compile(
    r"(?P<q1>[?~%]?)(?P<year>Y-?[0-9]+(?:E[0-9]+)?(?:S[0-9]+)?|-?[0-9X]{4}(?:S[0-9]+)?)(?P<q2>[?~%]?)"
    r"(?:-(?P<q3>[?~%]?)(?P<month>[0-9X]{2})(?P<q4>[?~%]?)"
    r"(?:-(?P<q5>[?~%]?)(?P<day>[0-9X]{2})(?P<q6>[?~%]?))?)?"
)
_SET = re.compile(r"\[(?P<one>[^\[\]{}]*)\]|\{(?P<all>[^\[\]{}]*)\}")
Marks: TypeAlias = tuple[str, str, str]  #: of year, month and day: ``?``, ``~``, ``%`` or none


class OpenEnd(StrEnum):
    """An end of an interval that is no date."""

    OPEN = ".."
    UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class DatePoint:
    """A year, a month or other part of a year, or a day; a digit that is not known is ``X``."""

    year: str  #: ``1949``, ``194X``, ``-0332``, ``Y17000``, ``1950S2``
    month: str = ""  #: 01 to 12; 21 to 41 seasons, quarters, halves; ``XX``
    day: str = ""
    marks: Marks = ("", "", "")  #: of what is not there, none

    @property
    def mark(self) -> str | None:
        """The mark of the whole point, empty if there is none; None if its parts differ."""
        marks = set(self.marks[: 1 + bool(self.month) + bool(self.day)])
        return marks.pop() if len(marks) == 1 else None

    @property
    def is_known(self) -> bool:
        """Whether it is a year, month or day of the calendar without unknown digits."""
        has_month = not self.month or (self.month.isdigit() and int(self.month) <= 12)
        return self.year.isdigit() and has_month and (not self.day or self.day.isdigit())

    @property
    def is_day(self) -> bool:
        """Whether it is a day of the calendar."""
        return self.is_known and bool(self.day)

    @property
    def numbers(self) -> tuple[int, ...]:
        """Year, month and day, as far as they go; only of a point that is known."""
        return tuple(int(part) for part in (self.year, self.month, self.day) if part)

    def with_mark(self, mark: str) -> Self:
        """Return the point with this mark on all of its parts."""
        parts = (self.year, self.month, self.day)
        year, month, day = (mark if part else "" for part in parts)
        return replace(self, marks=(year, month, day))

    @property
    def bare(self) -> Self:
        """The point without marks."""
        return replace(self, marks=("", "", ""))

    def __str__(self) -> str:
        """Return the point in EDTF."""
        if self.mark is not None:
            return "-".join(filter(None, (self.year, self.month, self.day))) + self.mark
        year, month, day = self.marks
        if self.day and year == month:  # a mark to the right is of all to its left
            return f"{self.year}-{self.month}{month}-{day}{self.day}"
        rest = [f"{mark}{part}" for mark, part in ((month, self.month), (day, self.day)) if part]
        return "-".join([f"{self.year}{year}", *rest])


@dataclass(frozen=True, slots=True)
class DateInterval:
    """From one point to another; both ends belong to it."""

    first: DatePoint | OpenEnd
    last: DatePoint | OpenEnd

    def __str__(self) -> str:
        """Return the interval in EDTF."""
        return f"{self.first}/{self.last}"


@dataclass(frozen=True, slots=True)
class DateSet:
    """One of several points, or all of them; an interval among them stands for each in it."""

    members: tuple[DatePoint | DateInterval, ...]
    is_choice: bool  #: one of them

    def __str__(self) -> str:
        """Return the set in EDTF."""
        members = ",".join(
            str(member)
            if isinstance(member, DatePoint)
            else "..".join(
                "" if end is OpenEnd.OPEN else str(end) for end in (member.first, member.last)
            )
            for member in self.members
        )
        return f"[{members}]" if self.is_choice else f"{{{members}}}"


DateStructure: TypeAlias = DatePoint | DateInterval | DateSet


def parse_structure(edtf: str) -> DateStructure:
    """Return the structure of a date in EDTF.

    Raises:
        ValueError: the text is not EDTF. (That it is none is not always found.)

    >>> parse_structure("1949-01-14~/..").last
    <OpenEnd.OPEN: '..'>
    >>> str(parse_structure("[1948,1950..1952]")), str(parse_structure("1949?-01-14"))
    ('[1948,1950..1952]', '1949?-01-14')
    """
    if match := _SET.fullmatch(edtf):
        inner = match["one"] if match["one"] is not None else match["all"]
        members = tuple(map(_parse_member, inner.split(",")))
        return DateSet(members, is_choice=match["one"] is not None)
    first, slash, last = edtf.partition("/")
    return DateInterval(_parse_end(first), _parse_end(last)) if slash else _parse_point(edtf)


def structure_or_none(edtf: str | None) -> DateStructure | None:
    """Return the structure of a date; None if there is no date, or it is not EDTF."""
    try:
        return parse_structure(edtf) if edtf else None
    except ValueError:
        return None


def _parse_member(text: str) -> DatePoint | DateInterval:
    first, dots, last = text.partition("..")
    if not dots:
        return _parse_point(text)
    ends = (_parse_point(end) if end else OpenEnd.OPEN for end in (first, last))
    return DateInterval(*ends)


def _parse_end(text: str) -> DatePoint | OpenEnd:
    return OpenEnd(text) if text in {"", ".."} else _parse_point(text)


def _parse_point(text: str) -> DatePoint:
    match = _POINT.fullmatch(text)
    if match is None:
        msg = f"{text!r} is not EDTF"
        raise ValueError(msg)
    q1, q2, q3, q4, q5, q6 = (match[f"q{number}"] or "" for number in range(1, 7))
    year, month, day = match["year"], match["month"] or "", match["day"] or ""
    marks = (
        join_marks(q1, q2, q4, q6),
        join_marks(q3, q4, q6),
        join_marks(q5, q6),
    )
    return DatePoint(year, month, day, marks)


def join_marks(*marks: str) -> str:
    """Return one mark for several: approximate (``~``) and uncertain (``?``) is ``%``.

    >>> join_marks("~", "?"), join_marks("", "~"), join_marks()
    ('%', '~', '')
    """
    joined = set("".join(marks))
    return "%" if "%" in joined or joined == {"?", "~"} else next(iter(joined), "")
