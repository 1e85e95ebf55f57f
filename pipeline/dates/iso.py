"""A date in EDTF as formats without EDTF can say it: in ISO 8601, with its ends and doubts."""

import re
from dataclasses import dataclass
from enum import StrEnum

_ISO = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-9]{2})?)?"
_ONE = re.compile(rf"(?P<first>{_ISO})(?P<doubt>[~?%]?)")
_LASTING = re.compile(rf"(?P<first>{_ISO}|\.\.|)(?P<doubt>[~?%]?)/(?P<last>{_ISO}|\.\.|)[~?%]?")
_WITHIN = re.compile(rf"\[(?P<first>{_ISO})?\.\.(?P<last>{_ISO})?\]")
_DECADE = re.compile(r"(?P<stem>[0-9]{2}(?:[0-9]X|XX))")


class Extent(StrEnum):
    """What two ends of a date mean."""

    ONE = "one"  #: both are the date
    LASTING = "lasting"  #: from the first to the last
    WITHIN = "within"  #: one date, somewhere between them


@dataclass(frozen=True, slots=True)
class Span:
    """The ends of a date, each a year, a month or a day; empty where it is open."""

    first: str
    last: str
    extent: Extent
    doubt: str = ""  #: ``~`` about then, ``?`` not sure, ``%`` both


def span(edtf: str | None) -> Span | None:
    """Return the ends of a date; None where it has none that ISO 8601 can say.

    >>> span("194X")
    Span(first='1940', last='1949', extent=<Extent.WITHIN: 'within'>, doubt='')
    """
    said = edtf or ""
    if found := _ONE.fullmatch(said):
        return Span(found["first"], found["first"], Extent.ONE, found["doubt"])
    if found := _LASTING.fullmatch(said):
        ends = (found["first"].strip("."), found["last"].strip("."))
        return Span(*ends, Extent.LASTING, found["doubt"]) if any(ends) else None
    if (found := _WITHIN.fullmatch(said)) and (found["first"] or found["last"]):
        return Span(found["first"] or "", found["last"] or "", Extent.WITHIN)
    if found := _DECADE.fullmatch(said):
        first, last = (found["stem"].replace("X", digit) for digit in "09")
        return Span(first, last, Extent.WITHIN)
    return None
