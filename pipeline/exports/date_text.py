"""The date of a document in words, for finding aids and tables."""

from pipeline.dates.words import english_date
from pipeline.record.record import Record


def date_text(record: Record) -> str:
    """Return a date as it was given, in English words if that was EDTF; empty without a date."""
    given = record.date_as_given or ""
    if record.date and given in {"", record.date}:
        return english_date(record.date)
    return given
