"""How words are put for people and files: counts with their nouns, odd characters spelt out."""

import re

#: What XML and JSON cannot hold: control characters, halves of characters, U+FFFE and U+FFFF.
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plural(count: int, noun: str, many: str = "") -> str:
    """Return a count with its noun.

    >>> plural(1, "page"), plural(0, "page"), plural(2, "leaf", "leaves")
    ('1 page', '0 pages', '2 leaves')
    """
    return f"{count} {noun_form(count, noun, many)}"


def noun_form(count: int, noun: str, many: str = "") -> str:
    """Return a noun as it stands behind a count; ``many`` where it does not only take an s."""
    return noun if count == 1 else many or f"{noun}s"


def one_line(text: str) -> str:
    """Return a text on one line: a space for each run of white space, none around it."""
    return " ".join(text.split())


def escape_unprintable(name: str) -> str:
    r"""Return a file name with what cannot be written anywhere spelt out.

    >>> escape_unprintable("д.\udce9\x1b.png")
    'д.\\udce9\\x1b.png'
    """
    return UNWRITABLE.sub(lambda found: ascii(found[0])[1:-1], name)
