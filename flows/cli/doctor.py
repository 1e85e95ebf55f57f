"""The command ``opis doctor``."""

from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import InboxOption, LanguagesOption, OutputOption
from flows.dask_workers import check_workers
from flows.machine_checks import check_machine


def doctor(
    inbox: InboxOption = None,
    output: OutputOption = None,
    languages: LanguagesOption = None,
    workers: Annotated[
        bool, typer.Option("--workers", help="Check the workers of the Dask scheduler, too.")
    ] = False,
) -> None:
    """Check this machine: engine, languages, disk, folders, server; advise on each problem."""
    settings = runtime.settings_with(inbox=inbox, output=output, languages=languages)
    checks = [*check_machine(settings), *(check_workers(settings) if workers else [])]
    for check in checks:
        console.print_line(f"{'ok  ' if check.ok else 'BAD '} {check.name:<14}{check.detail}")
    if not all(check.ok for check in checks):
        raise typer.Exit(ExitCode.UNEXPECTED)
