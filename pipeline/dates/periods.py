"""Parse periods without a day: seasons, quarters, centuries; and limits that a date leaves out.

EDTF has seasons as months 21 to 24, quarters as 33 to 36, and a century as ``19XX``. The ends of
its intervals belong to them, so *before 14 January* ends on the 13th.
"""

import re
from calendar import monthrange
from datetime import date, timedelta

from pipeline.dates.forms import DateParts, format_edtf, parse_date_form

#: by the number of EDTF: Russian, Ukrainian, English, German, French, Czech, Polish
_SEASONS = {
    21: "весна весной весны навесні spring frühjahr frühling printemps jaro na jaře wiosna wiosną",
    22: "лето летом лета літо влітку summer sommer été léto v létě lato latem",
    23: "осень осенью осени осінь восени autumn fall herbst automne podzim jesień jesienią",
    24: "зима зимой зимы взимку winter hiver zima zimą",
}
_SEASON_NUMBERS = {
    name: number for number, names in _SEASONS.items() for name in names.split() if len(name) > 2
}
_SEASON = re.compile(r"(?:im |en |au |de l')?([^\W\d_]+),?\s+([0-9]{4})", re.IGNORECASE)
_QUARTER = re.compile(
    r"(IV|I{1,3}|[1-4])\.?(?:-?[ыйго]+)?\s*(?:квартал\w*|quarter|quartal|trimestre|čtvrtletí|kwartał)"
    r"(?:\s+of)?\s+([0-9]{4})",
    re.IGNORECASE,
)
_CENTURY = re.compile(
    r"([IVX]+|[0-9]{1,2})\.?(?:st|nd|rd|th|e|ème|-?[йго]+)?\s*"
    r"(?:век[а-я]*|в\.|ст\.|століття|century|cent\.|jahrhundert|jh\.|siècle|století|stol\.|wieku?|w\.)",
    re.IGNORECASE,
)
_ROMAN = {
    "XV": 15, "XVI": 16, "XVII": 17, "XVIII": 18, "XIX": 19, "XX": 20, "XXI": 21, "I": 1, "II": 2,
    "III": 3, "IV": 4,
}  # fmt: skip
_BEFORE = re.compile(
    r"(?:до|ранее|раньше|before|prior to|vor(?: dem)?|avant(?: le)?|před|przed)\s+", re.IGNORECASE
)
_AFTER = re.compile(
    r"(?:после|позднее|позже|after|nach(?: dem)?|après(?: le)?|po)\s+", re.IGNORECASE
)


def parse_period(words: str) -> str | None:
    """Return a season, quarter or century in EDTF; None if the text is none.

    >>> [parse_period(text) for text in ("весна 1949", "II квартал 1949", "19. Jahrhundert")]
    ['1949-21', '1949-34', '18XX']
    """
    if match := _SEASON.fullmatch(words):
        number = _SEASON_NUMBERS.get(match[1].casefold())
        return f"{match[2]}-{number}" if number else None
    if match := _QUARTER.fullmatch(words):
        return f"{match[2]}-{32 + (_ROMAN.get(match[1].upper()) or int(match[1]))}"
    if match := _CENTURY.fullmatch(words):
        number = int(match[1]) if match[1].isdigit() else _ROMAN.get(match[1].upper())
        return f"{number - 1:02d}XX" if number and number > 1 else None
    return None


def parse_excluded_limit(words: str) -> str | None:
    """Return an interval that ends before a date, or begins after it; None if the text is none.

    >>> parse_excluded_limit("before 14 January 1949"), parse_excluded_limit("после 1949")
    ('../1949-01-13', '1950/..')
    """
    before, after = _BEFORE.match(words), _AFTER.match(words)
    match = before or after
    when = parse_date_form(words[match.end() :]) if match else None
    if when is None:
        return None
    try:
        next_to = _shifted(when, -1 if before else 1)
    except ValueError:  # no day of the calendar
        return None
    return f"../{format_edtf(next_to)}" if before else f"{format_edtf(next_to)}/.."


def _shifted(when: DateParts, by: int) -> DateParts:
    """Return the day, month or year before or after one."""
    year, month, day = when
    if month is None:
        return year + by, None, None
    if day is None:
        months = year * 12 + month - 1 + by
        return months // 12, months % 12 + 1, None
    if day > monthrange(year, month)[1]:
        raise ValueError
    shifted = date(year, month, day) + timedelta(days=by)
    return shifted.year, shifted.month, shifted.day
