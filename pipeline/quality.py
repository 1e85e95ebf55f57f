"""How good a text is: error rates against a transcription, and agreement of two readings.

Definitions: CER is the Levenshtein distance in grapheme clusters divided by the clusters of
the transcription; WER the same over words. Both texts are first composed (NFC), and a run of
white space counts as one space. A rate may exceed 1. Line error is the same distance between
each transcribed line and its best matching stretch of the reading, summed, over all characters
of the transcription: it does not punish reading a stamp that the transcriber left out.
"""

import unicodedata
from collections.abc import Sequence

import regex
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from pipeline.model import Verdict

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


def agreement(ours: str, theirs: str) -> float:
    """How much of our words the other text has, in order, 0..1; case and marks aside.

    >>> agreement("Товарищу Мао", "товарищу МАО!")
    1.0
    """
    return 1 - Levenshtein.normalized_distance(_words(ours), _words(theirs))


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
    return (Verdict.POOR if score >= _POOR else Verdict.LYING), score


def _rate(expected: Sequence[str], found: Sequence[str]) -> float:
    return Levenshtein.distance(expected, found) / max(len(expected), 1)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _clusters(text: str) -> list[str]:
    return regex.findall(r"\X", _plain(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _stretch_distance(line: str, text: str) -> int:
    """Return the least Levenshtein distance of ``line`` to any stretch of ``text`` (Sellers)."""
    found = fuzz.partial_ratio_alignment(line, text)
    if found is None or not text:
        return len(line)
    margin = max(3, len(line) // 10)
    best = len(line)
    for start in range(max(found.dest_start - margin, 0), found.dest_start + margin + 1):
        stretch = text[start : max(found.dest_end + margin, start)]
        best = min(best, _prefix_distance(line, stretch))
    return best


def _prefix_distance(line: str, text: str) -> int:
    """Return the least distance of ``line`` to any beginning of ``text``."""
    row = list(range(len(text) + 1))
    for i, mark in enumerate(line, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(text, 1):
            before, row[j] = row[j], min(before + (mark != other), row[j] + 1, row[j - 1] + 1)
    return min(row)
