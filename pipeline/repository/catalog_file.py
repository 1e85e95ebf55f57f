"""The catalogue's file: opened, recognized, built anew, and locked while somebody writes."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from importlib.resources import files
from pathlib import Path

from filelock import FileLock

from pipeline.repository.catalog_entries import Card, card_of, enter, published_versions

_SCHEMA_VERSION = 3
#: what is built beside its place may be lost in a crash, and is then built again
_UNSAFE = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file; rows answer to names."""
    db = sqlite3.connect(path, timeout=60)
    db.row_factory = sqlite3.Row
    return db


def archive_lock(output: Path) -> FileLock:
    """Return the lock of whoever changes what is published; a thread may take it twice."""
    work = output / ".opis"
    work.mkdir(parents=True, exist_ok=True)
    return FileLock(work / "publish.lock", is_singleton=True)


def is_whole(path: Path) -> bool:
    """Whether the file is a catalogue of this schema and as long as it says."""
    if not path.exists():
        return False
    try:
        with closing(connect(path)) as db:
            schema, count, size = (
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("user_version", "page_count", "page_size")
            )
            db.execute("SELECT count(*) FROM pending").fetchone()
    except sqlite3.DatabaseError:
        return False
    return bool(schema == _SCHEMA_VERSION and count * size == path.stat().st_size)


def build(path: Path, records: Path) -> None:
    """Build the catalogue from what is published; the caller holds the lock."""
    build_from(path, (card_of(folder, records) for folder in published_versions(records)))


def build_from(path: Path, cards: Iterable[Card]) -> None:
    """Build the catalogue beside its place, a card at a time, force it to disk and rename it."""
    beside = path.with_name(f".{path.name}.partial")
    for leftover in path.parent.glob(f".{path.name}.partial*"):
        leftover.unlink()
    with closing(connect(beside)) as db:
        db.executescript(_UNSAFE)
        db.executescript((files("pipeline.repository") / "catalog.sql").read_text("utf-8"))
        with db:
            for card in cards:
                enter(db, card)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    beside.replace(path)
