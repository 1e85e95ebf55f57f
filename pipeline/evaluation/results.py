"""Results of pages, and their summaries.

A set is a folder; its rates are the means of its pages, weighted by the characters of their
transcriptions. Definitions of the rates: ``pipeline.text_metrics``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.evaluation.judged_words import JudgedWord
from pipeline.model import PageState
from pipeline.ocr.recipes import Recipe
from pipeline.text_metrics import REVIEW_THRESHOLD, ErrorRates


@dataclass(frozen=True, slots=True)
class PageResult:
    """The result of reading one page by one recipe."""

    set: str
    series: str
    name: str
    page: int  #: 1-based
    recipe: Recipe
    state: PageState
    languages: str  #: of the reading, joined by ``+``
    told: str  #: as ``Sample.languages_from``
    readings: int
    seconds: float  #: of the reading, all stages
    characters: int  #: of the transcription
    expected_error: float | None  #: 0..1, without the transcription
    raw: ErrorRates
    cleaned: ErrorRates
    words: tuple[JudgedWord, ...] = ()  #: as read, before cleaning


@dataclass(frozen=True, slots=True)
class SetSummary:
    """The pages of a set, summarized for one recipe."""

    set: str
    recipe: Recipe
    pages: int
    failed: int  #: pages, neither read nor blank; their rates count as 1
    readings: float  #: mean of the pages
    seconds: float  #: mean of the pages
    raw: ErrorRates
    cleaned: ErrorRates


def summarize_results(results: Iterable[PageResult]) -> list[SetSummary]:
    """Return the rates of each set and recipe, and of all sets together."""
    parts: dict[tuple[str, Recipe], list[PageResult]] = defaultdict(list)
    for result in results:
        parts[result.set, result.recipe].append(result)
        parts["", result.recipe].append(result)
    return [
        _summarize_set(*key, parts[key])
        for key in sorted(parts, key=lambda key: (key[0] == "", key))
    ]


def _summarize_set(name: str, recipe: Recipe, results: Sequence[PageResult]) -> SetSummary:
    def mean(value: Callable[[PageResult], float]) -> float:
        return round(sum(map(value, results)) / len(results), 3)

    failed = sum(result.state not in {PageState.OK, PageState.BLANK} for result in results)
    return SetSummary(
        set=name or "all",
        recipe=recipe,
        pages=len(results),
        failed=failed,
        readings=mean(lambda result: result.readings),
        seconds=mean(lambda result: result.seconds),
        raw=ErrorRates.mean([(result.raw, result.characters) for result in results]),
        cleaned=ErrorRates.mean([(result.cleaned, result.characters) for result in results]),
    )


@dataclass(frozen=True, slots=True)
class ReviewRanking:
    """The share of the worst pages that the expected error marks for review."""

    recipe: Recipe
    flagged: float  #: 0..1, share of all pages that are marked for review
    worst: int  #: pages in the tenth with the highest CER
    worst_flagged: int  #: pages among them that are marked for review

    @property
    def sentence(self) -> str:
        """The ranking in words."""
        return (
            f"{self.recipe}: {self.flagged:.0%} of the pages are marked for review, among them "
            f"{self.worst_flagged} of the {self.worst} with the highest CER (a tenth of all)."
        )


def review_rankings(results: Iterable[PageResult]) -> list[ReviewRanking]:
    """Return, for each recipe, how many of the worst pages are marked for review."""
    parts: dict[Recipe, list[PageResult]] = defaultdict(list)
    for result in results:
        parts[result.recipe].append(result)
    rankings = []
    for recipe, pages in parts.items():
        worst = sorted(pages, key=lambda page: -page.raw.cer)[: -(-len(pages) // 10)]
        flagged = sum(map(_is_flagged, pages)) / len(pages)
        rankings.append(ReviewRanking(recipe, flagged, len(worst), sum(map(_is_flagged, worst))))
    return rankings


def _is_flagged(result: PageResult) -> bool:
    failed = result.state in {PageState.TIMEOUT, PageState.ERROR}
    return failed or (result.expected_error or 0.0) >= REVIEW_THRESHOLD
