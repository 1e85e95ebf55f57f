"""The series of each scan: documents of one machine, office or fonds.

Models that were trained on some pages of a series are judged by pages of other series. The table
is a text file with tabs between its columns and a head line that names at least ``page`` (the
scan's name without suffix) and ``series``; other columns, and more rows of a page, do no harm.
"""

import csv
from pathlib import Path

from pipeline.errors import SetupError

SERIES_FILE = "series.tsv"


def series_of_folder(folder: Path, table: Path | None = None) -> dict[str, str]:
    """Return the series of the scans in a folder by name; none if there is no table of them.

    Args:
        folder: of the scans.
        table: of the series; None: the one in the folder.

    Raises:
        SetupError: as in `read_series`.
    """
    beside = folder / SERIES_FILE
    chosen = table or (beside if beside.exists() else None)
    return read_series(chosen) if chosen else {}


def read_series(table: Path) -> dict[str, str]:
    """Return the series of scans by their names without suffix.

    Raises:
        SetupError: the table cannot be read, lacks a column, or puts a scan into two series.
    """
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            missing = {"page", "series"} - set(rows.fieldnames or ())
            pairs = [] if missing else [(row["page"], row["series"] or "") for row in rows]
    except (OSError, UnicodeDecodeError) as error:
        msg = f"The series cannot be read from {table}: {error}"
        raise SetupError(msg) from error
    if missing:
        msg = f"{table} has no column {' and no column '.join(sorted(missing))}."
        raise SetupError(msg)
    series: dict[str, str] = {}
    for page, name in pairs:
        if series.setdefault(page, name) != name:
            msg = f"{table} puts {page} into two series, {series[page]} and {name}."
            raise SetupError(msg)
    return series
