"""Parse dates as people write them, in many languages, to EDTF; nothing is guessed.

A date that may be two (03/04/1949) becomes a problem with advice. Old Style dates are converted to
the Gregorian calendar; the caller keeps the written form. ``phrases.toml`` has the words.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache

from pipeline.dates.edtf import is_edtf
from pipeline.dates.julian import Calendar, edtf_to_gregorian
from pipeline.dates.phrases import fold, phrase_pattern, weekday_number, words_pattern
from pipeline.dates.problem import DateProblemError
from pipeline.dates.structure import DatePoint, structure_or_none
from pipeline.dates.written import is_in_both_styles
from pipeline.dates.written_structure import to_structure
from pipeline.dates.written_text import parse_written
from pipeline.references.leaves import normalize_text

__all__ = ["Calendar", "ParsedDate", "is_undated", "parse_date"]
_MAX_CHARS = 160  #: characters of a date; parsers call each other for its parts
_OLD_STYLE = re.compile(
    r"[,(]?\s*(?:\bпо ст(?:арому|\.)\s?ст(?:илю|\.)|\bст\.\s?ст\.|\bстарого стил[яю]"
    r"|\bo\.\s?s\.|\bos\b|\bold style\b|\bjul(?:ian|\.) cal(?:endar|\.)|\ba\.\s?st\.|\bst\.\s?st\."
    r"|\bs\.\s?v\.|\bза старим стилем|\bстарого стилю|\bстар стил)(?!\w)\)?"
)
_NEW_STYLE = re.compile(
    r"[,(]?\s*(?:\bпо н(?:овому|\.)\s?ст(?:илю|\.)|\bн\.\s?ст\.|\bнового стил[яю]"
    r"|\bn\.\s?s\.|\bns\b|\bnew style\b|\bn\.\s?st\.|\bза новим стилем|\bнов стил)(?!\w)\)?"
)
_BOTH_STYLES = re.compile(r"(?P<old>.+?)\s*\((?P<new>[^()]+)\)")
_ISO_PART = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)?[?~%]?"
_ISO_FORM = re.compile(rf"(?:{_ISO_PART}|\.\.)(?:/(?:{_ISO_PART}|\.\.))?")
_SEASON_OR_YEARS = re.compile(r"([0-9]{2})([0-9]{2})-(2[1-9]|3[0-9]|4[01])")
_NOT_READ = "could not be read. Write it as 1949-01-14, or in words: 14 января 1949 г."
_NO_DAY = "is no day of the calendar, or runs backward. Compare it with the document"


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """The result of parsing a written date."""

    edtf: str | None  #: in the Gregorian calendar; None if undated, or if there is a problem
    calendar: Calendar = "gregorian"  #: of the written date
    problem: str = ""  #: why it was not parsed, and what to do; else empty
    needs_language: bool = False  #: the language of the document would solve the problem


@lru_cache(maxsize=4096)  # an index is checked and merged row by row: the same dates, twice
def parse_date(text: str, calendar: Calendar | None = None, language: str = "") -> ParsedDate:
    """Parse a date in EDTF or in words.

    Args:
        text: the date; it may name its calendar, or say that there is no date.
        calendar: of the date, if the description states it.
        language: of the document, BCP 47: it tells whose month *listopad* is.

    >>> parse_date("14 января 1949 г.").edtf, parse_date("не ранее 14 января 1949").edtf
    ('1949-01-14', '1949-01-14/..')
    >>> parse_date("14/27 January 1917")
    ParsedDate(edtf='1917-01-27', calendar='julian', problem='', needs_language=False)
    """
    if len(text) > _MAX_CHARS:
        problem = f"is too long for a date: {len(text)} characters. Move the rest to the summary"
        return ParsedDate(None, problem=problem)
    if is_undated(text):
        return ParsedDate(None)
    words = re.sub('[«»“”„"]', "", text).replace("(?)", "?").strip()
    old, new = _OLD_STYLE.search(fold(words)), _NEW_STYLE.search(fold(words))
    stated: Calendar | None = "julian" if old else "gregorian" if new else None
    if (old and new) or (stated and calendar and stated != calendar):
        return ParsedDate(None, problem="names both calendars. Keep the one that it is written in")
    try:
        return _parse_stated(words, stated, calendar, language)
    except DateProblemError as problem:
        return ParsedDate(None, problem=str(problem), needs_language=problem.needs_language)
    except (ValueError, OverflowError):  # shifted over the end of a calendar
        return ParsedDate(None, problem=_NO_DAY)


def is_undated(text: str) -> bool:
    """Return whether a text says that there is no date.

    >>> is_undated("б. д."), is_undated("[n.d.]"), is_undated("o. D."), is_undated("1949")
    (True, True, True, False)
    """
    return _undated().fullmatch(fold(normalize_text(text)).strip(" []().,")) is not None


@cache
def _undated() -> re.Pattern[str]:
    return re.compile(phrase_pattern("undated"))


def _parse_stated(
    words: str, stated: Calendar | None, calendar: Calendar | None, language: str
) -> ParsedDate:
    """Parse a date; ``stated`` is the calendar that it names, ``calendar`` the description's."""
    both = _BOTH_STYLES.fullmatch(words) if stated == "julian" else None
    if both and _OLD_STYLE.search(fold(both["old"])):
        return _parse_both_styles(both["old"], both["new"], language)
    plain = words
    if stated:
        plain = _NEW_STYLE.sub("", _OLD_STYLE.sub("", fold(words))).strip(" ,")
    wanted = stated or calendar or "gregorian"
    if _is_literal(plain):
        return _in_gregorian(plain, wanted)
    dashed = re.sub("\\s*[\u2012-\u2015]\\s*", " - ", fold(plain))
    rest, weekday = _split_weekday(normalize_text(dashed))
    written = parse_written(rest, language)
    if written is None:
        return ParsedDate(None, problem=_NOT_READ)
    if is_in_both_styles(written):
        edtf = str(to_structure(written, "gregorian"))
        parsed = replace(_in_gregorian(edtf, "gregorian"), calendar="julian")
    else:
        parsed = _in_gregorian(str(to_structure(written, wanted)), wanted)
    return _checked_weekday(parsed, weekday)


def _parse_both_styles(old: str, new: str, language: str) -> ParsedDate:
    """Parse ``January 1917 O.S. (January 14-February 13, 1917)``, if both are the same."""
    old_date, new_date = parse_date(old, "julian", language), parse_date(new, "gregorian", language)
    if old_date.edtf is None or new_date.edtf is None:
        return old_date if old_date.edtf is None else new_date
    if old_date.edtf != new_date.edtf:
        msg = f"is {old_date.edtf} by its Old Style, but {new_date.edtf} by its New Style"
        raise DateProblemError(msg)
    return old_date


def _is_literal(words: str) -> bool:
    """Return whether a text is EDTF, or an ISO date that only the Julian calendar may have.

    Raises:
        DateProblemError: it may be a season (1920-21), or two years.
    """
    match = _SEASON_OR_YEARS.fullmatch(words)
    if match and int(match[3]) > int(match[2]):
        years = f"{match[1]}{match[2]}/{match[1]}{match[3]}"
        msg = f"may be a season or the years {years}. Write {years}, or the season in words"
        raise DateProblemError(msg)
    return is_edtf(words) or _ISO_FORM.fullmatch(words) is not None


def _in_gregorian(edtf: str, calendar: Calendar) -> ParsedDate:
    gregorian = edtf
    if calendar == "julian":
        try:
            gregorian = edtf_to_gregorian(edtf)
        except (ValueError, OverflowError) as error:
            return ParsedDate(None, calendar, f"cannot be read: {error}")
    if is_edtf(gregorian):
        return ParsedDate(gregorian, calendar)
    return ParsedDate(None, calendar, _NO_DAY)


def _split_weekday(words: str) -> tuple[str, int | None]:
    """Return a text without the day of the week that it names, and its number."""
    match = _weekday().fullmatch(words)
    if match is None:
        return words, None
    name = match["before"] or match["after"]
    return match["rest"] or match["rest2"], weekday_number(name)


@cache
def _weekday() -> re.Pattern[str]:
    days = words_pattern("weekdays")
    return re.compile(
        rf"(?P<before>{days})\.?,?\s+(?P<rest>.*[0-9].*)|(?P<rest2>.*[0-9].*?),?\s+\(?(?P<after>{days})\.?\)?"
    )


def _checked_weekday(parsed: ParsedDate, weekday: int | None) -> ParsedDate:
    """Return the date, if it is that day of the week in the calendar of the text."""
    structure = structure_or_none(parsed.edtf)
    if weekday is None or not isinstance(structure, DatePoint) or not structure.is_day:
        return parsed
    if date(*structure.numbers).isoweekday() == weekday:
        return parsed
    actual = f"{date(*structure.numbers):%A}"
    msg = (
        f"names another day of the week than {structure.bare} was: {actual}. Compare it with the"
        " document, and leave the day of the week out"
    )
    raise DateProblemError(msg)
