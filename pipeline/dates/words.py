"""Dates in words, from EDTF: ``January 14, 1949``, ``14 января 1949 г.``, ``ca. 1949``.

EDTF: https://www.loc.gov/standards/datetime/. What has no words here is printed as it is.
"""

import re
from collections.abc import Callable

from pipeline.dates.forms import ENGLISH, OF_RUSSIAN, RUSSIAN

_MOMENT = re.compile(
    r"(?P<year>-?[0-9]{2,4}X{0,2})(?:-(?P<month>[0-9]{2}))?(?:-(?P<day>[0-9]{2}))?"
)
#: 21 to 24 and 33 to 36 stand where a month does (EDTF, level 1 and 2)
_SEASONS = dict(zip(range(21, 25), ("spring", "summer", "autumn", "winter"), strict=True))
_SEASONS_RUSSIAN = dict(zip(range(21, 25), ("весна", "лето", "осень", "зима"), strict=True))
_QUARTERS = dict(zip(range(33, 37), ("I", "II", "III", "IV"), strict=True))


def in_english(edtf: str) -> str:
    """Return a date as an American note has it.

    >>> [in_english(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['January 14, 1949', 'January 1949', 'ca. 1949', '1949?', '1940s']
    >>> in_english("1949-01-14/1949-02-01"), in_english("../1949"), in_english("1949/..")
    ('January 14, 1949–February 1, 1949', 'before 1949', 'after 1949')
    >>> in_english("1949-21"), in_english("1949-34"), in_english("1949-24/1950-21")
    ('spring 1949', 'quarter II of 1949', 'winter 1949–spring 1950')
    """
    return _spoken(edtf, _english, ("before ", "after ", "ca. ", "?", "–"))


def in_russian(edtf: str) -> str:
    """Return a date as a Russian legend has it.

    >>> [in_russian(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['14 января 1949 г.', 'январь 1949 г.', 'ок. 1949 г.', '1949 г. (?)', '1940-е гг.']
    >>> in_russian("1949-01-14/1949-02-01")
    '14 января 1949 г. – 1 февраля 1949 г.'
    >>> in_russian("1949-23"), in_russian("1949-33")
    ('осень 1949 г.', 'I квартал 1949 г.')
    """
    return _spoken(edtf, _russian, ("до ", "после ", "ок. ", " (?)", " – "))


def parts(edtf: str | None) -> list[list[int]]:
    """Return the ends of a date as numbers, year first; none where a year is not wholly known."""
    found = [_MOMENT.match(end) for end in (edtf or "").split("/")]
    numbers = [
        _calendar([int(number) for number in end.groups() if number])
        for end in found
        if end is not None and "X" not in end["year"]
    ]
    return numbers if len(numbers) == len(found) else []


def _calendar(numbers: list[int]) -> list[int]:
    """Return year, month and day; a season is no month, and is left out."""
    return numbers if len(numbers) < 2 or numbers[1] <= 12 else numbers[:1]


def _spoken(
    edtf: str, say: Callable[[str, int, int], str], words: tuple[str, str, str, str, str]
) -> str:
    before, after, about, unsure, to = words
    first, slash, last = edtf.partition("/")
    if slash and (first in {"", ".."} or last in {"", ".."}):
        end = last if first in {"", ".."} else first
        return (before if first in {"", ".."} else after) + _spoken(end, say, words)
    if slash:
        return _spoken(first, say, words) + to + _spoken(last, say, words)
    bare = first.rstrip("?~%")
    mark = first[len(bare) :]
    found = _MOMENT.fullmatch(bare)
    if found is None:
        return edtf
    spoken = say(found["year"], int(found["month"] or 0), int(found["day"] or 0))
    return (about if mark in {"~", "%"} else "") + spoken + (unsure if mark in {"?", "%"} else "")


def _english(year: str, month: int, day: int) -> str:
    year = year.replace("X", "0") + "s" if "X" in year else year
    if month in _QUARTERS:
        return f"quarter {_QUARTERS[month]} of {year}"
    if not 1 <= month <= 12:
        return " ".join(filter(None, [_SEASONS.get(month), year]))
    return f"{ENGLISH[month - 1]} {day}, {year}" if day else f"{ENGLISH[month - 1]} {year}"


def _russian(year: str, month: int, day: int) -> str:
    year = f"{year.replace('X', '0')}-е гг." if "X" in year else f"{year} г."
    if month in _QUARTERS:
        return f"{_QUARTERS[month]} квартал {year}"
    if not 1 <= month <= 12:
        return " ".join(filter(None, [_SEASONS_RUSSIAN.get(month), year]))
    return f"{day} {OF_RUSSIAN[month - 1]} {year}" if day else f"{RUSSIAN[month - 1]} {year}"
