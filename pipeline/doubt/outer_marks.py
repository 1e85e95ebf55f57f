"""The marks around a word: quotes, brackets, full stops."""

import re

_OUTER_MARKS = re.compile(r"^[\W_]+|[\W_]+$")


def without_marks(word: str) -> str:
    """Return a word without the marks around it.

    >>> without_marks("«Олессу»,")
    'Олессу'
    """
    return _OUTER_MARKS.sub("", word)
