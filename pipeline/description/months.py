"""Months by their names, Russian and English, full, inflected and short; also Roman numerals."""

_NAMES = """\
январь января янв january jan i
февраль февраля фев февр february feb febr ii
март марта мар march mar iii
апрель апреля апр april apr iv
май мая may v
июнь июня июн june jun vi
июль июля июл july jul vii
август августа авг august aug viii
сентябрь сентября сен сент september sep sept ix
октябрь октября окт october oct x
ноябрь ноября ноя нояб november nov xi
декабрь декабря дек december dec xii"""

_MONTHS = {
    name: number for number, names in enumerate(_NAMES.split("\n"), 1) for name in names.split()
}


_ROWS = [names.split() for names in _NAMES.split("\n")]
RUSSIAN = tuple(row[0] for row in _ROWS)  #: of itself: январь
OF_RUSSIAN = tuple(row[1] for row in _ROWS)  #: of a day: января
ENGLISH = tuple(next(name for name in row if name.isascii()).capitalize() for row in _ROWS)


def month_number(word: str) -> int | None:
    """Return 1 to 12, or None where the word is no month.

    >>> [month_number(word) for word in ("января", "Sept.", "IX", "мартобря")]
    [1, 9, 9, None]
    """
    return _MONTHS.get(word.rstrip(".").casefold())
