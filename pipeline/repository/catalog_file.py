"""Opens, checks, builds and locks the catalogue's SQLite file."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from filelock import FileLock

from pipeline.repository.catalog_entries import (
    CatalogRow,
    catalog_row_of,
    enter_version,
    version_folders,
)

_SCHEMA_VERSION = 4
#: no journal: after a crash the file is built again
_BUILD_PRAGMAS = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file; rows give columns by name."""
    db = sqlite3.connect(path, timeout=60)
    db.row_factory = sqlite3.Row
    return db


def archive_lock(output: Path) -> FileLock:
    """Return the lock for changes of the archive; a thread may take it twice."""
    work = output / ".opis"
    work.mkdir(parents=True, exist_ok=True)
    return FileLock(work / "publish.lock", is_singleton=True)


def is_usable(path: Path) -> bool:
    """Return whether the file is a catalogue of this schema and not cut off."""
    if not path.exists():
        return False
    try:
        with closing(open_database(path)) as db:
            schema, count, size = (
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("user_version", "page_count", "page_size")
            )
            db.execute("SELECT count(*) FROM pending").fetchone()
    except sqlite3.DatabaseError:
        return False
    return bool(schema == _SCHEMA_VERSION and count * size == path.stat().st_size)


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
        with db:
            for row in rows:
                enter_version(db, row)
    with partial_file.open("rb") as file:
        os.fsync(file.fileno())
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    partial_file.replace(path)
