"""Helpers for messages and files: counts with nouns, one-line texts, escaped characters."""

import re
from collections.abc import Sequence

#: Characters that XML cannot hold: control characters, lone surrogates, U+FFFE and U+FFFF.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

#: Those, and what ends a line or turns the direction of reading.
_UNPRINTABLE = re.compile(
    rf"[\t\n\r\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|{UNWRITABLE.pattern}"
)


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> plural(1, "page"), plural(0, "page"), plural(2, "leaf", "leaves")
    ('1 page', '0 pages', '2 leaves')
    """
    return f"{count} {noun_form(count, noun, many)}"


def noun_form(count: int, noun: str, many: str = "") -> str:
    """Return the form of a noun after a count; ``many`` is an irregular plural."""
    return noun if count == 1 else many or f"{noun}s"


def join_names(names: Sequence[str], conjunction: str = "and") -> str:
    """Return names as a sentence has them.

    >>> join_names(["A", "B", "C"])
    'A, B and C'
    """
    return f" {conjunction} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def duration_text(seconds: float) -> str:
    """Return a duration in words.

    >>> duration_text(600), duration_text(60), duration_text(90), duration_text(0.5)
    ('10 minutes', '1 minute', '90 seconds', '0.5 seconds')
    """
    if seconds >= 60 and seconds % 60 == 0:
        return plural(round(seconds / 60), "minute")
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"


def one_line(text: str) -> str:
    """Return a text on one line: each run of white space is a space, none at the ends."""
    return " ".join(text.split())


def printable_line(text: str) -> str:
    r"""Return a text of others on one line that forges no other: for logs, tables and messages.

    >>> printable_line("a.png\npublished b.png\x1b[2J")
    'a.png published b.png\\x1b[2J'
    """
    return escape_unprintable(one_line(text))


def escape_unprintable(name: str) -> str:
    r"""Return a file name with control characters, also of lines and directions, escaped.

    >>> escape_unprintable("д.\udce9\x1b.png"), escape_unprintable("a\nb\u202egnp.")
    ('д.\\udce9\\x1b.png', 'a\\nb\\u202egnp.')
    """
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], name)
