"""The command ``opis corrections``."""

import shutil
from pathlib import Path
from typing import Annotated, Literal

import typer

from flows import runtime
from flows.cli import console
from flows.cli.options import OutputOption
from pipeline.errors import SetupError
from pipeline.repository.catalog import Catalog
from pipeline.repository.correction_log import read_corrections
from pipeline.review.exported import corrections_table, transcription
from pipeline.review.imported import ImportSource, import_corrections
from pipeline.review.page_lines import load_newest
from pipeline.settings import Settings

Action = Annotated[
    Literal["export", "import"], typer.Argument(help="`export` to files, or `import` from them.")
]


def corrections(  # noqa: PLR0913, PLR0917  a parameter for each option
    action: Action,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="export: ids of records, or all; import: files (CSV, PAGE XML, ALTO, gt.txt)."
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(help="export: a CSV file, or a folder for scans with transcriptions."),
    ] = None,
    by: Annotated[str, typer.Option(help="import: who made the corrections.")] = "",
    record: Annotated[str, typer.Option(help="import: the record of PAGE XML or ALTO.")] = "",
    page: Annotated[
        int, typer.Option(help="import: the page, from 1; 0: as the file names it.", min=0)
    ] = 0,
    output: OutputOption = None,
) -> None:
    """Write corrections to a table or to transcriptions, or take in those made elsewhere."""
    settings = runtime.archive_settings(output)
    if action == "export":
        _export(names or [], to, settings)
        return
    if not by or not names:
        msg = "Name the files, and with --by who made the corrections."
        raise SetupError(msg)
    for name in names:
        source = ImportSource(Path(name).name, _content_of(name), by, record, page)
        report = import_corrections(source, settings, runtime.get_clock())
        console.print_line(f"{name}: " + "\n    ".join(report.lines()))
    console.print_line("`opis publish-corrections` publishes them.")


def _content_of(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        msg = f"{name} cannot be read: {error.strerror}."
        raise SetupError(msg) from error


def _export(record_ids: list[str], target: Path | None, settings: Settings) -> None:
    ids = record_ids or sorted({one.record for one in read_corrections(settings.output)})
    with Catalog(settings.catalog, settings.records) as catalog:
        for record_id in ids:
            catalog.get_entry(record_id)
    if target is None:
        console.print_line(corrections_table(ids, settings).rstrip("\n"))
    elif target.suffix == ".csv":
        target.write_text(corrections_table(ids, settings), "utf-8", newline="")
    else:
        for record_id in ids:
            _export_transcription(record_id, target, settings)


def _export_transcription(record_id: str, folder: Path, settings: Settings) -> None:
    """Write the scan of a record and its transcription beside it."""
    text = transcription(record_id, settings)
    if text is None:
        console.print_line(f"{record_id} was left out: not every line of it was compared.")
        return
    version, record = load_newest(record_id, settings)
    scan = version.original(record.provenance.source.name)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(scan, folder / f"{record_id}{scan.suffix.lower()}")
    (folder / f"{record_id}.gt.txt").write_text(text, "utf-8", newline="\n")
    console.print_line(f"{folder / record_id}.gt.txt")
