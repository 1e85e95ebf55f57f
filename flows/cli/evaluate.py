"""The command ``opis evaluate``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import JobsOption, JsonOption, LanguagesOption
from pipeline.evaluation.measure import evaluate_samples
from pipeline.evaluation.report import EvaluationReport, build_report
from pipeline.evaluation.samples import find_samples, samples_of_series
from pipeline.evaluation.series import SERIES_FILE, read_series
from pipeline.evaluation.tables import flag_sentence, report_tables
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
    signature_of(settings.engine_choice, chosen)
    samples, problems = find_samples(folder, chosen, engine, _series_of(folder, series_table))
    for sentence in problems:
        console.print_error(sentence)
    samples = samples_of_series(samples, series or [])
    if words:
        words.touch()  # a folder that is missing is found before pages are read
    workers = runtime.worker_pool(settings)
    pages = list(evaluate_samples(samples, recipe or [Recipe.EVIDENCE], settings, workers))
    if words:
        words.write_text(words_table(pages), "utf-8")
    report = build_report(pages)
    if as_json:
        console.print_json(asdict(report))
    else:
        _print_report(report)


def _series_of(folder: Path, table: Path | None) -> dict[str, str]:
    """Return the series of scans by name; none if there is no table of them."""
    beside = folder / SERIES_FILE
    chosen = table or (beside if beside.exists() else None)
    return read_series(chosen) if chosen else {}


def _print_report(report: EvaluationReport) -> None:
    """Print the error rates of pages and groups, and how well doubts and review marks hold."""
    for table in report_tables(report):
        console.print_line(table.title)
        console.print_table(table.heads, table.rows)
        console.print_line("")
    for flags in report.word_flags:
        console.print_line(flag_sentence(flags))
    for ranking in report.review:
        console.print_line(ranking.sentence)
