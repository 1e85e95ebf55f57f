"""The command ``opis export``."""

from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console
from flows.cli.exit_codes import ExitCode
from flows.cli.options import OptionalRecordArgument, OutputOption
from pipeline.errors import CatalogError, SetupError
from pipeline.exports.registry import FORMATS_BY_NAME, ExportFormat
from pipeline.exports.source import ExportSource
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.export_source import load_export_source
from pipeline.repository.level_log import read_levels
from pipeline.settings import Settings
from pipeline.wording import plural


def export(
    record: OptionalRecordArgument = None,
    form: Annotated[str, typer.Option("--format", help=", ".join(FORMATS_BY_NAME))] = "oai_dc",
    every: Annotated[bool, typer.Option("--all", help="Every record.")] = False,
    to: Annotated[Path | None, typer.Option(help="File to write, or with --all a folder.")] = None,
    output: OutputOption = None,
) -> None:
    """Write a record, or all, in a format that archives and libraries exchange.

    EAD3 has one file for each delo, the others one for each record.
    """
    if form not in FORMATS_BY_NAME:
        msg = f"There is no format {form!r}. Known are: {', '.join(FORMATS_BY_NAME)}."
        raise SetupError(msg)
    if every == (record is not None):
        msg = "Say either which record to export, or --all with a folder to write --to."
        raise SetupError(msg)
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        if record is None:
            is_complete = _export_all(catalog, settings, FORMATS_BY_NAME[form], to)
        else:
            is_complete = _export_record(catalog, settings, record, FORMATS_BY_NAME[form], to)
    if not is_complete:
        raise typer.Exit(ExitCode.DAMAGE)


def _export_record(
    catalog: Catalog, settings: Settings, record: str, export_format: ExportFormat, to: Path | None
) -> bool:
    """Write a record; return False if it is damaged."""
    source = _load_source(catalog, settings, record)
    if source is None:
        return False
    content = export_format.write(source)
    if to is None:
        typer.echo(content, nl=False)  # the bytes as they are, for a pipe
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)
    return True


def _export_all(
    catalog: Catalog, settings: Settings, export_format: ExportFormat, to: Path | None
) -> bool:
    """Write all records that are not damaged; return whether that is all of them."""
    if to is None:
        msg = "With --all, say in which folder to write: --to FOLDER."
        raise SetupError(msg)
    to.mkdir(parents=True, exist_ok=True)
    record_ids = [entry.id for entry in catalog.iter_entries() if entry.status != "withdrawn"]
    loaded = (_load_source(catalog, settings, record_id) for record_id in record_ids)
    names, exported = Counter[str](), 0
    for name, group in groupby(filter(None, loaded), export_format.group_key):
        sources = list(group)
        names[name] += 1
        number = f"-{names[name]}" if names[name] > 1 else ""  # two groups may have one name
        target = to / f"{name}{number}{export_format.suffix}"
        target.write_bytes(export_format.write_group(sources))
        exported += len(sources)
    console.print_line(f"{plural(names.total(), 'file')} written to {to}")
    return exported == len(record_ids)


def _load_source(catalog: Catalog, settings: Settings, record_id: str) -> ExportSource | None:
    """Return the source of a record's exports; if it is damaged, print that and return None.

    Raises:
        CatalogError: the record is unknown or withdrawn.
    """
    entry = catalog.get_entry(record_id)
    folder = VersionFolder.of(settings.records / entry.folder, entry.version)
    try:
        record = folder.load_record()
        if record.status == "withdrawn":
            reason = record.status_reason or "no reason is given"
            msg = f"{record_id} was withdrawn ({reason}); there is nothing to export."
            raise CatalogError(msg)
        levels = read_levels(settings.output)
        return load_export_source(folder, record, settings.base_url, levels)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        console.print_error(
            f"{record_id} v{entry.version} is damaged and was not exported: {reason}. "
            f"`opis verify {record_id}` lists all damage."
        )
        return None
