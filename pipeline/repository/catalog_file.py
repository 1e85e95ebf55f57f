"""Opens and checks the catalogue's SQLite file."""

import sqlite3
from contextlib import closing
from pathlib import Path

_SCHEMA_VERSION = 6


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file; rows give columns by name."""
    db = sqlite3.connect(path, timeout=60)
    db.row_factory = sqlite3.Row
    return db


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
