"""The command ``opis evaluate``."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import JobsOption, JsonOption, LanguagesOption
from pipeline.evaluation.baseline import compare_with_file
from pipeline.evaluation.measure import evaluate_samples
from pipeline.evaluation.report import EvaluationReport, build_report
from pipeline.evaluation.results import PageResult
from pipeline.evaluation.samples import find_samples_for, samples_of_series
from pipeline.evaluation.series import series_of_folder
from pipeline.evaluation.tables import flag_sentence, report_tables
from pipeline.evaluation.word_table import words_table
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
    baseline: Annotated[
        Path | None,
        typer.Option(help="Fail if an error is greater than in this file; written if not there."),
    ] = None,
    tolerance: Annotated[float, typer.Option(help="Percentage points it may grow.", min=0)] = 0.1,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read pages that have a transcription, and print the error rates."""
    settings = runtime.settings_with(languages=languages, jobs=jobs)
    chosen = settings.languages if languages else ()
    table = series_of_folder(folder, series_table)
    samples, problems = find_samples_for(settings, folder, chosen, table)
    for sentence in problems:
        console.print_error(sentence)
    samples = samples_of_series(samples, series or [])
    if words:
        words.touch()  # a folder that is missing is found before pages are read
    recipes, workers = recipe or [Recipe.EVIDENCE], runtime.worker_pool(settings)
    pages = list(evaluate_samples(samples, recipes, settings, workers))
    if words:
        words.write_text(words_table(pages), "utf-8")
    report = build_report(pages)
    _print_report(report, as_json=as_json)
    if baseline:
        _check_baseline(baseline, report.pages, tolerance)


def _check_baseline(path: Path, results: Sequence[PageResult], tolerance: float) -> None:
    """Compare with the baseline, or write it; print how it went."""
    result = compare_with_file(path, results, tolerance)
    console.print_notes(result.lines)  # not among the JSON
    if result.grown:
        raise typer.Exit(ExitCode.UNEXPECTED)


def _print_report(report: EvaluationReport, *, as_json: bool) -> None:
    """Print the error rates of pages and groups, and how well doubts and review marks hold."""
    if as_json:
        console.print_json(asdict(report))
        return
    for table in report_tables(report):
        console.print_line(table.title)
        console.print_table(table.heads, table.rows)
        console.print_line("")
    for flags in report.word_flags:
        console.print_line(flag_sentence(flags))
    for ranking in report.review:
        console.print_line(ranking.sentence)
