"""Enters published versions into the catalogue's tables."""

import sqlite3
from dataclasses import astuple, dataclass
from itertools import starmap
from pathlib import Path
from typing import Any

from pipeline.dates.span import Day, first_day, first_year, last_day
from pipeline.doubt.suggested_text import suggested_words, with_suggestions
from pipeline.fixity import file_sha256
from pipeline.record.date_wording import record_date_in_words
from pipeline.record.people import names_in_role, sorted_name
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import TAG_MANIFEST
from pipeline.repository.catalog_places import (
    CatalogHolding,
    CatalogRelation,
    catalog_holding,
    catalog_relations,
    holding_levels,
)
from pipeline.repository.word_stems import enter_words

#: fields of CatalogRow in the order of the columns in catalog.sql
_RECORD_FIELDS = (
    "id", "version", "folder", "title", "date", "date_words", "first_day", "last_day", "year",
    "creators", "recipients", "language", "archive", "fond", "reference", "page_count", "words",
    "confidence", "needs_review", "summary", "status",
)  # fmt: skip
_VERSION_FIELDS = (
    "id", "version", "source_sha256", "source_name", "sidecar_sha256", "manifest_sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CatalogPage:
    """A page of a catalogue row."""

    number: int  #: position in the scan, from 1
    leaf: str | None
    state: str
    confidence: float | None  #: mean, 0..1
    text: str  #: reading text
    suggested: str = ""  #: the same with suggested words in place; empty if there are none


@dataclass(frozen=True, slots=True)
class CatalogRow:
    """The data that the catalogue takes from a published version."""

    id: str
    version: int
    folder: str  #: of the record, relative to ``records/``
    title: str
    date: str | None
    date_words: str
    first_day: str | None
    last_day: str | None
    year: int | None
    creators: str
    recipients: str
    language: str | None
    archive: str | None
    fond: str | None
    reference: str | None
    words: int
    confidence: float | None
    needs_review: bool
    summary: str | None
    status: str
    source_sha256: str
    source_name: str
    sidecar_sha256: str | None
    manifest_sha256: str
    issues: tuple[tuple[int | None, str, str], ...]  #: page, concern, detail
    pages: tuple[CatalogPage, ...]
    holdings: tuple[CatalogHolding, ...] = ()
    #: Number of the holding, level, value as searches compare it.
    holding_levels: tuple[tuple[int, str, str], ...] = ()
    relations: tuple[CatalogRelation, ...] = ()

    @property
    def page_count(self) -> int:
        """The number of pages of the version."""
        return len(self.pages)


def catalog_row_of(folder: VersionFolder, records: Path) -> CatalogRow:
    """Return the catalogue row of a published version.

    Args:
        folder: of the version.
        records: the folder of all records.

    Raises:
        OSError, ValueError: its record or its tagmanifest cannot be read.
    """
    name = folder.record_folder.relative_to(records).as_posix()
    return row_of_record(folder.load_record(), name, file_sha256(folder.path / TAG_MANIFEST))


def row_of_record(record: Record, folder: str, manifest_sha256: str) -> CatalogRow:
    """Return the catalogue row of a record.

    Args:
        record: a version of it.
        folder: of the record, relative to ``records/``.
        manifest_sha256: digest of the version's tagmanifest.
    """
    source, sidecar = record.provenance.source, record.provenance.sidecar
    first = record.references[0] if record.references else None
    return CatalogRow(
        id=record.id,
        version=record.version,
        folder=folder,
        title=record.name,
        **_date_columns(record),
        creators="; ".join(map(sorted_name, names_in_role(record, "creator"))),
        recipients="; ".join(map(sorted_name, names_in_role(record, "recipient"))),
        language=record.language,
        archive=None if first is None else first.archive,
        fond=None if first is None else dict(first.path).get("fond"),
        reference=None if first is None else first.normal or first.as_cited,
        words=record.quality.words,
        confidence=record.quality.mean_confidence,
        needs_review=record.needs_review,
        summary=record.summary,
        status=record.status,
        source_sha256=source.sha256,
        source_name=source.name,
        sidecar_sha256=None if sidecar is None else sidecar.sha256,
        manifest_sha256=manifest_sha256,
        issues=tuple((issue.page, issue.concern.value, issue.detail) for issue in record.issues),
        pages=tuple(map(_catalog_page, record.pages)),
        holdings=tuple(starmap(catalog_holding, enumerate(record.references, 1))),
        holding_levels=tuple(holding_levels(record)),
        relations=() if record.status == "withdrawn" else tuple(catalog_relations(record)),
    )


def _date_columns(record: Record) -> dict[str, Any]:
    return {
        "date": record.date,
        "date_words": record_date_in_words(record, "en"),
        "first_day": _iso_day(first_day(record.date)),
        "last_day": _iso_day(last_day(record.date)),
        "year": first_year(record.date),
    }


def _iso_day(day: Day | None) -> str | None:
    """Return a day as SQLite's date functions take it; None for a year that is not known."""
    year, month, number = day or (0, 0, 0)
    return f"{year:04d}-{month:02d}-{number:02d}" if 0 < year < 9999 else None


def _catalog_page(page: RecordPage) -> CatalogPage:
    text = page.reading_text
    suggested = with_suggestions(text, suggested_words(page.corrected_text, page.doubts or ()))
    return CatalogPage(
        page.number, page.leaf, page.state.value, page.mean_confidence, text,
        "" if suggested == text else suggested,
    )  # fmt: skip


def enter_version(
    db: sqlite3.Connection, catalog_row: CatalogRow, entered_words: set[str] | None = None
) -> None:
    """Enter a version; only the newest fills the searched tables.

    Args:
        db: an open catalogue; the caller commits.
        catalog_row: of the version.
        entered_words: those of the same transaction, where there are many versions.
    """
    newest = db.execute("SELECT version FROM record WHERE id = ?", [catalog_row.id]).fetchone()
    if newest is None or catalog_row.version >= newest[0]:
        _delete_record(db, catalog_row.id)
        _insert_row(db, "record", tuple(getattr(catalog_row, name) for name in _RECORD_FIELDS))
        _insert_relations(db, catalog_row)
        _insert_pages(db, catalog_row)
        texts = (text for page in catalog_row.pages for text in (page.text, page.suggested))
        enter_words(db, texts, set() if entered_words is None else entered_words)
    row = tuple(getattr(catalog_row, name) for name in _VERSION_FIELDS)
    db.execute("INSERT OR REPLACE INTO version VALUES (?, ?, ?, ?, ?, ?)", row)


def enter_folder(db: sqlite3.Connection, folder: Path, records: Path) -> None:
    """Enter the version in a folder; ``records`` is the folder of all records."""
    enter_version(db, catalog_row_of(VersionFolder(folder), records))


def _insert_pages(db: sqlite3.Connection, catalog_row: CatalogRow) -> None:
    for issue in catalog_row.issues:
        _insert_row(db, "issue", (catalog_row.id, *issue))
    for page in catalog_row.pages:
        place = (None, catalog_row.id, page.number, page.leaf, page.state, page.confidence)
        rowid = _insert_row(db, "page", (*place, page.text, page.suggested))
        db.execute(
            "INSERT INTO page_search (rowid, text, suggested)"
            " SELECT id, text, suggested FROM page_text WHERE id = ?",
            [rowid],
        )


def _insert_relations(db: sqlite3.Connection, catalog_row: CatalogRow) -> None:
    for table, rows in (("holding", catalog_row.holdings), ("relation", catalog_row.relations)):
        for row in rows:
            _insert_row(db, table, (catalog_row.id, *astuple(row)))
    for level in catalog_row.holding_levels:
        _insert_row(db, "holding_level", (catalog_row.id, *level))


def _delete_record(db: sqlite3.Connection, record_id: str) -> None:
    db.execute(
        "INSERT INTO page_search (page_search, rowid, text, suggested)"
        " SELECT 'delete', t.id, t.text, t.suggested"
        " FROM page_text t JOIN page p ON p.id = t.id WHERE p.record = ?",
        [record_id],
    )
    for table in ("page", "issue", "relation", "holding", "holding_level"):
        db.execute(f"DELETE FROM {table} WHERE record = ?", [record_id])
    db.execute("DELETE FROM record WHERE id = ?", [record_id])


def _insert_row(db: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> int:
    placeholders = ", ".join("?" * len(row))
    return db.execute(f"INSERT INTO {table} VALUES ({placeholders})", row).lastrowid or 0
