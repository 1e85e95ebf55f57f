"""Finds the records at a place in an archive, and the pages of a leaf."""

import sqlite3
from dataclasses import dataclass

from pipeline.references.page_labels import find_leaf
from pipeline.references.reference_query import ReferenceQuery


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A record at a place, or the page of a leaf of it."""

    record: str
    title: str
    reference: str  #: the one that matches, in its normal form
    page: int | None = None  #: from 1; None for the whole record
    leaf: str | None = None


def find_places(
    db: sqlite3.Connection, query: ReferenceQuery, limit: int, status: str | None = None
) -> list[PlaceHit]:
    """Return what is held at a place, in the order of the archive.

    Args:
        db: an open catalogue.
        query: levels of it may be missing; a leaf leaves only records with a page of it.
        limit: maximum number of hits.
        status: that the records have; None for any.
    """
    hits: list[PlaceHit] = []
    for record, title, reference in db.execute(*_records_at(query, status)):
        page, leaf = _page_of(db, record, query.leaf) if query.leaf else (None, None)
        if page is not None or not query.leaf:
            hits.append(PlaceHit(record, title, reference, page, leaf))
        if len(hits) == limit:
            break
    return hits


def _records_at(query: ReferenceQuery, status: str | None) -> tuple[str, list[str | None]]:
    """Return a query of records, titles and references, and its values; the deepest level first."""
    archive = () if query.archive is None else (("archive", query.archive),)
    levels = [*reversed(query.levels), *archive]
    joins = "".join(
        f" JOIN holding_level l{depth} ON l{depth}.record = h.record AND l{depth}.number = h.number"
        f" AND l{depth}.level = ? AND l{depth}.value = ?"
        for depth in range(len(levels))
    )
    sql = (
        f"SELECT r.id, r.title, min(h.reference) FROM holding h{joins} JOIN record r"
        " ON r.id = h.record WHERE r.status = ifnull(?, r.status)"
        " GROUP BY r.folder, r.id ORDER BY r.folder, r.id"
    )
    return sql, [*(text for level in levels for text in level), status]


def _page_of(db: sqlite3.Connection, record: str, leaf: str) -> tuple[int | None, str | None]:
    pages = {
        label: int(number)
        for number, label in db.execute(
            "SELECT number, leaf FROM page WHERE record = ? AND leaf IS NOT NULL"
            " ORDER BY number DESC",
            [record],
        )
    }
    label = find_leaf(tuple(reversed(pages)), leaf)
    return (pages[label], label) if label is not None else (None, None)
