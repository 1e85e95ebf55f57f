"""Cyrillic and Latin letters that look alike, and Roman numerals."""

import re

_LATIN_LOOKALIKES = "ABCEHKMOPTXaceopxy"
_CYRILLIC_LOOKALIKES = "АВСЕНКМОРТХасеорху"

_ROMAN = re.compile(r"M{0,4}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})")
_TO_CYRILLIC = dict(zip(_LATIN_LOOKALIKES, _CYRILLIC_LOOKALIKES, strict=True))
_TO_LATIN = dict(zip(_CYRILLIC_LOOKALIKES, _LATIN_LOOKALIKES, strict=True))


def is_cyrillic(mark: str) -> bool:
    """Return whether a character is in the Cyrillic block or its supplement."""
    return "\u0400" <= mark <= "\u052f"


def is_latin(mark: str) -> bool:
    """Return whether a character is a Latin letter, with or without marks."""
    return mark.isalpha() and mark <= "\u024f"


def is_roman(word: str) -> bool:
    """Return whether a word is a Roman numeral in capitals.

    >>> is_roman("XIX"), is_roman("CCCP")
    (True, False)
    """
    return bool(word) and _ROMAN.fullmatch(word) is not None


def to_cyrillic(word: str) -> str | None:
    """Return a Latin word in look-alike Cyrillic letters; None if a letter has no look-alike.

    >>> to_cyrillic("CCCP"), to_cyrillic("NATO")
    ('СССР', None)
    """
    has_lookalikes = all(mark in _TO_CYRILLIC for mark in word)
    return "".join(_TO_CYRILLIC[mark] for mark in word) if has_lookalikes else None


def to_one_script(word: str) -> str:
    """Return a mixed word in one script if all letters of the other have look-alikes in it.

    The winner has a letter without a look-alike, or twice as many letters; without a winner the
    word does not change.

    >>> to_one_script("Mао"), to_one_script("СOVIET"), to_one_script("CCCP"), to_one_script("Wеi")
    ('Мао', 'COVIET', 'CCCP', 'Wei')
    """
    cyrillic = [mark for mark in word if is_cyrillic(mark)]
    latin = [mark for mark in word if is_latin(mark)]
    if not cyrillic or not latin:
        return word
    if all(mark in _TO_CYRILLIC for mark in latin) and _is_dominant(cyrillic, _TO_LATIN, latin):
        return "".join(_TO_CYRILLIC.get(mark, mark) for mark in word)
    if all(mark in _TO_LATIN for mark in cyrillic) and _is_dominant(latin, _TO_CYRILLIC, cyrillic):
        return "".join(_TO_LATIN.get(mark, mark) for mark in word)
    return word


def _is_dominant(own: list[str], lookalikes: dict[str, str], others: list[str]) -> bool:
    """Return whether a script has a letter without a look-alike, or twice as many letters."""
    return any(mark not in lookalikes for mark in own) or len(own) >= 2 * len(others)
