"""The command ``opis export``."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from flows import runtime
from flows.cli import console, selection_options
from flows.cli.exit_codes import ExitCode
from flows.cli.options import OutputOption, StatusOption
from pipeline.errors import CatalogError, OpisError, SetupError, is_machine_error
from pipeline.exports.collections.collection_export import CollectionExport, ExportedRecord
from pipeline.exports.collections.collection_registry import COLLECTION_EXPORTS_BY_NAME
from pipeline.exports.collections.page_image_files import PageImageFiles
from pipeline.exports.registry import FORMATS_BY_NAME, ExportFormat
from pipeline.exports.source import is_public_address
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.export_source import load_export_source
from pipeline.repository.level_log import read_levels
from pipeline.repository.record_selection import RecordSelection
from pipeline.settings import Settings
from pipeline.wording import plural

_NAMES = sorted([*FORMATS_BY_NAME, *COLLECTION_EXPORTS_BY_NAME])


def export(  # noqa: PLR0913, PLR0917  a parameter for each option
    records: selection_options.Records = None,
    form: Annotated[str, typer.Option("--format", help=", ".join(_NAMES))] = "oai_dc",
    place: selection_options.Place = "",
    status: StatusOption = None,
    needs_review: selection_options.NeedsReview = None,
    from_year: selection_options.FromYear = None,
    to_year: selection_options.ToYear = None,
    all_records: selection_options.AllRecords = False,
    to: Annotated[
        Path | None, typer.Option(help="Folder to write, or for one record in one file, the file.")
    ] = None,
    output: OutputOption = None,
) -> None:
    """Write records in a format that archives, libraries and their programs take in.

    EAD3 has one file for each delo, EAD 2002 one for each fond. archivematica, atom, islandora,
    ocrd, omeka and page write a folder that the program of that name opens.
    """
    if form not in _NAMES:
        msg = f"There is no format {form!r}. Known are: {', '.join(_NAMES)}."
        raise SetupError(msg)
    if records and all_records:
        msg = "Say either which records to export, or --all."
        raise SetupError(msg)
    selection = selection_options.build_selection(
        all_records, records=tuple(records or ()), place=place, status=status,
        needs_review=needs_review, from_year=from_year, to_year=to_year,
    )  # fmt: skip
    settings = runtime.archive_settings(output)
    with Catalog(settings.catalog, settings.records) as catalog:
        loader = _Loader(catalog, settings)
        if form in COLLECTION_EXPORTS_BY_NAME:
            _export_collection(loader, selection, COLLECTION_EXPORTS_BY_NAME[form], to)
        elif len(selection.records) == 1 and not selection.has_condition:
            _export_record(loader, selection.records[0], FORMATS_BY_NAME[form], to)
        else:
            _export_files(loader, selection, FORMATS_BY_NAME[form], to)
    if loader.failed:
        raise typer.Exit(ExitCode.DAMAGE)


class _Loader:
    """Loads published versions, and counts those that could not be exported."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self._catalog, self.settings = catalog, settings
        self.failed = 0
        self._images = PageImageFiles(partial(runtime.worker_pool, settings), settings)

    def load_selected(self, selection: RecordSelection) -> Iterator[ExportedRecord]:
        """Yield the undamaged records of a selection, in the order of the archive.

        Raises:
            CatalogError: a record that is named without a condition is unknown or withdrawn.
        """
        record_ids = self._catalog.select(selection)
        if not selection.has_condition:
            record_ids += [one for one in selection.records if one not in record_ids]
        yield from filter(None, map(self.load, record_ids))

    def load(self, record_id: str) -> ExportedRecord | None:
        """Return a record; if it is damaged, print that and return None.

        Raises:
            CatalogError: it is unknown or withdrawn.
        """
        entry = self._catalog.get_entry(record_id)
        folder = VersionFolder.of(self.settings.records / entry.folder, entry.version)
        try:
            record = folder.load_record()
            if record.status == "withdrawn":
                reason = record.status_reason or "no reason is given"
                msg = f"{record_id} was withdrawn ({reason}); there is nothing to export."
                raise CatalogError(msg)
            levels = read_levels(self.settings.output)
            source = load_export_source(folder, record, self.settings.base_url, levels)
        except (OSError, ValueError) as error:
            self.report(record_id, entry.version, error)
            return None
        return ExportedRecord(source, folder, self._images)

    def report(self, record_id: str, version: int, error: Exception) -> None:
        """Print why a record could not be exported."""
        self.failed += 1
        reason = " ".join(str(error).split())[:200].rstrip(".")
        console.print_error(
            f"{record_id} v{version} is damaged and was not exported: {reason}. "
            f"`opis verify {record_id}` lists all damage."
        )


def _export_record(
    loader: _Loader, record_id: str, export_format: ExportFormat, to: Path | None
) -> None:
    """Write one record to a file or to the screen."""
    exported = loader.load(record_id)
    if exported is None:
        return
    content = export_format.write(exported.source)
    if to is None:
        typer.echo(content, nl=False)  # the bytes as they are, for a pipe
    else:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)


def _export_files(
    loader: _Loader, selection: RecordSelection, export_format: ExportFormat, to: Path | None
) -> None:
    """Write the records of a selection into files of a folder."""
    if to is None:
        msg = "Say in which folder to write the files: --to FOLDER."
        raise SetupError(msg)
    to.mkdir(parents=True, exist_ok=True)
    names = Counter[str]()
    sources = (exported.source for exported in loader.load_selected(selection))
    for name, group in groupby(sources, export_format.group_key):
        names[name] += 1
        number = f"-{names[name]}" if names[name] > 1 else ""  # two groups may have one name
        target = to / f"{name}{number}{export_format.suffix}"
        target.write_bytes(export_format.write_group(group))
    console.print_line(f"{plural(names.total(), 'file')} written to {to}")


def _export_collection(
    loader: _Loader, selection: RecordSelection, collection: CollectionExport, to: Path | None
) -> None:
    """Write the records of a selection into a new folder, as another program takes them in."""
    if to is None:
        msg = f"{collection.name} writes a folder: say which, --to FOLDER."
        raise SetupError(msg)
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        msg = f"{to} is not empty. Name a new folder, so that nothing of an earlier export stays."
        raise SetupError(msg)
    to.mkdir(parents=True, exist_ok=True)
    writer, written = collection.begin(to), 0
    for exported in loader.load_selected(selection):
        record = exported.source.record
        try:
            writer.add(exported)
            written += 1
        except (OpisError, OSError, ValueError) as error:
            if is_machine_error(error):
                raise
            loader.report(record.id, record.version, error)
    writer.finish()
    console.print_line(f"{plural(written, 'record')} written to {to} ({collection.title})")
    console.print_notes(_notes(collection, loader.settings))


def _notes(collection: CollectionExport, settings: Settings) -> Sequence[str]:
    """Return a sentence if the table has no addresses because none is set."""
    if collection.has_addresses and not is_public_address(settings.base_url):
        return ("The table names no files, because base_url is not set: see docs/exports.md.",)
    return ()
