"""Dates in EDTF (https://www.loc.gov/standards/datetime/, levels 0 to 2, without times of day).

The library ``edtf`` has the grammar. This module also refuses what the library accepts: 29 February
1900, the year 0, intervals that run backward, white space around a date. A month or a day with one
unknown digit makes the library fail, so it is refused before.
"""

import re
from datetime import date
from functools import lru_cache
from typing import Any

_ALPHABET = re.compile(r"[0-9XYSE.?~%/,\[\]{}-]+", re.ASCII)
_HALF_UNKNOWN = re.compile(r"-(?:[0-9]X|X[0-9])")
_QUALIFIERS = re.compile("[?~%]")
_DAY = re.compile(r"(?<![0-9X-])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_YEAR_0 = re.compile(r"(?<![0-9XY-])0000(?![0-9])")
_OPEN_ENDS = ("", "..")
_PLAIN = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?[?~%]?")


@lru_cache(maxsize=4096)  # the grammar takes 7 ms a date
def is_edtf(text: str) -> bool:
    """Return whether ``text`` is a date in EDTF that exists in the calendar.

    >>> [is_edtf(text) for text in ("1949-01-14", "1949~", "1948/1949-02-01", "../1949", "194X")]
    [True, True, True, True, True]
    >>> [is_edtf(text) for text in ("1900-02-29", "1949/1948", "14.1.1949", "undated", "1949 ")]
    [False, False, False, False, False]
    """
    if not _ALPHABET.fullmatch(text) or _HALF_UNKNOWN.search(text) or _YEAR_0.search(text):
        return False
    days = (match.groups() for match in _DAY.finditer(_QUALIFIERS.sub("", text)))
    if not all(_is_calendar_day(*map(int, day)) for day in days):
        return False
    if _PLAIN.fullmatch(text):
        return True
    if _parse_or_none(text) is None:
        return False
    first, slash, last = text.partition("/")
    return not slash or first in _OPEN_ENDS or last in _OPEN_ENDS or _runs_forward(first, last)


def _is_calendar_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return month > 12 or day == 0  # a season, or the grammar refuses it
    return True


def _parse_or_none(text: str) -> Any:
    """Return the library's date, or None; the library raises other errors beside its own."""
    # The library builds its grammar when it is imported, and most commands parse no date.
    from edtf import parse_edtf  # noqa: PLC0415
    from edtf.parser import parser_classes  # noqa: PLC0415
    from edtf.parser.edtf_exceptions import EDTFParseException  # noqa: PLC0415

    parser_classes.print = _print_nothing  # type: ignore[attr-defined]  # it prints to standard output where it fails
    try:
        return parse_edtf(text)
    except (EDTFParseException, AttributeError, ValueError, TypeError):
        return None


def _print_nothing(*_words: object) -> None:
    """Stand for ``print`` in a module of the library."""


def _runs_forward(first: str, last: str) -> bool:
    begins, ends = _parse_or_none(first), _parse_or_none(last)
    if begins is None or ends is None:
        return False
    try:
        return bool(begins.lower_strict() <= ends.upper_strict())
    except (ValueError, TypeError):  # a day with an unknown digit: no proof that it runs backward
        return True
