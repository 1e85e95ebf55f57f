"""The command ``opis template``."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import console
from pipeline.description.sources import file_name_source
from pipeline.description.template import sidecar_template
from pipeline.errors import SetupError
from pipeline.inbox.files import SIDECAR_SUFFIXES


def template(
    scan: Annotated[
        Path | None, typer.Argument(help="Written beside this scan.", dir_okay=False, exists=True)
    ] = None,
) -> None:
    """Write a commented sidecar: to the screen, or beside a scan, where it overwrites nothing."""
    if scan is None:
        console.print_line(sidecar_template().rstrip("\n"))
        return
    target = scan.with_suffix(".yaml")
    named = file_name_source(scan)
    reference = "" if named is None else str(named.values["references"])
    there = [path for path in map(scan.with_suffix, SIDECAR_SUFFIXES) if path.exists()]
    if there:
        msg = f"{there[0]} is there already and was left as it is."
        raise SetupError(msg)
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(sidecar_template(reference))
    console.print_line(f"{target} is written; fill it in.")
