"""Enters published versions into the catalogue's tables."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.fixity import digest
from pipeline.record import Record, from_json


def enter(db: sqlite3.Connection, folder: Path, records: Path) -> None:
    """Enter a version; only the newest fills the tables that are searched.

    Args:
        db: an open catalogue; the caller ends the transaction.
        folder: of the version.
        records: the folder that all records lie in.
    """
    record = from_json((folder / "data" / "record.json").read_bytes())
    source, sidecar = record.provenance.source, record.provenance.sidecar
    newest = db.execute("SELECT version FROM record WHERE id = ?", [record.id]).fetchone()
    if newest is None or record.version >= newest[0]:
        _remove(db, record.id)
        _insert(db, "record", _record_row(record, folder.parent.relative_to(records)))
        _enter_pages(db, record)
    manifest = digest(folder / "tagmanifest-sha256.txt")
    also = None if sidecar is None else sidecar.sha256
    row = (record.id, record.version, source.sha256, source.name, also, manifest)
    db.execute("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?)", row)


def _enter_pages(db: sqlite3.Connection, record: Record) -> None:
    for issue in record.issues:
        _insert(db, "issue", (record.id, issue.page, issue.concern.value, issue.detail))
    for page in record.pages:
        row = (None, record.id, page.number, page.leaf, page.state.value)
        rowid = _insert(db, "page", (*row, page.mean_confidence, page.reading_text))
        db.execute(
            "INSERT INTO page_search (rowid, text) SELECT id, text FROM page_text WHERE id = ?",
            [rowid],
        )


def _remove(db: sqlite3.Connection, record_id: str) -> None:
    db.execute(
        "INSERT INTO page_search (page_search, rowid, text) SELECT 'delete', t.id, t.text"
        " FROM page_text t JOIN page p ON p.id = t.id WHERE p.record = ?",
        [record_id],
    )
    for table, key in (("page", "record"), ("issue", "record"), ("record", "id")):
        db.execute(f"DELETE FROM {table} WHERE {key} = ?", [record_id])


def _insert(db: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> int:
    places = ", ".join("?" * len(row))
    return db.execute(f"INSERT INTO {table} VALUES ({places})", row).lastrowid or 0


def _record_row(record: Record, folder: Path) -> tuple[Any, ...]:
    first = record.references[0] if record.references else None
    return (
        record.id,
        record.version,
        folder.as_posix(),
        record.name,
        record.date,
        record.language,
        None if first is None else first.archive,
        None if first is None else first.normal or first.as_cited,
        len(record.pages),
        record.quality.words,
        record.quality.mean_confidence,
        int(record.needs_review),
        record.summary,
        record.status,
    )


def published_versions(records: Path) -> Iterator[Path]:
    """Yield the folder of every published version, in a fixed order; staging is left out."""
    for folder in _folders(records):
        versions = [p for p in _children(folder) if re.fullmatch(r"v[1-9][0-9]*", p.name)]
        yield from sorted(versions, key=lambda path: int(path.name[1:]))


def _folders(folder: Path) -> Iterator[Path]:
    """Yield the folders of records: those that hold a version."""
    if not folder.is_dir():
        return
    children = _children(folder)
    if any((child / "bagit.txt").is_file() or (child / "data").is_dir() for child in children):
        yield folder
        return
    for child in children:
        yield from _folders(child)


def _children(folder: Path) -> list[Path]:
    """Return the folders in a folder; a link is none, it may lead anywhere."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    )
