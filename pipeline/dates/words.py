"""Dates in words, from EDTF: ``January 14, 1949``, ``14 января 1949 г.``, ``ca. 1949``.

EDTF: https://www.loc.gov/standards/datetime/. A date without words here is printed unchanged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.dates.forms import ENGLISH_MONTHS, RUSSIAN_MONTHS, RUSSIAN_MONTHS_GENITIVE

_YEAR_MONTH_DAY = re.compile(
    r"(?P<year>-?[0-9]{2,4}X{0,2})(?:-(?P<month>[0-9]{2}))?(?:-(?P<day>[0-9]{2}))?"
)
#: EDTF (levels 1 and 2) has seasons 21 to 24 and quarters 33 to 36 in the place of the month.
_SEASONS = dict(zip(range(21, 25), ("spring", "summer", "autumn", "winter"), strict=True))
_SEASONS_RUSSIAN = dict(zip(range(21, 25), ("весна", "лето", "осень", "зима"), strict=True))
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st"}
_CENTURIES = {
    "14": "XV", "15": "XVI", "16": "XVII", "17": "XVIII", "18": "XIX", "19": "XX", "20": "XXI",
}  # fmt: skip
_QUARTERS = dict(zip(range(33, 37), ("I", "II", "III", "IV"), strict=True))
_Day = tuple[str, int, int]  #: year, month and day; 0 for what is not known


def english_date(edtf: str) -> str:
    """Return a date as American notes print it.

    >>> [english_date(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['January 14, 1949', 'January 1949', 'ca. 1949', '1949?', '1940s']
    >>> english_date("1949-01-14/1949-02-01"), english_date("../1949"), english_date("1949/..")
    ('January 14–February 1, 1949', 'not after 1949', 'not before 1949')
    >>> english_date("1949-01-14/1949-01-16"), english_date("1949-01/1949-03")
    ('January 14–16, 1949', 'January–March 1949')
    >>> english_date("19XX"), english_date("20XX")
    ('20th century', '21st century')
    >>> english_date("1949-21"), english_date("1949-34"), english_date("1949-24/1950-21")
    ('spring 1949', 'quarter II of 1949', 'winter 1949–spring 1950')
    """
    return _format_edtf(edtf, _ENGLISH)


def russian_date(edtf: str) -> str:
    """Return a date as Russian legends print it.

    >>> [russian_date(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['14 января 1949 г.', 'январь 1949 г.', 'ок. 1949 г.', '1949 г. (?)', '1940-е гг.']
    >>> russian_date("1949-01-14/1949-02-01"), russian_date("1949-01-14/1949-01-16")
    ('14 января – 1 февраля 1949 г.', '14–16 января 1949 г.')
    >>> russian_date("1949/1950"), russian_date("../1949-02-02"), russian_date("1949/..")
    ('1949–1950 гг.', 'не позднее 2 февраля 1949 г.', 'не ранее 1949 г.')
    >>> russian_date("1949-23"), russian_date("1949-33")
    ('осень 1949 г.', 'I квартал 1949 г.')
    """
    return _format_edtf(edtf, _RUSSIAN)


def date_parts(edtf: str | None) -> list[list[int]]:
    """Return the ends of a date as numbers, year first; [] unless both years are fully known."""
    ends = [_YEAR_MONTH_DAY.match(end) for end in (edtf or "").split("/")]
    numbers = [
        _drop_season([int(number) for number in end.groups() if number])
        for end in ends
        if end is not None and "X" not in end["year"]
    ]
    return numbers if len(numbers) == len(ends) else []


def _drop_season(numbers: list[int]) -> list[int]:
    """Return the numbers; only the year if the second is a season or a quarter."""
    return numbers if len(numbers) < 2 or numbers[1] <= 12 else numbers[:1]


@dataclass(frozen=True, slots=True)
class _Style:
    """How a language writes dates; an interval of EDTF includes its ends."""

    day: Callable[[str, int, int], str]  #: a year, month or day
    range: Callable[[_Day, _Day], str | None]  #: two ends with something in common; else None
    until: str
    since: str
    about: str
    unsure: str
    to: str


def _format_edtf(edtf: str, style: _Style) -> str:
    first, slash, last = edtf.partition("/")
    if slash and (first in {"", ".."} or last in {"", ".."}):
        end = last if first in {"", ".."} else first
        return (style.until if first in {"", ".."} else style.since) + _format_edtf(end, style)
    if slash:
        since, until = _plain_day(first), _plain_day(last)
        joined = style.range(since, until) if since and until else None
        return joined or _format_edtf(first, style) + style.to + _format_edtf(last, style)
    bare = first.rstrip("?~%")
    mark = first[len(bare) :]
    match = _YEAR_MONTH_DAY.fullmatch(bare)
    if match is None:
        return edtf
    phrase = style.day(match["year"], int(match["month"] or 0), int(match["day"] or 0))
    about, unsure = mark in {"~", "%"}, mark in {"?", "%"}
    return (style.about if about else "") + phrase + (style.unsure if unsure else "")


def _plain_day(edtf: str) -> _Day | None:
    """Return year, month and day of a date without marks or seasons; 0 for what it lacks."""
    match = _YEAR_MONTH_DAY.fullmatch(edtf)
    if match is None or "X" in match["year"] or int(match["month"] or 0) > 12:
        return None
    return match["year"], int(match["month"] or 0), int(match["day"] or 0)


def _english_range(first: _Day, last: _Day) -> str | None:
    (year, month, day), (last_year, last_month, last_day) = first, last
    if year != last_year or not (month and last_month) or bool(day) != bool(last_day):
        return None
    names = ENGLISH_MONTHS[month - 1], ENGLISH_MONTHS[last_month - 1]
    if not day:
        return f"{names[0]}–{names[1]} {year}"
    end = f"{last_day}" if month == last_month else f"{names[1]} {last_day}"
    return f"{names[0]} {day}–{end}, {year}"


def _russian_range(first: _Day, last: _Day) -> str | None:
    (year, month, day), (last_year, last_month, last_day) = first, last
    if not (month or last_month):
        return f"{year}–{last_year} гг."
    if year != last_year or not (month and last_month) or bool(day) != bool(last_day):
        return None
    if not day:
        return f"{RUSSIAN_MONTHS[month - 1]} – {RUSSIAN_MONTHS[last_month - 1]} {year} г."
    end = f"{last_day} {RUSSIAN_MONTHS_GENITIVE[last_month - 1]} {year} г."
    if month == last_month:
        return f"{day}–{end}"
    return f"{day} {RUSSIAN_MONTHS_GENITIVE[month - 1]} – {end}"


def _format_english(year: str, month: int, day: int) -> str:
    if year.endswith("XX"):
        number = int(year[:2]) + 1
        return f"{number}{_ORDINALS.get(number, 'th')} century"
    year = year.replace("X", "0") + "s" if "X" in year else year
    if month in _QUARTERS:
        return f"quarter {_QUARTERS[month]} of {year}"
    if not 1 <= month <= 12:
        return " ".join(filter(None, [_SEASONS.get(month), year]))
    return (
        f"{ENGLISH_MONTHS[month - 1]} {day}, {year}"
        if day
        else f"{ENGLISH_MONTHS[month - 1]} {year}"
    )


def _format_russian(year: str, month: int, day: int) -> str:
    if year.endswith("XX"):
        return f"{_CENTURIES.get(year[:2], year[:2])} в."
    year = f"{year.replace('X', '0')}-е гг." if "X" in year else f"{year} г."
    if month in _QUARTERS:
        return f"{_QUARTERS[month]} квартал {year}"
    if not 1 <= month <= 12:
        return " ".join(filter(None, [_SEASONS_RUSSIAN.get(month), year]))
    return (
        f"{day} {RUSSIAN_MONTHS_GENITIVE[month - 1]} {year}"
        if day
        else f"{RUSSIAN_MONTHS[month - 1]} {year}"
    )


_ENGLISH = _Style(_format_english, _english_range, "not after ", "not before ", "ca. ", "?", "–")
_RUSSIAN = _Style(
    _format_russian, _russian_range, "не позднее ", "не ранее ", "ок. ", " (?)", " – "
)
