"""Writing systems: which letters of one look like letters of the other."""

import re

_LATIN_LOOKALIKES = "ABCEHKMOPTXaceopxy"
_CYRILLIC_LOOKALIKES = "АВСЕНКМОРТХасеорху"

_ROMAN = re.compile(r"M{0,4}(?:CM|CD|D?C{0,4})(?:XC|XL|L?X{0,4})(?:IX|IV|V?I{0,4})")
_TO_CYRILLIC = dict(zip(_LATIN_LOOKALIKES, _CYRILLIC_LOOKALIKES, strict=True))
_TO_LATIN = dict(zip(_CYRILLIC_LOOKALIKES, _LATIN_LOOKALIKES, strict=True))


def is_cyrillic(mark: str) -> bool:
    """Whether a character is of the Cyrillic block and its supplement."""
    return "\u0400" <= mark <= "\u052f"


def is_latin(mark: str) -> bool:
    """Whether a character is a Latin letter, with or without marks."""
    return mark.isalpha() and mark <= "\u024f"


def is_roman(word: str) -> bool:
    """Whether a word is a Roman numeral in capitals.

    >>> is_roman("XIX"), is_roman("CCCP")
    (True, False)
    """
    return bool(word) and _ROMAN.fullmatch(word) is not None


def to_cyrillic(word: str) -> str | None:
    """Return a Latin word in the Cyrillic letters that look like it, None where one has no double.

    >>> to_cyrillic("CCCP"), to_cyrillic("NATO")
    ('СССР', None)
    """
    known = all(mark in _TO_CYRILLIC for mark in word)
    return "".join(_TO_CYRILLIC[mark] for mark in word) if known else None


def to_one_script(word: str) -> str:
    """Return a mixed word in one script, where every stranger has its double there.

    The script with letters that only it has wins; where neither has any, the word stays.

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


def _is_dominant(own: list[str], doubles: dict[str, str], strangers: list[str]) -> bool:
    """Whether a script has a letter of its own in the word, or plainly outnumbers the other."""
    return any(mark not in doubles for mark in own) or len(own) >= 2 * len(strangers)
