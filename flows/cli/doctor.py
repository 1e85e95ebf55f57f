"""The command ``opis doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import Exit
from flows.dask_workers import examine_workers
from flows.machine_checks import examine


def doctor(
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
    looks = [*examine(settings), *(examine_workers(settings) if workers else [])]
    if not console.examination(looks):
        raise typer.Exit(Exit.UNEXPECTED)
