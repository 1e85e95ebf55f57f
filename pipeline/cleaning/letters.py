"""Steps that correct single letters: composed, visible, of one script."""

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
    """Drop control and zero-width characters, which are invisible on a page."""
    for match in _INVISIBLE.finditer(text):
        yield Edit(match.start(), match.group(), "")


def compose(text: str) -> Iterator[Edit]:
    r"""Compose letters and their marks into one character where Unicode has one (NFC).

    >>> apply_step("и\u0306", compose)
    'й'
    """
    if unicodedata.is_normalized("NFC", text):
        return
    for match in _CLUSTER.finditer(text):
        composed = unicodedata.normalize("NFC", match.group())
        if composed != match.group():
            yield Edit(match.start(), match.group(), composed)


def unmix_scripts(text: str) -> Iterator[Edit]:
    """Give a word that mixes Cyrillic with Latin look-alikes the letters of one script.

    >>> apply_step("Mао и Гoминьдан, XIX съезд", unmix_scripts)
    'Мао и Гоминьдан, XIX съезд'
    """
    for match in _LETTERS.finditer(text):
        unmixed = to_one_script(match.group())
        if unmixed != match.group():
            yield Edit(match.start(), match.group(), unmixed)


def type_in_cyrillic(text: str) -> Iterator[Edit]:
    """Give a word of capitals that was typed in Latin look-alikes its Cyrillic letters.

    Only among Cyrillic words; Roman numerals stay.

    >>> apply_step("в CCCP на XXX съезде; BBC", type_in_cyrillic)
    'в СССР на XXX съезде; BBC'
    """
    for line in _LINE.finditer(text):
        words = list(_WORD.finditer(line.group()))
        for index, match in enumerate(words):
            word = match.group()
            changed = to_cyrillic(word)
            if changed is None or len(word) < 3 or not word.isupper():
                continue
            neighbours = [other.group() for other in words[max(index - 2, 0) : index + 3]]
            if word not in _LATIN_WORDS and not is_roman(word) and _are_cyrillic(neighbours):
                yield Edit(line.start() + match.start(), word, changed)


def _are_cyrillic(words: list[str]) -> bool:
    """Return whether some words have letters of one script only, and all of these are Cyrillic."""
    unambiguous = [w for w in words if w.isalpha() and to_cyrillic(w) is None and not is_roman(w)]
    return bool(unambiguous) and all(all(map(is_cyrillic, word)) for word in unambiguous)
