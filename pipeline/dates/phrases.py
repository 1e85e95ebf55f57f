"""The words of written dates in many languages, from ``phrases.toml``, and their patterns.

Words are compared without case and accents: people type ``zari`` for ``září``.
"""

import re
import tomllib
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.resources import files

from pipeline.dates.problem import DateProblemError

_NOT_COMPOSED = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "ß": "ss", "’": "'"})
_NAMES = {"ru": "Russian", "uk": "Ukrainian", "pl": "Polish", "cs": "Czech", "hr": "Croatian"}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
#: beside a year: they tell whose month it is
_YEAR_WORD_LANGUAGES = {
    "hr": r"(?<![^\W\d])(?:g\.?$|god\.?|godin[aei])(?!\w)|[0-9]\.$",
    "pl": r"[0-9] ?r\.?$|roku",
}


def fold(text: str) -> str:
    """Return a text in lower case, without accents.

    >>> fold("Září"), fold("Июль"), fold("Pułk")
    ('zari', 'июль', 'pulk')
    """
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).translate(_NOT_COMPOSED)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    text = files("pipeline.dates").joinpath("phrases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _numbered(kind: str) -> dict[str, dict[int, frozenset[str]]]:
    """Return the numbers of each word of a kind, from 1, each with the languages that mean it."""
    found = defaultdict[str, dict[int, frozenset[str]]](dict)
    for language, table in _tables().items():
        for number, forms in enumerate(table.get(kind, ()), 1):
            for form in forms.split():
                word = fold(form.replace("_", " "))
                found[word][number] = found[word].get(number, frozenset()) | {language}
    return dict(found)


def month_number(word: str, language: str = "", text: str = "") -> int | None:
    """Return the month that a word names, 1 to 12; None if it names none.

    Args:
        word: folded, with or without a full stop.
        language: of the document, BCP 47; empty if unknown.
        text: the whole folded date; its word for the year may tell the language.

    Raises:
        DateProblemError: languages call different months so, and nothing tells which is meant.

    >>> [month_number(word) for word in ("января", "sept.", "zari", "мартобря")]
    [1, 9, 9, None]
    >>> month_number("listopada", text="14. listopada 1949. godine"), month_number("listopadu")
    (10, 11)
    """
    numbers = _numbered("months").get(word.rstrip("."), {})
    if len(numbers) < 2:
        return next(iter(numbers), None)
    hinted = [language.partition("-")[0]] if language else []
    hinted += [code for code, cue in _YEAR_WORD_LANGUAGES.items() if re.search(cue, text)]
    for code in hinted:
        meant = [number for number, languages in numbers.items() if code in languages]
        if len(meant) == 1:
            return meant[0]
    each = ", ".join(
        f"{_MONTHS[number - 1]} ({', '.join(sorted(_NAMES.get(code, code) for code in codes))})"
        for number, codes in sorted(numbers.items())
    )
    msg = f"names a month that may be {each}. Write the month as a number, or state the language"
    raise DateProblemError(msg, needs_language=True)


def season_number(word: str) -> int | None:
    """Return the season that a word names as EDTF has it, 21 to 24; None if it names none."""
    numbers = _numbered("seasons").get(word)
    return 20 + next(iter(numbers)) if numbers else None


def ordinal_number(word: str) -> int | None:
    """Return what an ordinal counts, 1 to 4, or 5 for the last; None if it is none."""
    numbers = _numbered("ordinals").get(word)
    return next(iter(numbers)) if numbers else None


def weekday_number(word: str) -> int | None:
    """Return the day of the week that a word names, from 1 for Monday; None if it names none."""
    numbers = _numbered("weekdays").get(word)
    return next(iter(numbers)) if numbers else None


@cache
def words_pattern(kind: str) -> str:
    """Return a pattern of all words of a numbered kind: months, seasons, ordinals, weekdays."""
    return _any_of(_numbered(kind))


@cache
def phrase_pattern(*kinds: str) -> str:
    """Return a pattern of all phrases of these kinds that stand before a date."""
    return _any_of(phrase for phrase in _phrases(*kinds) if not phrase.startswith("…"))


@cache
def suffix_pattern(*kinds: str) -> str:
    """Return a pattern of all phrases of these kinds that stand after a date."""
    return _any_of(p.removeprefix("…").strip() for p in _phrases(*kinds) if p.startswith("…"))


@cache
def range_patterns() -> tuple[tuple[str, str], ...]:
    """Return patterns of the words before a range and in its middle, the longest first."""
    pairs = {tuple(phrase.split("|")) for phrase in _phrases("ranges")}
    return tuple(
        (_bounded(first), _bounded(middle))
        for first, middle in sorted(pairs, key=lambda pair: (-len("".join(pair)), pair))
    )


def _phrases(*kinds: str) -> set[str]:
    tables = _tables().values()
    return {fold(phrase) for kind in kinds for table in tables for phrase in table.get(kind, ())}


def _any_of(phrases: object) -> str:
    """Return a pattern that matches any phrase, the longest first; nothing if there is none."""
    ordered = sorted(set(map(str, phrases)), key=lambda phrase: (-len(phrase), phrase))  # type: ignore[call-overload]
    return f"(?:{'|'.join(map(_bounded, ordered)) or '(?!)'})"


def _bounded(phrase: str) -> str:
    """Return a pattern of whole words; full stops, and spaces behind them, may be missing."""
    pattern = re.sub(
        r"(\\\.)?\\ ", lambda match: r"\.?\s*" if match[1] else r"\s+", re.escape(phrase)
    )
    end = "" if phrase.endswith("'") else r"(?!\w)"
    return (
        rf"(?<![^\W\d]){pattern.removesuffix(chr(92) + '.')}{r'[.]?' * phrase.endswith('.')}{end}"
    )
