"""Where descriptions come from: the folders of the inbox, a scan's file name, its sidecar.

A folder speaks in two ways: ``_defaults.yaml`` of all under it, ``index.csv`` of each scan in it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.description.index_csv import INDEX_FILE, Row, as_csv, read_table
from pipeline.description.yaml_file import Complain, Value, read_sidecar, stop
from pipeline.errors import DescriptionError
from pipeline.references import from_file_name

DEFAULTS = "folder defaults"
INDEX = "index"
FILE_NAME = "file name"
SIDECAR = "sidecar"

_SUFFIXES = (".yaml", ".yml", ".json", ".YAML", ".YML", ".JSON")


@dataclass(frozen=True, slots=True)
class Source:
    """One place that says something of a scan."""

    name: str  #: kind of place, e.g. ``sidecar``
    where: str  #: the file, relative to the inbox; or what messages call it
    values: Mapping[str, Value]
    lines: Mapping[str, int] = field(default_factory=dict)  #: of each key, 1-based
    row: int | None = None  #: of a spreadsheet, 1-based, the heading being the first

    @property
    def origin(self) -> str:
        """What a record says of where a value came from; of several folders, which one."""
        if self.name == INDEX:
            return f"{self.where}, row {self.row}"
        return f"{self.name} ({self.where})" if self.name == DEFAULTS else self.name


def find_sources(scan: Path, inbox: Path, complain: Complain = stop) -> list[Source]:
    """Return what the folders from ``inbox`` down, its row, its name and its sidecar say of a scan.

    Of a scan that is not under ``inbox`` (both absolute, or both relative), its own folder counts.
    A source that cannot be read is complained of and left out.
    """
    above = [scan.parent]
    while above[0] != inbox and inbox in above[0].parents:
        above.insert(0, above[0].parent)
    ways: list[Callable[[], Source | None]] = [
        *(partial(_one_file, DEFAULTS, folder / "_defaults", inbox, complain) for folder in above),
        partial(index_row, scan, inbox),
        partial(file_name, scan),
        partial(_one_file, SIDECAR, scan.with_name(scan.stem), inbox, complain),
    ]
    return [source for source in (_tried(way, complain) for way in ways) if source is not None]


def _tried(way: Callable[[], Source | None], complain: Complain) -> Source | None:
    try:
        return way()
    except DescriptionError as error:
        complain(error)
        return None


def _one_file(name: str, base: Path, inbox: Path, complain: Complain) -> Source | None:
    path = _only(base.parent, base.name)
    return None if path is None else from_file(name, path, inbox, complain)


def file_name(scan: Path) -> Source | None:
    """Return what a file name spells, if it does; DescriptionError where that cannot be."""
    try:
        named = from_file_name(scan.stem)
    except ValueError as error:
        msg = f"The file name {scan.name} cannot be right: {error}. Rename the scan."
        raise DescriptionError(msg, file=scan.name, code="bad-file-name") from error
    return None if named is None else Source(FILE_NAME, scan.name, {"references": named.labelled})


def index_row(scan: Path, inbox: Path) -> Source | None:
    """Return what ``index.csv`` of its folder says of a scan, if there is one and it does."""
    path = scan.parent / INDEX_FILE
    if not _is_file(path):
        return None
    where = told_as(path, inbox)
    table = read_table(path, where)
    if table.fault is not None:
        raise table.fault
    rows = table.of(scan.name)
    if len(rows) > 1:
        raise table.twice(rows)
    if rows and rows[0].fault is not None:
        raise rows[0].fault
    return from_row(rows[0], where) if rows else None


def row_as_csv(scan: Path, inbox: Path) -> str:
    """Return heading and row of ``index.csv`` on a scan, as CSV; empty where there is none."""
    path = scan.parent / INDEX_FILE
    if not _is_file(path):
        return ""
    table = read_table(path, told_as(path, inbox))
    rows = table.of(scan.name)
    return as_csv(table.heading, rows[0].cells) if rows else ""


def from_row(row: Row, where: str) -> Source:
    """Return a row as a source."""
    return Source(INDEX, where, row.values, dict.fromkeys(row.values, row.line), row.number)


def sidecar_of(scan: Path) -> Path | None:
    """Return ``NAME.yaml``, ``NAME.yml`` or ``NAME.json`` beside ``NAME.pdf``, if there is one."""
    return _only(scan.parent, scan.stem)


def sidecars_of(scan: Path) -> list[Path]:
    """Return every description of this name, however many there are."""
    return _described_by(scan.parent, scan.stem)


def _only(folder: Path, stem: str) -> Path | None:
    """Return the one description of this name."""
    found = _described_by(folder, stem)
    if len(found) > 1:
        msg = f"{found[0].name} and {found[1].name} describe the same. Keep one of the two."
        raise DescriptionError(msg)
    return found[0] if found else None


def _described_by(folder: Path, stem: str) -> list[Path]:
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


def from_file(name: str, path: Path, inbox: Path, complain: Complain = stop) -> Source:
    """Return what a sidecar, or the defaults of a folder, say."""
    where = told_as(path, inbox)
    sidecar = read_sidecar(path, where, complain)
    return Source(name, where, sidecar.values, sidecar.lines)


def told_as(path: Path, inbox: Path) -> str:
    """Return how messages and records name a file: from the inbox, never an absolute path."""
    return path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
