"""Helpers for messages and files: counts with nouns, one-line texts, escaped characters."""

import re

#: Characters that XML cannot hold: control characters, lone surrogates, U+FFFE and U+FFFF.
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> plural(1, "page"), plural(0, "page"), plural(2, "leaf", "leaves")
    ('1 page', '0 pages', '2 leaves')
    """
    return f"{count} {noun_form(count, noun, many)}"


def noun_form(count: int, noun: str, many: str = "") -> str:
    """Return the form of a noun after a count; ``many`` is an irregular plural."""
    return noun if count == 1 else many or f"{noun}s"


def one_line(text: str) -> str:
    """Return a text on one line: each run of white space is a space, none at the ends."""
    return " ".join(text.split())


def escape_unprintable(name: str) -> str:
    r"""Return a file name with unwritable characters escaped.

    >>> escape_unprintable("д.\udce9\x1b.png")
    'д.\\udce9\\x1b.png'
    """
    return UNWRITABLE.sub(lambda match: ascii(match[0])[1:-1], name)
