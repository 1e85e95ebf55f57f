"""The catalogue: one SQLite file over all records, with full text; rebuilt from records/ at will.

It holds nothing that is not in the records. What it says of duplicates is made safe by
``pending``: a version is announced before it is renamed into place and crossed off after it is
entered, so that a crash in between leaves a note of where to look.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import CatalogError
from pipeline.record.model import Record, from_json
from pipeline.repository.catalog_entries import card_of, enter
from pipeline.repository.catalog_file import archive_lock, build, connect, is_whole
from pipeline.repository.full_text import Hit, count, find

_KNOWN = (
    "v.record, v.version, r.folder, v.sidecar_sha256, v.manifest_sha256,"
    " r.status = 'withdrawn' AND v.version = r.version, r.reference"
)
_TABLES = ("page", "issue", "version", "record")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as the catalogue lists it."""

    id: str
    version: int
    folder: str
    title: str
    date: str | None
    reference: str | None
    pages: int
    words: int
    confidence: float | None
    needs_review: bool
    status: str  #: ``machine``, ``reviewed``, ``withdrawn``


@dataclass(frozen=True, slots=True)
class Known:
    """A published version: where it lies, and what described it."""

    record: str
    version: int
    folder: str
    sidecar_sha256: str | None
    manifest_sha256: str  #: of its tagmanifest, which closes over all of it
    withdrawn: bool
    reference: str | None  #: of the newest version: where it was made


class Catalog:
    """An open catalogue; use as a context manager, or close it."""

    def __init__(self, path: Path, records: Path) -> None:
        """Open the catalogue, or build it where it is missing, broken or of another schema.

        Args:
            path: of the SQLite file.
            records: the folder it is about.
        """
        self.path, self.records = path, records
        self.rebuilt = False  #: there was one, and it could not be used
        self._db = connect(path) if is_whole(path) else self._anew()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> "Catalog":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def entries(self, limit: int = -1, after: str = "") -> Iterator[Entry]:
        """Yield records by place in the archive.

        Args:
            limit: how many at the most; all if negative.
            after: the id of the record to go on behind.

        Raises:
            CatalogError: there is no record ``after``.
        """
        start = (self.entry(after).folder, after) if after else ("", "")
        rows = self._db.execute(
            "SELECT * FROM record WHERE (folder, id) > (?, ?) ORDER BY folder, id LIMIT ?",
            [*start, limit],
        )
        yield from map(_entry, rows)

    def size(self) -> int:
        """Return how many records there are."""
        return int(self._db.execute("SELECT count(*) FROM record").fetchone()[0])

    def entry(self, record_id: str) -> Entry:
        """Return one record.

        Raises:
            CatalogError: there is none of this id; names the nearest.
        """
        row = self._db.execute("SELECT * FROM record WHERE id = ?", [record_id]).fetchone()
        if row is None:
            like = f"%{record_id.strip().lower()}%"
            near = self._db.execute("SELECT id FROM record WHERE id LIKE ? LIMIT 5", [like])
            ids = ", ".join(found["id"] for found in near)
            hint = f"Did you mean {ids}?" if ids else "`opis list` shows all."
            msg = f"There is no record {record_id!r}. {hint}"
            raise CatalogError(msg)
        return _entry(row)

    def load(self, record_id: str, version: int | None) -> Record:
        """Return a version of a record as published, the newest for None.

        Raises:
            CatalogError: there is no such record or version.
        """
        entry = self.entry(record_id)
        folder = self.records / entry.folder / f"v{version or entry.version}"
        try:
            return from_json((folder / "data" / "record.json").read_bytes())
        except FileNotFoundError as error:
            msg = f"{record_id} has no version {version}; the newest is {entry.version}."
            raise CatalogError(msg) from error

    def with_bytes(self, sha256: str) -> Known | None:
        """Return the newest published version of these bytes, or None."""
        row = self._db.execute(
            f"SELECT {_KNOWN} FROM version v"
            " JOIN record r ON r.id = v.record WHERE source_sha256 = ? ORDER BY v.version DESC",
            [sha256],
        ).fetchone()
        return None if row is None else _known(row)

    def versions(self, record_id: str | None = None) -> Iterator[Known]:
        """Yield all versions that were published, or those of one record."""
        only = "" if record_id is None else "WHERE v.record = ?"
        rows = self._db.execute(
            f"SELECT {_KNOWN} FROM record r CROSS JOIN version v ON v.record = r.id {only}"
            " ORDER BY r.folder, r.id, v.version",
            [] if record_id is None else [record_id],
        )
        yield from map(_known, rows)

    def newest_version(self, record_id: str) -> int:
        """Return the number of the newest version, 0 where there is no such record."""
        row = self._db.execute("SELECT version FROM record WHERE id = ?", [record_id]).fetchone()
        return 0 if row is None else int(row["version"])

    def folder_of(self, record_id: str) -> str | None:
        """Return where a record lies, relative to ``records/``, or None where there is none."""
        row = self._db.execute("SELECT folder FROM record WHERE id = ?", [record_id]).fetchone()
        return None if row is None else str(row["folder"])

    def with_reference(self, normal: str) -> str | None:
        """Return the id of the record that was made from this place, or None."""
        row = self._db.execute("SELECT id FROM record WHERE reference = ?", [normal]).fetchone()
        return None if row is None else str(row["id"])

    def under(self, normal: str) -> list[str]:
        """Return the ids of the records made from a file or from leaves of it, by place.

        Args:
            normal: the printed form of a reference without leaves.
        """
        rows = self._db.execute(
            # What begins with it and a comma lies between those two: after a blank comes `!`.
            "SELECT id FROM record WHERE reference = ?1"
            " OR reference >= ?1 || ', ' AND reference < ?1 || ',!' ORDER BY folder, id",
            [normal],
        )
        return [str(row["id"]) for row in rows]

    def search(self, query: str, limit: int = 50) -> list[Hit]:
        """Return the pages on which all words of the query stand (see `full_text`)."""
        return find(self._db, query, limit)

    def count(self, query: str) -> int:
        """Return on how many pages they stand, CONSIDERED + 1 for any more."""
        return count(self._db, query)

    def announce(self, folder: Path) -> None:
        """Note that a version is about to appear at ``folder``."""
        name = folder.relative_to(self.records).as_posix()
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO pending VALUES (?)", [name])

    def settle(self) -> None:
        """Enter the versions that were announced and appeared, forget those that did not."""
        names = [row["folder"] for row in self._db.execute("SELECT folder FROM pending")]
        with self._db:
            for name in names:
                if (self.records / name / "bagit.txt").is_file():
                    enter(self._db, card_of(self.records / name, self.records))
                self._db.execute("DELETE FROM pending WHERE folder = ?", [name])

    def rebuild(self) -> None:
        """Make the catalogue anew from the published versions."""
        self._db.close()
        self._db = self._anew(always=True)

    def dump(self) -> Iterator[tuple[Any, ...]]:
        """Yield all that it says, in an order that does not depend on how it was built."""
        columns = {"page": "record, number, leaf, state, confidence, text"}
        asked = "SELECT {} FROM {} ORDER BY 1, 2, 3, 4"
        for table in _TABLES:
            for row in self._db.execute(asked.format(columns.get(table, "*"), table)):
                yield (table, *row)

    def searches_what_it_holds(self) -> bool:
        """Whether the file is sound and the full-text index agrees with the pages."""
        try:
            if self._db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return False
            with closing(sqlite3.connect("")) as copy:  # the check writes, the disk may not let it
                self._db.backup(copy)
                copy.execute(
                    "INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)"
                )
        except sqlite3.DatabaseError:
            return False
        return True

    def _anew(self, *, always: bool = False) -> sqlite3.Connection:
        """Build beside and rename into place; of many that find none, one builds."""
        with archive_lock(self.path.parent):
            if is_whole(self.path) and not always:
                return connect(self.path)
            self.rebuilt = self.path.exists()
            build(self.path, self.records)
            return connect(self.path)


def _entry(row: sqlite3.Row) -> Entry:
    fields = {name: row[name] for name in Entry.__dataclass_fields__}
    return Entry(**{**fields, "needs_review": bool(row["needs_review"])})


def _known(row: sqlite3.Row) -> Known:
    record, version, folder, sidecar, manifest, withdrawn, reference = row
    return Known(record, version, folder, sidecar, manifest, bool(withdrawn), reference)
