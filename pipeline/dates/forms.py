"""Parse one day, month or year as people write it, with parts missing that stand elsewhere.

All texts are folded (``phrases.fold``), without brackets and without words for year and day.
"""

import re
from collections.abc import Iterator
from functools import cache

from pipeline.dates.phrases import month_number, phrase_pattern
from pipeline.dates.problem import DateProblemError
from pipeline.dates.written import WrittenDate

_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii"
#: Roman numerals of months; on Russian typewriters Cyrillic letters stood for them.
_ROMAN_MONTHS = {
    numeral: number
    for number, numeral in enumerate(
        _NUMERALS.split(), 1
    )
}  # fmt: skip
_LOOK_ALIKE = str.maketrans({"х": "x", "і": "i", "у": "v", "п": "ii", "ш": "iii", "1": "i"})
_FIRST_CLEAR_YEAR = 30  #: of two digits: 49 is 1949, but 25 may be 1925 or 2025

_DAY = r"(?P<day>0?[1-9]|[12][0-9]|3[01])(?![0-9])"
_ORDINAL = r"(?:st|nd|rd|th|er|re|[º°]|-?(?:го|е|ого|ое|а|an?|en?|i|je?n))?\.?(?:\s?дня)?(?!\w)"
_MONTH = r"(?P<month>[^\W\d_]+)\.?"
_NUMBER = r"(?P<month>0?[1-9]|1[0-2])(?![0-9])"
_PURE_ROMAN = r"(?P<roman>[ivxхі]{1,4})"
_ROMAN = r"(?P<roman>(?=1*[^\W\d_])[ivxхіупш1]{1,4})"  #: a figure may stand for I
_YEAR = r"(?P<year>[0-9]{4})(?![0-9])"
_ANY_YEAR = r"(?P<year>[0-9]{4}|'?[0-9]{2})(?![0-9])"
_GAP = r"[\s.,/\-]*"
_SPLIT = r"[./\-\s]{1,2}"
_SLASHED = re.compile(r"([0-9]{1,2})([/\-])([0-9]{1,2})(?:\2'?|\s)([0-9]{4}|[0-9]{2})")
_COMPACT = re.compile(r"(1[0-9]{3}|20[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
_YEAR_AND_NUMBER = re.compile(r"([0-9]{4})(\s?[/.]\s?|-)([0-9]{1,2})")
_CATALOGUED = re.compile(r"([0-9]{2})(?:([0-9])[\-_]|[\-_]{2})")


@cache
def _shapes() -> tuple[re.Pattern[str], ...]:
    of = rf"(?:{phrase_pattern('of')}\s+)?"
    day = _DAY + _ORDINAL
    shapes = (
        rf"{_YEAR}\.?",
        rf"{day}[\s/\-]*{of}{_MONTH}(?:{_GAP}{of}{_ANY_YEAR})?\.?",
        rf"(?P<month_first>{_MONTH})[\s.]*{day},?(?:\s+(?P<year>[0-9]{{4}}|'[0-9]{{2}}|3[2-9]|[4-9][0-9]))?",
        rf"{_YEAR}{_GAP}{_MONTH}(?:[\s.,\-]*{day})?",
        rf"{_YEAR}[\s.,]+{day}\s*{_MONTH}",
        rf"{_MONTH}(?:{_GAP}{of}{_ANY_YEAR})?\.?",
        rf"{_DAY}{_SPLIT}{_ROMAN}(?:{_SPLIT}{_ANY_YEAR})?\.?",
        rf"{_PURE_ROMAN}{_SPLIT}{_YEAR}",
        rf"{_YEAR}[./\s]{{1,2}}{_PURE_ROMAN}\.?",  # 1940-х is a decade
        rf"{_YEAR}{_SPLIT}{_PURE_ROMAN}{_SPLIT}{_DAY}\.?",
        rf"{_DAY}\.\s?{_NUMBER}\.\s?(?:{_ANY_YEAR}\.?)?",
        rf"(?P<month>0?[1-9]|1[0-2])\.\s?{_YEAR}",
        rf"{_YEAR}(?:\.\s?|[/\-]){_NUMBER}(?:\.\s?|[/\-]){_DAY}\.?",
        rf"{_YEAR}\s?年(?:\s?{_NUMBER}\s?月(?:\s?{_DAY}\s?日)?)?",
        day,
        rf"{day},\s+{_YEAR}",
    )
    return tuple(map(re.compile, shapes))


def parse_form(words: str, language: str, text: str) -> WrittenDate | None:
    """Return a day, month or year as far as it is written; None if the text is none.

    Args:
        words: the form.
        language: of the document, BCP 47; empty if unknown.
        text: the whole date, for ``phrases.month_number``.

    Raises:
        DateProblemError: the form may mean two dates.

    >>> parse_form("14.i.1949", "", "").parts, parse_form("january 14", "", "").parts
    (('1949', '01', '14'), ('', '01', '14'))
    """
    if match := _COMPACT.fullmatch(words):
        return WrittenDate(match[1], match[2], match[3])
    if match := _CATALOGUED.fullmatch(words):  # 194-, 19--
        return WrittenDate(f"{match[1]}{match[2] or 'X'}X")
    if match := _SLASHED.fullmatch(words):
        return _parse_slashed(match)
    if match := _YEAR_AND_NUMBER.fullmatch(words):
        return _parse_year_and_number(match)
    return next(_readings(words, language, text), None)


def _readings(words: str, language: str, text: str) -> Iterator[WrittenDate]:
    """Yield what the shapes make of a form; a word that is no month makes nothing."""
    for shape in _shapes():
        match = shape.fullmatch(words)
        if match is None:
            continue
        parts = match.groupdict()
        named, roman = parts.get("month"), parts.get("roman")
        month = _month_of(named, language, text) if named else None
        if roman:
            month = _ROMAN_MONTHS.get(roman.translate(_LOOK_ALIKE))
        if (named or roman) and month is None:
            continue
        yield WrittenDate(
            year=_full_year(parts["year"]) if parts.get("year") else "",
            month=f"{month:02d}" if month else "",
            day=f"{int(parts['day']):02d}" if parts.get("day") else "",
            month_first=bool(parts.get("month_first")),
        )


def _month_of(word: str, language: str, text: str) -> int | None:
    return int(word) if word.isdigit() else month_number(word, language, text)


def _full_year(written: str) -> str:
    """Return a year in four digits: 49 is 1949.

    Raises:
        DateProblemError: two digits may be a year of the 20th or the 21st century.
    """
    digits = written.lstrip("'")
    if len(digits) == 4:
        return digits
    if int(digits) < _FIRST_CLEAR_YEAR:
        msg = f"has a year that may be 19{digits} or 20{digits}. Write the year in full"
        raise DateProblemError(msg)
    return f"19{digits}"


def _parse_slashed(match: re.Match[str]) -> WrittenDate:
    """Parse numbers between slashes or hyphens, if only one order gives a date.

    Raises:
        DateProblemError: more than one order gives a date, or none does.
    """
    first, second, last = int(match[1]), int(match[3]), match[4]
    orders = {(first, second), (second, first)}
    if len(last) == 2 and first > 31:  # 49/1/14
        orders, last = {(int(last), second)}, match[1]
    elif len(last) == 2 and int(last) <= 31:
        msg = (
            "may have its year first or last. Write the year in four digits and the month in words"
        )
        raise DateProblemError(msg)
    days = sorted((day, month) for day, month in orders if 1 <= month <= 12 and 1 <= day <= 31)
    if not days:
        msg = "has no day and month of the calendar. Compare it with the document"
        raise DateProblemError(msg)
    year = _full_year(last)
    if len(days) > 1:
        either = " or ".join(f"{year}-{month:02d}-{day:02d}" for day, month in days)
        msg = f"may be two days. Write {either}"
        raise DateProblemError(msg)
    ((day, month),) = days
    return WrittenDate(year, f"{month:02d}", f"{day:02d}")


def _parse_year_and_number(match: re.Match[str]) -> WrittenDate | None:
    """Parse ``1949/01``: a month, unless it may be a later year (``1905/06``).

    Raises:
        DateProblemError: it may be either.
    """
    year, number = match[1], match[3]
    if not 1 <= int(number) <= 12:
        return None
    if "." not in match[2] and int(number) > int(year[-len(number) :]):
        later = year[: -len(number)] + number
        either = f"{year}-{int(number):02d} or {year}/{later}"
        msg = f"may be a month or the years {year} to {later}. Write {either}"
        raise DateProblemError(msg)
    return WrittenDate(year, f"{int(number):02d}")
