"""Dates in Russian words, as legends of documents have them."""

from collections.abc import Sequence

from pipeline.dates.date_language import DateLanguage
from pipeline.dates.point_parts import (
    century_number,
    decade_start,
    millennium_number,
    number_of,
    precision_of,
    same_parts,
    unknown_parts,
    year_ends,
)
from pipeline.dates.portions import Portion
from pipeline.dates.span import year_number
from pipeline.dates.structure import DatePoint
from pipeline.wording import join_names

_NOMINATIVE, _GENITIVE, _ACCUSATIVE = range(3)
_MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
    "ноябрь", "декабрь",
)  # fmt: skip
_MONTHS_GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
    "октября", "ноября", "декабря",
)  # fmt: skip
#: by case
_SEASONS = (
    ("весна", "весны", "весну"), ("лето", "лета", "лето"), ("осень", "осени", "осень"),
    ("зима", "зимы", "зиму"),
)  # fmt: skip
_PARTS_OF_YEAR = {
    33: "I квартал", 34: "II квартал", 35: "III квартал", 36: "IV квартал", 37: "первая треть",
    38: "вторая треть", 39: "последняя треть", 40: "первая половина", 41: "вторая половина",
}  # fmt: skip
_CENTURIES = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV",
    "XVI", "XVII", "XVIII", "XIX", "XX", "XXI",
)  # fmt: skip
_PORTIONS = ("начало", "середина", "конец")
_ABOUT = {"~", "%"}


def _format_point(point: DatePoint, is_limit: bool = False) -> str:
    return _in_case(point, _GENITIVE if is_limit else _NOMINATIVE)


def _in_case(point: DatePoint, case: int) -> str:
    """Return a point, perhaps marked, in a case; after *ок.* it is in the genitive."""
    if point.mark is None:
        return _partly_marked(point)
    return _marked(_bare_point(point, _GENITIVE if point.mark in _ABOUT else case), point.mark)


def _bare_point(point: DatePoint, case: int = _NOMINATIVE) -> str:
    """Return a point without its marks, in a grammatical case."""
    month, day = number_of(point.month), number_of(point.day)
    year = "" if point.year == "XXXX" else _year(point.year, _GENITIVE if day else case)
    if month in _PARTS_OF_YEAR:
        return f"{_PARTS_OF_YEAR[month]} {year}"
    if month and day:
        words = f"{_day_month(point)} {year}"
    elif month:
        words = f"{_month_or_season(point, case)} {year}{_hemisphere(month)}"
    else:
        words = f"{day}-е число одного из месяцев {year}" if day else year
    return _with_unknown(words.strip(), point)


def _partly_marked(point: DatePoint) -> str:
    """Return a point of which only some parts are marked."""
    month, day = number_of(point.month), number_of(point.day)
    if not month or month > 12 or "X" in f"{point.year}{point.day}":
        return _marked(_bare_point(point), "?")
    is_genitive = bool(day) or point.marks[1] in _ABOUT
    plain = (_year(point.year), (_MONTHS_GENITIVE if is_genitive else _MONTHS)[month - 1], str(day))
    year, month_words, day_words = (
        f"[{_marked(words, mark).replace(' (?)', '?')}]" if mark else words
        for words, mark in zip(plain, point.marks, strict=True)
    )
    return f"{day_words} {month_words} {year}" if day else f"{month_words} {year}"


def _marked(words: str, mark: str) -> str:
    about = "ок. " if mark in _ABOUT and not words.startswith("ок. ") else ""
    return f"{about}{words}{' (?)' if mark in {'?', '%'} else ''}"


def _both_styles(old: DatePoint, new: DatePoint) -> str:
    same_year, same_month = same_parts((old, new))
    if same_month:
        words = f"{int(old.day)} ({int(new.day)}) {_month_year(new)}"
    elif same_year:
        words = f"{_day_month(old)} ({_day_month(new)}) {_year(new.year)}"
    else:
        words = f"{_bare_point(old)} ({_bare_point(new)})"
    return _marked(words, old.mark or "")


def _collapsed(first: DatePoint, last: DatePoint, mark: str) -> str | None:
    same_year, same_month = same_parts((first, last))
    kind, case = precision_of((first, last)), _GENITIVE if mark in _ABOUT else _NOMINATIVE
    begin, dash, end = _bare_point(first, case), " – ", _bare_point(last, case)
    if kind == "day" and same_year:
        begin, dash = (f"{int(first.day)}", "–") if same_month else (_day_month(first), dash)
    elif kind in {"month", "season"} and same_year:
        begin = _month_or_season(first, case)
    elif kind == "year":
        begin, dash, end = begin.removesuffix(" г."), "–", end.replace(" г.", " гг.")
    elif kind == "decade":
        begin, dash = begin[:4], "–"
    elif kind == "century":
        begin, dash, end = begin.removesuffix(" в."), "–", end.replace(" в.", " вв.")
    return _marked(f"{begin}{dash}{end}", mark) if kind else None


def _from_to(first: DatePoint, last: DatePoint) -> str:
    return f"с {_in_case(first, _GENITIVE)} по {_in_case(last, _ACCUSATIVE)}"


def _one_end_unknown(end: DatePoint, is_last: bool) -> str:
    if is_last:
        return f"по {_in_case(end, _ACCUSATIVE)} (начало неизвестно)"
    return f"с {_in_case(end, _GENITIVE)} (конец неизвестен)"


def _collapsed_list(points: Sequence[DatePoint], is_choice: bool) -> str | None:
    same_year, same_month = same_parts(points)
    kind, year = precision_of(points), _year(points[0].year)
    if kind == "day" and same_month:
        days = _listed([str(int(point.day)) for point in points], is_choice)
        return f"{days} {_month_year(points[0])}"
    if kind == "day" and same_year:
        return f"{_listed([_day_month(point) for point in points], is_choice)} {year}"
    if kind == "month" and same_year:
        names = [_month_or_season(point, _NOMINATIVE) for point in points]
        return f"{_listed(names, is_choice)} {year}"
    if kind == "year":
        years = _listed([str(year_number(point.year)) for point in points], is_choice)
        return f"{years} {'г.' if is_choice else 'гг.'}"
    return None


def _listed(words: Sequence[str], is_choice: bool) -> str:
    return join_names(words, "или" if is_choice else "и")


def _within(words: str, is_choice: bool) -> str:
    return f"в пределах: {words}" if is_choice else f"все: {words}"


def _portion(unit: DatePoint, portion: Portion) -> str:
    return f"{_PORTIONS[portion.index]} {_bare_point(unit, _GENITIVE)}"


def _winter(first: str, last: str) -> str:
    return f"зима {year_number(first)}–{year_number(last)} гг."


def _year(year: str, case: int = _NOMINATIVE) -> str:
    """Return a year, decade or century.

    >>> [_year(year) for year in ("1949", "194X", "20XX", "1XXX", "-0332", "1950S2")]
    ['1949 г.', '1940-е гг.', 'XXI в.', 'II тысячелетие', '333 г. до н. э.', 'ок. 1950 г.']
    """
    if (number := century_number(year)) and number <= len(_CENTURIES):
        return f"{_CENTURIES[number - 1]} в."
    if number := millennium_number(year):
        return f"{_CENTURIES[number - 1]} тысячелети{'я' if case == _GENITIVE else 'е'}"
    if start := decade_start(year):
        return f"{start}-{'х' if case == _GENITIVE else 'е'} гг."
    if "X" in year:
        return "между {} и {}".format(*map(_plain_year, year_ends(year)))
    return ("ок. " if "S" in year else "") + _plain_year(year_number(year))


def _plain_year(number: int) -> str:
    return f"{1 - number} г. до н. э." if number <= 0 else f"{number} г."


def _month_or_season(point: DatePoint, case: int) -> str:
    number = int(point.month)
    if number > 12:
        return _SEASONS[(number - 21) % 4][case]
    return (_MONTHS_GENITIVE if case == _GENITIVE else _MONTHS)[number - 1]


def _hemisphere(number: int) -> str:
    if 25 <= number <= 32:
        return f" ({'северное' if number <= 28 else 'южное'} полушарие)"
    return ""


def _day_month(point: DatePoint) -> str:
    return f"{int(point.day)} {_MONTHS_GENITIVE[int(point.month) - 1]}"


def _month_year(point: DatePoint) -> str:
    return f"{_MONTHS_GENITIVE[int(point.month) - 1]} {_year(point.year)}"


def _with_unknown(words: str, point: DatePoint) -> str:
    """Return words with a remark on the parts that are unknown (``XXXX-01-14``, ``1949-XX``)."""
    parts = zip(("год", "месяц", "день"), unknown_parts(point), strict=True)
    unknown = [name for name, is_unknown in parts if is_unknown]
    if not unknown:
        return words
    ending = "ен" if len(unknown) == 1 else "ны"
    return f"{words} ({join_names(unknown, 'и')} неизвест{ending})" if words else "дата неизвестна"


RUSSIAN = DateLanguage(
    since="не ранее ",
    until="не позднее ",
    old_style="ст. ст.",
    any_time="дата неизвестна",
    point=_format_point,
    both_styles=_both_styles,
    collapsed=_collapsed,
    from_to=_from_to,
    one_end_unknown=_one_end_unknown,
    collapsed_list=_collapsed_list,
    listed=_listed,
    within=_within,
    portion=_portion,
    winter=_winter,
)
