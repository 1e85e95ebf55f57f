"""One form for words that differ in capitals only."""

from functools import cache


def fold_case(text: str) -> str:
    """Return a text as forms are compared: in lower case, е for ё; a letter stays one letter.

    >>> fold_case("Ещё Straße")
    'еще straße'
    """
    return "".join(map(_fold_letter, text))


@cache
def _fold_letter(letter: str) -> str:
    lower = letter.lower().replace("ё", "е")
    return lower if len(lower) == 1 else letter
