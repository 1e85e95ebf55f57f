"""The date of a record in words."""

from pipeline.dates.edtf import is_edtf
from pipeline.dates.parse import is_undated
from pipeline.dates.words import WordLanguage, date_in_words
from pipeline.record.record import Record

_UNDATED: dict[WordLanguage, str] = {"en": "undated", "ru": "[Без даты]"}


def record_date_in_words(record: Record, language: WordLanguage) -> str:
    """Return the date of a record in words; as given if it could not be read, else empty.

    A date in Old Style is in both styles. *Undated* in any language becomes that of the words.
    """
    if record.date:
        return date_in_words(record.date, language, record.date_calendar)
    given = record.date_as_given or ""
    return _UNDATED[language] if given and is_undated(given) else given


def date_for_readers(record: Record) -> str:
    """Return the date as the description has it; in English words if that is EDTF."""
    return given_date(record) or record_date_in_words(record, "en")


def given_date(record: Record) -> str:
    """Return the date as the description has it, if that is no EDTF; else empty."""
    given = record.date_as_given or ""
    return "" if given == record.date or is_edtf(given) else given
