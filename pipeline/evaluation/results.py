"""Results of pages, and their summaries by set and by series.

A set is a folder, a series is documents of one machine, office or fonds; their rates are the means
of their pages, weighted by the characters of the transcriptions. Definitions of the rates:
``pipeline.text_metrics``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.evaluation.bootstrap import interval_of_mean
from pipeline.evaluation.error_kinds import ErrorKind
from pipeline.evaluation.judged_words import JudgedWord
from pipeline.evaluation.word_flags import WordCounts
from pipeline.model import PageState
from pipeline.ocr.recipes import Recipe
from pipeline.text_metrics import REVIEW_THRESHOLD, ErrorRates

_ALL = "all"
_MOST_ABOVE_BARE = 0.03  #: CER


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
    kinds: Mapping[ErrorKind, int]  #: edits of the raw line error
    words: WordCounts  #: as read, before cleaning


@dataclass(frozen=True, slots=True)
class EvaluatedPage:
    """The result of a page, and its words."""

    result: PageResult
    words: tuple[JudgedWord, ...]  #: as read, before cleaning


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """The pages of a set or series, summarized for one recipe."""

    set: str  #: ``all`` for the summary of a series
    series: str  #: ``all`` for the summary of a set
    recipe: Recipe
    pages: int
    failed: int  #: pages, neither read nor blank; their rates count as 1
    readings: float  #: mean of the pages
    seconds: float  #: mean of the pages
    raw: ErrorRates
    cleaned: ErrorRates
    #: lower and upper bound of 95 %, by drawing of pages; None for a single page
    raw_interval: tuple[ErrorRates, ErrorRates] | None
    cleaned_interval: tuple[ErrorRates, ErrorRates] | None
    kinds: Mapping[ErrorKind, int]
    words: WordCounts


def summarize_sets(results: Iterable[PageResult]) -> list[GroupSummary]:
    """Return a summary of each set and recipe, and of all sets together."""
    groups: dict[tuple[str, Recipe], list[PageResult]] = defaultdict(list)
    for result in results:
        groups[result.set, result.recipe].append(result)
        groups["", result.recipe].append(result)
    return [
        _summarize(groups[name, recipe], set_name=name or _ALL)
        for name, recipe in sorted(groups, key=lambda key: (key[0] == "", key))
    ]


def summarize_series(results: Iterable[PageResult]) -> list[GroupSummary]:
    """Return a summary of each series and recipe."""
    groups: dict[tuple[str, Recipe], list[PageResult]] = defaultdict(list)
    for result in results:
        groups[result.series, result.recipe].append(result)
    return [_summarize(groups[key], series=key[0]) for key in sorted(groups)]


def _summarize(
    results: Sequence[PageResult], set_name: str = _ALL, series: str = _ALL
) -> GroupSummary:
    def mean(value: Callable[[PageResult], float]) -> float:
        return round(sum(map(value, results)) / len(results), 3)

    raw = [(result.raw, result.characters) for result in results]
    cleaned = [(result.cleaned, result.characters) for result in results]
    kinds = {kind: sum(result.kinds.get(kind, 0) for result in results) for kind in ErrorKind}
    return GroupSummary(
        set=set_name,
        series=series,
        recipe=results[0].recipe,
        pages=len(results),
        failed=sum(result.state not in {PageState.OK, PageState.BLANK} for result in results),
        readings=mean(lambda result: result.readings),
        seconds=mean(lambda result: result.seconds),
        raw=ErrorRates.mean(raw),
        cleaned=ErrorRates.mean(cleaned),
        raw_interval=interval_of_mean(raw),
        cleaned_interval=interval_of_mean(cleaned),
        kinds=kinds,
        words=WordCounts.total([result.words for result in results]),
    )


@dataclass(frozen=True, slots=True)
class PageAboveBare:
    """A page that is read worse than by the engine alone."""

    set: str
    name: str
    page: int  #: 1-based
    recipe: Recipe
    cer: float
    bare_cer: float  #: of the recipe ``untouched``


def pages_above_bare(results: Iterable[PageResult]) -> list[PageAboveBare]:
    """Return the pages whose CER is more than 3 points above that of the recipe ``untouched``.

    CER counts rubbish that was read beside the text, which line error does not see.
    """
    results = list(results)
    bare = {
        (result.set, result.name, result.page): result.raw.cer
        for result in results
        if result.recipe is Recipe.UNTOUCHED
    }
    pages = [
        PageAboveBare(r.set, r.name, r.page, r.recipe, r.raw.cer, bare[r.set, r.name, r.page])
        for r in results
        if (r.set, r.name, r.page) in bare
    ]
    return [page for page in pages if page.cer > page.bare_cer + _MOST_ABOVE_BARE]


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
