"""Dates in words for people, from EDTF; no sign of EDTF is in them."""

from typing import Literal, TypeAlias

from pipeline.dates.date_language import DateLanguage
from pipeline.dates.english import ENGLISH
from pipeline.dates.julian import Calendar
from pipeline.dates.russian import RUSSIAN
from pipeline.dates.structure import structure_or_none

WordLanguage: TypeAlias = Literal["en", "ru"]
WORD_LANGUAGES: tuple[WordLanguage, ...] = ("en", "ru")
_LANGUAGES: dict[WordLanguage, DateLanguage] = {"en": ENGLISH, "ru": RUSSIAN}


def date_in_words(edtf: str, language: WordLanguage, calendar: Calendar = "gregorian") -> str:
    """Return a date in words; one in Old Style in both styles.

    Args:
        edtf: in the Gregorian calendar.
        language: of the words.
        calendar: of the date as the document has it.

    >>> date_in_words("1917-01-27", "en", "julian"), date_in_words("../1917-01-27", "ru", "julian")
    ('January 14/27, 1917', 'не позднее 14 (27) января 1917 г.')
    """
    structure = structure_or_none(edtf)
    if structure is None:
        return edtf  # no EDTF, so no words are known
    words = _LANGUAGES[language]
    return words.format_old_style(structure) if calendar == "julian" else words.format(structure)


def english_date(edtf: str, calendar: Calendar = "gregorian") -> str:
    """Return a date as American notes print it.

    >>> [english_date(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['January 14, 1949', 'January 1949', 'ca. 1949', '1949?', '1940s']
    >>> english_date("1949-01-14/1949-01-16"), english_date("../1949"), english_date("1949/..")
    ('January 14–16, 1949', 'not after 1949', 'not before 1949')
    >>> english_date("1949-01/1949-04~"), english_date("[1948,1949]"), english_date("1949-34")
    ('early 1949', '1948 or 1949', 'quarter II of 1949')
    """
    return date_in_words(edtf, "en", calendar)


def russian_date(edtf: str, calendar: Calendar = "gregorian") -> str:
    """Return a date as Russian legends print it.

    >>> [russian_date(date) for date in ("1949-01-14", "1949-01", "1949~", "1949?", "194X")]
    ['14 января 1949 г.', 'январь 1949 г.', 'ок. 1949 г.', '1949 г. (?)', '1940-е гг.']
    >>> russian_date("1949-01-14/1949-01-16"), russian_date("1949/1950"), russian_date("1949/..")
    ('14–16 января 1949 г.', '1949–1950 гг.', 'не ранее 1949 г.')
    >>> russian_date("1949-01/1949-04~"), russian_date("[1949-01-14,1949-01-15]")
    ('начало 1949 г.', '14 или 15 января 1949 г.')
    """
    return date_in_words(edtf, "ru", calendar)
