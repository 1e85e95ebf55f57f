"""The command ``opis init``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.cli import console
from pipeline.system.new_archive import make_archive


def init(
    folder: Annotated[Path, typer.Argument(help="The folder of the archive.", file_okay=False)],
) -> None:
    """Make the folder of an archive: inbox, output, commented settings, a unit for systemd."""
    new_paths = make_archive(folder, Path(sys.argv[0]).resolve())
    for path in new_paths:
        console.print_line(f"{path} is made.")
    if not new_paths:
        console.print_line(f"{folder} has all that an archive needs; nothing was changed.")
    console.print_line(
        f"Go there (cd {folder}), put scans into inbox/, then `opis ingest` or `opis serve`."
    )
    console.print_line(
        "As a service: systemctl --user link ./opis.service, then start opis.service."
    )
