"""Letters that a record misreads, found where one exchange of letters explains many unknown words.

An exchange is a finding if it turns far more unknown words into frequent ones than it does with
right but rare words of the language, and if the record has the right letter elsewhere: a letter
that never stands in it is one that the typewriter lacks or that the spelling of the time did not
use. What grammar or another spelling exchanges is no finding either: endings, é and e, ü and ue.
"""

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

from rapidfuzz.distance import Postfix, Prefix

from pipeline.doubt.findings import LetterExchange
from pipeline.doubt.vocabulary import Vocabulary

_MIN_LETTERS = 4  #: of a word that is evidence; shorter ones become another word by any exchange
_MIN_WORDS = 3  #: different words that an exchange explains
_MAX_CHANCE = 1e-4  #: probability of so many by chance, times the exchanges that were tried
_MIN_RIGHT_SHARE = 0.1  #: of the right letter's places those where it was read rightly
_MIN_RIGHT_WORDS = 5  #: different words in which the right letter was read
_MOST_LETTERS = 2  #: on each side of an exchange
_ENDING = 2  #: letters; grammar exchanges them, so they are no evidence
#: How typewriters without these letters, and the spelling of other times, write them.
_RESPELLINGS = {
    "ä": "ae", "å": "aa", "æ": "ae", "ø": "oe", "ö": "oe", "œ": "oe", "ü": "ue", "ß": "ss",
}  # fmt: skip
_LONGEST = 10  #: letters from which words are taken together
_MAX_PLACES = 4  #: in a word that are tried together
_COMMON_PAIRS = 120  #: pairs of letters that one letter may have been read for
_MAX_UNKNOWN = 20_000  #: forms that are examined; the most frequent ones
_EXAMPLES = 8  #: words that are published with an exchange


def letter_exchanges(
    forms: Mapping[str, int], vocabulary: Vocabulary, misread: Mapping[str, str] | None = None
) -> tuple[LetterExchange, ...]:
    """Return the exchanges found in a record, those that explain most words first.

    A word is explained by one exchange: the one that explains most.

    Args:
        forms: how often each folded word form stands in the record.
        vocabulary: of the record's languages.
        misread: folded forms that people corrected, with the right ones: more evidence.
    """
    words = _Words.of(forms, vocabulary)
    explained = _explained_words(words.unknown, vocabulary)
    for wrong, right in (misread or {}).items():
        letters = _exchange_between(wrong, right)
        if letters and not _is_respelling(*letters):
            explained[letters][wrong] = right
            words.unknown.setdefault(wrong, 1)
    tried = len(explained)
    found = list[LetterExchange]()
    while True:
        exchanges = [
            exchange
            for (as_read, right), pairs in explained.items()
            if len(pairs) >= _MIN_WORDS
            and (exchange := words.weigh(as_read, right, pairs, _MAX_CHANCE / tried))
        ]
        if not exchanges:
            return tuple(found)
        best = max(exchanges, key=lambda one: (one.words - one.expected_words, one.examples))
        found.append(best)
        for form in explained.pop((best.as_read, best.right)):
            del words.unknown[form]
            for pairs in explained.values():
                pairs.pop(form, None)


@dataclass(frozen=True, slots=True)
class _Words:
    """The word forms of a record, folded, with their counts."""

    known: dict[str, int]
    unknown: dict[str, int]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, forms: Mapping[str, int], vocabulary: Vocabulary) -> "_Words":
        known = {form: count for form, count in forms.items() if vocabulary.is_frequent(form)}
        unknown = [
            (form, count)
            for form, count in forms.items()
            if len(form) >= _MIN_LETTERS and vocabulary.is_unknown(form)
        ]
        unknown.sort(key=lambda pair: (-pair[1], pair[0]))
        return cls(known, dict(unknown[:_MAX_UNKNOWN]), vocabulary)

    def weigh(
        self, as_read: str, right: str, pairs: Mapping[str, str], max_chance: float
    ) -> LetterExchange | None:
        """Return an exchange if it is a finding, else None.

        Args:
            as_read: the letters that were read.
            right: the letters that would be right.
            pairs: the unknown words that become known, each with the known one.
            max_chance: greatest probability of so many by chance.
        """
        rates = _chance_rates(as_read, right, self.vocabulary)
        expected = sum(rates[_length_class(form)] for form in self.unknown if as_read in form)
        if _poisson_tail(len(pairs), expected) > max_chance:
            return None
        occurrences = sum(self.unknown[form] for form in pairs)
        examples = sorted(pairs.items(), key=lambda pair: (-self.unknown[pair[0]], pair[0]))
        exchange = LetterExchange(
            as_read=as_read,
            right=right,
            languages=self.vocabulary.languages,
            words=len(pairs),
            occurrences=occurrences,
            expected_words=round(expected, 2),
            times_right=sum(count * form.count(right) for form, count in self.known.items()),
            examples=tuple(examples[:_EXAMPLES]),
        )
        right_words = sum(right in form for form in self.known)
        is_used = right_words >= _MIN_RIGHT_WORDS and 1 - exchange.rate >= _MIN_RIGHT_SHARE
        return exchange if is_used else None


def exchanged_forms(form: str, as_read: str, right: str) -> Iterator[tuple[str, int]]:
    """Yield the form with ``right`` for ``as_read``, and in how many places, fewest first.

    >>> list(exchanged_forms("лала", "л", "д"))
    [('дала', 1), ('лада', 1), ('дада', 2)]
    """
    for pieces in _split_at(form, as_read):
        yield right.join(pieces), len(pieces) - 1


def _split_at(form: str, letters: str) -> list[tuple[str, ...]]:
    """Return the pieces of a form between some or all places of the letters.

    >>> _split_at("лала", "л")
    [('', 'ала'), ('ла', 'а'), ('', 'а', 'а')]
    """
    places = list[int]()
    at = form.find(letters)
    while at >= 0:
        places.append(at)
        at = form.find(letters, at + len(letters))
    sizes = range(1, len(places) + 1) if len(places) <= _MAX_PLACES else (1, len(places))
    return [
        tuple(
            form[start:end]
            for start, end in zip(
                (0, *(place + len(letters) for place in chosen)), (*chosen, len(form)), strict=True
            )
        )
        for size in sizes
        for chosen in combinations(places, size)
    ]


def _exchange_between(wrong: str, right: str) -> tuple[str, str] | None:
    """Return the letters that differ if one exchange makes a form of the other; else None.

    >>> _exchange_between("слелует", "следует"), _exchange_between("мир", "война")
    (('л', 'д'), None)
    """
    start = Prefix.similarity(wrong, right)
    end = Postfix.similarity(wrong[start:], right[start:])
    as_read, stands = wrong[start : len(wrong) - end], right[start : len(right) - end]
    is_small = 1 <= len(as_read) <= _MOST_LETTERS and 1 <= len(stands) <= _MOST_LETTERS
    return (as_read, stands) if is_small and start + end >= len(wrong) // 2 else None


def _explained_words(
    unknown: Iterable[str], vocabulary: Vocabulary
) -> dict[tuple[str, str], dict[str, str]]:
    """Return for each exchange the unknown forms that it makes known, with the known form."""
    explained: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    letters, pairs = sorted(vocabulary.letters), sorted(vocabulary.common_pairs(_COMMON_PAIRS))
    for form in unknown:
        inside = form[:-_ENDING]
        for as_read in sorted({*inside, *map("".join, pairwise(inside))}):
            if not vocabulary.letters.issuperset(as_read):
                continue  # not of this spelling: ѣ, і
            splits = _split_inside(form, as_read)
            for right in letters if len(as_read) > 1 else (*letters, *pairs):
                known = _known_form(splits, right, vocabulary)
                if known and not _is_respelling(as_read, right):
                    explained[as_read, right][form] = known
    return explained


def _split_inside(form: str, letters: str) -> list[tuple[str, ...]]:
    """Return the pieces as `_split_at` does, without the places in the ending."""
    ending = form[-_ENDING:]
    return [(*pieces[:-1], pieces[-1] + ending) for pieces in _split_at(form[:-_ENDING], letters)]


def _known_form(splits: Iterable[Sequence[str]], right: str, vocabulary: Vocabulary) -> str:
    """Return the first frequent form with ``right`` between the pieces; empty if there is none."""
    for pieces in splits:
        known = right.join(pieces)
        if vocabulary.is_frequent(known) and len(known) >= _MIN_LETTERS:
            return known
    return ""


def _is_respelling(as_read: str, right: str) -> bool:
    """Return whether two spellings of the same Latin letters differ, not their shapes.

    >>> _is_respelling("e", "é"), _is_respelling("ue", "ü"), _is_respelling("и", "й")
    (True, True, False)
    """
    return as_read == right or bool(_latin_spellings(as_read) & _latin_spellings(right))


@cache
def _latin_spellings(letters: str) -> frozenset[str]:
    decomposed = unicodedata.normalize("NFD", letters)
    base = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    spellings = {letters, base, _RESPELLINGS.get(letters, letters)}
    return frozenset(spelling for spelling in spellings if spelling.isascii())


def _chance_rates(as_read: str, right: str, vocabulary: Vocabulary) -> list[float]:
    """Return by length how often the exchange makes a frequent word of a right but rare one."""
    tried, known = [0] * (_LONGEST + 1), [0] * (_LONGEST + 1)
    for form in vocabulary.rare_forms:
        if as_read in form:
            tried[_length_class(form)] += 1
            splits = _split_inside(form, as_read)
            known[_length_class(form)] += bool(_known_form(splits, right, vocabulary))
    overall = (sum(known) + 0.5) / (sum(tried) + 1)
    return [(hits + overall) / (count + 1) for hits, count in zip(known, tried, strict=True)]


def _length_class(form: str) -> int:
    return min(len(form), _LONGEST)


def _poisson_tail(count: int, expected: float) -> float:
    """Return the probability of ``count`` or more events where ``expected`` are expected.

    >>> round(_poisson_tail(2, 1.0), 4)
    0.2642
    """
    term = math.exp(count * math.log(expected) - expected - math.lgamma(count + 1))
    total, number = 0.0, count
    while term > total * 1e-9:
        total += term
        number += 1
        term *= expected / number
    return min(total, 1.0)
