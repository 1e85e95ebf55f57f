"""Which words keep their hyphen when a line or page ends behind it: по-прежнему, weight-carrying.

What stands unbroken elsewhere in the record decides. Else the language's word lists do: their words
are parts between hyphens, so the halves of a compound are frequent and the whole is not. A prefix
that is written together with its word is no half of a compound. In languages that make compounds
without a hyphen (German, Danish) a rare whole says nothing.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from pipeline.doubt.case_folding import fold_case
from pipeline.doubt.vocabulary import Vocabulary, stem_of, vocabulary_of

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_HYPHEN = re.compile("[\u2010\u2011]")
#: Times that the rarer half of a surely hyphenated compound is more frequent than the whole: where
#: the whole is rare, and where it is a frequent word itself.
_RARE_RATIO, _FREQUENT_RATIO = 80, 500
_PREFIX_RATIO = 10  #: the same after a first half that often has a hyphen
_MIN_LETTERS = 3  #: of each half; shorter ones are often parts of words
#: By the engine's code: shorter halves that stand before or after a hyphen.
_SHORT_HALVES = {
    "eng": "by co ex in of so to up",
    "fra": "au ci ce en ex il je là mi on tu un",
    "rus": "то",
    "ukr": "то",
    "ces": "li",
    "slk": "li",
}
#: Languages of many endings: of their compounds, the first half ends with this vowel: polsko-.
_LINKING_VOWEL = {"pol": "o", "ces": "o", "slk": "o"}
#: By the engine's code: beginnings that are written together with what follows.
_SOLID_PREFIXES = {
    "eng": "a be dis em en fore im in inter intro mis on out over sub super trans un under up with",
    "fra": "a com con dé en ex im in mal mé par pour pré pro re sur",
    "rus": "авиа авто без бес во вы до за из ис меж на над не недо ни о об обо от ото пере по под "
    "пред при про раз рас само сверх со супер у",
    "ukr": "без ви від до за з на над не ні о об пере під по пред при про роз со у",
    "bel": "ад без вы да за з на не ні па пад пера пра раз у",
    "bul": "без в до за из на над не о об от по под пре пред при про раз с у",
    "pol": "bez do na nad nie o od po pod prze przed przy roz u w wy z za",
    "ces": "bez do na nad ne o od po pod pro před při roz s u v vy z za",
    "slk": "bez do na nad ne o od po pod pre pred pri roz s u v vy z za",
}
#: First halves that have a hyphen before many words, though others of these are written as one.
_HYPHENATED_PREFIXES = {
    "eng": "anti co ex non north post pre quasi self semi south vice",
    "rus": "вице обер унтер экс",
}
#: After по-; no prefix makes words with the first endings.
_RUSSIAN_ADVERB = re.compile(r"\w+(?:(?P<sure>ски|цки|ьи)|ому|ему)")
_RUSSIAN_ORDINAL = re.compile(
    r"(?:перв|втор|трет|четверт|пят|шест|седьм|восьм|девят|десят)ых|третьих"
)


class HyphenatedWords:
    """The words of a record that stand within a line, with a hyphen or without."""

    def __init__(self, raw_texts: Iterable[str]) -> None:
        """Take the texts as read; they are searched when the first word is asked for."""
        self._texts = tuple(raw_texts)

    @cached_property
    def _counts(self) -> Counter[str]:
        """How often each word and each pair of parts stands, whole and without its ending."""
        counts = Counter[str]()
        for text in self._texts:
            for match in _WORD.finditer(text):
                word = _HYPHEN.sub("-", fold_case(match[0]))
                parts = word.split("-")
                pairs = pairwise(parts) if len(parts) > 2 else ()
                for form in (word, *map("-".join, pairs)):
                    counts.update((form, _without_ending(form)))
        return counts

    def prefers_hyphen(self, first: str, rest: str) -> bool | None:
        """Return whether two halves stand with a hyphen more often than as one word.

        None if they stand neither so nor so. Words with other endings count where none is the same.
        """
        for form in (str, _without_ending):
            with_hyphen = self._counts[form(f"{first}-{rest}")]
            as_one = self._counts[form(f"{first}{rest}")]
            if with_hyphen or as_one:
                return with_hyphen > as_one
        return None


def _without_ending(form: str) -> str:
    """Return the key of a word form without its ending; of a short last part the form itself."""
    first, hyphen, last = form.rpartition("-")
    return f"{first}{hyphen}{stem_of(last) or last}…"


class PageCompounds:
    """Knows the compounds of a page: those of its record and of its languages."""

    def __init__(self, words: HyphenatedWords, languages: Iterable[str]) -> None:
        """Take the words of the record, and the engine's codes of the page's languages."""
        self._words = words
        self._languages = [code for code in languages if code in _SOLID_PREFIXES]

    def in_record(self, first: str, rest: str) -> bool | None:
        """Return whether the record has two halves with a hyphen; None if it does not tell."""
        return self._words.prefers_hyphen(fold_case(first), fold_case(rest))

    def in_language(self, first: str, rest: str) -> bool:
        """Return whether two halves are surely a compound of a language of the page."""
        parts = fold_case(first).split("-"), fold_case(rest).split("-")
        in_chain = len(parts[0]) + len(parts[1]) > 2  # mother-in-law
        left, right = parts[0][-1], parts[1][0]
        return any(_is_compound(code, left, right, in_chain=in_chain) for code in self._languages)


def _is_compound(language: str, first: str, rest: str, *, in_chain: bool) -> bool:
    """Return whether two folded halves are surely a compound of a language."""
    if language == "rus" and _is_russian_compound(first, rest):
        return True
    if first in _SOLID_PREFIXES[language].split() and not in_chain:
        return False
    short = _SHORT_HALVES.get(language, "").split()
    if any(len(half) < _MIN_LETTERS and half not in short for half in (first, rest)):
        return False
    if not (rest in short or first.endswith(_LINKING_VOWEL.get(language, ""))):
        return False
    return _ratio(vocabulary_of((language,)), first, rest) >= _least_ratio(language, first, rest)


def _is_russian_compound(first: str, rest: str) -> bool:
    """Return whether two halves are an adverb with по- or во-, из-за, or a noun with пол-."""
    vocabulary = vocabulary_of(("rus",))
    ratio, adverb = _ratio(vocabulary, first, rest), _RUSSIAN_ADVERB.fullmatch(rest)
    is_new = adverb is not None and adverb["sure"] and not vocabulary.frequency(first + rest)
    return (
        (first == "по" and adverb is not None and (bool(is_new) or ratio >= _PREFIX_RATIO))
        or (first in {"во", "в"} and bool(_RUSSIAN_ORDINAL.fullmatch(rest)))
        or (first == "из" and rest in {"за", "под"})
        or (first == "пол" and rest[0] in "лаеиоуыэюя" and ratio >= _PREFIX_RATIO)
    )


def _least_ratio(language: str, first: str, rest: str) -> float:
    if first in _HYPHENATED_PREFIXES.get(language, "").split():
        return _PREFIX_RATIO
    is_frequent = vocabulary_of((language,)).is_frequent(first + rest)
    return _FREQUENT_RATIO if is_frequent else _RARE_RATIO


def _ratio(vocabulary: Vocabulary, first: str, rest: str) -> float:
    """Return how many times the rarer half is more frequent than the whole; 0 if it is rare."""
    halves = (first, rest)
    if not all(map(vocabulary.is_frequent, halves)):
        return 0.0
    least, whole = min(map(vocabulary.frequency, halves)), vocabulary.frequency(first + rest)
    return least / whole if whole else math.inf
