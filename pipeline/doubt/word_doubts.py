"""Doubts about words: the chance that a word is wrong, why, and what it may be instead."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.doubt.chance import WordFeatures, chance_wrong
from pipeline.doubt.findings import DoubtReason, WordDoubt
from pipeline.doubt.suggestions import Suggester
from pipeline.doubt.vocabulary import Vocabulary
from pipeline.doubt.word_forms import Form, forms_of_page

_LOWISH_CONFIDENCE = 0.9  #: 0..1; below it the engine's doubt is a reason
_MIN_PROBABILITY = 0.7  #: 0..1, of a suggestion that is shown
_MAX_SUGGESTIONS = 3  #: of a word


def weigh_words(
    lines: Sequence[Sequence[str]], confidences: Sequence[float], suggester: Suggester
) -> Iterator[WordDoubt]:
    """Yield what is thought of every word of a page, in order.

    Args:
        lines: the words of each line that is not empty.
        confidences: of all words, in order, 0..1.
        suggester: of the record and of the languages of the page.
    """
    readings = defaultdict[_Place, list[_Replacement]](list)
    for form in forms_of_page(lines, suggester.vocabulary):
        for place, replacement in _replacements(form, suggester):
            readings[place].append(replacement)
    for place, features in page_features(lines, confidences, suggester.vocabulary):
        replacements = readings.get(place, [])
        probability = max((one.probability for one in replacements), default=0.0)
        weighed = replace(features, misread_probability=probability)
        yield WordDoubt(
            line=place[0] + 1,
            word=place[1] + 1,
            text=features.text,
            chance=chance_wrong(weighed),
            reasons=tuple(_reasons(weighed)),
            suggestions=tuple(_suggested_texts(features.text, replacements)),
        )


def page_features(
    lines: Sequence[Sequence[str]], confidences: Sequence[float], vocabulary: Vocabulary
) -> Iterator[tuple["_Place", WordFeatures]]:
    """Yield line and word, from 0, and the features of every word of a page; arguments as above."""
    frequencies, unknown = dict[_Place, float](), set[_Place]()
    forms = forms_of_page(lines, vocabulary) if vocabulary.has_lists else ()
    for form in forms:
        frequency, is_unknown = (
            vocabulary.frequency(form.folded),
            vocabulary.is_unknown(form.folded),
        )
        for place in ((part.line, part.word) for part in form.parts):
            frequencies[place] = min(frequency, frequencies.get(place, 1.0))
            if is_unknown:
                unknown.add(place)
    page_mean, at = sum(confidences) / max(len(confidences), 1), 0
    for line, words in enumerate(lines):
        scores = confidences[at : at + len(words)]
        at += len(words)
        for word, (text, score) in enumerate(zip(words, scores, strict=True)):
            place = line, word
            others = (sum(scores) - score) / (len(words) - 1) if len(words) > 1 else page_mean
            rarest, is_unknown = frequencies.get(place), place in unknown
            yield place, WordFeatures(text, score, others, page_mean, rarest, is_unknown)


def _reasons(features: WordFeatures) -> Iterator[DoubtReason]:
    if features.confidence < _LOWISH_CONFIDENCE:
        yield DoubtReason.CONFIDENCE
    if features.is_unknown:
        yield DoubtReason.UNKNOWN_WORD
    if features.misread_probability:
        yield DoubtReason.MISREAD_LETTER
    if features.mixes_letters_and_digits or features.is_unusual:
        yield DoubtReason.UNUSUAL_FORM


_Place = tuple[int, int]  #: line and word, from 0


@dataclass(frozen=True, slots=True)
class _Replacement:
    """What may stand instead of some letters of a word."""

    start: int  #: of the word
    end: int
    spellings: tuple[str, ...]  #: the likeliest first
    probability: float  #: 0..1, of the first


def _replacements(form: Form, suggester: Suggester) -> Iterator[tuple[_Place, _Replacement]]:
    """Yield for each word that has a part of the form what may stand instead."""
    likely = [one for one in suggester.suggest(form.folded) if one.probability >= _MIN_PROBABILITY]
    spelled = [form.spell(one.form) for one in likely]
    for number, part in enumerate(form.parts):
        spellings = dict.fromkeys(letters[number] for letters in spelled)
        if spellings and next(iter(spellings)) != part.letters:
            yield (
                (part.line, part.word),
                _Replacement(
                    part.start, part.start + len(part.letters), tuple(spellings),
                    likely[0].probability,
                ),
            )  # fmt: skip


def _suggested_texts(text: str, replacements: Sequence[_Replacement]) -> list[str]:
    """Return the word with the likeliest replacements, then with the next ones."""
    count = max((len(one.spellings) for one in replacements), default=0)
    texts = list[str]()
    for rank in range(min(count, _MAX_SUGGESTIONS)):
        changed = text
        for one in sorted(replacements, key=lambda one: -one.start):
            spelling = one.spellings[min(rank, len(one.spellings) - 1)]
            changed = changed[: one.start] + spelling + changed[one.end :]
        texts.append(changed)
    return texts
