"""Opens and checks the catalogue's SQLite file."""

import sqlite3
from contextlib import closing
from enum import Enum, auto
from pathlib import Path

_SCHEMA_VERSION = 6


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file; rows give columns by name."""
    db = sqlite3.connect(path, timeout=60)
    db.row_factory = sqlite3.Row
    return db


class CatalogState(Enum):
    """What the file is; all but a current one are built anew from the records."""

    MISSING = auto()
    CURRENT = auto()
    OTHER_SCHEMA = auto()  #: of another Opis, and whole as far as this one can tell
    DAMAGED = auto()  #: cut off, or no catalogue


def catalog_state(path: Path) -> CatalogState:
    """Return what the file is."""
    if not path.exists():
        return CatalogState.MISSING
    try:
        with closing(open_database(path)) as db:
            schema, count, size = (
                db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("user_version", "page_count", "page_size")
            )
            db.execute("SELECT count(*) FROM pending").fetchone()
    except sqlite3.DatabaseError:
        return CatalogState.DAMAGED
    if not schema or count * size != path.stat().st_size:
        return CatalogState.DAMAGED
    return CatalogState.CURRENT if schema == _SCHEMA_VERSION else CatalogState.OTHER_SCHEMA
