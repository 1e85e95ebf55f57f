"""Parse periods longer than a day: seasons, parts of a year or month, decades, centuries.

EDTF has seasons as months 21 to 24, quarters as 33 to 36, halves as 40 and 41, a decade as
``194X``, a century as ``19XX``.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from pipeline.dates.phrases import (
    ordinal_number,
    phrase_pattern,
    season_number,
    suffix_pattern,
    words_pattern,
)
from pipeline.dates.portions import EARLY, LATE, MIDDLE, Portion
from pipeline.dates.problem import DateProblemError
from pipeline.dates.written import WrittenDate, WrittenRange

_NUMERALS = "ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx xxi"
_ROMAN_CENTURIES = {
    numeral: number
    for number, numeral in enumerate(
        _NUMERALS.split(), 2
    )
}  # fmt: skip
_ENGLISH_CENTURIES = {
    "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
    "twentieth": 20, "twenty-first": 21,
}  # fmt: skip
_LOOK_ALIKE = str.maketrans({"х": "x", "і": "i", "у": "v", "п": "ii", "ш": "iii"})
_CENTURY_NUMBER = (
    rf"(?P<number>{'|'.join(_ENGLISH_CENTURIES)}|[ivxхіупш]+(?![^\W_])|[ivx]+(?=(?:st|nd|rd|th|e|eme|er)\b)"
    r"|[0-9]{1,2})(?:-?(?:st|nd|rd|th|eme|er|e|[йиго]{1,2}|го|го|те|lea|ten|de)(?!\w))?\.?"
)
_VAGUE = (("early", EARLY), ("middle", MIDDLE), ("late", LATE))
_COUNTS = (("half", 2), ("third", 3), ("quarter", 4), ("ten_days", 3))
_FIRST_PART = {"half": 40, "third": 37, "quarter": 33}  #: of the year, in EDTF
_YEAR = r"(?P<year>[0-9]{4})\.?"

_SUFFIX = r"(?:-?'?(?:[^\W\d_]{1,4}|-[^\W\d_]{2}))"  #: of the number of a decade

ParseDate = Callable[[str], WrittenDate | None]  #: parses a month, year, decade or century


def _gap() -> str:
    """Return a pattern of what may stand between a part and its unit: *of the*."""
    return rf"\s*(?:{phrase_pattern('of', 'in')}\s*){{0,3}}"


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of whole periods; they are compiled when the first date needs them."""
    inside = rf"(?:{phrase_pattern('in')}\s*)?"
    decades, century = phrase_pattern("decades", "years"), phrase_pattern("century")
    season = rf"{inside}(?P<season>{words_pattern('seasons')})"
    patterns = {
        "season": rf"{season}(?:[\s,]{_gap()}{_YEAR})?",
        "year season": rf"{_YEAR}\s*{season}",
        "winter": rf"{season}[\s,]{_gap()}"
        r"(?P<year>[0-9]{4})\s?[/\-]\s?(?P<end>[0-9]{2}(?:[0-9]{2})?)",
        "quarter letter": rf"(?:q(?P<q>[1-4])|(?P<q2>[1-4])q)[\s/\-]*{_YEAR}"
        r"|(?P<year2>[0-9]{4})[\s/\-]*(?:q(?P<q3>[1-4])|(?P<q4>[1-4])q)",
        "century": rf"{_CENTURY_NUMBER}\s*{century}"
        rf"|{century}\s*(?:al\s+)?(?P<number2>[ivx]+|[0-9]{{1,2}})(?:-lea)?",
        "-tallet": r"(?P<hundreds>1[0-9]|20)00-tallet",
        "decade": rf"(?P<tens>[0-9]{{3}})0{_SUFFIX}(?:\s*{decades}){{0,3}}\.?"
        rf"|{inside}{decades}\s*(?P<tens2>[0-9]{{3}})0{_SUFFIX}?\.?",
        "decade of century": rf"(?:{decades}\s*)?(?P<tens>[1-9])0(?:{_SUFFIX}|\.)?"
        rf"(?:\s*{decades}){{0,3}}{_gap()}(?P<century>.+)",
    }
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


@cache
def _vague_pattern(kind: str) -> re.Pattern[str]:
    """Return a pattern of the beginning, middle or end of a unit."""
    inside = rf"(?:{phrase_pattern('in')}\s*)?"
    return re.compile(
        rf"{inside}{phrase_pattern(kind)}[\s\-]*{_gap()}(?P<unit>.+)"
        rf"|(?P<unit2>.+?)\s*{suffix_pattern(kind)}"
    )


@cache
def _part_pattern(kind: str) -> re.Pattern[str]:
    """Return a pattern of a counted part of a unit: its second half."""
    inside = rf"(?:{phrase_pattern('in')}\s*)?"
    ordinal, noun = words_pattern("ordinals"), phrase_pattern(kind)
    suffix = r"(?:\.|-?[йяе]|-?ые|st|nd|rd|th|e|er|a)?"
    return re.compile(
        rf"{inside}(?:(?P<nth>{ordinal})|(?P<digit>iv|i{{1,3}}|[1-4]){suffix})\s*{noun}"
        rf"{_gap()}(?P<unit>.+)"
        rf"|{noun}\s+(?P<digit3>iv|i{{1,3}}|[1-4])(?!\w){_gap()}(?P<unit3>.+)"
        rf"|(?P<unit2>.+?)[\s,]+(?:(?P<nth2>{ordinal})|(?P<digit2>iv|i{{1,3}}|[1-4])\.?)\s*{noun}"
    )


def parse_period(words: str, parse_unit: ParseDate) -> WrittenDate | None:
    """Return a period; None if the text is none.

    Args:
        words: folded, without brackets.
        parse_unit: parses the month, year, decade or century that a part is of.

    Raises:
        DateProblemError: the period may be two.

    >>> [parse_period(text, lambda _: None).parts for text in ("весна 1949", "xix век", "1940s")]
    [('1949', '21', ''), ('18XX', '', ''), ('194X', '', '')]
    """
    return (
        _parse_season(words)
        or _parse_century(words)
        or _parse_decade(words)
        or _parse_quarter_letter(words)
        or _parse_part(words, parse_unit)
        or _parse_vague(words, parse_unit)
    )


def parse_winter(words: str) -> WrittenRange | None:
    """Return a winter of two years, in months (``winter 1948/49``); None if the text is none."""
    match = _patterns()["winter"].fullmatch(words)
    if match is None or season_number(match["season"]) != 24:
        return None
    year, end = match["year"], match["end"]
    if f"{int(year) + 1:04d}"[-len(end) :] != end:
        return None
    december = WrittenDate(year, "12", mark="~")
    return WrittenRange(december, WrittenDate(f"{int(year) + 1:04d}", "02", mark="~"))


def _parse_season(words: str) -> WrittenDate | None:
    match = _patterns()["season"].fullmatch(words) or _patterns()["year season"].fullmatch(words)
    number = season_number(match["season"]) if match else None
    return WrittenDate(match["year"] or "", str(number)) if match and number else None


def _parse_quarter_letter(words: str) -> WrittenDate | None:
    match = _patterns()["quarter letter"].fullmatch(words)
    if match is None:
        return None
    number = next(match[name] for name in ("q", "q2", "q3", "q4") if match[name])
    return WrittenDate(match["year"] or match["year2"], str(32 + int(number)))


def century_year(words: str) -> str | None:
    """Return a century as EDTF has it, ``19XX``; None if the text is none.

    >>> century_year("xx в."), century_year("18th century"), century_year("secolul al xix-lea")
    ('19XX', '17XX', '18XX')
    """
    if match := _patterns()["-tallet"].fullmatch(words):
        return f"{match['hundreds']}XX"
    match = _patterns()["century"].fullmatch(words)
    if match is None:
        return None
    written = match["number"] or match["number2"]
    number = _ENGLISH_CENTURIES.get(written) or _ROMAN_CENTURIES.get(written.translate(_LOOK_ALIKE))
    number = number or (int(written) if written.isdigit() else 0)
    return f"{number - 1:02d}XX" if 2 <= number <= 21 else None


def _parse_century(words: str) -> WrittenDate | None:
    year = century_year(words)
    return WrittenDate(year) if year else None


def _parse_decade(words: str) -> WrittenDate | None:
    """Parse ``1940-е гг.``, ``1940s``, ``40-е гг. XX в.``.

    Raises:
        DateProblemError: 1900s may be a century.
    """
    if match := _patterns()["decade"].fullmatch(words):
        tens = match["tens"] or match["tens2"]
        if tens.endswith("0"):
            msg = f"may be ten years or a century. Write {tens}0/{tens}9 or {tens[:2]}XX"
            raise DateProblemError(msg)
        return WrittenDate(f"{tens}X")
    match = _patterns()["decade of century"].fullmatch(words)
    century = century_year(match["century"]) if match else None
    return WrittenDate(f"{century[:2]}{match['tens']}X") if match and century else None


def _parse_vague(words: str, parse_unit: ParseDate) -> WrittenDate | None:
    """Parse the beginning, middle or end of a month, year, decade or century."""
    for name, portion in _VAGUE:
        match = _vague_pattern(name).fullmatch(words)
        if match is None:
            continue
        unit = parse_unit(match["unit"] or match["unit2"])
        if unit is not None and not unit.day and unit.portion is None:
            return replace(unit, portion=portion)
    return None


def _parse_part(words: str, parse_unit: ParseDate) -> WrittenDate | None:
    """Parse a half, third or quarter, or ten days, of a month, year or century."""
    for name, count in _COUNTS:
        match = _part_pattern(name).fullmatch(words)
        if match is None:
            continue
        ordinal = (
            match["nth"] or match["digit"] or match["nth2"] or match["digit2"] or match["digit3"]
        )
        number = _part_number(ordinal, count)
        unit = parse_unit(match["unit"] or match["unit2"] or match["unit3"])
        if number is None or unit is None or unit.day or unit.portion is not None:
            continue
        if unit.year.isdigit() and not unit.month and name in _FIRST_PART:
            return replace(unit, month=str(_FIRST_PART[name] + number - 1))
        if bool(unit.month) == (name == "ten_days") or name in {"half", "third"}:
            return replace(unit, portion=Portion(number - 1, count))
    return None


def _part_number(ordinal: str, count: int) -> int | None:
    roman = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
    number = int(ordinal) if ordinal.isdigit() else roman.get(ordinal) or ordinal_number(ordinal)
    if number == 5:
        return count
    return number if number and number <= count else None
