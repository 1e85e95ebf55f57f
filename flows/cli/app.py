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
from flows.cli.exit_codes import Exit
from flows.serve import serve as serving
from pipeline.errors import OpisError, SetupError, disk_trouble, legible
from pipeline.evaluation.measure import evaluate as evaluation
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

Inbox = Annotated[Path | None, typer.Option(help="Where scans are dropped.")]
Output = Annotated[Path | None, typer.Option(help="Where records are published.")]
Languages = Annotated[
    str | None, typer.Option(help="Tesseract's codes, the main one first, such as rus+eng.")
]
Jobs = Annotated[int | None, typer.Option(help="Pages read at once; 0 means one a core.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


@app.command()
def ingest(
    scans: Annotated[
        list[Path] | None,
        typer.Argument(help="Scans; all of the inbox if none.", exists=True, dir_okay=False),
    ] = None,
    directly: Annotated[bool, typer.Option("--direct", help="Work without Prefect.")] = False,
    inbox: Inbox = None,
    output: Output = None,
    languages: Languages = None,
    jobs: Jobs = None,
) -> None:
    """Read every scan in the inbox, or those named, and publish their records."""
    settings = runtime.settings_with(inbox=inbox, output=output, languages=languages, jobs=jobs)
    if not settings.inbox.exists():
        console.line(f"There was no inbox {settings.inbox}; it is made now.")
    if directly:
        runtime.readers(settings).start()  # they start while the rest is checked
    runtime.ready(settings)
    chosen = _chosen(scans, settings)
    if chosen is None:
        console.line(f"Nothing to ingest in {settings.inbox}.")
        return
    with (
        shutdown.on_request(lambda: prefect_env.end_children(settings), console.complaint),
        console.progress(),
    ):
        outcomes = (
            _ingest_directly(chosen, settings) if directly else prefect_env.ingest(chosen, settings)
        )
    console.outcomes(outcomes, settings.output)
    if any(outcome.failed for outcome in outcomes):
        raise typer.Exit(Exit.UNEXPECTED)
    if any(outcome.refused for outcome in outcomes):
        raise typer.Exit(Exit.REFUSALS)


@app.command()
def serve(
    inbox: Inbox = None,
    output: Output = None,
    languages: Languages = None,
    jobs: Jobs = None,
    port: Annotated[int | None, typer.Option(help="Of the Prefect server and its UI.")] = None,
) -> None:
    """Start the Prefect server with its UI, and take in scans as they arrive."""
    settings = runtime.settings_with(
        inbox=inbox, output=output, languages=languages, jobs=jobs, port=port
    )
    runtime.ready(settings)
    serving.serve(settings, console.line, console.complaint)


@app.command()
def verify(
    records: Annotated[
        list[str] | None, typer.Argument(help="Record ids, or a URL of pushed ones; all if none.")
    ] = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Check every digest, manifest and invariant of the published records."""
    settings = runtime.settings_with(output=output)
    if records and "://" in records[0]:
        push.verify_there(settings, records[0], as_json=as_json)
        return
    if not settings.records.is_dir():
        msg = (
            f"There is no archive in {settings.output}: no folder {settings.records.name}. Is the "
            "disk there? Set --output to where the records are."
        )
        raise SetupError(msg)
    checked, findings = check_archive(settings, records or [])
    console.findings(checked, findings, as_json=as_json)
    if findings:
        raise typer.Exit(Exit.DAMAGE)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="Scans with NAME.gt.txt beside them.")],
    languages: Languages = None,
    recipe: Annotated[
        list[Recipe] | None, typer.Option(help="How pages are read; may be given again.")
    ] = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
) -> None:
    """Read pages that have a transcription, and say with how many errors."""
    settings = runtime.settings_with(languages=languages, jobs=jobs)
    given = settings.languages if languages else ()
    signature_of(settings.engine, given or tuple(installed_languages()))
    samples, amiss = find_samples(folder, given, installed_languages())
    for sentence in amiss:
        console.complaint(sentence)
    readers = runtime.readers(settings)
    results = list(evaluation(samples, recipe or [Recipe.EVIDENCE], settings, readers))
    console.evaluation(results, as_json=as_json)


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


app.command("doctor")(doctor.doctor)
app.command("describe")(describe.describe_scan)
app.command("template")(describe.template)


#: What they complain of in a scan, Opis says itself, with the scan's name.
_TALKATIVE = ("img2pdf", "pikepdf", "PIL", "pypdf")


def main() -> None:
    """Run the command; an error that a person can mend is a sentence, not a traceback."""
    for library in _TALKATIVE:
        logging.getLogger(library).propagate = False
        logging.getLogger(library).addHandler(logging.NullHandler())
    try:
        app()
    except OpisError as error:
        console.complaint(str(error))
        sys.exit(Exit.USAGE)
    except (OSError, sqlite3.DatabaseError) as error:
        if (trouble := disk_trouble(error)) is None:
            raise
        console.complaint(trouble)
        sys.exit(Exit.UNEXPECTED)


def _ingest_directly(chosen: list[Path], settings: Settings) -> list[Outcome]:
    return direct.ingest(chosen, settings, runtime.clock())


def _chosen(scans: list[Path] | None, settings: Settings) -> list[Path] | None:
    """Return the scans named, or none for all of the inbox; None where there is nothing to do."""
    for path in scans or []:
        if legible(str(path)) != str(path):
            msg = f"{legible(str(path))}: no server takes a name like this. Rename the scan."
            raise SetupError(msg)
    if scans:
        return [path.absolute() for path in scans]
    return [] if find_scans(settings.inbox) else None
