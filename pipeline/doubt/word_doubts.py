"""Doubts about words: the chance that a word is wrong, why, and what it may be instead."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.doubt.suggestions import Suggester
from pipeline.doubt.word_forms import Form, forms_of_page
from pipeline.text_metrics import DOUBTFUL_CONFIDENCE

DOUBTFUL_CHANCE = 1 - DOUBTFUL_CONFIDENCE  #: 0..1; a word from this chance on is doubtful
#: 0..1; of unknown words below this confidence three in five are wrong, above it one in three
_LOWISH_CONFIDENCE, _UNKNOWN_CHANCE = 0.9, 0.6
_MIN_PROBABILITY = 0.7  #: 0..1, of a suggestion that is shown
_MAX_SUGGESTIONS = 3  #: of a word


class DoubtReason(StrEnum):
    """What speaks against a word."""

    CONFIDENCE = "confidence"  #: the engine is not sure of it
    UNKNOWN_WORD = "unknown-word"  #: no list of words has it, and the engine is not quite sure
    MISREAD_LETTER = "misread-letter"  #: with letters that the record misreads it is a known word


@dataclass(frozen=True, slots=True)
class WordDoubt:
    """What is thought of a word that may be wrong."""

    line: int  #: from 1, of the lines of the raw text that are not empty
    word: int  #: of the line, from 1
    text: str  #: as read
    chance: float  #: 0..1, that it is wrong
    reasons: tuple[DoubtReason, ...]
    suggestions: tuple[str, ...] = ()  #: what may stand there instead, the likeliest first

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader is told."""
        return self.chance >= DOUBTFUL_CHANCE


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """What is known about a word without its transcription."""

    confidence: float  #: 0..1, the engine's
    is_unknown: bool  #: a form in it is in no list of words
    misread_probability: float  #: 0..1, of the best suggestion; 0 without any


def chance_wrong(features: WordFeatures) -> float:
    """Return the chance that a word is wrong, 0..1."""
    chance = max(1 - features.confidence, features.misread_probability)
    if features.is_unknown and features.confidence < _LOWISH_CONFIDENCE:
        chance = max(chance, _UNKNOWN_CHANCE)
    return round(chance, 4)


def weigh_words(
    lines: Sequence[Sequence[str]], confidences: Sequence[float], suggester: Suggester
) -> Iterator[WordDoubt]:
    """Yield what is thought of every word of a page, in order.

    Args:
        lines: the words of each line that is not empty.
        confidences: of all words, in order, 0..1.
        suggester: of the record and of the languages of the page.
    """
    unknown, readings = set[_Place](), defaultdict[_Place, list[_Replacement]](list)
    for form in forms_of_page(lines, suggester.vocabulary):
        if suggester.vocabulary.is_unknown(form.folded):
            unknown.update((part.line, part.word) for part in form.parts)
        for place, replacement in _replacements(form, suggester):
            readings[place].append(replacement)
    places = [(line, word) for line, words in enumerate(lines) for word in range(len(words))]
    for place, confidence in zip(places, confidences, strict=True):
        replacements = readings.get(place, [])
        probability = max((one.probability for one in replacements), default=0.0)
        features = WordFeatures(round(confidence, 4), place in unknown, probability)
        text = lines[place[0]][place[1]]
        yield WordDoubt(
            line=place[0] + 1,
            word=place[1] + 1,
            text=text,
            chance=chance_wrong(features),
            reasons=tuple(_reasons(features)),
            suggestions=tuple(_suggested_texts(text, replacements)),
        )


def _reasons(features: WordFeatures) -> Iterator[DoubtReason]:
    if features.confidence < DOUBTFUL_CONFIDENCE:
        yield DoubtReason.CONFIDENCE
    if features.is_unknown and features.confidence < _LOWISH_CONFIDENCE:
        yield DoubtReason.UNKNOWN_WORD
    if features.misread_probability:
        yield DoubtReason.MISREAD_LETTER


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
