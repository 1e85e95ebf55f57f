"""Sources of a scan's description: the folders of the inbox, its file name, its sidecar.

A folder has two: ``_defaults.yaml`` for all scans under it, ``index.csv`` for each scan in it. A
sidecar has more than one if people decided on questions about the scan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.description.index_csv import INDEX_FILE, IndexRow, IndexTable, read_table, to_csv
from pipeline.description.scan_name import read_scan_name
from pipeline.description.yaml_file import FieldValue, OnError, raise_error, read_sidecar
from pipeline.errors import DescriptionError
from pipeline.inbox.files import DEFAULTS_STEM, SIDECAR_SUFFIXES
from pipeline.inbox.name_forms import same_names

DEFAULTS = "folder defaults"
INDEX = "index"
FILE_NAME = "file name"
DOUBTFUL_NAME = "file name in doubt"  #: it has no values
SIDECAR = "sidecar"
DECISION = "decision"
DOCUMENTS_KEY = "documents"  #: of a sidecar: the documents in its scan

_SUFFIXES = (*SIDECAR_SUFFIXES, *map(str.upper, SIDECAR_SUFFIXES))


@dataclass(frozen=True, slots=True)
class DescriptionSource:
    """One source of a scan's description, with its values."""

    name: str  #: kind of source, e.g. ``sidecar``
    file_label: str  #: name in messages: the path from the inbox, or the file name
    values: Mapping[str, FieldValue]
    lines: Mapping[str, int] = field(default_factory=dict)  #: of each key, 1-based
    row: int | None = None  #: of ``index.csv``, 1-based, the heading being the first
    doubt: str = ""  #: why a file name that looks like a reference could not be read
    decided_by: str = ""  #: a person
    #: of a sidecar: the documents in its scan, each described as a scan is, and by its pages
    documents: tuple["DescriptionSource", ...] = ()
    first_line: int = 1  #: where it begins in its file

    @property
    def origin(self) -> str:
        """The origin of its values as records state it; folder defaults with their file."""
        if self.name == INDEX:
            return f"{self.file_label}, row {self.row}"
        if self.name == DECISION:
            return f"{DECISION} of {self.decided_by}"
        return f"{self.name} ({self.file_label})" if self.name == DEFAULTS else self.name


def find_sources(
    scan: Path, inbox: Path, on_error: OnError = raise_error
) -> list[DescriptionSource]:
    """Return the sources of a scan, the nearest last: folders, row, file name, sidecar.

    Args:
        scan: absolute or relative, as ``inbox``.
        inbox: the outermost folder that counts; for a scan outside, its own folder is.
        on_error: called with the error of a source that cannot be read; it is left out.
    """
    folders = [scan.parent]
    while folders[0] != inbox and inbox in folders[0].parents:
        folders.insert(0, folders[0].parent)
    finders: list[Callable[[], DescriptionSource | None]] = [
        *(
            partial(_file_source, DEFAULTS, folder / DEFAULTS_STEM, inbox, on_error)
            for folder in folders
        ),
        partial(index_row_source, scan, inbox),
        partial(file_name_source, scan),
        partial(_file_source, SIDECAR, scan.with_name(scan.stem), inbox, on_error),
    ]
    found = (_source_or_none(find_source, on_error) for find_source in finders)
    sources = [source for source in found if source is not None]
    return [*sources, *_decisions_in(sources[-1])] if sources else []


def _source_or_none(
    find_source: Callable[[], DescriptionSource | None], on_error: OnError
) -> DescriptionSource | None:
    try:
        return find_source()
    except DescriptionError as error:
        on_error(error)
        return None


def _decisions_in(sidecar: DescriptionSource) -> Iterator[DescriptionSource]:
    """Yield each decision in a sidecar that has a value, as a source of that one field."""
    decisions = sidecar.values.get("decisions") if sidecar.name == SIDECAR else None
    for number, item in enumerate(decisions if isinstance(decisions, list) else []):
        if not isinstance(item, dict) or not item.get("value"):
            continue
        field_name, person = item.get("field"), item.get("by")
        if isinstance(field_name, str) and isinstance(person, str):
            line = sidecar.lines.get(f"decisions.{number}.value", 1)
            yield DescriptionSource(
                DECISION, sidecar.file_label, {field_name: item["value"]}, {field_name: line},
                decided_by=person,
            )  # fmt: skip


def _file_source(name: str, base: Path, inbox: Path, on_error: OnError) -> DescriptionSource | None:
    path = _single_sidecar(base.parent, base.name)
    return None if path is None else source_from_file(name, path, inbox, on_error)


def file_name_source(scan: Path) -> DescriptionSource | None:
    """Return the reference that a file name spells as a source, or its doubt, or None.

    Raises:
        DescriptionError: the file name spells an impossible reference.
    """
    try:
        reading = read_scan_name(scan.name)
    except ValueError as error:
        msg = f"The file name {scan.name} cannot be right: {error}. Rename the scan."
        raise DescriptionError(msg, file=scan.name, code="bad-file-name") from error
    if reading.reference is not None:
        values = {"references": reading.reference.as_stamped}
        return DescriptionSource(FILE_NAME, scan.name, values)
    if not reading.doubt:
        return None
    doubt = (
        f"The file name “{scan.name}” looks like a reference that could not be read:"
        f" {reading.doubt} Give the reference in a sidecar, or rename the scan, such as"
        " RGASPI_f558_op11_d330_l112."
    )
    return DescriptionSource(DOUBTFUL_NAME, scan.name, {}, doubt=doubt)


def index_row_source(scan: Path, inbox: Path) -> DescriptionSource | None:
    """Return the row of a scan in ``index.csv`` of its folder as a source, or None.

    Raises:
        DescriptionError: the table or the row is wrong, or the scan has two rows.
    """
    table = index_of(scan, inbox)
    if table is None:
        return None
    if table.error is not None:
        raise table.error
    rows = table.scan_rows(scan.name)
    if len(rows) > 1:
        raise table.duplicate_error(rows)
    if rows and rows[0].error is not None:
        raise rows[0].error
    return source_from_row(rows[0], table.file_label) if rows else None


def index_of(scan: Path, inbox: Path) -> IndexTable | None:
    """Return the ``index.csv`` of a scan's folder, or None."""
    path = scan.parent / INDEX_FILE
    return read_table(path, display_path(path, inbox)) if _is_file(path) else None


def row_as_csv(scan: Path, inbox: Path) -> str:
    """Return heading and row of a scan in ``index.csv``, as CSV; empty if there is none."""
    table = index_of(scan, inbox)
    rows = () if table is None else table.scan_rows(scan.name)
    return to_csv(table.heading, rows[0].cells) if table and rows else ""


def source_from_row(row: IndexRow, file_label: str) -> DescriptionSource:
    """Return a row as a source."""
    lines = dict.fromkeys(row.values, row.line)
    return DescriptionSource(INDEX, file_label, row.values, lines, row.number, first_line=row.line)


def find_sidecar(scan: Path) -> Path | None:
    """Return ``NAME.yaml``, ``NAME.yml`` or ``NAME.json`` beside ``NAME.pdf``, if there is one."""
    return _single_sidecar(scan.parent, scan.stem)


def find_sidecars(scan: Path) -> list[Path]:
    """Return every sidecar of a scan: one at most, unless the archivist left two."""
    return sidecars_of_stem(scan.parent, scan.stem)


def _single_sidecar(folder: Path, stem: str) -> Path | None:
    """Return the sidecar of this name or None; DescriptionError if there are two."""
    paths = sidecars_of_stem(folder, stem)
    if len(paths) > 1:
        msg = f"{paths[0].name} and {paths[1].name} describe the same. Keep one of the two."
        raise DescriptionError(msg)
    return paths[0] if paths else None


def sidecars_of_stem(folder: Path, stem: str) -> list[Path]:
    """Return all sidecars of this name; on some disks .yaml and .YAML are one file."""
    paths: list[Path] = []
    names = (f"{stem}{suffix}" for suffix in _SUFFIXES)
    for path in (path for name in names for path in same_names(folder, name)):
        if _is_file(path) and not any(path.samefile(other) for other in paths):
            paths.append(path)
    return paths


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # with this suffix the name is too long for the disk: there is no such file
        return False


def source_from_file(
    name: str, path: Path, inbox: Path, on_error: OnError = raise_error
) -> DescriptionSource:
    """Return a sidecar, or the defaults of a folder, as a source."""
    label = display_path(path, inbox)
    sidecar = read_sidecar(path, label, on_error)
    values = dict(sidecar.values)
    if name != SIDECAR or DOCUMENTS_KEY not in values:
        return DescriptionSource(name, label, values, sidecar.lines)
    listed = values.pop(DOCUMENTS_KEY)
    documents = tuple(_listed_documents(listed, label, sidecar.lines))
    return DescriptionSource(name, label, values, sidecar.lines, documents=documents)


def _listed_documents(
    listed: FieldValue, label: str, lines: Mapping[str, int]
) -> Iterator[DescriptionSource]:
    """Yield the documents that a sidecar lists; DescriptionError for an item without keys."""
    lines_by_item = defaultdict[str, dict[str, int]](dict)
    for key, line in lines.items():
        list_name, _, within = key.partition(".")
        if list_name == DOCUMENTS_KEY and within:
            item_number, _, field_path = within.partition(".")
            lines_by_item[item_number][field_path] = line
    for number, item in enumerate(listed if isinstance(listed, list) else [listed]):
        own_lines = lines_by_item[str(number)]
        first_line = own_lines.pop("", lines.get(DOCUMENTS_KEY, 1))
        if not isinstance(item, dict):
            msg = (
                f"{label}, line {first_line}: `{DOCUMENTS_KEY}` takes a list, each document with "
                "its `pages` or `leaves`."
            )
            raise DescriptionError(msg, file=label, line=first_line, code="bad-value")
        yield DescriptionSource(SIDECAR, label, item, own_lines, first_line=first_line)


def display_path(path: Path, inbox: Path) -> str:
    """Return the path from the inbox, for messages and records; outside it, the file name."""
    return path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
