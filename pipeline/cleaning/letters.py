"""Steps that put single letters right: composed, visible, of one script."""

import re
import unicodedata
from collections.abc import Iterator

import regex

from pipeline.cleaning.edits import Edit, apply_step  # noqa: F401  the examples use it
from pipeline.cleaning.scripts import is_cyrillic, is_roman, to_cyrillic, to_one_script

#: Latin abbreviations and words made of letters that all have a Cyrillic double.
_LATIN_WORDS = {
    "ABC", "AEC", "BBC", "CAT", "CBC", "CMEA", "ECE", "EEC", "EPOCA", "OPEC", "PACE", "PAX",
    "PEACE", "TEMPO", "TEXACO", "THE", "TOP",
}  # fmt: skip
_CLUSTER = regex.compile(r"\X")
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200d\u2060\ufeff]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LINE = re.compile(r"[^\n]+")
_WORD = re.compile(r"[^\W_]+")


def drop_invisible(text: str) -> Iterator[Edit]:
    """Drop control and zero-width characters, which no page shows."""
    for found in _INVISIBLE.finditer(text):
        yield Edit(found.start(), found.group(), "")


def compose(text: str) -> Iterator[Edit]:
    r"""Write letters and their marks as one character where Unicode has it (NFC).

    >>> apply_step("и\u0306", compose)
    'й'
    """
    if unicodedata.is_normalized("NFC", text):
        return
    for found in _CLUSTER.finditer(text):
        composed = unicodedata.normalize("NFC", found.group())
        if composed != found.group():
            yield Edit(found.start(), found.group(), composed)


def unmix_scripts(text: str) -> Iterator[Edit]:
    """Give a word that mixes Cyrillic with Latin look-alikes the letters of one script.

    >>> apply_step("Mао и Гoминьдан, XIX съезд", unmix_scripts)
    'Мао и Гоминьдан, XIX съезд'
    """
    for found in _LETTERS.finditer(text):
        one = to_one_script(found.group())
        if one != found.group():
            yield Edit(found.start(), found.group(), one)


def type_in_cyrillic(text: str) -> Iterator[Edit]:
    """Give a word of capitals that was typed in Latin look-alikes its Cyrillic letters.

    Only among Cyrillic words; Roman numerals stay.

    >>> apply_step("в CCCP на XXX съезде; BBC", type_in_cyrillic)
    'в СССР на XXX съезде; BBC'
    """
    for line in _LINE.finditer(text):
        words = list(_WORD.finditer(line.group()))
        for place, found in enumerate(words):
            word = found.group()
            changed = to_cyrillic(word)
            if changed is None or len(word) < 3 or not word.isupper():
                continue
            near = [other.group() for other in words[max(place - 2, 0) : place + 3]]
            if word not in _LATIN_WORDS and not is_roman(word) and _are_cyrillic(near):
                yield Edit(line.start() + found.start(), word, changed)


def _are_cyrillic(words: list[str]) -> bool:
    """Whether the words whose script shows are Cyrillic, and there is one."""
    telling = [w for w in words if w.isalpha() and to_cyrillic(w) is None and not is_roman(w)]
    return bool(telling) and all(all(map(is_cyrillic, word)) for word in telling)
