"""``index.csv``: what a spreadsheet says of the scans of its folder, a row each.

UTF-8 with or without a byte order mark; semicolons, commas or tabs, as spreadsheets write them.
A column ``file`` or ``scan`` names the scan, with or without its ending; the others are fields,
and ``|`` divides the items of a list. Cells are text: what a spreadsheet did to them before
(0110 turned 110) only a person can mend, but it can be seen (see ``faults``).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.description.fields import PLURAL_NAMES, Description, suggest_field
from pipeline.description.text_file import CONTROL_CHARACTER, decode_utf8
from pipeline.description.yaml_file import FieldValue
from pipeline.errors import DescriptionError, UnreadableError, is_machine_error

INDEX_FILE = "index.csv"
_SCAN_COLUMNS = ("file", "scan")
_LIST_FIELDS = frozenset({"references", "contributors", "subjects", "leaves", *PLURAL_NAMES})
_NESTED_FIELDS = frozenset({"names", "titles", "translations"})
_COLUMNS = frozenset({*Description.model_fields, *PLURAL_NAMES}) - _NESTED_FIELDS
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What a row says of a scan."""

    scan: str  #: as written
    number: int  #: as the spreadsheet counts, the heading being row 1
    line: int  #: of the file, where the row begins
    values: dict[str, FieldValue]
    cells: tuple[str, ...] = ()  #: as they are
    error: DescriptionError | None = None


@dataclass(frozen=True, slots=True)
class IndexTable:
    """An ``index.csv`` as read; ``fault`` where nothing in it can be relied on."""

    file_label: str
    rows: tuple[IndexRow, ...] = ()
    heading: tuple[str, ...] = ()
    error: DescriptionError | None = None
    heading_errors: tuple[DescriptionError, ...] = ()  #: every fault of the heading
    rows_by_scan: dict[str, tuple[IndexRow, ...]] = field(default_factory=dict)

    def rows_of(self, file_name: str) -> tuple[IndexRow, ...]:
        """Return the rows on a scan, by its file name or without the ending."""
        whole = _normalize_name(file_name)
        stem = _normalize_name(Path(file_name).stem)
        return (
            *self.rows_by_scan.get(whole, ()),
            *(self.rows_by_scan.get(stem, ()) if stem != whole else ()),
        )

    def duplicate_error(self, rows: Sequence[IndexRow]) -> DescriptionError:
        """Return the fault of several rows on one scan."""
        first, second = rows[0], rows[1]
        msg = (
            f"{self.file_label}, line {second.line}: the scan {second.scan} is on line "
            f"{first.line}, too. Keep one of the two rows."
        )
        return DescriptionError(msg, file=self.file_label, line=second.line, code="scan-twice")


def read_table(path: Path, file_label: str) -> IndexTable:
    """Read an ``index.csv``, which messages call ``file_label``; again only when it changes."""
    try:
        status = path.stat()
        return _read_cached(path, file_label, status.st_mtime_ns, status.st_size)
    except OSError as error:
        if is_machine_error(error):
            raise
        msg = f"{file_label} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error


@lru_cache(maxsize=64)
def _read_cached(path: Path, file_label: str, _changed: int, size: int) -> IndexTable:
    if size > _MAX_BYTES:
        msg = f"{file_label} is larger than 64 MiB. Divide the folder."
        return IndexTable(file_label, error=DescriptionError(msg, file=file_label, code="bad-csv"))
    return parse_table(path.read_bytes(), file_label)


def parse_table(content: bytes, file_label: str) -> IndexTable:
    r"""Read the bytes of an ``index.csv``.

    >>> parse_table(b"scan;title;subjects\na.pdf;Cable;x|y\n", "index.csv").rows[0].values
    {'title': 'Cable', 'subjects': ['x', 'y']}
    """
    try:
        text = decode_utf8(content, file_label, "Save it as “CSV UTF-8”.")
    except DescriptionError as error:  # its cause holds all the bytes, and the table is kept
        line = error.line or 1
        return IndexTable(file_label, error=_csv_error(file_label, line, str(error), error.code))
    try:
        lines = list(_numbered_rows(text))
    except csv.Error as error:
        line = text.count("\n") + 1
        msg = f"{file_label} cannot be read: {error}. Quotation marks in a cell are doubled."
        return IndexTable(file_label, error=_csv_error(file_label, line, msg, "bad-csv"))
    if not lines:
        return IndexTable(file_label)
    (number, line, cells), *rest = lines
    heading = tuple(cell.strip() for cell in cells)
    wrong = tuple(_heading_errors(heading, file_label, line))
    rows = tuple(
        _parse_row(heading, n - number + 1, at, r, file_label) for n, at, r in rest if any(r)
    )
    places: dict[str, tuple[IndexRow, ...]] = {}
    for row in rows:
        places[_normalize_name(row.scan)] = (*places.get(_normalize_name(row.scan), ()), row)
    fault = wrong[0] if wrong else None
    return IndexTable(file_label, rows, heading, fault, wrong, places)


def to_csv(*rows: Sequence[str]) -> str:
    """Return rows as CSV with semicolons."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=";", lineterminator="\n").writerows(rows)
    return made.getvalue()


def _numbered_rows(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield number, first line and cells of each row; a line ``sep=;`` is no row of the table."""
    told = re.match(r"sep=(.)\r?\n", text)
    body = text[told.end() :] if told else text
    mark = told[1] if told else _guess_delimiter(body)
    begins = 2 if told else 1
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True)
    line = begins
    for number, cells in enumerate(reader, 1):
        yield number, line, [cell.strip() for cell in cells]
        line = begins + reader.line_num


def _guess_delimiter(text: str) -> str:
    """Return what divides the heading most often: a heading holds no sentences."""
    heading = text.partition("\n")[0]
    return max(";,\t", key=heading.count)


def _heading_errors(
    heading: tuple[str, ...], file_label: str, line: int
) -> Iterator[DescriptionError]:
    place = f"{file_label}, line {line}"
    seen: set[str] = set()
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
            msg = f"{place}: `{name}` is not a field. {suggest_field(name)}"
            yield _csv_error(file_label, line, msg, "unknown-key")
        seen.add(PLURAL_NAMES.get(name, name))


def _parse_row(
    heading: tuple[str, ...], number: int, line: int, cells: list[str], file_label: str
) -> IndexRow:
    wide = [*cells, *[""] * (len(heading) - len(cells))]
    said = {name: cell for name, cell in zip(heading, wide, strict=False) if name and cell}
    scan = next((said.pop(key) for key in _SCAN_COLUMNS if key in said), "")
    values = {name: _cell_value(name, cell) for name, cell in said.items() if name in _COLUMNS}
    unheaded = any(cell for name, cell in zip(heading, wide, strict=False) if not name)
    problem = ""
    if unheaded or any(wide[len(heading) :]):
        problem = "has more cells than the heading. Put a text that holds the divider in quotes."
    elif not scan:
        problem = "names no scan."
    elif {"/", "\\"} & set(scan):
        problem = "names a path. Each folder has an index.csv of its own; write the name alone."
    elif any(CONTROL_CHARACTER.search(cell.replace("\r", "")) for cell in cells):
        problem = "holds a control character. Leave it out."
    msg = f"{file_label}, line {line} {problem}"
    fault = _csv_error(file_label, line, msg, "bad-csv") if problem else None
    return IndexRow(scan, number, line, values, tuple(cells), fault)


def _cell_value(name: str, cell: str) -> FieldValue:
    """Return a cell as a sidecar would say it; an empty item of ``leaves`` is no leaf."""
    if name not in _LIST_FIELDS or "|" not in cell:
        return cell
    items = [item.strip() for item in cell.split("|")]
    if name == "leaves":
        return [None if item in {"", "-", "null"} else item for item in items]
    return [item for item in items if item]


def _normalize_name(scan: str) -> str:
    return unicodedata.normalize("NFC", scan)


def _csv_error(file_label: str, line: int, message: str, code: str) -> DescriptionError:
    return DescriptionError(message, file=file_label, line=line, code=code)
