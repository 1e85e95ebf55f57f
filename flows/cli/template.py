"""The command ``opis template``."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli import console
from pipeline.description.sources import file_name_source, find_sidecars
from pipeline.description.template import sidecar_template
from pipeline.errors import SetupError


def template(
    scan: Annotated[
        Path | None,
        typer.Argument(help="The scan to write it beside.", dir_okay=False, exists=True),
    ] = None,
) -> None:
    """Print a commented sidecar, or write it beside a scan that has none."""
    if scan is None:
        console.print_line(sidecar_template().rstrip("\n"))
        return
    target = scan.with_suffix(".yaml")
    source = file_name_source(scan)
    reference = "" if source is None else str(source.values.get("references", ""))
    existing = find_sidecars(scan)
    if existing:
        msg = f"{existing[0]} exists and was not changed."
        raise SetupError(msg)
    with target.open("x", encoding="utf-8", newline="\n") as file:
        file.write(sidecar_template(reference))
    console.print_line(f"{target} is written; fill it in.")
