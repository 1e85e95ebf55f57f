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

from pipeline.model import Verdict

REVIEWED = 0.1  #: expected CER; with one character in ten wrong a person should look at a page
_GOOD, _POOR = 0.90, 0.60  #: agreement with our own reading, 0..1
_ENOUGH_WORDS = 5  #: fewer words of our own judge nobody
_WORD = regex.compile(r"[\p{L}\p{N}]+")


def cer(transcription: str, reading: str) -> float:
    r"""Character error rate.

    >>> cer("архив", "орхив")
    0.2
    >>> cer("й", "и\u0306")
    0.0
    """
    return _rate(_clusters(transcription), _clusters(reading))


def wer(transcription: str, reading: str) -> float:
    """Word error rate.

    >>> wer("in the archive", "in an archive")
    0.3333333333333333
    """
    return _rate(_plain(transcription).split(" "), _plain(reading).split(" "))


def line_error(transcription: str, reading: str) -> float:
    """Edits of each transcribed line against its best stretch of the reading, over characters."""
    lines = [_plain(line) for line in transcription.splitlines() if line.strip()]
    whole = _plain(reading)
    edits = sum(_stretch_distance(line, whole) for line in lines)
    return edits / max(sum(map(len, lines)), 1)


@dataclass(frozen=True, slots=True)
class Rates:
    """The three error rates of a reading."""

    cer: float
    wer: float
    line_error: float

    @classmethod
    def mean(cls, weighed: Sequence[tuple["Rates", int]]) -> Self:
        """Return the mean of rates, each with its weight."""
        total = max(sum(weight for _, weight in weighed), 1)
        names = ("cer", "wer", "line_error")
        return cls(*(sum(getattr(r, n) * weight for r, weight in weighed) / total for n in names))


def rates(transcription: str, reading: str) -> Rates:
    """Return all rates of a reading."""
    found = cer(transcription, reading), wer(transcription, reading)
    return Rates(*found, line_error(transcription, reading))


def verdict(ours: str, theirs: str) -> tuple[Verdict, float | None]:
    """Judge a text layer against our own reading; the agreement comes with the verdict.

    Our reading errs too, so a word counts as agreeing when its letters are nearly the same.
    """
    if len(_words(ours)) < _ENOUGH_WORDS:
        return Verdict.UNJUDGED, None
    left, right = " ".join(_words(ours)), " ".join(_words(theirs))
    ordered = 1 - Levenshtein.normalized_distance(left, right)
    # A layer may hold the same words in another order of columns.
    shuffled = fuzz.token_sort_ratio(left, right) / 100
    score = round(max(ordered, shuffled - 0.05), 3)
    if score >= _GOOD:
        return Verdict.GOOD, score
    true = score >= _POOR or fuzz.token_set_ratio(right, left) / 100 >= _GOOD
    return (Verdict.POOR if true else Verdict.LYING), score


def _rate(expected: Sequence[str], found: Sequence[str]) -> float:
    return Levenshtein.distance(expected, found) / max(len(expected), 1)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _clusters(text: str) -> list[str]:
    return regex.findall(r"\X", _plain(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _stretch_distance(line: str, text: str) -> int:
    """Return the least Levenshtein distance of ``line`` to any stretch of ``text``.

    Sellers' table in the bit-parallel form of Myers (1999, https://doi.org/10.1145/316542.316550):
    a column is two integers of as many bits as the line has characters.
    """
    places: dict[str, int] = {}
    for place, mark in enumerate(line):
        places[mark] = places.get(mark, 0) | 1 << place
    full, last = (1 << len(line)) - 1, 1 << len(line) - 1
    rises, falls, distance, least = full, 0, len(line), len(line)
    for mark in text:
        equal = places.get(mark, 0)
        down = equal | falls
        across = (((equal & rises) + rises) ^ rises) | equal
        up, back = falls | ~(across | rises) & full, rises & across
        distance += bool(up & last) - bool(back & last)
        least = min(least, distance)
        up, back = up << 1 & full, back << 1 & full
        rises, falls = back | ~(down | up) & full, up & down
    return least
