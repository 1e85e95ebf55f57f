"""The report of `opis evaluate` as short tables of text for a terminal; rates in per cent."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from pipeline.evaluation.error_kinds import ErrorKind
from pipeline.evaluation.report import EvaluationReport
from pipeline.evaluation.results import GroupSummary, PageAboveBare, PageResult
from pipeline.evaluation.word_flags import FlagReport
from pipeline.text_metrics import ErrorRates
from pipeline.wording import plural

_RATES = ("CER", "after cleaning", "WER", "after", "line error", "after", "lenient", "after")


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table with a title."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def report_tables(report: EvaluationReport) -> Iterator[ReportTable]:
    """Yield the tables of a report that have rows."""
    yield from (table for table in _all_tables(report) if table.rows)


def _all_tables(report: EvaluationReport) -> Iterator[ReportTable]:
    yield _page_table(report.pages)
    yield _page_rate_table(report.pages)
    yield _set_table(report.sets)
    yield _interval_table(report.sets)
    if report.has_series:
        yield _series_table(report.series)
    recipes = dict.fromkeys(page.recipe for page in report.pages)
    for recipe in recipes:
        yield _kind_table([group for group in report.sets if group.recipe is recipe])
    yield from map(_flag_table, report.word_flags)
    yield _above_bare_table(report.above_bare)


def _above_bare_table(pages: Iterable[PageAboveBare]) -> ReportTable:
    rows = [
        (page.set, page.name, str(page.page), page.recipe, _rate(page.cer), _rate(page.bare_cer))
        for page in pages
    ]
    heads = ("set", "scan", "page", "recipe", "CER", "of untouched")
    return ReportTable("Pages read worse than by the engine alone", heads, rows)


def _page_table(pages: Iterable[PageResult]) -> ReportTable:
    rows = [
        (p.set, p.name, str(p.page), p.recipe, p.state, f"{p.languages} ({p.told})",
         str(p.readings), f"{p.seconds:.1f}", _rate(p.expected_error))
        for p in pages
    ]  # fmt: skip
    heads = ("set", "scan", "page", "recipe", "state", "languages", "readings", "s", "expected CER")
    return ReportTable("Pages", heads, rows)


def _page_rate_table(pages: Iterable[PageResult]) -> ReportTable:
    rows = [
        (p.name, str(p.page), p.recipe, *_rates_before_and_after(p), str(p.words.wrong),
         f"{p.words.expected_wrong:.1f}")
        for p in pages
    ]  # fmt: skip
    heads = ("scan", "page", "recipe", *_RATES, "wrong words", "expected")
    return ReportTable("Error rates of pages", heads, rows)


def _set_table(groups: Iterable[GroupSummary]) -> ReportTable:
    rows = [
        (g.set, g.recipe, str(g.pages), str(g.failed), f"{g.readings:.2f}", f"{g.seconds:.1f}",
         *_rates_before_and_after(g))
        for g in groups
    ]  # fmt: skip
    heads = ("set", "recipe", "pages", "failed", "readings", "s", *_RATES)
    return ReportTable("Sets", heads, rows)


def _interval_table(groups: Iterable[GroupSummary]) -> ReportTable:
    rows = [(g.set, g.recipe, *_intervals(g)) for g in groups if g.raw_interval]
    heads = ("set", "recipe", "CER", "WER", "line error", "lenient")
    return ReportTable("95 % intervals, before cleaning, by drawing of pages", heads, rows)


def _series_table(groups: Iterable[GroupSummary]) -> ReportTable:
    rows = [
        (g.series, g.recipe, str(g.pages), *map(_rate, astuple(g.raw)), str(g.words.wrong),
         f"{g.words.expected_wrong:.1f}")
        for g in groups
    ]  # fmt: skip
    heads = ("series", "recipe", "pages", "CER", "WER", "line error", "lenient", "wrong words",
             "expected")  # fmt: skip
    return ReportTable("Series, before cleaning", heads, rows)


def _kind_table(groups: Sequence[GroupSummary]) -> ReportTable:
    """Return the edits of one recipe: a row for each kind, a column for each set."""
    total = sum(groups[-1].kinds.values())
    rows = [
        (kind, *(str(group.kinds[kind]) for group in groups),
         _rate(groups[-1].kinds[kind] / max(total, 1)))
        for kind in ErrorKind
    ]  # fmt: skip
    title = f"Edits of line error by kind: {groups[0].recipe}, before cleaning"
    return ReportTable(title, ("kind", *(group.set for group in groups), "%"), rows)


def _flag_table(flags: FlagReport) -> ReportTable:
    rows = [
        (f"{band.above:.2f} to {band.up_to:.2f}", str(band.words), _rate(band.expected),
         _rate(band.real))
        for band in flags.bands
    ]  # fmt: skip
    title = f"Words by the chance that they are wrong: {flags.recipe}"
    return ReportTable(title, ("chance", "words", "expected wrong", "wrong"), rows)


def flag_sentence(flags: FlagReport) -> str:
    """Return how many wrong and right words are flagged, in words."""
    words = flags.words
    return (
        f"{flags.recipe}: {words.wrong_flagged} of {plural(words.wrong, 'wrong word')} flagged"
        f"{_share(flags.wrong_flagged_share)}, {words.right_flagged} of "
        f"{plural(words.right, 'right word')}{_share(flags.right_flagged_share)}; "
        f"{words.expected_wrong:.0f} expected to be wrong, {flags.page_difference:.1f} words off "
        f"on a page; {plural(words.untranscribed, 'word')} in no transcribed line."
    )


def _share(share: float | None) -> str:
    return "" if share is None else f" ({100 * share:.1f} %)"


def _intervals(group: GroupSummary) -> list[str]:
    low, high = group.raw_interval or (group.raw, group.raw)
    bounds = zip(astuple(low), astuple(high), strict=True)
    return [f"{_rate(lower)} to {_rate(upper)}" for lower, upper in bounds]


def _rates_before_and_after(result: PageResult | GroupSummary) -> list[str]:
    """Return each error rate as read, followed by the same after cleaning."""
    rates: tuple[ErrorRates, ErrorRates] = result.raw, result.cleaned
    return [_rate(rate) for pair in zip(*map(astuple, rates), strict=True) for rate in pair]


def _rate(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"
