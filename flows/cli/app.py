"""The command ``opis``."""

import logging
import sqlite3
import sys
from pathlib import Path
from typing import Annotated

import typer

from flows import direct, prefect_env, runtime, shutdown
from flows.cli import (
    catalog,
    cite,
    console,
    describe,
    doctor,
    export,
    push,
    receipts,
    site,
    stats,
    versions,
)
from flows.cli.exit_codes import ExitCode
from flows.serve import serve as serving
from pipeline.errors import OpisError, SetupError, disk_error_message, escape_unprintable
from pipeline.evaluation.measure import evaluate_samples as evaluation
from pipeline.evaluation.samples import find_samples
from pipeline.inbox.files import find_scans
from pipeline.ingest.outcome import Outcome
from pipeline.ocr.engines import signature_of
from pipeline.ocr.recipes import Recipe
from pipeline.ocr.tesseract import installed_languages
from pipeline.repository.audit import check_archive
from pipeline.settings import Settings

app = typer.Typer(
    help="Turns scans of archival documents into records to search, check and cite.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

InboxOption = Annotated[Path | None, typer.Option(help="Where scans are dropped.")]
OutputOption = Annotated[Path | None, typer.Option(help="Where records are published.")]
LanguagesOption = Annotated[
    str | None, typer.Option(help="Tesseract's codes, the main one first, such as rus+eng.")
]
JobsOption = Annotated[int | None, typer.Option(help="Pages read at once; 0 means one a core.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


@app.command()
def ingest(
    scans: Annotated[
        list[Path] | None,
        typer.Argument(help="Scans; all of the inbox if none.", exists=True, dir_okay=False),
    ] = None,
    directly: Annotated[bool, typer.Option("--direct", help="Work without Prefect.")] = False,
    inbox: InboxOption = None,
    output: OutputOption = None,
    languages: LanguagesOption = None,
    jobs: JobsOption = None,
) -> None:
    """Read every scan in the inbox, or those named, and publish their records."""
    settings = runtime.settings_with(inbox=inbox, output=output, languages=languages, jobs=jobs)
    if not settings.inbox.exists():
        console.print_line(f"There was no inbox {settings.inbox}; it is made now.")
    if directly:
        runtime.worker_pool(settings).start()  # they start while the rest is checked
    runtime.check_ready(settings)
    chosen = _scans_to_ingest(scans, settings)
    if chosen is None:
        console.print_line(f"Nothing to ingest in {settings.inbox}.")
        return
    with (
        shutdown.handle_interrupts(
            lambda: prefect_env.stop_child_processes(settings), console.print_error
        ),
        console.show_progress(),
    ):
        outcomes = (
            _ingest_directly(chosen, settings)
            if directly
            else prefect_env.ingest_on_prefect(chosen, settings)
        )
    console.print_outcomes(outcomes, settings.output)
    if any(outcome.failure_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.UNEXPECTED)
    if any(outcome.refusal_reason for outcome in outcomes):
        raise typer.Exit(ExitCode.REFUSALS)


@app.command()
def serve(
    inbox: InboxOption = None,
    output: OutputOption = None,
    languages: LanguagesOption = None,
    jobs: JobsOption = None,
    port: Annotated[int | None, typer.Option(help="Of the Prefect server and its UI.")] = None,
) -> None:
    """Start the Prefect server with its UI, and take in scans as they arrive."""
    settings = runtime.settings_with(
        inbox=inbox, output=output, languages=languages, jobs=jobs, port=port
    )
    runtime.check_ready(settings)
    serving.run_service(settings, console.print_line, console.print_error)


@app.command()
def verify(
    records: Annotated[
        list[str] | None, typer.Argument(help="Record ids, or a URL of pushed ones; all if none.")
    ] = None,
    output: OutputOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check every digest, manifest and invariant of the published records."""
    settings = runtime.settings_with(output=output)
    if records and "://" in records[0]:
        push.verify_remote(settings, records[0], as_json=as_json)
        return
    if not settings.records.is_dir():
        msg = (
            f"There is no archive in {settings.output}: no folder {settings.records.name}. Is the "
            "disk there? Set --output to where the records are."
        )
        raise SetupError(msg)
    checked, findings = check_archive(settings, records or [])
    console.print_findings(checked, findings, as_json=as_json)
    if findings:
        raise typer.Exit(ExitCode.DAMAGE)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Scans with NAME.gt.txt beside them.")],
    languages: LanguagesOption = None,
    recipe: Annotated[
        list[Recipe] | None, typer.Option(help="How pages are read; may be given again.")
    ] = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read pages that have a transcription, and say with how many errors."""
    settings = runtime.settings_with(languages=languages, jobs=jobs)
    given = settings.languages if languages else ()
    signature_of(settings.engine, given or tuple(installed_languages()))
    samples, amiss = find_samples(folder, given, installed_languages())
    for sentence in amiss:
        console.print_error(sentence)
    readers = runtime.worker_pool(settings)
    results = list(evaluation(samples, recipe or [Recipe.EVIDENCE], settings, readers))
    console.print_evaluation(results, as_json=as_json)


app.command("list")(catalog.list_records)
app.command("show")(catalog.show_record)
app.command()(catalog.search)
app.command()(site.site)
app.command("push")(push.push_records)
app.command()(receipts.receipts)
app.command()(stats.stats)
app.command()(cite.reference)
app.command()(cite.cite)
app.command()(export.export)
for _command in (versions.reread, versions.reclean, versions.withdraw, versions.diff):
    app.command()(_command)
app.command()(versions.provenance)


app.command("doctor")(doctor.run_doctor)
app.command("describe")(describe.describe_scan)
app.command("template")(describe.write_template)


#: What they complain of in a scan, Opis says itself, with the scan's name.
_NOISY_LOGGERS = ("img2pdf", "pikepdf", "PIL", "pypdf")


def main() -> None:
    """Run the command; an error that a person can mend is a sentence, not a traceback."""
    for library in _NOISY_LOGGERS:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    try:
        app()
    except OpisError as error:
        console.print_error(str(error))
        sys.exit(ExitCode.USAGE)
    except (OSError, sqlite3.DatabaseError) as error:
        if (trouble := disk_error_message(error)) is None:
            raise
        console.print_error(trouble)
        sys.exit(ExitCode.UNEXPECTED)


def _ingest_directly(chosen: list[Path], settings: Settings) -> list[Outcome]:
    return direct.ingest_scans(chosen, settings, runtime.get_clock())


def _scans_to_ingest(scans: list[Path] | None, settings: Settings) -> list[Path] | None:
    """Return the scans named, or none for all of the inbox; None where there is nothing to do."""
    for path in scans or []:
        shown = escape_unprintable(str(path))
        if shown != str(path):
            msg = f"{shown}: no server takes a name like this. Rename the scan."
            raise SetupError(msg)
    if scans:
        return [path.absolute() for path in scans]
    return [] if find_scans(settings.inbox) else None
