"""Dates in words, from EDTF: ``January 14, 1949``, ``14 января 1949 г.``, ``ca. 1949``.

EDTF: https://www.loc.gov/standards/datetime/. What has no words here is printed as it is.
"""

import re
from collections.abc import Callable

_MOMENT = re.compile(
    r"(?P<year>-?[0-9]{2,4}X{0,2})(?:-(?P<month>[0-9]{2}))?(?:-(?P<day>[0-9]{2}))?"
)
_ENGLISH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_RUSSIAN = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
    "октября", "ноября", "декабря",
)  # fmt: skip
_RUSSIAN_ALONE = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь",
    "октябрь", "ноябрь", "декабрь",
)  # fmt: skip


def in_english(edtf: str) -> str:
    """Return a date as an American note has it.

    >>> [in_english(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['January 14, 1949', 'January 1949', 'ca. 1949', '1949?', '1940s']
    >>> in_english("1949-01-14/1949-02-01"), in_english("../1949"), in_english("1949/..")
    ('January 14, 1949–February 1, 1949', 'before 1949', 'after 1949')
    """
    return _spoken(edtf, _english, ("before ", "after ", "ca. ", "?", "–"))


def in_russian(edtf: str) -> str:
    """Return a date as a Russian legend has it.

    >>> [in_russian(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['14 января 1949 г.', 'январь 1949 г.', 'ок. 1949 г.', '1949 г. (?)', '1940-е гг.']
    >>> in_russian("1949-01-14/1949-02-01")
    '14 января 1949 г. – 1 февраля 1949 г.'
    """
    return _spoken(edtf, _russian, ("до ", "после ", "ок. ", " (?)", " – "))


def parts(edtf: str | None) -> list[list[int]]:
    """Return the ends of a date as numbers, year first; none where a year is not wholly known."""
    found = [_MOMENT.match(end) for end in (edtf or "").split("/")]
    numbers = [
        [int(number) for number in end.groups() if number]
        for end in found
        if end is not None and "X" not in end["year"]
    ]
    return numbers if len(numbers) == len(found) else []


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
    if not 1 <= month <= 12:
        return year
    return f"{_ENGLISH[month - 1]} {day}, {year}" if day else f"{_ENGLISH[month - 1]} {year}"


def _russian(year: str, month: int, day: int) -> str:
    year = f"{year.replace('X', '0')}-е гг." if "X" in year else f"{year} г."
    if not 1 <= month <= 12:
        return year
    return f"{day} {_RUSSIAN[month - 1]} {year}" if day else f"{_RUSSIAN_ALONE[month - 1]} {year}"
