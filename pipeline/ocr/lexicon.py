"""Word lists of languages: evidence that a page was read correctly, and in which language.

The lists are those of the library wordfreq (the most frequent words of a language, 30,000 to
60,000 forms); they never change a text.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import log

import numpy as np
import regex
from numpy.typing import NDArray

from pipeline.ocr.language_codes import is_east_asian, script_of, word_list_of
from pipeline.ocr.word_lists import forms_by_frequency, frequent_forms, transliterate_serbian

_LETTER_RUN = regex.compile(r"\p{L}{2,}")
_LETTER = regex.compile(r"\p{L}")
_EAST_ASIAN_LETTER = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}ー]")
_NO_WORDS: dict[str, float] = {}
_NATS_PER_CENTIBEL = log(10) / 100
_UNKNOWN_NATS = 17.0  #: nats that a word costs which is not in the list; the rarest listed have 16


class _PlainLetters(dict[int, str]):
    """Letters by code point, each without its marks; a letter is decomposed when first asked for.

    The table is made for `str.translate`: a list of 60,000 words has 100 different letters.
    """

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFD", chr(code))
        self[code] = "".join(mark for mark in decomposed if not unicodedata.combining(mark))
        return self[code]


#: The letters that have no decomposition are given.
_PLAIN_LETTERS = _PlainLetters(
    str.maketrans({"ł": "l", "đ": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i"})
)
_CYRILLIC_ONE = regex.compile(r"(?<=\p{Cyrillic})1|1(?=\p{Cyrillic})")  #: і by a Russian model


def count_known_letters(words: Iterable[str], languages: tuple[str, ...]) -> tuple[int, int]:
    """Return the number of letters in known words of the languages, and in all words.

    Words of one letter are not counted; ё equals е. In a language that is written without spaces
    all characters of its script count as known: its words cannot be separated.

    >>> count_known_letters(["Товарищ,", "ъхцж"], ("rus",))
    (7, 11)
    >>> count_known_letters(["政府讨论。", "abc"], ("chi_sim",))
    (4, 7)
    """
    if any(is_east_asian(code) for code in languages):
        text = "".join(words)
        return len(_EAST_ASIAN_LETTER.findall(text)), len(_LETTER.findall(text))
    lists = [(_frequent_words(code), _is_transliterated(code)) for code in languages]
    known = letters = 0
    for word in words:
        for part in _LETTER_RUN.findall(word.casefold().replace("ё", "е")):
            letters += len(part)
            forms = ((transliterate_serbian(part) if t else part, listed) for listed, t in lists)
            known += len(part) if any(form in listed for form, listed in forms) else 0
    return known, letters


def language_costs(words: Sequence[str], languages: Iterable[str]) -> dict[str, float]:
    """Return for each language how unlikely the words are in it, in nats: less is likelier.

    Marks above and below letters are left out, because a model of another language does not read
    them.

    >>> costs = language_costs(["vlada", "prerokovala", "list"], ("ces", "slk"))
    >>> costs["slk"] < costs["ces"]
    True
    """
    plain = [part for word in words for part in plain_words(word)]
    return {code: float(word_costs(plain, code).sum()) for code in languages}


def word_costs(words: Sequence[str], language: str) -> NDArray[np.float32]:
    """Return how unlikely each of some `plain_words` is in a language, in nats."""
    listed, forms = _cost_table(language), words
    if _is_transliterated(language):
        forms = [_without_marks(transliterate_serbian(word)) for word in words]
    hashes = np.fromiter((hash(form) for form in forms), np.int64, len(forms))
    places = np.minimum(np.searchsorted(listed.hashes, hashes), len(listed.hashes) - 1)
    return np.where(listed.hashes[places] == hashes, listed.nats[places], _UNKNOWN_NATS)


def count_listed_letters(words: Sequence[str], language: str) -> tuple[int, int]:
    """Return the letters of the `plain_words` in a language's list, and the letters of all."""
    plain = [part for word in words for part in plain_words(word)]
    is_listed = word_costs(plain, language) < _UNKNOWN_NATS
    known = sum(len(word) for word, listed in zip(plain, is_listed, strict=True) if listed)
    return known, sum(map(len, plain))


def plain_words(text: str) -> list[str]:
    """Return the words of two letters and more, in lower case and without marks.

    >>> plain_words("Vláda, že вир1шив")
    ['vlada', 'ze', 'вирішив']
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = _without_marks(folded)
    return _LETTER_RUN.findall(folded)


def _without_marks(folded: str) -> str:
    if "1" in folded:
        folded = _CYRILLIC_ONE.sub("і", folded)
    return folded.translate(_PLAIN_LETTERS)


@dataclass(frozen=True, slots=True, eq=False)  # holds arrays: compared by identity
class _CostTable:
    """The words of a language without marks, and their costs: a tenth of a dictionary's memory."""

    hashes: NDArray[np.int64]  #: of the words, by this process; ascending
    nats: NDArray[np.float32]


@cache
def _cost_table(language: str) -> _CostTable:
    name = word_list_of(language)
    costs: dict[int, float] = {0: _UNKNOWN_NATS}
    lists = forms_by_frequency(name, "small") if name else ()
    for centibels, words in enumerate(lists):  # the most frequent come first
        for word in words:
            plain = word if word.isascii() else _without_marks(word)
            costs.setdefault(hash(plain), centibels * _NATS_PER_CENTIBEL)
    hashes = np.fromiter(costs, np.int64, len(costs))
    order = hashes.argsort()
    nats = np.fromiter(costs.values(), np.float32, len(costs))
    return _CostTable(hashes[order], nats[order])


@cache
def _frequent_words(language: str) -> dict[str, float]:
    name = word_list_of(language)
    return frequent_forms(name) if name else _NO_WORDS


@cache
def _is_transliterated(language: str) -> bool:
    """Return whether the list has the language's words in Latin letters: that of Serbian has."""
    return word_list_of(language) == "sh" and script_of(language) == "Cyrl"
