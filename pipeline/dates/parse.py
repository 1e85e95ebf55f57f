"""Dates as people write them, in Russian and English, read to EDTF; nothing is guessed.

What may be two days (03/04/1949) is told as a trouble with advice. Old Style dates are stored in
the Gregorian calendar; what was written is kept beside them by the caller.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pipeline.dates.edtf import is_edtf
from pipeline.dates.forms import dual, iso, moment, pair
from pipeline.dates.julian import to_gregorian
from pipeline.references.leaves import plain

Calendar: TypeAlias = Literal["gregorian", "julian"]

_OLD = re.compile(
    r"[,(]?\s*(?:\bпо ст(?:арому|\.)\s?ст(?:илю|\.)|\bст\.\s?ст\.|\bстарого стиля"
    r"|\bO\.\s?S\.|\bOS\b|\bold style\b)\)?",
    re.IGNORECASE,
)
_NEW = re.compile(
    r"[,(]?\s*(?:\bпо н(?:овому|\.)\s?ст(?:илю|\.)|\bн\.\s?ст\.|\bнового стиля"
    r"|\bN\.\s?S\.|\bNS\b|\bnew style\b)\)?",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"(?:undated|no date|n\.?\s?d\.?|s\.?\s?d\.?|б\.?\s?д\.?|без даты)", re.IGNORECASE
)
_ABOUT = re.compile(
    r"(?:около|ок\.|приблизительно|примерно|circa|ca\.|c\.|about|approximately)\s*", re.IGNORECASE
)
_SINCE = re.compile(
    r"(?:не ранее|не раньше|not before|no earlier than|not earlier than)\s+", re.IGNORECASE
)
_UNTIL = re.compile(
    r"(?:не позднее|не позже|not after|no later than|not later than)\s+", re.IGNORECASE
)
_FROM_TO = re.compile(
    r"(?:(?:с|from)\s+(.+?)\s+(?:по|to)|(?:между|between)\s+(.+?)\s+(?:и|and))\s+(.+)",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s*-\s*|\s+(?:to|по)\s+", re.IGNORECASE)
_NUMBERS = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([./-])[0-9IVXivx]{1,4}\1[0-9]{2}", re.ASCII)
_YEAR_WORD = re.compile(r"([0-9]{4}\]?)\s*(?:гг?\.?|года|годы|год)(?![^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadDate:
    """What became of a date as written."""

    edtf: str | None
    calendar: Calendar = "gregorian"  #: of the date as written
    trouble: str = ""  #: why it was not read, and what to do; empty where it was


def read_date(text: str, calendar: Calendar | None = None) -> ReadDate:
    """Read a date in EDTF, or as written; ``calendar`` is what the description says of it.

    >>> read_date("14 января 1949 г.").edtf, read_date("не ранее 14 января 1949").edtf
    ('1949-01-14', '1949-01-14/..')
    >>> read_date("14/27 January 1917")
    ReadDate(edtf='1917-01-27', calendar='julian', trouble='')
    """
    words = _plain(text)
    old, new = _OLD.search(words), _NEW.search(words)
    said: Calendar | None = "julian" if old else "gregorian" if new else None
    if (old and new) or (said and calendar and said != calendar):
        return ReadDate(None, trouble="names both calendars. Keep the one that it is written in")
    told = _told(_NEW.sub("", _OLD.sub("", words)).strip(" ,"))
    if told.edtf is None or told.calendar == "julian":
        return told
    return _reckoned(told.edtf, said or calendar or "gregorian")


def _told(words: str) -> ReadDate:
    """Read a date without a word on its calendar; one in both styles is Old Style."""
    both = dual(words)
    if both is not None and is_edtf(both):
        return ReadDate(both, "julian")
    for read in _READERS:
        found = read(words)
        if found:
            return ReadDate(found)
    return ReadDate(None, trouble=_trouble(words))


def _reckoned(edtf: str, calendar: Calendar) -> ReadDate:
    if calendar == "gregorian":
        told = edtf
    else:
        try:
            told = to_gregorian(edtf)
        except (ValueError, OverflowError) as error:
            return ReadDate(None, calendar, f"cannot be read: {error}")
    if is_edtf(told):
        return ReadDate(told, calendar)
    trouble = "is no day of the calendar, or runs backward. Compare it with the document"
    return ReadDate(None, calendar, trouble)


def _plain(text: str) -> str:
    """Return the words without what only adorns: quotation marks, the word for year."""
    return _YEAR_WORD.sub(r"\1", re.sub('[«»“”„"]', "", plain(text))).strip(" ,;")


def _as_edtf(words: str) -> str | None:
    return words if is_edtf(words) or _is_iso(words) else None


def _is_iso(words: str) -> bool:
    """Return whether each part is a date in form, perhaps one that only the Julian calendar has."""
    part = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3][0-9])?)?[?~%]?"
    return re.fullmatch(rf"(?:{part}|\.\.)(?:/(?:{part}|\.\.))?", words) is not None


def _bracketed(words: str) -> str | None:
    """Read what a cataloguer supplied: ``[1949]``, ``[14 января] 1949``."""
    found = re.fullmatch(r"\[([^\[\]]+)\](.*)|([^\[\]]*)\[([^\[\]]+)\]", words)
    return found and _read("".join(part or "" for part in found.groups()).strip())


def _doubted(words: str) -> str | None:
    read = _read(words[:-1].strip()) if words.endswith("?") else None
    return _marked(read, "?")


def _about(words: str) -> str | None:
    found = _ABOUT.match(words)
    return _marked(_read(words[found.end() :]), "~") if found else None


def _marked(edtf: str | None, mark: str) -> str | None:
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


def _limited(words: str) -> str | None:
    """Read ``not before A``, ``not after B``, or both."""
    since = _SINCE.match(words)
    rest = words[since.end() :] if since else words
    until = re.search(
        rf"(?:^|,?\s+(?:(?:и|and|but|но)\s+)?){_UNTIL.pattern}(.+)$", rest, re.IGNORECASE
    )
    if since is None and (until is None or until.start() > 0):
        return None
    first = _read(rest[: until.start()] if until else rest) if since else ".."
    last = _read(until[1]) if until else ".."
    return f"{first}/{last}" if first and last and "/" not in first + last else None


def _interval(words: str) -> str | None:
    """Read ``A - B``, ``from A to B``, ``between A and B``; A may leave out what B says."""
    found = _FROM_TO.fullmatch(words)
    if found:
        return _joined(found[1] or found[2], found[3])
    for dash in _DASH.finditer(words):
        joined = _joined(words[: dash.start()], words[dash.end() :])
        if joined:
            return joined
    return None


def _joined(first: str, last: str) -> str | None:
    both = pair(first, last)
    return both and f"{iso(both[0])}/{iso(both[1])}"


def _moment(words: str) -> str | None:
    found = moment(words)
    return found and iso(found)


def _decade(words: str) -> str | None:
    """Read ``1940-е гг.``, ``1940s``; 1900s may be a century and is not read."""
    found = re.fullmatch(r"([0-9]{2}[1-9])0(?:-?[ех]|s)(?:\s*(?:гг?\.?|годы|годов))?", words)
    return found and f"{found[1]}X"


def _slashed(words: str) -> str | None:
    """Read numbers between slashes where only one order makes a date."""
    found = _NUMBERS.fullmatch(words)
    if found is None:
        return None
    one, two, year = int(found[1]), int(found[2]), int(found[3])
    ways = {(d, m) for d, m in ((one, two), (two, one)) if 1 <= m <= 12 and 1 <= d <= 31}
    if len(ways) != 1:
        return None
    day, month = ways.pop()
    return iso((year, month, day))


def _read(words: str) -> str | None:
    return next((found for read in _READERS if (found := read(words))), None)


_READERS: tuple[Callable[[str], str | None], ...] = (
    _as_edtf, _moment, _decade, _slashed, _bracketed, _doubted, _about, _limited, _interval,
)  # fmt: skip


def _trouble(words: str) -> str:
    found = _NUMBERS.fullmatch(words)
    if found and int(found[1]) <= 12 and int(found[2]) <= 12:
        one, two, year = int(found[1]), int(found[2]), found[3]
        return f"may be two days. Write {year}-{two:02d}-{one:02d} or {year}-{one:02d}-{two:02d}"
    if _SHORT_YEAR.fullmatch(words):
        return "has a year of two digits. Write the year in full"
    if _NONE.fullmatch(words):
        return "says that there is none. Leave the field empty"
    return "could not be read. Write it as 1949-01-14, or in words: 14 января 1949 г."
