"""The command ``opis doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.dask_workers import check_workers
from flows.machine_checks import check_machine


def run_doctor(
    inbox: Annotated[Path | None, typer.Option(help="Where scans are dropped.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where records are published.")] = None,
    languages: Annotated[
        str | None, typer.Option(help="Tesseract's codes, such as rus+eng.")
    ] = None,
    workers: Annotated[
        bool, typer.Option("--workers", help="Ask the workers of the Dask scheduler, too.")
    ] = False,
) -> None:
    """Check this machine: engine, languages, disk, folders, server; say what to do."""
    settings = runtime.settings_with(inbox=inbox, output=output, languages=languages)
    looks = [*check_machine(settings), *(check_workers(settings) if workers else [])]
    if not console.print_checks(looks):
        raise typer.Exit(ExitCode.UNEXPECTED)
