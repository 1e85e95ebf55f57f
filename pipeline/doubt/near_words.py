"""Frequent words that differ by one letter from an unknown one: what a person may choose."""

from collections.abc import Iterator

from pipeline.doubt.case_folding import fold_case
from pipeline.doubt.outer_marks import without_marks
from pipeline.doubt.vocabulary import Vocabulary, vocabulary_of

_MIN_LETTERS = 4  #: of a word; shorter ones are near too many
_MOST = 3  #: words that are offered


def near_words(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return frequent words with one letter more, less or other, the most frequent first.

    Args:
        word: as read, with the marks around it, which stay.
        languages: the engine's codes.

    >>> near_words("имерщий", ("rus",))[0], near_words("Гоминьдан,", ("rus",))
    ('имеющий', ())
    """
    inner, vocabulary = without_marks(word), vocabulary_of(languages)
    folded = fold_case(inner)
    if len(folded) < _MIN_LETTERS or not vocabulary.is_unknown(folded):
        return ()
    found = {
        changed: vocabulary.frequency(fold_case(changed))
        for changed in _changed_by_one_letter(inner, vocabulary)
        if vocabulary.is_frequent(fold_case(changed))
    }
    best = sorted(found, key=lambda one: (-found[one], one))[:_MOST]
    return tuple(word.replace(inner, one, 1) for one in best)


def _changed_by_one_letter(word: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield a word with each letter replaced or left out, and with each letter put in."""
    letters = sorted(vocabulary.letters)
    for place, old in enumerate(word):
        yield word[:place] + word[place + 1 :]
        for letter in letters:
            cased = letter.upper() if old.isupper() else letter
            yield word[:place] + cased + word[place + 1 :]
            yield word[:place] + cased + word[place:]
    yield from (word + (letter.upper() if word.isupper() else letter) for letter in letters)
