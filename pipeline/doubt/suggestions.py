"""What a word may be instead, by the letters that its record misreads.

A noisy channel: a word that would be frequent and that the record's exchanges turn into what was
read is likelier the more frequent it is, and the oftener these letters are misread; what was read
is likelier right the more frequent it is itself.
"""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from pipeline.doubt.exchanges import exchanged_forms
from pipeline.doubt.findings import LetterExchange
from pipeline.doubt.vocabulary import Vocabulary, stem_of

_UNLISTED = 2e-9  #: frequency of one word of those that no list has
_UNLISTED_FORM = 3e-8  #: of an unlisted form of a word that has listed ones
#: How often a letter is read as one certain other letter, where the record has no such exchange:
#: one character in a hundred is wrong, and there are thirty others.
_OTHER_RATE = 3e-4
#: 0..1, chance that a form is wrong that people corrected elsewhere in the record
_CORRECTED = 0.9
_CORRECTED_WORD = 0.2  #: the same, where the form is a frequent word
_MIN_SURE = 3  #: sure places of an unlisted form that shows that it is a word
_MIN_LETTERS = 3  #: of a word that is judged


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A form that may stand on the page instead of the one that was read."""

    form: str  #: folded
    probability: float  #: 0..1


@dataclass(frozen=True, slots=True)
class RecordForms:
    """How often each folded form stands in a record."""

    counts: Counter[str] = field(default_factory=Counter)
    sure: Counter[str] = field(default_factory=Counter)  #: those that the engine is sure of
    #: forms that people corrected: as read, and right
    misread: dict[str, str] = field(default_factory=dict)


class Suggester:
    """Suggests forms by the exchanges of a record."""

    def __init__(
        self, exchanges: Sequence[LetterExchange], forms: RecordForms, vocabulary: Vocabulary
    ) -> None:
        """Keep the exchanges and the forms of the record, and the vocabulary of its language."""
        self.vocabulary = vocabulary
        self.exchanges, self._forms = exchanges, forms
        self._letters = sorted(vocabulary.letters)
        self._total = max(sum(forms.counts.values()), 1)
        self._stems = {stem_of(form) for form in forms.sure if vocabulary.frequency(form)} - {""}

    def suggest(self, form: str) -> tuple[Suggestion, ...]:
        """Return what a folded form may be instead, the likeliest first."""
        if right := self._forms.misread.get(form):
            is_word = self.vocabulary.is_frequent(form)
            return (Suggestion(right, _CORRECTED_WORD if is_word else _CORRECTED),)
        if len(form) < _MIN_LETTERS or not self.exchanges:
            return ()
        weights = {
            changed: chance * frequency
            for changed, chance in self._misread_forms(form).items()
            if (frequency := self._frequency(changed) or self._frequency_here(changed, form))
        }
        if not weights:
            return ()
        total = sum(weights.values()) + (self._frequency(form) or _UNLISTED)
        total += sum(self._other_weights(form, weights))
        found = [Suggestion(changed, weight / total) for changed, weight in weights.items()]
        return tuple(sorted(found, key=lambda one: (-one.probability, one.form)))

    def _misread_forms(self, form: str) -> dict[str, float]:
        """Return the forms that one or two exchanges make, with the chance of being misread so."""
        chances = dict[str, float]()
        for exchange in self.exchanges:
            made = list(_chances(form, exchange))
            made += [
                (changed, chance * other_chance)
                for other in self.exchanges
                if other is not exchange
                for once, chance in made
                for changed, other_chance in _chances(once, other)
            ]
            for changed, chance in made:
                chances[changed] = max(chance, chances.get(changed, 0.0))
        chances.pop(form, None)
        return chances

    def _other_weights(self, form: str, without: Container[str]) -> Iterator[float]:
        """Yield the weights of the words that any other letter would make of a form."""
        for place, letter in product(range(len(form)), self._letters):
            changed = form[:place] + letter + form[place + 1 :]
            if changed != form and changed not in without:
                yield self.vocabulary.frequency(changed) * _OTHER_RATE

    def _frequency(self, form: str) -> float:
        listed = self.vocabulary.frequency(form)
        if listed:
            return listed
        is_known = stem_of(form) in self._stems or self.vocabulary.knows_stem(form)
        return _UNLISTED_FORM if is_known else 0.0

    def _frequency_here(self, form: str, read: str) -> float:
        """Return a form's frequency in the record; 0 if it is rare, or rarer than what was read."""
        count = self._forms.sure[form]
        is_often = count >= _MIN_SURE and count > self._forms.counts[read]
        return count / self._total if is_often else 0.0


def _chances(form: str, exchange: LetterExchange) -> Iterator[tuple[str, float]]:
    for changed, places in exchanged_forms(form, exchange.as_read, exchange.right):
        yield changed, exchange.rate**places
