"""Tables in CSV, as the programs that take them in read them: UTF-8, a comma, quotes doubled.

A value that begins as a formula does stays as it is: no importer computes it, and a mark before it
would become part of the description.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

#: A backslash before a quote, or before the end of a value: PHP's ``fgetcsv`` takes it for an
#: escape of the quote, and reads on into the next value.
_PHP_ESCAPE = re.compile(r'\\(?="|$)')
_LOOKALIKE_BACKSLASH = "\N{REVERSE SOLIDUS OPERATOR}"
_LOOKALIKE_BAR = "\N{BROKEN BAR}"


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return a table; a row may lack columns.

    Raises:
        ValueError: a row has a column that the table has not.
    """
    out = io.StringIO()
    table = csv.DictWriter(out, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue()


def to_csv_with_repeated_columns(
    columns: Sequence[str], rows: Sequence[Mapping[str, Sequence[str]]]
) -> str:
    """Return a table in which a column of several values stands several times.

    Args:
        columns: names, in order; those without any value are left out, but the first.
        rows: values by column; a row may lack columns.
    """
    counts = {name: max((len(row.get(name, ())) for row in rows), default=0) for name in columns}
    counts[columns[0]] = 1
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow([name for name in columns for _ in range(counts[name])])
    for row in rows:
        cells = list[str]()
        for name in columns:
            values = list(row.get(name, ()))
            cells += values + [""] * (counts[name] - len(values))
        table.writerow(cells)
    return out.getvalue()


def join_values(values: Iterable[str]) -> str:
    """Return several values of one cell; a bar inside of one becomes a broken bar.

    >>> join_values(["peace", "a|b"])
    'peace|a¦b'
    """
    return "|".join(map(without_bars, values))


def without_bars(text: str) -> str:
    """Return a text in which no bar divides values."""
    return text.replace("|", _LOOKALIKE_BAR)


def php_safe(text: str) -> str:
    r"""Return a text that PHP reads back from CSV; a backslash that it cannot is replaced.

    >>> php_safe("C:\\ and \\") == "C:\\ and ⧵"
    True
    """
    return _PHP_ESCAPE.sub(_LOOKALIKE_BACKSLASH, text)
