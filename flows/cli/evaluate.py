"""The command ``opis evaluate``."""

from collections.abc import Sequence
from dataclasses import asdict, astuple, replace
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JobsOption, JsonOption, LanguagesOption
from pipeline.evaluation.measure import evaluate_samples
from pipeline.evaluation.results import PageResult, SetSummary, review_rankings, summarize_results
from pipeline.evaluation.samples import find_samples, samples_of_series
from pipeline.evaluation.series import SERIES_FILE, read_series
from pipeline.evaluation.word_table import words_table
from pipeline.ocr.engines import make_engine, signature_of
from pipeline.ocr.recipes import Recipe


def evaluate(  # noqa: PLR0913, PLR0917  a parameter for each option
    folder: Annotated[Path, typer.Argument(help="Scans with NAME.gt.txt beside them.")],
    languages: LanguagesOption = None,
    recipe: Annotated[
        list[Recipe] | None, typer.Option(help="How pages are read; may be repeated.")
    ] = None,
    series: Annotated[
        list[str] | None, typer.Option(help="Read only this series; may be repeated.")
    ] = None,
    series_table: Annotated[
        Path | None, typer.Option(help="Columns page and series; else FOLDER/series.tsv.")
    ] = None,
    words: Annotated[Path | None, typer.Option(help="Write each word and its truth there.")] = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read pages that have a transcription, and print the error rates."""
    settings = runtime.settings_with(languages=languages, jobs=jobs)
    chosen = settings.languages if languages else ()
    engine = make_engine(settings.engine_choice, settings.languages, settings.page_timeout)
    signature_of(settings.engine_choice, chosen or engine.installed_languages())
    samples, problems = find_samples(folder, chosen, engine, _series_of(folder, series_table))
    for sentence in problems:
        console.print_error(sentence)
    samples = samples_of_series(samples, series or [])
    workers = runtime.worker_pool(settings)
    results = list(evaluate_samples(samples, recipe or [Recipe.EVIDENCE], settings, workers))
    if words:
        words.write_text(words_table(results), "utf-8")
    _print_evaluation(results, as_json=as_json)


def _series_of(folder: Path, table: Path | None) -> dict[str, str]:
    """Return the series of scans by name; none if there is no table of them."""
    beside = folder / SERIES_FILE
    chosen = table or (beside if beside.exists() else None)
    return read_series(chosen) if chosen else {}


def _print_evaluation(results: Sequence[PageResult], *, as_json: bool) -> None:
    """Print the error rates of each page and set, and how well review marks find the worst."""
    summaries, review = summarize_results(results), review_rankings(results)
    if as_json:
        document = {
            "pages": [_page_document(result) for result in results],
            "sets": [asdict(summary) for summary in summaries],
            "review": [asdict(ranking) for ranking in review],
        }
        console.print_json(document)
        return
    heads = ("CER", "after cleaning", "WER", "after", "line error", "after", "lenient", "after")
    rows = [
        (r.set, r.name, str(r.page), r.recipe, r.state, f"{r.languages} ({r.told})",
         str(r.readings), f"{r.seconds:.1f}", _format_rate(r.expected_error), *_error_rates(r))
        for r in results
    ]  # fmt: skip
    names = ("set", "scan", "page", "recipe", "state", "languages", "readings", "s", "expected")
    console.print_table((*names, *heads), rows)
    console.print_line("")
    totals = [
        (s.set, s.recipe, str(s.pages), str(s.failed), f"{s.readings:.2f}", f"{s.seconds:.1f}",
         *_error_rates(s))
        for s in summaries
    ]  # fmt: skip
    console.print_table(("set", "recipe", "pages", "failed", "readings", "s", *heads), totals)
    for ranking in review:
        console.print_line(ranking.sentence)


def _page_document(result: PageResult) -> dict[str, object]:
    """Return a result as JSON holds it: without the words, which have a table of their own."""
    document = asdict(replace(result, words=()))
    del document["words"]
    return document


def _error_rates(result: PageResult | SetSummary) -> list[str]:
    """Return each error rate as read, followed by the same after cleaning."""
    raw, cleaned = astuple(result.raw), astuple(result.cleaned)
    return [_format_rate(rate) for pair in zip(raw, cleaned, strict=True) for rate in pair]


def _format_rate(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"
