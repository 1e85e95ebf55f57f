"""Dates in EDTF, as far as a sidecar needs them.

Read are a year, a month or a day, each perhaps uncertain (``?``), approximate (``~``) or both
(``%``), and an interval of two. Days must be in the calendar and intervals must run forward.
"""

import re
from datetime import date

_MOMENT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?[?~%]?")


def is_edtf(text: str) -> bool:
    """Return whether ``text`` is a date of the kinds above.

    >>> [is_edtf(text) for text in ("1949-01-14", "1949~", "1948/1949-02-01")]
    [True, True, True]
    >>> [is_edtf(text) for text in ("1900-02-29", "1949/1948", "14.1.1949", "undated")]
    [False, False, False, False]
    """
    first, slash, last = text.partition("/")
    if not _is_moment(first) or (slash and not _is_moment(last)):
        return False
    begins, ends = first.rstrip("?~%"), last.rstrip("?~%")
    shared = min(len(begins), len(ends))
    return begins[:shared] <= ends[:shared]


def _is_moment(text: str) -> bool:
    found = _MOMENT.fullmatch(text)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True
