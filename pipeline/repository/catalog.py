"""The catalogue: one SQLite file over all records, with full text, rebuildable from records/.

It contains only data of the records. The table ``pending`` keeps it complete after a crash, so that
duplicates are detected: a version is noted there before it is renamed into place, and the note is
deleted when the version is entered.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import CatalogError
from pipeline.repository.catalog_file import CatalogState, catalog_state, open_database
from pipeline.repository.published_version import (
    VERSION_COLUMNS,
    PublishedVersion,
    version_from_row,
)

if TYPE_CHECKING:  # commands that only list wait for none of these
    from pipeline.record.record import Record
    from pipeline.record.version_folder import VersionFolder
    from pipeline.references import ArchivalReference
    from pipeline.references.reference_query import ReferenceQuery
    from pipeline.repository.full_text import Hit
    from pipeline.repository.place_search import PlaceHit
    from pipeline.repository.record_selection import RecordSelection
    from pipeline.repository.related_records import RelatedRecords

_TABLES = ("page", "issue", "relation", "holding", "holding_level", "version", "record")


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A record as the catalogue lists it."""

    id: str
    version: int
    folder: str
    title: str
    date: str | None  #: EDTF
    date_words: str
    reference: str | None
    pages: int
    words: int
    confidence: float | None
    needs_review: bool
    status: str  #: ``machine``, ``sampled``, ``in-part``, ``reviewed``, ``checked``, ``withdrawn``


class Catalog:
    """An open catalogue; use it as a context manager, or close it."""

    def __init__(self, path: Path, records: Path) -> None:
        """Open the catalogue, or build it if it is missing, broken or of another schema.

        Args:
            path: of the SQLite file.
            records: the folder of all records.
        """
        self.path, self.records = path, records
        self.state = catalog_state(path)  #: of the file before it was opened, or built anew
        is_current = self.state is CatalogState.CURRENT
        self._db = open_database(path) if is_current else self._build_under_lock()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> "Catalog":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def iter_entries(
        self, limit: int = -1, after_id: str = "", status: str | None = None
    ) -> Iterator[CatalogEntry]:
        """Yield records, ordered by folder.

        Args:
            limit: maximum number of records; negative for all.
            after_id: the record to continue after.
            status: that the records have; None for any.

        Raises:
            CatalogError: there is no record ``after_id``.
        """
        start = (self.get_entry(after_id).folder, after_id) if after_id else ("", "")
        rows = self._db.execute(
            "SELECT * FROM record WHERE (folder, id) > (?, ?) AND status = ifnull(?, status)"
            " ORDER BY folder, id LIMIT ?",
            [*start, status, limit],
        )
        yield from map(_entry_from_row, rows)

    def record_count(self, status: str | None = None) -> int:
        """Return the number of records, all or those of a status."""
        query = "SELECT count(*) FROM record WHERE status = ifnull(?, status)"
        return int(self._db.execute(query, [status]).fetchone()[0])

    def status_counts(self) -> dict[str, int]:
        """Return the number of records of each status."""
        return dict(self._db.execute("SELECT status, count(*) FROM record GROUP BY status"))

    def get_entry(self, record_id: str) -> CatalogEntry:
        """Return the entry of a record.

        Raises:
            CatalogError: the id is unknown; the message names similar ones.
        """
        row = self._db.execute("SELECT * FROM record WHERE id = ?", [record_id]).fetchone()
        if row is None:
            like = f"%{record_id.strip().lower()}%"
            similar = self._db.execute("SELECT id FROM record WHERE id LIKE ? LIMIT 5", [like])
            ids = ", ".join(match["id"] for match in similar)
            hint = f"Did you mean {ids}?" if ids else "`opis list` shows all."
            msg = f"There is no record {record_id!r}. {hint}"
            raise CatalogError(msg)
        return _entry_from_row(row)

    def load_record(self, record_id: str, version: int | None) -> "Record":
        """Return a version of a record as published; None means the newest.

        Raises:
            CatalogError: there is no such record or version.
            ValueError: its ``record.json`` is damaged.
        """
        from pipeline.record.version_folder import VersionFolder  # noqa: PLC0415  see above

        entry = self.get_entry(record_id)
        folder = VersionFolder.of(self.records / entry.folder, version or entry.version)
        try:
            return folder.load_record()
        except FileNotFoundError as error:
            msg = f"{record_id} has no version {version}; the newest is {entry.version}."
            raise CatalogError(msg) from error

    def find_by_digest(self, sha256: str) -> PublishedVersion | None:
        """Return the newest published version of a scan by its SHA-256, or None."""
        row = self._db.execute(
            f"SELECT {VERSION_COLUMNS} FROM version v"
            " JOIN record r ON r.id = v.record WHERE source_sha256 = ? ORDER BY v.version DESC",
            [sha256],
        ).fetchone()
        return None if row is None else version_from_row(row)

    def iter_versions(self, record_id: str | None = None) -> Iterator[PublishedVersion]:
        """Yield all published versions, or those of one record."""
        only = "" if record_id is None else "WHERE v.record = ?"
        rows = self._db.execute(
            f"SELECT {VERSION_COLUMNS} FROM record r CROSS JOIN version v ON v.record = r.id"
            f" {only} ORDER BY r.folder, r.id, v.version",
            [] if record_id is None else [record_id],
        )
        yield from map(version_from_row, rows)

    def newest_version(self, record_id: str) -> int:
        """Return the number of the newest version; 0 if there is no such record."""
        row = self._db.execute("SELECT version FROM record WHERE id = ?", [record_id]).fetchone()
        return 0 if row is None else int(row["version"])

    def record_folder_of(self, record_id: str) -> str | None:
        """Return a record's folder, relative to ``records/``; None if there is no such record."""
        row = self._db.execute("SELECT folder FROM record WHERE id = ?", [record_id]).fetchone()
        return None if row is None else str(row["folder"])

    def find_at(self, reference: "ArchivalReference") -> list[str]:
        """Return the ids of the records that were made from this place, in order."""
        rows = self._db.execute(
            "SELECT record FROM holding WHERE number = 1 AND file = ? AND leaves = ? ORDER BY 1",
            [reference.file_key, reference.unpadded_leaves],
        )
        return [str(row["record"]) for row in rows]

    def find_below(self, reference: str) -> list[str]:
        """Return the ids of the records of a file or of leaves of it, ordered by folder.

        Args:
            reference: the printed form of a reference without leaves.
        """
        from pipeline.repository.record_selection import select_below  # noqa: PLC0415

        return select_below(self._db, reference)

    def find_ids(self, beginning: str, limit: int) -> list[str]:
        """Return the ids that begin like this, in order."""
        rows = self._db.execute(
            "SELECT id FROM record WHERE id >= ?1 AND substr(id, 1, length(?1)) = ?1"
            " ORDER BY id LIMIT ?2",
            [beginning, limit],
        )
        return [str(row["id"]) for row in rows]

    def select(self, selection: "RecordSelection") -> list[str]:
        """Return the ids of the records of a selection, whoever read them, in archive order."""
        from pipeline.repository.record_selection import select_from_catalog  # noqa: PLC0415

        return select_from_catalog(self._db, selection)

    def search(self, query: str, limit: int = 50, status: str | None = None) -> list["Hit"]:
        """Return the pages that contain all words of the query (see `full_text`)."""
        from pipeline.repository.full_text import find_hits  # noqa: PLC0415

        return find_hits(self._db, query, limit, status)

    def count_hits(self, query: str, status: str | None = None) -> int:
        """Return the number of such pages; MAX_RANKED_PAGES + 1 stands for any more."""
        from pipeline.repository.full_text import count_hits  # noqa: PLC0415

        return count_hits(self._db, query, status)

    def related_records(self) -> "RelatedRecords":
        """Return what finds the other sides of relations."""
        from pipeline.repository.related_records import RelatedRecords  # noqa: PLC0415

        return RelatedRecords(self._db)

    def find_places(
        self, query: "ReferenceQuery", limit: int = 50, status: str | None = None
    ) -> list["PlaceHit"]:
        """Return the records, or pages of leaves, at a place (see `place_search`)."""
        from pipeline.repository.place_search import find_places  # noqa: PLC0415

        return find_places(self._db, query, limit, status)

    def mark_pending(self, folder: "VersionFolder") -> None:
        """Note that a version is about to be renamed to ``folder``."""
        name = folder.path.relative_to(self.records).as_posix()
        with self._db:
            self._db.execute("INSERT OR IGNORE INTO pending VALUES (?)", [name])

    def apply_pending(self) -> None:
        """Enter the pending versions that are in place, and delete all notes."""
        names = [row["folder"] for row in self._db.execute("SELECT folder FROM pending")]
        if not names:
            return
        from pipeline.repository.catalog_entries import enter_folder  # noqa: PLC0415

        with self._db:
            for name in names:
                if (self.records / name / "bagit.txt").is_file():
                    enter_folder(self._db, self.records / name, self.records)
                self._db.execute("DELETE FROM pending WHERE folder = ?", [name])

    def rebuild(self) -> None:
        """Rebuild the catalogue from the published versions."""
        self._db.close()
        self._db = self._build_under_lock(force=True)

    def iter_rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield all rows, in an order that does not depend on how the file was built."""
        columns = {"page": "record, number, leaf, state, confidence, text, suggested"}
        query = "SELECT {} FROM {} ORDER BY 1, 2, 3, 4, rowid"
        for table in _TABLES:
            for row in self._db.execute(query.format(columns.get(table, "*"), table)):
                yield (table, *row)

    def index_is_consistent(self) -> bool:
        """Return whether the file is intact and the full-text index agrees with the pages."""
        try:
            if self._db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                return False
            with closing(
                sqlite3.connect("")
            ) as copy:  # the check writes; the disk may not allow it
                self._db.backup(copy)
                copy.execute(
                    "INSERT INTO page_search (page_search, rank) VALUES ('integrity-check', 1)"
                )
        except sqlite3.DatabaseError:
            return False
        return True

    def _build_under_lock(self, *, force: bool = False) -> sqlite3.Connection:
        """Build the file and open it; if another process built it meanwhile, only open it."""
        from pipeline.repository.archive_lock import archive_lock  # noqa: PLC0415
        from pipeline.repository.catalog_build import build_catalog  # noqa: PLC0415

        with archive_lock(self.path.parent):
            if catalog_state(self.path) is CatalogState.CURRENT and not force:
                return open_database(self.path)
            build_catalog(self.path, self.records)
            return open_database(self.path)


def _entry_from_row(row: sqlite3.Row) -> CatalogEntry:
    fields = {name: row[name] for name in CatalogEntry.__dataclass_fields__}
    return CatalogEntry(**{**fields, "needs_review": bool(row["needs_review"])})
