"""The command ``opis evaluate``."""

from collections.abc import Sequence
from dataclasses import asdict, astuple
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JobsOption, JsonOption, LanguagesOption
from pipeline.evaluation.measure import evaluate_samples
from pipeline.evaluation.results import PageResult, SetSummary, review_rankings, summarize_results
from pipeline.evaluation.samples import find_samples
from pipeline.ocr.engines import make_engine, signature_of
from pipeline.ocr.recipes import Recipe


def evaluate(
    folder: Annotated[Path, typer.Argument(help="Scans with NAME.gt.txt beside them.")],
    languages: LanguagesOption = None,
    recipe: Annotated[
        list[Recipe] | None, typer.Option(help="How pages are read; may be repeated.")
    ] = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read pages that have a transcription, and print the error rates."""
    settings = runtime.settings_with(languages=languages, jobs=jobs)
    chosen = settings.languages if languages else ()
    engine = make_engine(settings.engine_choice, settings.languages, settings.page_timeout)
    signature_of(settings.engine_choice, chosen or engine.installed_languages())
    samples, problems = find_samples(folder, chosen, engine)
    for sentence in problems:
        console.print_error(sentence)
    workers = runtime.worker_pool(settings)
    results = list(evaluate_samples(samples, recipe or [Recipe.EVIDENCE], settings, workers))
    _print_evaluation(results, as_json=as_json)


def _print_evaluation(results: Sequence[PageResult], *, as_json: bool) -> None:
    """Print the error rates of each page and set, and how well review marks find the worst."""
    summaries, review = summarize_results(results), review_rankings(results)
    if as_json:
        document = {
            "pages": [asdict(result) for result in results],
            "sets": [asdict(summary) for summary in summaries],
            "review": [asdict(ranking) for ranking in review],
        }
        console.print_json(document)
        return
    heads = ("CER", "after cleaning", "WER", "after", "line error", "after")
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


def _error_rates(result: PageResult | SetSummary) -> list[str]:
    """Return each error rate as read, followed by the same after cleaning."""
    raw, cleaned = astuple(result.raw), astuple(result.cleaned)
    return [_format_rate(rate) for pair in zip(raw, cleaned, strict=True) for rate in pair]


def _format_rate(rate: float | None) -> str:
    return "" if rate is None else f"{100 * rate:.2f}"
