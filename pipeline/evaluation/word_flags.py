"""How well the doubts of words tell which of them are wrong.

Words that stand in no transcribed line are counted, and nothing else: nobody knows whether they
are right. A word that is right but for style is right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from typing import Self

from pipeline.evaluation.judged_words import JudgedWord
from pipeline.ocr.recipes import Recipe

_BAND_EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)  #: of the chance to be wrong


@dataclass(frozen=True, slots=True)
class WordCounts:
    """The words of a page or of many, and their flags."""

    right: int
    wrong: int
    right_flagged: int
    wrong_flagged: int
    expected_wrong: float  #: sum of the chances of right and wrong words
    untranscribed: int  #: in no transcribed line; in none of the numbers above

    @classmethod
    def total(cls, counts: Sequence["WordCounts"]) -> Self:
        """Return the sums of counts."""
        return cls(*(sum(values) for values in zip(*map(astuple, counts), strict=True)))


@dataclass(frozen=True, slots=True)
class ChanceBand:
    """Words whose chance to be wrong is in one band."""

    above: float  #: the chance is higher, or 0
    up_to: float
    words: int
    expected: float  #: mean chance of these words, 0..1
    real: float  #: share of them that is wrong, 0..1


@dataclass(frozen=True, slots=True)
class FlagReport:
    """How well the doubts of words tell which are wrong, for one recipe."""

    recipe: Recipe
    words: WordCounts
    wrong_flagged_share: float | None  #: 0..1, of the wrong words; None without any
    right_flagged_share: float | None  #: 0..1, of the right words
    page_difference: float  #: words; mean distance of expected and real wrong words of a page
    bands: list[ChanceBand]


def count_words(words: Iterable[JudgedWord]) -> WordCounts:
    """Return the counts of words."""
    words = list(words)
    judged = [word for word in words if word.is_judged]
    wrong = [word.is_flagged for word in judged if word.is_wrong]
    right = [word.is_flagged for word in judged if not word.is_wrong]
    return WordCounts(
        right=len(right),
        wrong=len(wrong),
        right_flagged=sum(right),
        wrong_flagged=sum(wrong),
        expected_wrong=round(sum(word.chance for word in judged), 2),
        untranscribed=len(words) - len(judged),
    )


def report_flags(recipe: Recipe, pages: Sequence[Sequence[JudgedWord]]) -> FlagReport:
    """Return the report on the words of pages that were read by a recipe."""
    words = [word for page in pages for word in page]
    counts = count_words(words)
    by_page = [count_words(page) for page in pages]
    differences = [abs(page.expected_wrong - page.wrong) for page in by_page]
    return FlagReport(
        recipe,
        counts,
        round(counts.wrong_flagged / counts.wrong, 4) if counts.wrong else None,
        round(counts.right_flagged / counts.right, 4) if counts.right else None,
        round(sum(differences) / max(len(differences), 1), 2),
        _reliability(words),
    )


def _reliability(words: Iterable[JudgedWord]) -> list[ChanceBand]:
    """Return the real share of wrong words in bands of chance; empty bands are left out."""
    judged = [word for word in words if word.is_judged]
    bands = []
    for above, up_to in pairwise(_BAND_EDGES):
        members = [w for w in judged if above < w.chance <= up_to or w.chance == above == 0]
        if members:
            bands.append(_band_of(members, above, up_to))
    return bands


def _band_of(words: Sequence[JudgedWord], above: float, up_to: float) -> ChanceBand:
    expected = sum(word.chance for word in words) / len(words)
    real = sum(word.is_wrong for word in words) / len(words)
    return ChanceBand(above, up_to, len(words), round(expected, 4), round(real, 4))
