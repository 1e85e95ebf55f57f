"""Builds the catalogue's SQLite file from the published versions."""

import os
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from pipeline.repository.catalog_entries import CatalogRow, catalog_row_of, enter_version
from pipeline.repository.catalog_file import open_database
from pipeline.repository.version_folders import version_folders

#: no journal: after a crash the file is built again
_BUILD_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"


def build_catalog(path: Path, records: Path) -> None:
    """Build the catalogue from the published versions; the caller holds the lock."""
    build_from_rows(path, (catalog_row_of(folder, records) for folder in version_folders(records)))


def build_from_rows(path: Path, rows: Iterable[CatalogRow]) -> None:
    """Build the catalogue row by row in a partial file, sync it to disk and rename it."""
    partial_file = path.with_name(f".{path.name}.partial")
    for leftover in path.parent.glob(f".{path.name}.partial*"):
        leftover.unlink()
    with closing(open_database(partial_file)) as db:
        db.executescript(_BUILD_PRAGMAS)
        db.executescript((files("pipeline.repository") / "catalog.sql").read_text("utf-8"))
        words: set[str] = set()
        with db:
            for row in rows:
                enter_version(db, row, words)
    with partial_file.open("rb") as file:
        os.fsync(file.fileno())
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    partial_file.replace(path)
