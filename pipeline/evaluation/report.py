"""All that `opis evaluate` reports, from the results of pages; its fields are those of the JSON."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluation.judged_words import JudgedWord
from pipeline.evaluation.results import (
    EvaluatedPage,
    GroupSummary,
    PageAboveBare,
    PageResult,
    ReviewRanking,
    pages_above_bare,
    review_rankings,
    summarize_series,
    summarize_sets,
)
from pipeline.evaluation.word_flags import FlagReport, report_flags
from pipeline.ocr.recipes import Recipe


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Results of pages, and what they say together."""

    pages: list[PageResult]
    sets: list[GroupSummary]
    series: list[GroupSummary]
    review: list[ReviewRanking]
    word_flags: list[FlagReport]
    above_bare: list[PageAboveBare]

    @property
    def has_series(self) -> bool:
        """Whether the series are others than the sets."""
        return any(page.series != page.set for page in self.pages)


def build_report(pages: Sequence[EvaluatedPage]) -> EvaluationReport:
    """Return the report on evaluated pages."""
    results = [page.result for page in pages]
    words: dict[Recipe, list[Sequence[JudgedWord]]] = defaultdict(list)
    for page in pages:
        words[page.result.recipe].append(page.words)
    return EvaluationReport(
        pages=results,
        sets=summarize_sets(results),
        series=summarize_series(results),
        review=review_rankings(results),
        word_flags=[report_flags(recipe, page_words) for recipe, page_words in words.items()],
        above_bare=pages_above_bare(results),
    )
