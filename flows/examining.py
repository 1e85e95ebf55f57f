"""The command ``opis doctor``."""

from pathlib import Path
from typing import Annotated

import typer

from flows import house, show
from flows.doctor import examine
from flows.exits import Exit
from flows.workers import examine_workers


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
    settings = house.settings_with(inbox=inbox, output=output, languages=languages)
    looks = [*examine(settings), *(examine_workers(settings) if workers else [])]
    if not show.examination(looks):
        raise typer.Exit(Exit.UNEXPECTED)
