"""How good a text is: error rates against a transcription, and agreement of two readings.

Definitions: CER is the Levenshtein distance in grapheme clusters divided by the clusters of
the transcription; WER the same over words. Both texts are first composed (NFC), and a run of
white space counts as one space. A rate may exceed 1. Line error is the same distance between
each transcribed line and its best matching stretch of the reading, summed, over all characters
of the transcription: it does not punish reading a stamp that the transcriber left out.
Lenient line error is line error without what a transcriber decides and not the typist: a space
beside a mark, the style of a dash or quote. The edits of a line are the least of two counts, as
the texts are and in one style (``in_one_style``), over the same characters; so it is never higher
than line error.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Self

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.model import TextLayerVerdict

#: expected CER; with one character in ten wrong a person should look at the page
REVIEW_THRESHOLD = 0.1
REVIEW_WORD_SHARE = 0.03  #: 0..1, expected share of wrong words; the same
DOUBTFUL_CONFIDENCE = 0.6  #: 0..1; a word below it is counted and marked as doubtful
_GOOD_AGREEMENT, _POOR_AGREEMENT = 0.90, 0.60  #: agreement with our own reading, 0..1
_MIN_WORDS = 5  #: with fewer words of our own there is no verdict
_WORD = regex.compile(r"[\p{L}\p{N}]+")
_DASHES = regex.compile(r"[\p{Pd}\u00ad\u2212]+")
_DOUBLE_QUOTES = regex.compile(r"[«»„“”‟″]|,,|''")
_SINGLE_QUOTES = regex.compile(r"[‘’‚‛‹›′`´]")
_SPACE_BESIDE_MARK = regex.compile(r" (?=[^\p{L}\p{M}\p{N}\s])|(?<=[^\p{L}\p{M}\p{N}\s]) ")


def cer(transcription: str, reading: str) -> float:
    r"""Return the character error rate.

    >>> cer("архив", "орхив")
    0.2
    >>> cer("й", "и\u0306")
    0.0
    """
    return _error_rate(grapheme_clusters(transcription), grapheme_clusters(reading))


def wer(transcription: str, reading: str) -> float:
    """Return the word error rate.

    >>> wer("in the archive", "in an archive")
    0.3333333333333333
    """
    return _error_rate(normalize(transcription).split(" "), normalize(reading).split(" "))


def line_error(transcription: str, reading: str) -> float:
    """Return the line error; see the definition above."""
    return _line_errors(transcription, reading)[0]


def lenient_line_error(transcription: str, reading: str) -> float:
    """Return the lenient line error; see the definition above.

    >>> lenient_line_error('dne 11. března – "zde"', "dne 11.března - „zde“")
    0.0
    """
    return _line_errors(transcription, reading)[1]


def _line_errors(transcription: str, reading: str) -> tuple[float, float]:
    """Return line error and lenient line error."""
    lines, whole = transcribed_lines(transcription), normalize(reading)
    even = in_one_style(whole)
    strict = [_least_edits(line, whole) for line in lines]
    lenient = [
        edits and min(edits, _least_edits(in_one_style(line), even))
        for line, edits in zip(lines, strict, strict=True)
    ]
    characters = max(sum(map(len, lines)), 1)
    return sum(strict) / characters, sum(lenient) / characters


def transcribed_lines(transcription: str) -> list[str]:
    """Return the normalized lines of a transcription that are not empty."""
    return [normalize(line) for line in transcription.splitlines() if line.strip()]


def in_one_style(text: str) -> str:
    """Return a normalized text with one dash, one pair of quotes, and no space beside a mark.

    >>> in_one_style("„Мы“ -- это , мы .")
    '"Мы"-это,мы.'
    """
    dashed = _DASHES.sub("-", _SPACE_BESIDE_MARK.sub("", text))
    return _DOUBLE_QUOTES.sub('"', _SINGLE_QUOTES.sub("'", dashed))


@dataclass(frozen=True, slots=True)
class ErrorRates:
    """The error rates of a reading."""

    cer: float
    wer: float
    line_error: float
    lenient_line_error: float

    @classmethod
    def mean(cls, weighted_rates: Sequence[tuple["ErrorRates", int]]) -> Self:
        """Return the weighted mean of rates."""
        total = max(sum(weight for _, weight in weighted_rates), 1)
        names = [field.name for field in fields(cls)]
        return cls(
            *(sum(getattr(r, n) * weight for r, weight in weighted_rates) / total for n in names)
        )


def error_rates(transcription: str, reading: str) -> ErrorRates:
    """Return all error rates of a reading."""
    rates = cer(transcription, reading), wer(transcription, reading)
    return ErrorRates(*rates, *_line_errors(transcription, reading))


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


def normalize(text: str) -> str:
    """Return a text in NFC, each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def grapheme_clusters(text: str) -> list[str]:
    """Return the characters that a reader sees, of a text in NFC."""
    return regex.findall(r"\X", normalize(text))


def _folded_words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def edits_by_end(line: str, text: str, *, anchored: bool = False) -> Iterator[int]:
    """Yield, for each character of ``text``, the edits between a line and a stretch ending there.

    The stretch begins where the edits are least, or, if ``anchored``, with the text.
    Sellers' table in the bit-parallel form of Myers (1999, https://doi.org/10.1145/316542.316550):
    a column is two integers of as many bits as the line has characters.
    """
    masks: dict[str, int] = {}
    for position, character in enumerate(line):
        masks[character] = masks.get(character, 0) | 1 << position
    full, last = (1 << len(line)) - 1, 1 << len(line) - 1
    rises, falls, distance = full, 0, len(line)
    for character in text:
        equal = masks.get(character, 0)
        down = equal | falls
        across = (((equal & rises) + rises) ^ rises) | equal
        up, back = falls | ~(across | rises) & full, rises & across
        distance += bool(up & last) - bool(back & last)
        yield distance
        up, back = (up << 1 | anchored) & full, back << 1 & full
        rises, falls = back | ~(down | up) & full, up & down


def _least_edits(line: str, text: str) -> int:
    """Return the least Levenshtein distance of ``line`` to any stretch of ``text``."""
    return 0 if line in text else min(edits_by_end(line, text), default=len(line))
