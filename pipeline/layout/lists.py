"""Find typed lists: rows of cells that stand in columns, as names, dates and numbers do.

A row of a list is read across, columns of running text one after the other. In running text every
column is filled with lines of words; a list has columns of numbers, or of short and ragged cells.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from pipeline.text import Box, Line, Word

_CELL_GAP = 2.0  #: letter widths; more than a space, less than two of a typewriter
_MIN_ROWS, _MIN_PAIR_ROWS = 3, 4  #: rows of three columns and more, and of two columns
_MIN_PLAIN_ROWS, _MIN_PLAIN_FILLED = 8, 0.9  #: of two columns without numbers: names and posts
_MAX_BROKEN_ROWS = 2  #: lines of one cell between two rows: a long cell goes on
_MAX_STEP = 4.0  #: line heights from a row to the next
_MAX_CROSSING = 0.15  #: 0..1, rows that may cross the gap between two columns, as headings do
_MIN_FILLED = 0.4  #: 0..1, rows that have a cell in a column
_MIN_NUMERIC = 0.6  #: 0..1, cells of a column of numbers that are numbers
_MAX_NUMBER_LENGTH = 14  #: characters of a number, a date, a price
_RUNNING_LENGTH = 12  #: characters; lines of running text are longer
_FULL_WIDTH, _MIN_FULL = 0.75, 0.6  #: of the column's width, and of the lines that reach it
_RULES = frozenset("|¦[]_—-")


@dataclass(frozen=True, slots=True)
class Cell:
    """Neighbouring words of a line, no wide gap between them."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words, separated by spaces."""
        return " ".join(word.text for word in self.words)

    @property
    def left(self) -> int:
        """Where it begins, in pixels."""
        return self.words[0].box.x

    @property
    def right(self) -> int:
        """Where it ends, in pixels."""
        return max(word.box.right for word in self.words)

    @property
    def is_number(self) -> bool:
        """Whether it is a number, a date or a sum, and not words."""
        marks = [mark for mark in self.text if mark.isalnum()]
        digits = sum(map(str.isdigit, marks))
        return 2 * digits > len(marks) and len(self.text) <= _MAX_NUMBER_LENGTH


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of a list that stand one below the other."""

    cells: tuple[Cell, ...]
    left: float  #: pixels
    right: float

    @property
    def is_numeric(self) -> bool:
        """Whether its cells are numbers."""
        return sum(cell.is_number for cell in self.cells) >= _MIN_NUMERIC * len(self.cells)

    @property
    def is_running(self) -> bool:
        """Whether its cells may be lines of running text: long, and most of the full width."""
        full = self.left + _FULL_WIDTH * (self.right - self.left)
        reach = sum(cell.right >= full for cell in self.cells)
        usual = median(len(cell.text) for cell in self.cells)
        return (
            not self.is_numeric
            and usual >= _RUNNING_LENGTH
            and reach >= _MIN_FULL * len(self.cells)
        )


@dataclass(frozen=True)
class TypedList:
    """Consecutive lines that are the rows of a list."""

    start: int  #: index of its first line among the lines of the page
    rows: tuple[Line, ...]
    columns: tuple[Column, ...]

    @cached_property
    def box(self) -> Box:
        """The box around its rows."""
        return Box.around(row.box for row in self.rows)

    @property
    def is_numbered_text(self) -> bool:
        """Whether it is but a column of text with a number before each line."""
        return len(self.columns) == 2 and self.columns[0].is_numeric


def cells_of(line: Line, letter_width: float | None = None) -> tuple[Cell, ...]:
    """Return the cells of a line: words with wide gaps or rules between them.

    Args:
        line: its words from left to right.
        letter_width: in pixels; None for that of the line.
    """
    width = letter_width or usual_letter_width(line.words)
    cells: list[list[Word]] = [[]]
    for word in line.words:
        if set(word.text) <= _RULES and "|" in word.text:
            cells.append([])
            continue
        if cells[-1] and word.box.x - cells[-1][-1].box.right >= _CELL_GAP * width:
            cells.append([])
        cells[-1].append(word)
    return tuple(Cell(tuple(words)) for words in cells if words)


def usual_letter_width(words: Sequence[Word]) -> float:
    """Return the mean width of a character in pixels; 1 if there is no word."""
    return sum(w.box.width for w in words) / max(sum(len(w.text) for w in words), 1) or 1.0


def find_lists(lines: Sequence[Line]) -> list[TypedList]:
    """Return the lists among the lines of a page, which are in reading order."""
    words = [word for line in lines for word in line.words]
    longer = [word.box.width / len(word.text) for word in words if len(word.text) > 2]
    width = median(longer) if longer else usual_letter_width(words)
    cells = [cells_of(line, width) for line in lines]
    found = []
    for start, end in _runs(lines, cells):
        rows = [row for row in cells[start:end] if len(row) > 1]
        columns = _find_columns(rows, width)
        if _is_list(columns, len(rows)):
            found.append(TypedList(start, tuple(lines[start:end]), columns))
    return found


def _runs(lines: Sequence[Line], cells: Sequence[tuple[Cell, ...]]) -> Iterator[tuple[int, int]]:
    """Yield start and end of lines below each other that have several cells, few between one."""
    start: int | None = None
    last = 0
    for index, row in enumerate(cells):
        if start is not None and (
            index - last > _MAX_BROKEN_ROWS + 1 or not _is_below(lines[index], lines[index - 1])
        ):
            yield start, last + 1
            start = None
        if len(row) > 1:
            start, last = (index if start is None else start), index
    if start is not None:
        yield start, last + 1


def _is_below(line: Line, above: Line) -> bool:
    """Return whether a line is the next below another, or a few lines below it."""
    step = line.box.y - above.box.y
    return 0 < step <= _MAX_STEP * max(line.box.height, above.box.height)


def _find_columns(rows: Sequence[tuple[Cell, ...]], letter_width: float) -> tuple[Column, ...]:
    """Return the columns of rows: the places that few rows leave empty, between empty places."""
    if len(rows) < _MIN_ROWS:
        return ()
    unit = letter_width / 2
    start = min(row[0].left for row in rows)
    counts = [0] * (int((max(row[-1].right for row in rows) - start) / unit) + 1)
    for cell in (cell for row in rows for cell in row):
        for place in range(int((cell.left - start) / unit), int((cell.right - start) / unit) + 1):
            counts[min(place, len(counts) - 1)] += 1
    filled = [count > max(_MAX_CROSSING * len(rows), 1) for count in counts]
    spans = [(start + a * unit, start + b * unit) for a, b in _spans(filled)]
    columns = []
    for left, right in spans:
        inside = tuple(
            cell for row in rows for cell in row if left <= (cell.left + cell.right) / 2 <= right
        )
        if len(inside) >= _MIN_FILLED * len(rows):
            columns.append(Column(inside, left, right))
    return tuple(columns)


def _spans(filled: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Yield the filled places, where two empty ones or more part them."""
    start, last = None, 0
    for place, is_filled in enumerate(filled):
        if is_filled:
            if start is not None and place - last > 2:
                yield start, last + 1
                start = None
            start, last = (place if start is None else start), place
    if start is not None:
        yield start, last + 1


def _is_list(columns: Sequence[Column], rows: int) -> bool:
    """Return whether columns are those of a list, and not of running text or a letterhead."""
    running = sum(column.is_running for column in columns)
    numeric = sum(column.is_numeric for column in columns)
    if len(columns) > 2:
        return rows >= _MIN_ROWS and (numeric > 0 or running <= 1)
    if len(columns) < 2:
        return False
    if numeric:
        return rows >= _MIN_PAIR_ROWS
    is_full = all(len(column.cells) >= _MIN_PLAIN_FILLED * rows for column in columns)
    return rows >= _MIN_PLAIN_ROWS and is_full and not running
