"""Parse dates as people write them, in Russian and English, to EDTF; nothing is guessed.

An ambiguous date (03/04/1949) becomes a problem with advice. Old Style dates are converted to the
Gregorian calendar; the caller keeps the written form.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.dates.edtf import is_edtf
from pipeline.dates.forms import format_edtf, parse_date_form, parse_dual_style, parse_range
from pipeline.dates.julian import edtf_to_gregorian
from pipeline.dates.periods import parse_excluded_limit, parse_period
from pipeline.references.leaves import normalize_text

Calendar: TypeAlias = Literal["gregorian", "julian"]
_MAX_CHARS = 120  #: characters of a date; parsers call each other for its parts

_OLD_STYLE = re.compile(
    r"[,(]?\s*(?:\bпо ст(?:арому|\.)\s?ст(?:илю|\.)|\bст\.\s?ст\.|\bстарого стиля"
    r"|\bO\.\s?S\.|\bOS\b|\bold style\b)\)?",
    re.IGNORECASE,
)
_NEW_STYLE = re.compile(
    r"[,(]?\s*(?:\bпо н(?:овому|\.)\s?ст(?:илю|\.)|\bн\.\s?ст\.|\bнового стиля"
    r"|\bN\.\s?S\.|\bNS\b|\bnew style\b)\)?",
    re.IGNORECASE,
)
_UNDATED = re.compile(
    r"(?:undated|no date|[nsbo]\.?\s?d\.?|б\.?\s?д\.?|без даты|ohne Datum|sans date|bez data)",
    re.IGNORECASE,
)
_APPROXIMATE = re.compile(
    r"(?:около|ок\.|приблизительно|примерно|circa|ca\.|c\.|about|approximately|um|vers|asi|około)"
    r"(?:\s+|(?<=\.))",
    re.IGNORECASE,
)
_NOT_BEFORE = re.compile(
    r"(?:не ранее|не раньше|not before|no earlier than|not earlier than|nicht vor(?: dem)?"
    r"|frühestens|au plus tôt le|ne dříve než|nie wcześniej niż)\s+",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"(?:не позднее|не позже|not after|no later than|not later than|nicht nach(?: dem)?"
    r"|spätestens(?: am)?|au plus tard le|ne později než|nie później niż)\s+",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"(?:(?:с|from|vom|du|od)\s(.+?)\s(?:по|to|bis(?: zum)?|au|do)"
    r"|(?:между|between|zwischen|entre|mezi|między)\s(.+?)\s(?:и|and|und|et|a|i))\s(.+)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*-\s*|\s+(?:to|по)\s+", re.IGNORECASE)
_SLASHED_NUMBERS = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([./-])[0-9IVXivx]{1,4}\1[0-9]{2}", re.ASCII)
_YEAR_WORD = re.compile(
    r"([0-9]{4}\]?)\s*(?:гг?\.?|года|годы|год|р\.|року|рік|r\.|roku|rok)(?![^\W\d_])", re.IGNORECASE
)
_DAY_WORD = re.compile(r"(?<![^\W\d_])(?:den|d\.|dne|dn\.|le|am|dnia)\s+(?=[0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """The result of parsing a written date."""

    edtf: str | None  #: in the Gregorian calendar; None if there is a problem
    calendar: Calendar = "gregorian"  #: of the written date
    problem: str = ""  #: why it was not parsed, and what to do; else empty


def parse_date(text: str, calendar: Calendar | None = None) -> ParsedDate:
    """Parse a date in EDTF or in words.

    Args:
        text: the date; it may name its calendar.
        calendar: of the date, if the description states it.

    >>> parse_date("14 января 1949 г.").edtf, parse_date("не ранее 14 января 1949").edtf
    ('1949-01-14', '1949-01-14/..')
    >>> parse_date("14/27 January 1917")
    ParsedDate(edtf='1917-01-27', calendar='julian', problem='')
    """
    if len(text) > _MAX_CHARS:
        problem = f"is too long for a date: {len(text)} characters. Move the rest to the summary"
        return ParsedDate(None, problem=problem)
    words = _strip_ornament(text)
    old, new = _OLD_STYLE.search(words), _NEW_STYLE.search(words)
    stated: Calendar | None = "julian" if old else "gregorian" if new else None
    if (old and new) or (stated and calendar and stated != calendar):
        return ParsedDate(None, problem="names both calendars. Keep the one that it is written in")
    parsed = _parse_uncalendared(_NEW_STYLE.sub("", _OLD_STYLE.sub("", words)).strip(" ,"))
    if parsed.edtf is None or parsed.calendar == "julian":
        return parsed
    return _convert_calendar(parsed.edtf, stated or calendar or "gregorian")


def _parse_uncalendared(words: str) -> ParsedDate:
    """Parse a date that does not name its calendar; one in both styles is Old Style."""
    new_style = parse_dual_style(words)
    if new_style is not None and is_edtf(new_style):
        return ParsedDate(new_style, "julian")
    for parser in _PARSERS:
        edtf = parser(words)
        if edtf:
            return ParsedDate(edtf)
    return ParsedDate(None, problem=_explain_problem(words))


def _convert_calendar(edtf: str, calendar: Calendar) -> ParsedDate:
    if calendar == "gregorian":
        gregorian = edtf
    else:
        try:
            gregorian = edtf_to_gregorian(edtf)
        except (ValueError, OverflowError) as error:
            return ParsedDate(None, calendar, f"cannot be read: {error}")
    if is_edtf(gregorian):
        return ParsedDate(gregorian, calendar)
    problem = "is no day of the calendar, or runs backward. Compare it with the document"
    return ParsedDate(None, calendar, problem)


def _strip_ornament(text: str) -> str:
    """Return the words without quotation marks and the words for year and day."""
    plain = re.sub('[«»“”„"]', "", normalize_text(text)).strip()
    return _DAY_WORD.sub("", _YEAR_WORD.sub(r"\1", plain), count=1).strip(" ,;")


def _parse_edtf(words: str) -> str | None:
    return words if is_edtf(words) or _is_iso_form(words) else None


def _is_iso_form(words: str) -> bool:
    """Return whether each part looks like an ISO date, even if only the Julian calendar has it."""
    part = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)?[?~%]?"
    return re.fullmatch(rf"(?:{part}|\.\.)(?:/(?:{part}|\.\.))?", words) is not None


def _parse_bracketed(words: str) -> str | None:
    """Parse a date that a cataloguer supplied: ``[1949]``, ``[14 января] 1949``."""
    match = re.fullmatch(r"\[([^\[\]]+)\](.*)|([^\[\]]*)\[([^\[\]]+)\]", words)
    return match and _parse_words("".join(part or "" for part in match.groups()).strip())


def _parse_uncertain(words: str) -> str | None:
    edtf = _parse_words(words[:-1].strip()) if words.endswith("?") else None
    return _add_qualifier(edtf, "?")


def _parse_approximate(words: str) -> str | None:
    match = _APPROXIMATE.match(words)
    return _add_qualifier(_parse_words(words[match.end() :]), "~") if match else None


def _add_qualifier(edtf: str | None, mark: str) -> str | None:
    if edtf is None:
        return None
    doubled = {"?~": "%", "~?": "%"}
    ends = [
        part
        if part in {"", ".."}
        else part + mark
        if part[-1] not in "?~%"
        else part[:-1] + doubled.get(part[-1] + mark, part[-1])
        for part in edtf.split("/")
    ]
    return "/".join(ends)


def _parse_limits(words: str) -> str | None:
    """Parse ``not before A``, ``not after B``, or both."""
    since = _NOT_BEFORE.match(words)
    rest = words[since.end() :] if since else words
    until = re.search(
        rf"(?:^|,?\s+(?:(?:и|and|but|но)\s+)?){_NOT_AFTER.pattern}(.+)$", rest, re.IGNORECASE
    )
    if since is None and (until is None or until.start() > 0):
        return None
    first = _parse_words(rest[: until.start()] if until else rest) if since else ".."
    last = _parse_words(until[1]) if until else ".."
    return f"{first}/{last}" if first and last and "/" not in first + last else None


def _parse_interval(words: str) -> str | None:
    """Parse ``A - B``, ``from A to B``, ``between A and B``; A may omit what B states."""
    match = _FROM_TO.fullmatch(words)
    if match:
        return _join_range(match[1] or match[2], match[3])
    for dash in _DASH.finditer(words):
        joined = _join_range(words[: dash.start()], words[dash.end() :])
        if joined:
            return joined
    return None


def _join_range(first: str, last: str) -> str | None:
    ends = parse_range(first, last)
    return ends and f"{format_edtf(ends[0])}/{format_edtf(ends[1])}"


def _parse_single(words: str) -> str | None:
    parts = parse_date_form(words)
    return parts and format_edtf(parts)


def _parse_decade(words: str) -> str | None:
    """Parse ``1940-е гг.``, ``1940s``; 1900s may be a century and is not parsed."""
    match = re.fullmatch(r"([0-9]{2}[1-9])0(?:-?[ех]|s)(?:\s*(?:гг?\.?|годы|годов))?", words)
    return match and f"{match[1]}X"


def _parse_slashed(words: str) -> str | None:
    """Parse numbers between slashes if only one order gives a date."""
    match = _SLASHED_NUMBERS.fullmatch(words)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    orders = ((first, second), (second, first))
    dates = {(day, month) for day, month in orders if 1 <= month <= 12 and 1 <= day <= 31}
    if len(dates) != 1:
        return None
    day, month = dates.pop()
    return format_edtf((year, month, day))


def _parse_words(words: str) -> str | None:
    return next((edtf for parser in _PARSERS if (edtf := parser(words))), None)


_PARSERS: tuple[Callable[[str], str | None], ...] = (
    _parse_edtf,
    _parse_single,
    _parse_decade,
    _parse_slashed,
    _parse_bracketed,
    _parse_uncertain,
    _parse_approximate,
    _parse_limits,
    _parse_interval,
    parse_period,
    parse_excluded_limit,
)


def _explain_problem(words: str) -> str:
    match = _SLASHED_NUMBERS.fullmatch(words)
    if match and int(match[1]) <= 12 and int(match[2]) <= 12:
        day, month, year = int(match[1]), int(match[2]), match[3]
        return (
            f"may be two days. Write {year}-{month:02d}-{day:02d} or {year}-{day:02d}-{month:02d}"
        )
    if _SHORT_YEAR.fullmatch(words):
        return "has a year of two digits. Write the year in full"
    if _UNDATED.fullmatch(words):
        return "says that there is none. Leave the field empty"
    return "could not be read. Write it as 1949-01-14, or in words: 14 января 1949 г."
