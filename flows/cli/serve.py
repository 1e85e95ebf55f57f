"""The command ``opis serve``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import InboxOption, JobsOption, LanguagesOption, OutputOption
from flows.serve.serve import run_service


def serve(
    inbox: InboxOption = None,
    output: OutputOption = None,
    languages: LanguagesOption = None,
    jobs: JobsOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the Prefect server and its UI.")] = None,
) -> None:
    """Start the Prefect server with its UI, and ingest scans as they arrive."""
    settings = runtime.settings_with(
        inbox=inbox, output=output, languages=languages, jobs=jobs, port=port
    )
    runtime.check_ready(settings)
    console.print_notes(runtime.engine_notes(settings))
    run_service(settings, console.print_line, console.print_error)
