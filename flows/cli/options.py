"""Options and arguments that several commands share."""

import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from pipeline.errors import OpisError
from pipeline.model import ReviewState
from pipeline.repository.catalog import Catalog

_MOST_COMPLETIONS = 100
_ENGINE_SECONDS = 10.0  #: for the list of its languages


def complete_record(incomplete: str) -> list[str]:
    """Return the ids of records that begin like this, for the Tab key; nothing if there are none.

    The archive is that of the settings: options of the same command are not known here.
    """
    try:
        settings = runtime.archive_settings(None)
        with Catalog(settings.catalog, settings.records) as catalog:
            return catalog.find_ids(incomplete, _MOST_COMPLETIONS)
    except (OpisError, OSError, sqlite3.Error):
        return []


def complete_languages(incomplete: str) -> list[str]:
    """Return codes that begin like the last of ``rus+en``, with what stands before it."""
    from pipeline.ocr.engines import make_engine  # noqa: PLC0415  only the Tab key needs it

    before, plus, last = incomplete.rpartition("+")
    try:
        settings = runtime.load_settings({})
        installed = make_engine(settings.engine_choice, (), _ENGINE_SECONDS).installed_languages()
    except (OpisError, OSError):
        return []
    codes = sorted(code for code in installed if code.startswith(last))
    return [f"{before}{plus}{code}" for code in codes if code not in before.split("+")]


InboxOption = Annotated[Path | None, typer.Option(help="Where scans are dropped.")]
StatusOption = Annotated[ReviewState | None, typer.Option(help="Only records of this status.")]
OutputOption = Annotated[Path | None, typer.Option(help="Where records are published.")]
LanguagesOption = Annotated[
    str | None,
    typer.Option(
        help="Tesseract's codes, such as rus+eng, instead of all installed.",
        autocompletion=complete_languages,
    ),
]
JobsOption = Annotated[int | None, typer.Option(help="Pages read at once; 0: one for each core.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DirectOption = Annotated[bool, typer.Option("--direct", help="Work without Prefect.")]
ReasonOption = Annotated[str, typer.Option(help="Why; it is published with the version.")]
_RECORD_ARGUMENT = typer.Argument(help="The record's id.", autocompletion=complete_record)
RecordArgument = Annotated[str, _RECORD_ARGUMENT]
OptionalRecordArgument = Annotated[str | None, _RECORD_ARGUMENT]
RecordsArgument = Annotated[
    list[str], typer.Argument(help="Ids of records.", autocompletion=complete_record)
]
