"""Options and arguments that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

InboxOption = Annotated[Path | None, typer.Option(help="Where scans are dropped.")]
OutputOption = Annotated[Path | None, typer.Option(help="Where records are published.")]
LanguagesOption = Annotated[
    str | None, typer.Option(help="Tesseract's codes, such as rus+eng, instead of all installed.")
]
JobsOption = Annotated[int | None, typer.Option(help="Pages read at once; 0: one for each core.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DirectOption = Annotated[bool, typer.Option("--direct", help="Work without Prefect.")]
ReasonOption = Annotated[str, typer.Option(help="Why; it is published with the version.")]
RecordArgument = Annotated[str, typer.Argument(help="The record's id.")]
RecordsArgument = Annotated[list[str], typer.Argument(help="Ids of records.")]
