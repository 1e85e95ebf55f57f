"""``index.csv``: a table that describes the scans of its folder, a row each.

UTF-8 with or without a byte order mark; semicolons, commas or tabs, as spreadsheets write them.
A column ``file`` or ``scan`` names the scan, with or without its suffix; the others are fields,
and ``|`` separates the items of a list. Cells are text. Zeros that a spreadsheet dropped (0110
became 110) are not restored here; ``validation`` reports them.

A scan that holds several documents has a row for each, with its ``pages`` or its ``leaves``.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.description.fields import PLURAL_NAMES, Description
from pipeline.description.near_fields import suggest_field
from pipeline.description.relations import RELATION_KINDS
from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8
from pipeline.description.yaml_file import FieldValue
from pipeline.errors import DescriptionError, UnreadableError, is_machine_error
from pipeline.inbox.name_forms import name_key

INDEX_FILE = "index.csv"
PAGES_KEY = "pages"  #: of a document in a scan: its pages there
_SCAN_COLUMNS = ("file", "scan")
_LIST_FIELDS = frozenset(
    {
        "references",
        "creator",
        "recipient",
        "contributors",
        "subjects",
        "leaves",
        *RELATION_KINDS,
        *PLURAL_NAMES,
    }
)
_NESTED_FIELDS = frozenset({"names", "titles", "translations"})
_COLUMNS = frozenset({*Description.model_fields, *PLURAL_NAMES, PAGES_KEY}) - _NESTED_FIELDS
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A row of the table: the description of one scan."""

    scan: str  #: as written
    number: int  #: of the row as a spreadsheet counts, the heading being row 1
    line: int  #: of the file where the row begins, 1-based
    values: dict[str, FieldValue]
    cells: tuple[str, ...] = ()  #: the text of every cell
    error: DescriptionError | None = None

    @property
    def has_pages(self) -> bool:
        """Whether it names some pages of the scan, so describes a document on them."""
        return PAGES_KEY in self.values


@dataclass(frozen=True, slots=True)
class IndexTable:
    """A parsed ``index.csv``; with an ``error``, nothing in it can be relied on."""

    file_label: str
    rows: tuple[IndexRow, ...] = ()
    heading: tuple[str, ...] = ()
    error: DescriptionError | None = None
    heading_errors: tuple[DescriptionError, ...] = ()  #: every fault of the heading
    rows_by_scan: dict[str, tuple[IndexRow, ...]] = field(default_factory=dict)

    def scan_rows(self, file_name: str) -> tuple[IndexRow, ...]:
        """Return the rows that describe a scan as a whole: one, unless the table is wrong."""
        of_documents = {row.line for row in self.document_rows(file_name)}
        return tuple(row for row in self.rows_of(file_name) if row.line not in of_documents)

    def document_rows(self, file_name: str) -> tuple[IndexRow, ...]:
        """Return the rows that describe documents in a scan: with pages, or some of its leaves."""
        rows = self.rows_of(file_name)
        return tuple(
            row for row in rows if row.has_pages or (len(rows) > 1 and "leaves" in row.values)
        )

    def rows_of(self, file_name: str) -> tuple[IndexRow, ...]:
        """Return the rows on a scan, which they name with or without its suffix."""
        name = name_key(file_name)
        stem = name_key(Path(file_name).stem)
        by_stem = self.rows_by_scan.get(stem, ()) if stem != name else ()
        return (*self.rows_by_scan.get(name, ()), *by_stem)

    def duplicate_error(self, rows: Sequence[IndexRow]) -> DescriptionError:
        """Return the error for two or more rows on one scan."""
        first, second = rows[0], rows[1]
        msg = (
            f"{self.file_label}, line {second.line}: the scan {second.scan} is on line "
            f"{first.line}, too. Keep one of the two rows; if each describes a document of the "
            "scan, give each its `pages` or `leaves`."
        )
        return DescriptionError(msg, file=self.file_label, line=second.line, code="scan-twice")


def read_table(path: Path, file_label: str) -> IndexTable:
    """Read an ``index.csv``; the table is cached until the file's time or size changes.

    Args:
        path: of the file.
        file_label: its name in messages.

    Raises:
        UnreadableError: the operating system does not let us read it.
    """
    try:
        status = path.stat()
        return _read_cached(path, file_label, status.st_mtime_ns, status.st_size)
    except OSError as error:
        if is_machine_error(error):
            raise
        msg = f"{file_label} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error


@lru_cache(maxsize=64)
def _read_cached(path: Path, file_label: str, _modified_ns: int, size: int) -> IndexTable:
    if size > _MAX_BYTES:
        msg = f"{file_label} is larger than 64 MiB. Divide the folder."
        return IndexTable(file_label, error=DescriptionError(msg, file=file_label, code="bad-csv"))
    return parse_table(path.read_bytes(), file_label)


def parse_table(content: bytes, file_label: str) -> IndexTable:
    r"""Parse the bytes of an ``index.csv``; the table carries its errors, none is raised.

    >>> parse_table(b"scan;title;subjects\na.pdf;Cable;x|y\n", "index.csv").rows[0].values
    {'title': 'Cable', 'subjects': ['x', 'y']}
    """
    try:
        text = decode_utf8(content, file_label, "Save it as “CSV UTF-8”.")
        numbered = list(_numbered_rows(text, file_label))
    except DescriptionError as error:  # copied: its cause holds all the bytes, the table is cached
        line = error.line or 1
        return IndexTable(file_label, error=_csv_error(file_label, line, str(error), error.code))
    if not numbered:
        return IndexTable(file_label)
    (_, heading_line, heading_cells), *rest = numbered
    heading = tuple(heading_cells)
    errors = tuple(_heading_errors(heading, file_label, heading_line))
    rows = tuple(
        _parse_row(heading, number, line, cells, file_label)
        for number, line, cells in rest
        if any(cells)
    )
    rows_by_scan: dict[str, tuple[IndexRow, ...]] = {}
    for row in rows:
        name = name_key(row.scan)
        rows_by_scan[name] = (*rows_by_scan.get(name, ()), row)
    first = errors[0] if errors else None
    return IndexTable(file_label, rows, heading, first, errors, rows_by_scan)


def to_csv(*rows: Sequence[str]) -> str:
    """Return rows as CSV with semicolons."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _numbered_rows(text: str, file_label: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield number, first line and stripped cells of each row; a first line ``sep=;`` is no row.

    Raises:
        DescriptionError: a row is not CSV; with the line where the row begins.
    """
    separator = re.match(r"sep=(.)\r?\n", text)
    body = text[separator.end() :] if separator else text
    delimiter = separator[1] if separator else _guess_delimiter(body)
    first_line = 2 if separator else 1
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    line = first_line
    try:
        for number, cells in enumerate(reader, 1):
            yield number, line, [cell.strip() for cell in cells]
            line = first_line + reader.line_num
    except csv.Error as error:
        advice = "Quotation marks in a cell are doubled."
        msg = f"{file_label}, line {line} cannot be read: {error}. {advice}"
        raise _csv_error(file_label, line, msg, "bad-csv") from error


def _guess_delimiter(text: str) -> str:
    """Return the delimiter that is most frequent in the heading, which holds no sentences."""
    heading = text.partition("\n")[0]
    return max(";,\t", key=heading.count)


def _heading_errors(
    heading: tuple[str, ...], file_label: str, line: int
) -> Iterator[DescriptionError]:
    place = f"{file_label}, line {line}"
    seen = set[str]()
    if sum(name in _SCAN_COLUMNS for name in heading) != 1:
        msg = f"{place} has no column, or two, that name the scan. Head one column `file`."
        yield _csv_error(file_label, line, msg, "bad-csv")
    for name in filter(None, heading):
        if PLURAL_NAMES.get(name, name) in seen:
            msg = f"{place} has the column `{name}` twice. Keep one of the two."
            yield _csv_error(file_label, line, msg, "duplicate-key")
        elif name in _NESTED_FIELDS:
            msg = f"{place}: `{name}` has keys of its own and fits no cell. Put it in a sidecar."
            yield _csv_error(file_label, line, msg, "unknown-key")
        elif name not in {*_SCAN_COLUMNS, *_COLUMNS}:
            msg = f"{place}: `{name}` is not a field. {suggest_field(name, Description)}"
            yield _csv_error(file_label, line, msg, "unknown-key")
        seen.add(PLURAL_NAMES.get(name, name))


def _parse_row(
    heading: tuple[str, ...], number: int, line: int, cells: list[str], file_label: str
) -> IndexRow:
    padded = [*cells, *[""] * (len(heading) - len(cells))]
    filled = {name: cell for name, cell in zip(heading, padded, strict=False) if name and cell}
    scan = next((filled.pop(key) for key in _SCAN_COLUMNS if key in filled), "")
    values = {name: _cell_value(name, cell) for name, cell in filled.items() if name in _COLUMNS}
    has_unheaded = any(cell for name, cell in zip(heading, padded, strict=False) if not name)
    problem = ""
    if has_unheaded or any(padded[len(heading) :]):
        problem = "has more cells than the heading. Put a text that holds the divider in quotes."
    elif not scan:
        problem = "names no scan."
    elif {"/", "\\"} & set(scan):
        problem = "names a path. Each folder has an index.csv of its own; write the name alone."
    elif any(CONTROL_CHARACTER.search(cell.replace("\r", "")) for cell in cells):
        problem = "holds a control character. Leave it out."
    msg = f"{file_label}, line {line} {problem}"
    error = _csv_error(file_label, line, msg, "bad-csv") if problem else None
    return IndexRow(scan, number, line, values, tuple(cells), error)


def _cell_value(name: str, cell: str) -> FieldValue:
    """Return a cell as a sidecar's value; an empty item, - or null in ``leaves`` is no leaf."""
    if name not in _LIST_FIELDS or "|" not in cell:
        return cell
    items = [item.strip() for item in cell.split("|")]
    if name == "leaves":
        return [None if item in {"", "-", "null"} else item for item in items]
    return [item for item in items if item]


def _csv_error(file_label: str, line: int, message: str, code: str) -> DescriptionError:
    return DescriptionError(message, file=file_label, line=line, code=code)
