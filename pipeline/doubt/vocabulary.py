"""Word forms of languages with their frequencies, compact enough to stay in memory.

The lists are those of the library wordfreq. Its small list of a language has the 30,000 to 60,000
frequent forms; its large list, where there is one, has ten times as many, names, rare inflections
and common typing errors among them. A large list is kept as numbers, ten bytes a form.
"""

import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.doubt.case_folding import fold_case
from pipeline.ocr.language_codes import script_of, word_list_of
from pipeline.ocr.word_lists import forms_by_frequency, frequent_forms

#: 0..1; below it listed forms are often typing errors, or names
_UNKNOWN_FREQUENCY = 1e-7
#: Written without spaces, or in syllables: no words of letters that could be exchanged.
_NOT_ALPHABETIC = frozenset(["ja", "ko", "zh"])
_MIN_STEM = 5  #: letters; shorter beginnings are shared by unrelated words
_MAX_ENDING = 3  #: letters by which forms of one word differ at the end
_MIN_LETTER_SHARE = 1 / 5000  #: of all letters; rarer ones stand in foreign words
_SAMPLE_SIZE = 4000  #: forms; enough to tell rates of one in a hundred


class Vocabulary:
    """The word forms of some languages; a form that is asked for is folded as by `fold_case`."""

    def __init__(self, languages: Iterable[str]) -> None:
        """Load the lists of the engine's codes; a language without a list adds nothing."""
        self.languages = tuple(languages)
        tags = sorted({tag for code in self.languages if (tag := _word_list(code))})
        self._frequent = [_FrequentForms.load(tag) for tag in tags]
        self._listed = [_ListedForms.load(tag) for tag in tags]
        self._all_frequent = (
            self._frequent[0].frequencies.keys()
            if len(self._frequent) == 1
            else frozenset(form for forms in self._frequent for form in forms.frequencies)
        )
        #: of the languages
        self.letters = frozenset(letter for forms in self._frequent for letter in forms.letters)
        #: right but rare: a sample of the less frequent half of the small lists
        self.rare_forms = tuple(form for forms in self._frequent for form in forms.rare)

    @property
    def has_lists(self) -> bool:
        """Whether there is a list of words for one of the languages."""
        return bool(self._listed)

    def common_pairs(self, count: int) -> frozenset[str]:
        """Return the most frequent pairs of letters of each language."""
        return frozenset(
            pair for forms in self._frequent for pair, _ in forms.pairs.most_common(count)
        )

    def is_frequent(self, form: str) -> bool:
        """Return whether a form is frequent in one of the languages: once in a million words."""
        return _list_key(form) in self._all_frequent

    def is_unknown(self, form: str) -> bool:
        """Return whether a form is rarer than right words are; False where there is no list."""
        return self.has_lists and self.frequency(form) < _UNKNOWN_FREQUENCY

    def frequency(self, form: str) -> float:
        """Return the frequency of a form, 0..1, in the language where it is highest; 0 unlisted."""
        key = _list_key(form)
        return max((forms.frequency(key) for forms in self._listed), default=0.0)

    def knows_stem(self, form: str) -> bool:
        """Return whether a frequent form begins as this one does, but for an ending."""
        stem = stem_of(_list_key(form))
        return bool(stem) and any(forms.has_beginning(stem) for forms in self._frequent)


@cache
def vocabulary_of(languages: tuple[str, ...]) -> Vocabulary:
    """Return the vocabulary of the engine's codes; it is made once in a process."""
    return Vocabulary(languages)


def stem_of(form: str) -> str:
    """Return the beginning that forms of one word share; empty if the form is too short.

    >>> stem_of("гоминьдану"), stem_of("мира")
    ('гоминьд', '')
    """
    return form[: max(_MIN_STEM, len(form) - _MAX_ENDING)] if len(form) > _MIN_STEM else ""


def _list_key(form: str) -> str:
    """Return a folded form as the lists have it: ss for ß."""
    return form.replace("ß", "ss") if "ß" in form else form


class _FrequentForms:
    """A small list, its forms of letters alone."""

    def __init__(self, frequencies: dict[str, float]) -> None:
        self.frequencies = frequencies
        self._sorted = sorted(frequencies)
        self.letters = _letters_of(frequencies)
        self.pairs = Counter(
            left + right
            for form in self._sorted
            for left, right in pairwise(form)
            if left in self.letters and right in self.letters
        )
        rare = sorted(self._sorted, key=frequencies.__getitem__)[: len(frequencies) // 2]
        self.rare = rare[:: max(len(rare) // _SAMPLE_SIZE, 1)]

    @staticmethod
    @cache
    def load(tag: str) -> "_FrequentForms":
        frequencies = dict[str, float]()
        for form, frequency in frequent_forms(tag).items():
            if form.isalpha():
                frequencies.setdefault(fold_case(form), frequency)
        return _FrequentForms(frequencies)

    def has_beginning(self, beginning: str) -> bool:
        at = bisect_left(self._sorted, beginning)
        return at < len(self._sorted) and self._sorted[at].startswith(beginning)


class _ListedForms:
    """The largest list as two columns: hashes of the forms, ascending, and their frequencies."""

    def __init__(self, buckets: list[list[str]]) -> None:
        """Take lists of forms; the forms of list N have the frequency 10 ** (-N / 100)."""
        keys = [hash(form.replace("ё", "е")) for forms in buckets for form in forms]
        hashes = np.array(keys, np.int64)
        order = np.argsort(hashes, kind="stable")  # of equal forms the most frequent comes first
        self._hashes: NDArray[np.int64] = hashes[order]
        numbers = np.arange(len(buckets), dtype=np.int16)
        self._numbers = np.repeat(numbers, [len(forms) for forms in buckets])[order]

    @staticmethod
    @cache
    def load(tag: str) -> "_ListedForms":
        return _ListedForms(forms_by_frequency(tag, "best"))

    def frequency(self, form: str) -> float:
        """Return the frequency of a form, 0 if it is not listed."""
        key = hash(form)
        at = int(np.searchsorted(self._hashes, key))
        if at == len(self._hashes) or self._hashes[at] != key:
            return 0.0
        return float(10 ** (-self._numbers[at] / 100))


def _letters_of(forms: Iterable[str]) -> set[str]:
    """Return the letters of a language: not rare, and of the script of the most frequent one."""
    counts = Counter(letter for form in forms for letter in form)
    least = counts.total() * _MIN_LETTER_SHARE
    script = unicodedata.name(counts.most_common(1)[0][0]).split()[0]
    return {
        letter
        for letter, count in counts.items()
        if count >= least and unicodedata.name(letter, "").split()[:1] == [script]
    }


def _word_list(language: str) -> str:
    """Return the name of the list of a language; empty if there is none in its own letters."""
    name = word_list_of(language)
    is_fit = name and name not in _NOT_ALPHABETIC and script_of(name) == script_of(language)
    return name if name and is_fit else ""
