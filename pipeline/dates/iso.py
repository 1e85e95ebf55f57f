"""A date in EDTF as formats without EDTF can say it: in ISO 8601, with its ends and doubts."""

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
    """What two ends of a date mean."""

    SINGLE = "one"  #: both are the date
    INTERVAL = "lasting"  #: from the first to the last
    WITHIN = "within"  #: one date, somewhere between them


@dataclass(frozen=True, slots=True)
class IsoDateRange:
    """The ends of a date, each a year, a month or a day; empty where it is open."""

    first: str
    last: str
    kind: DateKind
    qualifier: str = ""  #: ``~`` about then, ``?`` not sure, ``%`` both


def iso_date_range(edtf: str | None) -> IsoDateRange | None:
    """Return the ends of a date; None where it has none that ISO 8601 can say.

    >>> iso_date_range("194X")
    IsoDateRange(first='1940', last='1949', kind=<DateKind.WITHIN: 'within'>, qualifier='')
    """
    said = edtf or ""
    if found := _SINGLE.fullmatch(said):
        return IsoDateRange(found["first"], found["first"], DateKind.SINGLE, found["doubt"])
    if found := _INTERVAL.fullmatch(said):
        ends = (found["first"].strip("."), found["last"].strip("."))
        return IsoDateRange(*ends, DateKind.INTERVAL, found["doubt"]) if any(ends) else None
    if (found := _WITHIN.fullmatch(said)) and (found["first"] or found["last"]):
        return IsoDateRange(found["first"] or "", found["last"] or "", DateKind.WITHIN)
    if found := _DECADE_OR_CENTURY.fullmatch(said):
        first, last = (found["stem"].replace("X", digit) for digit in "09")
        return IsoDateRange(first, last, DateKind.WITHIN)
    return None
