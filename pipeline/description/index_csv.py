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

from pipeline.description.fields import ONE_OF, Description, nearest_field
from pipeline.description.yaml_file import Value
from pipeline.errors import DescriptionError, UnreadableError, is_of_machine

INDEX_FILE = "index.csv"
_KEYS = ("file", "scan")
_LISTS = frozenset({"references", "contributors", "subjects", "leaves", *ONE_OF})
_NESTED = frozenset({"names", "titles", "translations"})
_COLUMNS = frozenset({*Description.model_fields, *ONE_OF}) - _NESTED
_MOST_BYTES = 64 * 1024 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row says of a scan."""

    scan: str  #: as written
    number: int  #: as the spreadsheet counts, the heading being row 1
    line: int  #: of the file, where the row begins
    values: dict[str, Value]
    cells: tuple[str, ...] = ()  #: as they are
    fault: DescriptionError | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An ``index.csv`` as read; ``fault`` where nothing in it can be relied on."""

    where: str
    rows: tuple[Row, ...] = ()
    heading: tuple[str, ...] = ()
    fault: DescriptionError | None = None
    columns: tuple[DescriptionError, ...] = ()  #: every fault of the heading
    places: dict[str, tuple[Row, ...]] = field(default_factory=dict)

    def of(self, name: str) -> tuple[Row, ...]:
        """Return the rows on a scan, by its file name or without the ending."""
        whole = _name(name)
        stem = _name(Path(name).stem)
        return (*self.places.get(whole, ()), *(self.places.get(stem, ()) if stem != whole else ()))

    def twice(self, rows: Sequence[Row]) -> DescriptionError:
        """Return the fault of several rows on one scan."""
        first, second = rows[0], rows[1]
        msg = (
            f"{self.where}, line {second.line}: the scan {second.scan} is on line {first.line}, "
            "too. Keep one of the two rows."
        )
        return DescriptionError(msg, file=self.where, line=second.line, code="scan-twice")


def read_table(path: Path, where: str) -> Table:
    """Read an ``index.csv``, which messages call ``where``; once, as long as it does not change."""
    try:
        status = path.stat()
        return _read(path, where, status.st_mtime_ns, status.st_size)
    except OSError as error:
        if is_of_machine(error):
            raise
        msg = f"{where} cannot be read ({error.strerror})."
        raise UnreadableError(msg) from error


@lru_cache(maxsize=64)
def _read(path: Path, where: str, _changed: int, size: int) -> Table:
    if size > _MOST_BYTES:
        msg = f"{where} is larger than 64 MiB. Divide the folder."
        return Table(where, fault=DescriptionError(msg, file=where, code="bad-csv"))
    return parse_table(path.read_bytes(), where)


def parse_table(content: bytes, where: str) -> Table:
    r"""Read the bytes of an ``index.csv``.

    >>> parse_table(b"scan;title;subjects\na.pdf;Cable;x|y\n", "index.csv").rows[0].values
    {'title': 'Cable', 'subjects': ['x', 'y']}
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        msg = f"{where}, line {line} is not UTF-8. Save it as “CSV UTF-8”."
        return Table(where, fault=_fault(where, line, msg, "bad-encoding"))
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        line = text.count("\n") + 1
        msg = f"{where} cannot be read: {error}. Quotation marks in a cell are doubled."
        return Table(where, fault=_fault(where, line, msg, "bad-csv"))
    if not lines:
        return Table(where)
    (number, line, cells), *rest = lines
    heading = tuple(cell.strip() for cell in cells)
    wrong = tuple(_heading_faults(heading, where, line))
    rows = tuple(_row(heading, n - number + 1, at, r, where) for n, at, r in rest if any(r))
    places: dict[str, tuple[Row, ...]] = {}
    for row in rows:
        places[_name(row.scan)] = (*places.get(_name(row.scan), ()), row)
    fault = wrong[0] if wrong else None
    return Table(where, rows, heading, fault, wrong, places)


def as_csv(*rows: Sequence[str]) -> str:
    """Return rows as CSV with semicolons."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=";", lineterminator="\n").writerows(rows)
    return made.getvalue()


def _lines(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield number, first line and cells of each row; a line ``sep=;`` is no row of the table."""
    told = re.match(r"sep=(.)\r?\n", text)
    body = text[told.end() :] if told else text
    mark = told[1] if told else _delimiter(body)
    begins = 2 if told else 1
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=mark, strict=True)
    line = begins
    for number, cells in enumerate(reader, 1):
        yield number, line, [cell.strip() for cell in cells]
        line = begins + reader.line_num


def _delimiter(text: str) -> str:
    """Return what divides the heading most often: a heading holds no sentences."""
    heading = text.partition("\n")[0]
    return max(";,\t", key=heading.count)


def _heading_faults(heading: tuple[str, ...], where: str, line: int) -> Iterator[DescriptionError]:
    place = f"{where}, line {line}"
    seen: set[str] = set()
    if sum(name in _KEYS for name in heading) != 1:
        msg = f"{place} has no column, or two, that name the scan. Head one column `file`."
        yield _fault(where, line, msg, "bad-csv")
    for name in filter(None, heading):
        if ONE_OF.get(name, name) in seen:
            msg = f"{place} has the column `{name}` twice. Keep one of the two."
            yield _fault(where, line, msg, "duplicate-key")
        elif name in _NESTED:
            msg = f"{place}: `{name}` has keys of its own and fits no cell. Put it in a sidecar."
            yield _fault(where, line, msg, "unknown-key")
        elif name not in {*_KEYS, *_COLUMNS}:
            msg = f"{place}: `{name}` is not a field. {nearest_field(name)}"
            yield _fault(where, line, msg, "unknown-key")
        seen.add(ONE_OF.get(name, name))


def _row(heading: tuple[str, ...], number: int, line: int, cells: list[str], where: str) -> Row:
    wide = [*cells, *[""] * (len(heading) - len(cells))]
    said = {name: cell for name, cell in zip(heading, wide, strict=False) if name and cell}
    scan = next((said.pop(key) for key in _KEYS if key in said), "")
    values = {name: _value(name, cell) for name, cell in said.items() if name in _COLUMNS}
    unheaded = any(cell for name, cell in zip(heading, wide, strict=False) if not name)
    problem = ""
    if unheaded or any(wide[len(heading) :]):
        problem = "has more cells than the heading. Put a text that holds the divider in quotes."
    elif not scan:
        problem = "names no scan."
    elif {"/", "\\"} & set(scan):
        problem = "names a path. Each folder has an index.csv of its own; write the name alone."
    elif any(_CONTROL.search(cell) for cell in cells):
        problem = "holds a control character. Leave it out."
    msg = f"{where}, line {line} {problem}"
    fault = _fault(where, line, msg, "bad-csv") if problem else None
    return Row(scan, number, line, values, tuple(cells), fault)


def _value(name: str, cell: str) -> Value:
    """Return a cell as a sidecar would say it; an empty item of ``leaves`` is no leaf."""
    if name not in _LISTS or "|" not in cell:
        return cell
    items = [item.strip() for item in cell.split("|")]
    if name == "leaves":
        return [None if item in {"", "-", "null"} else item for item in items]
    return [item for item in items if item]


def _name(scan: str) -> str:
    return unicodedata.normalize("NFC", scan)


def _fault(where: str, line: int, msg: str, code: str) -> DescriptionError:
    return DescriptionError(msg, file=where, line=line, code=code)
