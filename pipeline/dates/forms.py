"""Parse one day, month or year as people write it, and ranges in which one end is abbreviated.

Months have names in the languages below, full, inflected or short, or are Roman numerals.
"""

import re
from typing import TypeAlias

from pipeline.dates.julian import julian_to_gregorian

DateParts: TypeAlias = tuple[int, int | None, int | None]  #: year, month, day

_NAMES = """\
январь января янв january jan i
февраль февраля фев февр february feb febr ii
март марта мар march mar iii
апрель апреля апр april apr iv
май мая may v
июнь июня июн june jun vi
июль июля июл july jul vii
август августа авг august aug viii
сентябрь сентября сен сент september sep sept ix
октябрь октября окт october oct x
ноябрь ноября ноя нояб november nov xi
декабрь декабря дек december dec xii"""

#: German, French, Czech, Slovak, Polish, Danish, Ukrainian, Bulgarian, Romanian and Hungarian ones.
_MORE_NAMES = """\
januar jänner janvier leden ledna január januára styczeń stycznia січень січня януари ianuarie
februar feber février fevrier únor února február februára luty lutego лютий лютого февруари februarie
märz maerz mär mars březen března marec marca marzec marts березень березня martie március
avril duben dubna apríl apríla kwiecień kwietnia квітень квітня април aprilie április
mai květen května máj mája maj maja травень травня május
juni juin červen června jún júna czerwiec czerwca червень червня юни iunie június
juli juillet červenec července júl júla lipiec lipca липень липня юли iulie július
août aout srpen srpna sierpień sierpnia серпень серпня augusztus
septembre září wrzesień września вересень вересня септември septembrie szeptember
oktober okt octobre říjen října október októbra październik października жовтень жовтня октомври octombrie
novembre listopad listopadu listopada листопад листопада ноември noiembrie
dezember dez décembre decembre prosinec prosince grudzień grudnia грудень грудня декември decembrie"""  # noqa: E501
_MONTHS = {
    name: number
    for names in (_NAMES, _MORE_NAMES)
    for number, row in enumerate(names.split("\n"), 1)
    for name in row.split()
}
_ROWS = [names.split() for names in _NAMES.split("\n")]
RUSSIAN_MONTHS = tuple(row[0] for row in _ROWS)  #: nominative: январь
RUSSIAN_MONTHS_GENITIVE = tuple(row[1] for row in _ROWS)  #: genitive, after a day: января
ENGLISH_MONTHS = tuple(next(name for name in row if name.isascii()).capitalize() for row in _ROWS)

_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|\.|-?го|-?е)?"
_MONTH = r"(?P<month>[^\W\d_]+\.?)"
_YEAR = r"(?P<year>[0-9]{4})"
_SHAPES = [
    re.compile(shape, re.IGNORECASE)
    for shape in (
        _YEAR,
        rf"{_DAY}\s*(?:of\s+)?{_MONTH},?\s*{_YEAR}",
        rf"{_MONTH}\s*{_DAY},?\s+{_YEAR}",
        rf"{_YEAR},?\s*(?:г\.,?\s*)?{_MONTH},?\s*{_DAY}",
        rf"{_MONTH},?\s*{_YEAR}",
        rf"{_YEAR},?\s*(?:г\.,?\s*)?{_MONTH}",
        rf"{_DAY}\.\s?(?P<month>[0-9]{{1,2}}|[IVX]{{1,4}})\.\s?{_YEAR}",
        rf"(?P<month>[0-9]{{2}})\.{_YEAR}",
        rf"{_YEAR}[./](?P<month>[0-9]{{1,2}})[./](?P<day>[0-9]{{1,2}})",
    )
]
_MONTH_FIRST = re.compile(r"([^\W\d_]+\.?)\s*[0-9]{1,2}(?:st|nd|rd|th)?", re.IGNORECASE)
_DUAL_STYLE = re.compile(r"(.+?)\s*(?:/\s*(.+)|\(([^()]+)\)(.*))")


def month_number(word: str) -> int | None:
    """Return 1 to 12, or None if the word is not a month.

    >>> [month_number(word) for word in ("января", "Sept.", "IX", "září", "мартобря")]
    [1, 9, 9, 9, None]
    """
    return _MONTHS.get(word.rstrip(".").casefold())


def parse_date_form(words: str) -> DateParts | None:
    """Return year, month and day, as far as they are written; None if the text is not a date.

    >>> [parse_date_form(text) for text in ("14th of January, 1949", "14.I.1949", "январь 1949")]
    [(1949, 1, 14), (1949, 1, 14), (1949, 1, None)]
    """
    for shape in _SHAPES:
        match = shape.fullmatch(words)
        if match is None:
            continue
        parts = match.groupdict()
        month = None if parts.get("month") is None else _month_of(parts["month"])
        if "month" not in parts or month is not None:
            return int(parts["year"]), month, int(parts["day"]) if parts.get("day") else None
    return None


def format_edtf(when: DateParts) -> str:
    """Return a date in EDTF; it is not checked against the calendar."""
    year, month, day = when
    return "-".join(
        [f"{year:04d}", *(f"{number:02d}" for number in (month, day) if number is not None)]
    )


def parse_range(first: str, last: str) -> tuple[DateParts, DateParts] | None:
    """Return both ends of a range, or None; one end may omit what the other states.

    >>> parse_range("14", "16 января 1949"), parse_range("март", "май 1949")
    (((1949, 1, 14), (1949, 1, 16)), ((1949, 3, None), (1949, 5, None)))
    """
    first, last = first.strip(), last.strip()
    month = _MONTH_FIRST.fullmatch(first)
    ends = parse_date_form(last) or (parse_date_form(f"{month[1]} {last}") if month else None)
    if ends is None:
        return None
    if ends[2] is not None and re.fullmatch(r"[0-9]{1,2}\.?", first, re.ASCII):
        return (ends[0], ends[1], int(first.rstrip("."))), ends
    begins = parse_date_form(first) or parse_date_form(f"{first} {ends[0]}")
    return None if begins is None else (begins, ends)


def parse_dual_style(words: str) -> str | None:
    """Return the New Style day of a date in both styles (``14/27 January 1917``), or None.

    Two forms that are not the same day are not a date in both styles.
    """
    match = _DUAL_STYLE.fullmatch(words)
    if match is None:
        return None
    dates = parse_range(match[1], match[2] or f"{match[3]}{match[4]}")
    if dates is None:
        return None
    (year, month, day), new = dates
    try:
        old = julian_to_gregorian(year, month or 0, day or 0)
    except ValueError:
        return None
    return format_edtf(new) if new == (old.year, old.month, old.day) else None


def _month_of(word: str) -> int | None:
    number = int(word) if word.isdigit() else month_number(word)
    return number if number and number <= 12 else None
