"""How good a text is: error rates against a transcription, and agreement of two readings.

Definitions: CER is the Levenshtein distance in grapheme clusters divided by the clusters of
the transcription; WER the same over words. Both texts are first composed (NFC), and a run of
white space counts as one space. A rate may exceed 1. Line error is the same distance between
each transcribed line and its best matching stretch of the reading, summed, over all characters
of the transcription: it does not punish reading a stamp that the transcriber left out.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.model import TextLayerVerdict

#: expected CER; with one character in ten wrong a person should look at the page
REVIEW_THRESHOLD = 0.1
DOUBTFUL_CONFIDENCE = 0.6  #: 0..1; a word below it is counted and marked as doubtful
_GOOD_AGREEMENT, _POOR_AGREEMENT = 0.90, 0.60  #: agreement with our own reading, 0..1
_MIN_WORDS = 5  #: with fewer words of our own there is no verdict
_WORD = regex.compile(r"[\p{L}\p{N}]+")


def cer(transcription: str, reading: str) -> float:
    r"""Return the character error rate.

    >>> cer("архив", "орхив")
    0.2
    >>> cer("й", "и\u0306")
    0.0
    """
    return _error_rate(_grapheme_clusters(transcription), _grapheme_clusters(reading))


def wer(transcription: str, reading: str) -> float:
    """Return the word error rate.

    >>> wer("in the archive", "in an archive")
    0.3333333333333333
    """
    return _error_rate(_normalize(transcription).split(" "), _normalize(reading).split(" "))


def line_error(transcription: str, reading: str) -> float:
    """Return the line error; see the definition above."""
    lines = [_normalize(line) for line in transcription.splitlines() if line.strip()]
    whole = _normalize(reading)
    edits = sum(_substring_distance(line, whole) for line in lines)
    return edits / max(sum(map(len, lines)), 1)


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The three error rates of a reading."""

    cer: float
    wer: float
    line_error: float

    @classmethod
    def mean(cls, weighted_rates: Sequence[tuple["ErrorRates", int]]) -> Self:
        """Return the weighted mean of rates."""
        total = max(sum(weight for _, weight in weighted_rates), 1)
        names = ("cer", "wer", "line_error")
        return cls(
            *(sum(getattr(r, n) * weight for r, weight in weighted_rates) / total for n in names)
        )


def error_rates(transcription: str, reading: str) -> ErrorRates:
    """Return all three error rates of a reading."""
    rates = cer(transcription, reading), wer(transcription, reading)
    return ErrorRates(*rates, line_error(transcription, reading))


def judge_text_layer(ours: str, theirs: str) -> tuple[TextLayerVerdict, float | None]:
    """Return the verdict on a text layer, and its agreement with our own reading (0..1, or None).

    Letters are compared, not words, because our own reading has errors too.
    """
    if len(_folded_words(ours)) < _MIN_WORDS:
        return TextLayerVerdict.UNJUDGED, None
    left, right = " ".join(_folded_words(ours)), " ".join(_folded_words(theirs))
    ordered = 1 - Levenshtein.normalized_distance(left, right)
    # A layer may hold the same words in another order of columns.
    shuffled = fuzz.token_sort_ratio(left, right) / 100
    score = round(max(ordered, shuffled - 0.05), 3)
    if score >= _GOOD_AGREEMENT:
        return TextLayerVerdict.GOOD, score
    true = score >= _POOR_AGREEMENT or fuzz.token_set_ratio(right, left) / 100 >= _GOOD_AGREEMENT
    return (TextLayerVerdict.POOR if true else TextLayerVerdict.LYING), score


def _error_rate(expected: Sequence[str], found: Sequence[str]) -> float:
    return Levenshtein.distance(expected, found) / max(len(expected), 1)


def _normalize(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _grapheme_clusters(text: str) -> list[str]:
    return regex.findall(r"\X", _normalize(text))


def _folded_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _substring_distance(line: str, text: str) -> int:
    """Return the least Levenshtein distance of ``line`` to any stretch of ``text``.

    Sellers' table in the bit-parallel form of Myers (1999, https://doi.org/10.1145/316542.316550):
    a column is two integers of as many bits as the line has characters.
    """
    masks: dict[str, int] = {}
    for position, character in enumerate(line):
        masks[character] = masks.get(character, 0) | 1 << position
    full, last = (1 << len(line)) - 1, 1 << len(line) - 1
    rises, falls, distance, least = full, 0, len(line), len(line)
    for character in text:
        equal = masks.get(character, 0)
        down = equal | falls
        across = (((equal & rises) + rises) ^ rises) | equal
        up, back = falls | ~(across | rises) & full, rises & across
        distance += bool(up & last) - bool(back & last)
        least = min(least, distance)
        up, back = up << 1 & full, back << 1 & full
        rises, falls = back | ~(down | up) & full, up & down
    return least
