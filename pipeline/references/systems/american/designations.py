"""File numbers of the Department of State, and numbers of its films.

Until 1963 a decimal file: class, country and subject, then after a stroke a number or the date:
``893.00/1-1449`` is of 14 January 1949. From 1963 a subject-numeric file: ``POL 27-14 VIET S``.
From 1973 the number of a film: ``D770123-0456``. See Department of State, "Records Classification
Handbook" (1965), and the notes on sources in "Foreign Relations of the United States".
"""

import re

_CLASS = r"[0-9]{3}[A-Z]?(?:\.[0-9A-Za-z]+)*\.?"
_SUBJECT_WORDS = r"(?:[ -](?:[A-Z][A-Za-z.]*|\([A-Z][A-Za-z.]*\)))"
_DECIMAL = re.compile(
    rf"{_CLASS}{_SUBJECT_WORDS}{{0,4}}/[0-9][0-9A-Za-z-]*(?: ?½)?"
    r"|[0-9]{3}[A-Za-z]?\.[0-9A-Za-z.]*"
)
#: A decimal file that is beyond doubt one, outside of a citation: its tail is a date.
DATED_DECIMAL = (
    rf"(?<![\w./-])[0-9]{{3}}[A-Z]?\.[0-9A-Z]{{2,8}}{_SUBJECT_WORDS}{{0,3}}"
    r"/[0-9]{1,2}-[0-9]{3,4}(?![\w/])"
)
#: Primary subjects of the handbook; others are read only with a number.
_PRIMARY = (
    "AE|AGR|AID|AV|BG|CSM|CUL|DEF|E|ECIN|EDU|EDX|EEC|ET|FN|FSE|FSV|FT|HLTH|INCO|INF|INT|IT|LAB|"
    "LEG|NATO|ORG|OS|PER|PET|PO|POL|PPB|PPV|PR|PS|REF|SCI|SOC|SP|STR|TEL|TP|TRV|UN|V"
)
_COUNTRIES = r" ?[A-Z(][A-Z. ()]*(?:[-/][A-Z0-9][A-Z0-9. ()]*)*"
_NUMBER = rf"(?:-[A-Z]+)?(?: \([A-Z]+\))? [0-9]{{1,3}}(?:-[0-9]{{1,2}})?(?:{_COUNTRIES})?"
_SUBJECT_NUMERIC = re.compile(
    rf"(?:{_PRIMARY})(?:{_NUMBER}|(?: \([A-Z]+\))? {_COUNTRIES.removeprefix(' ?')})"
)
#: Numbers of other series, such as that of a conference: CF 1400.
_OTHER = re.compile(rf"[A-Z]{{2,4}} [0-9][\w -]*|[A-Z]{{1,5}}{_NUMBER}")
_YEARS = re.compile(r"(?:18|19|20)[0-9]{2}(?:-(?:[0-9]{2}){1,2})?")
_FILM = re.compile(r"[DNP][0-9]{6}-[0-9]{4}")


def is_file_number(text: str) -> bool:
    """Return whether a text, with hyphens for dashes, is a decimal or subject-numeric file.

    >>> [is_file_number(text) for text in ("893.00/1-1449", "POL US-USSR", "NSAM 115")]
    [True, True, False]
    """
    return any(pattern.fullmatch(text) for pattern in (_DECIMAL, _SUBJECT_NUMERIC))


def may_be_file_number(text: str) -> bool:
    """Return whether a text is a number of any kind in the Department's files, not a year.

    >>> [may_be_file_number(text) for text in ("CF 1400", "NSC 5412", "CDF 1945-49")]
    [True, True, False]
    """
    is_year = _YEARS.fullmatch(text.rpartition(" ")[2]) is not None
    return is_file_number(text) or (not is_year and _OTHER.fullmatch(text) is not None)


def is_film_number(text: str) -> bool:
    """Return whether a text, with hyphens for dashes, is the number of a film.

    >>> is_film_number("D770123-0456"), is_film_number("893.00/1-1449")
    (True, False)
    """
    return _FILM.fullmatch(text) is not None
