"""Where descriptions come from: the folders of the inbox, a scan's file name, its sidecar.

A folder speaks in two ways: ``_defaults.yaml`` of all under it, ``index.csv`` of each scan in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.description.index_csv import INDEX_FILE, IndexRow, read_table, to_csv
from pipeline.description.yaml_file import FieldValue, OnError, raise_error, read_sidecar
from pipeline.errors import DescriptionError
from pipeline.inbox.files import SIDECAR_SUFFIXES
from pipeline.references import parse_file_name

DEFAULTS = "folder defaults"
INDEX = "index"
FILE_NAME = "file name"
SIDECAR = "sidecar"

_SUFFIXES = (*SIDECAR_SUFFIXES, *map(str.upper, SIDECAR_SUFFIXES))


@dataclass(frozen=True, slots=True)
class DescriptionSource:
    """One place that says something of a scan."""

    name: str  #: kind of place, e.g. ``sidecar``
    file_label: str  #: the file, relative to the inbox; or what messages call it
    values: Mapping[str, FieldValue]
    lines: Mapping[str, int] = field(default_factory=dict)  #: of each key, 1-based
    row: int | None = None  #: of a spreadsheet, 1-based, the heading being the first

    @property
    def origin(self) -> str:
        """What a record says of where a value came from; of several folders, which one."""
        if self.name == INDEX:
            return f"{self.file_label}, row {self.row}"
        return f"{self.name} ({self.file_label})" if self.name == DEFAULTS else self.name


def find_sources(
    scan: Path, inbox: Path, on_error: OnError = raise_error
) -> list[DescriptionSource]:
    """Return what the folders from ``inbox`` down, its row, its name and its sidecar say of a scan.

    Of a scan that is not under ``inbox`` (both absolute, or both relative), its own folder counts.
    A source that cannot be read is complained of and left out.
    """
    above = [scan.parent]
    while above[0] != inbox and inbox in above[0].parents:
        above.insert(0, above[0].parent)
    ways: list[Callable[[], DescriptionSource | None]] = [
        *(
            partial(_file_source, DEFAULTS, folder / "_defaults", inbox, on_error)
            for folder in above
        ),
        partial(index_row_source, scan, inbox),
        partial(file_name_source, scan),
        partial(_file_source, SIDECAR, scan.with_name(scan.stem), inbox, on_error),
    ]
    return [
        source for source in (_source_or_none(way, on_error) for way in ways) if source is not None
    ]


def _source_or_none(
    find_source: Callable[[], DescriptionSource | None], on_error: OnError
) -> DescriptionSource | None:
    try:
        return find_source()
    except DescriptionError as error:
        on_error(error)
        return None


def _file_source(name: str, base: Path, inbox: Path, on_error: OnError) -> DescriptionSource | None:
    path = _single_sidecar(base.parent, base.name)
    return None if path is None else source_from_file(name, path, inbox, on_error)


def file_name_source(scan: Path) -> DescriptionSource | None:
    """Return what a file name spells, if it does; DescriptionError where that cannot be."""
    try:
        named = parse_file_name(scan.stem)
    except ValueError as error:
        msg = f"The file name {scan.name} cannot be right: {error}. Rename the scan."
        raise DescriptionError(msg, file=scan.name, code="bad-file-name") from error
    return (
        None
        if named is None
        else DescriptionSource(FILE_NAME, scan.name, {"references": named.as_stamped})
    )


def index_row_source(scan: Path, inbox: Path) -> DescriptionSource | None:
    """Return what ``index.csv`` of its folder says of a scan, if there is one and it does."""
    path = scan.parent / INDEX_FILE
    if not _is_file(path):
        return None
    where = display_path(path, inbox)
    table = read_table(path, where)
    if table.error is not None:
        raise table.error
    rows = table.rows_of(scan.name)
    if len(rows) > 1:
        raise table.duplicate_error(rows)
    if rows and rows[0].error is not None:
        raise rows[0].error
    return source_from_row(rows[0], where) if rows else None


def row_as_csv(scan: Path, inbox: Path) -> str:
    """Return heading and row of ``index.csv`` on a scan, as CSV; empty where there is none."""
    path = scan.parent / INDEX_FILE
    if not _is_file(path):
        return ""
    table = read_table(path, display_path(path, inbox))
    rows = table.rows_of(scan.name)
    return to_csv(table.heading, rows[0].cells) if rows else ""


def source_from_row(row: IndexRow, file_label: str) -> DescriptionSource:
    """Return a row as a source."""
    return DescriptionSource(
        INDEX, file_label, row.values, dict.fromkeys(row.values, row.line), row.number
    )


def find_sidecar(scan: Path) -> Path | None:
    """Return ``NAME.yaml``, ``NAME.yml`` or ``NAME.json`` beside ``NAME.pdf``, if there is one."""
    return _single_sidecar(scan.parent, scan.stem)


def find_sidecars(scan: Path) -> list[Path]:
    """Return every description of this name, however many there are."""
    return _sidecar_files(scan.parent, scan.stem)


def _single_sidecar(folder: Path, stem: str) -> Path | None:
    """Return the one description of this name."""
    found = _sidecar_files(folder, stem)
    if len(found) > 1:
        msg = f"{found[0].name} and {found[1].name} describe the same. Keep one of the two."
        raise DescriptionError(msg)
    return found[0] if found else None


def _sidecar_files(folder: Path, stem: str) -> list[Path]:
    """Return all descriptions of this name; on some disks .yaml and .YAML are one file."""
    found: list[Path] = []
    for path in (folder / f"{stem}{suffix}" for suffix in _SUFFIXES):
        if _is_file(path) and not any(path.samefile(other) for other in found):
            found.append(path)
    return found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # with this ending the name is too long for the disk: nothing lies there
        return False


def source_from_file(
    name: str, path: Path, inbox: Path, on_error: OnError = raise_error
) -> DescriptionSource:
    """Return what a sidecar, or the defaults of a folder, say."""
    where = display_path(path, inbox)
    sidecar = read_sidecar(path, where, on_error)
    return DescriptionSource(name, where, sidecar.values, sidecar.lines)


def display_path(path: Path, inbox: Path) -> str:
    """Return how messages and records name a file: from the inbox, never an absolute path."""
    return path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
