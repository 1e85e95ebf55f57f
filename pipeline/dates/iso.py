"""EDTF dates in ISO 8601, for formats without EDTF: two ends, their relation, a qualifier."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ISO_DATE = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?"
_SINGLE = re.compile(rf"(?P<first>{_ISO_DATE})(?P<doubt>[~?%]?)")
_INTERVAL = re.compile(
    rf"(?P<first>{_ISO_DATE}|\.\.|)(?P<doubt>[~?%]?)/(?P<last>{_ISO_DATE}|\.\.|)[~?%]?"
)
_WITHIN = re.compile(rf"\[(?P<first>{_ISO_DATE})?\.\.(?P<last>{_ISO_DATE})?\]")
_DECADE_OR_CENTURY = re.compile(r"(?P<stem>[0-9]{2}(?:[0-9]X|XX))")


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
    """
    date = edtf or ""
    if match := _SINGLE.fullmatch(date):
        return IsoDateRange(match["first"], match["first"], DateKind.SINGLE, match["doubt"])
    if match := _INTERVAL.fullmatch(date):
        ends = (match["first"].strip("."), match["last"].strip("."))
        return IsoDateRange(*ends, DateKind.INTERVAL, match["doubt"]) if any(ends) else None
    if (match := _WITHIN.fullmatch(date)) and (match["first"] or match["last"]):
        return IsoDateRange(match["first"] or "", match["last"] or "", DateKind.WITHIN)
    if match := _DECADE_OR_CENTURY.fullmatch(date):
        first, last = (match["stem"].replace("X", digit) for digit in "09")
        return IsoDateRange(first, last, DateKind.WITHIN)
    return None
