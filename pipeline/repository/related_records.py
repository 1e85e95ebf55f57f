"""Finds the other side of relations among the published records, for both sides.

A relation is stored once, at the record that states it. What the other record shows is looked up
whenever somebody asks, so that nothing is published anew when the other side arrives.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.description.relations import RelationKind
from pipeline.record.relation_wording import RELATION_LABELS
from pipeline.references import LeafRange, parse_reference
from pipeline.references.leaves import leaves_include, parse_leaves
from pipeline.wording import join_names

SAME_PLACE = "At the same place"  #: label of another document on the same leaves
_KINDS = tuple(RELATION_LABELS)


@dataclass(frozen=True, slots=True)
class RelatedRecord:
    """A published record at the other side of a relation."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class RelationLink:
    """A relation as one of its two records shows it, with what is published of the other side."""

    label: str  #: in English, e.g. ``Reply to`` or ``Answered by``
    as_given: str  #: how the description names the other side
    others: tuple[RelatedRecord, ...] = ()  #: several: each of them may be meant
    url: str = ""  #: of a document elsewhere
    folder: str = ""  #: of an archival file without a record of its own, relative to ``records/``
    is_inside: bool = False  #: the other side is not the record in ``others`` but some leaves of it
    is_read: bool = True  #: whether it is known what ``as_given`` names

    @property
    def is_awaited(self) -> bool:
        """Whether the other side is not published yet."""
        return self.is_read and not (self.others or self.url or self.folder)

    @property
    def other_side(self) -> str:
        """What is known of the other side, in a line."""
        records = " or ".join(f"{other.id} ({other.title})" for other in self.others)
        if records:
            return f"{self.as_given}, in {records}" if self.is_inside else records
        return f"{self.as_given} (not published yet)" if self.is_awaited else self.as_given

    def open_question(self, record_id: str) -> str:
        """Return a sentence if the other side is awaited or in doubt; else an empty text."""
        relation = f"{record_id}: {self.label.lower()} {self.as_given}"
        if self.is_awaited:
            return f"{relation}, which is not published yet."
        if len(self.others) > 1:
            ids = join_names([other.id for other in self.others], "or")
            return f"{relation}, which may be {ids}. Write the id of the one that is meant."
        return ""


class RelatedRecords:
    """Finds related records in an open catalogue; it remembers what it found."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Keep the catalogue."""
        self._db = db
        self._holdings: dict[str, list[tuple[str, tuple[LeafRange, ...]]]] = {}
        self._records: dict[str, RelatedRecord | None] = {}

    def links_of(self, record_id: str) -> tuple[RelationLink, ...]:
        """Return the relations of a record: its own, those of others to it, and its neighbours."""
        rows = self._db.execute(
            "SELECT * FROM relation WHERE (record, number) IN (SELECT record, number FROM relation"
            " WHERE record = ?1 OR other = ?1 OR file IN"
            " (SELECT file FROM holding WHERE record = ?1)) ORDER BY record, number, rowid",
            [record_id],
        )
        return self._links_from(rows, [record_id]).get(record_id, ())

    def all_links(self) -> dict[str, tuple[RelationLink, ...]]:
        """Return the relations of every record that has any, by its id."""
        rows = self._db.execute("SELECT * FROM relation ORDER BY record, number, rowid")
        return self._links_from(rows, None)

    def open_questions(self, record_ids: Sequence[str] = ()) -> list[str]:
        """Return a sentence for each relation whose other side is awaited or in doubt.

        Args:
            record_ids: of the records that state them; all if none.
        """
        only = "WHERE record IN (SELECT value FROM json_each(?))" if record_ids else ""
        rows = self._db.execute(
            f"SELECT * FROM relation {only} ORDER BY record, number, rowid",
            [json.dumps(list(record_ids))] if record_ids else [],
        )
        stated = self._stated_links(rows)
        return list(filter(None, (link.open_question(record_id) for record_id, _, link in stated)))

    def _links_from(
        self, rows: Iterable[sqlite3.Row], record_ids: Sequence[str] | None
    ) -> dict[str, tuple[RelationLink, ...]]:
        """Return the links that rows of ``relation`` make, at both sides, and neighbours."""
        own = defaultdict[str, list[RelationLink]](list)
        incoming: list[tuple[int, str, str, str]] = []  # kind, both ids, and as given
        for record_id, kind, link in self._stated_links(rows):
            own[record_id].append(link)
            if len(link.others) == 1 and not link.is_inside:
                incoming.append((_KINDS.index(kind), record_id, link.others[0].id, link.as_given))
        for kind_number, record_id, other_id, as_given in sorted(incoming):
            label = RELATION_LABELS[_KINDS[kind_number]][1]
            stating = tuple(filter(None, [self._record(record_id)]))
            own[other_id].append(RelationLink(label, as_given, stating))
        for record_id, link in self._neighbours(record_ids):
            own[record_id].append(link)
        return {record_id: _without_repetition(links) for record_id, links in own.items()}

    def _stated_links(
        self, rows: Iterable[sqlite3.Row]
    ) -> Iterator[tuple[str, RelationKind, RelationLink]]:
        """Yield each relation with the id of the record that states it."""
        for (record_id, _), group in groupby(rows, lambda row: (row["record"], row["number"])):
            ways = list(group)
            named = [record for way in ways for record in self._records_named(way)]
            ids = named or [record for way in ways for record in self._whole_files(way)]
            others = tuple(filter(None, map(self._record, dict.fromkeys(ids))))
            folders = [] if others else list(filter(None, map(self._folder, ways)))
            kind: RelationKind = ways[0]["kind"]
            yield (
                record_id,
                kind,
                RelationLink(
                    label=RELATION_LABELS[kind][0],
                    as_given=ways[0]["as_given"],
                    others=others,
                    url=ways[0]["url"] or "",
                    folder=folders[0] if folders else "",
                    is_inside=bool(others) and not named,
                    is_read=any(way["other"] or way["file"] or way["url"] for way in ways),
                ),
            )

    def _records_named(self, row: sqlite3.Row) -> list[str]:
        """Return the ids of the records that one way of naming the other side may mean.

        Of a place these are the records on the same leaves, or else those whose leaves include it.
        """
        if row["file"] is None:
            return [row["other"]] if row["other"] else []
        leaves, held = parse_leaves(row["leaves"], "l"), self._other_holdings(row)
        exact = [record for record, found in held if found == leaves]
        return exact or [
            record for record, found in held if found and leaves and leaves_include(found, leaves)
        ]

    def _whole_files(self, row: sqlite3.Row) -> list[str]:
        """Return the ids of the records of a whole file of which the other side is some leaves."""
        is_on_leaves = row["file"] is not None and row["leaves"]
        held = self._other_holdings(row) if is_on_leaves else []
        return [record for record, found in held if not found]

    def _other_holdings(self, row: sqlite3.Row) -> list[tuple[str, tuple[LeafRange, ...]]]:
        return [one for one in self._holdings_in(row["file"]) if one[0] != row["record"]]

    def _holdings_in(self, file: str) -> list[tuple[str, tuple[LeafRange, ...]]]:
        if file not in self._holdings:
            rows = self._db.execute(
                "SELECT record, leaves FROM holding WHERE file = ? ORDER BY record, number", [file]
            )
            self._holdings[file] = [(record, parse_leaves(leaves, "l")) for record, leaves in rows]
        return self._holdings[file]

    def _record(self, record_id: str) -> RelatedRecord | None:
        if record_id not in self._records:
            query = "SELECT id, title FROM record WHERE id = ?"
            row = self._db.execute(query, [record_id]).fetchone()
            self._records[record_id] = None if row is None else RelatedRecord(*row)
        return self._records[record_id]

    def _folder(self, row: sqlite3.Row) -> str:
        """Return the folder of an archival file, named without leaves, if it has records."""
        place = None if row["leaves"] else parse_reference(row["reference"] or "")
        if place is None:
            return ""
        folder = "/".join(place.folder_names)
        found = self._db.execute(
            "SELECT 1 FROM record WHERE folder > ? AND folder < ? LIMIT 1",
            [f"{folder}/", f"{folder}0"],  # 0 follows / in ASCII
        )
        return folder if found.fetchone() else ""

    def _neighbours(self, record_ids: Sequence[str] | None) -> Iterator[tuple[str, RelationLink]]:
        """Yield the other documents on the same leaves, for some records or for all."""
        only = "" if record_ids is None else "AND a.record IN (SELECT value FROM json_each(?))"
        rows = self._db.execute(
            "SELECT a.record, a.reference, b.record AS other FROM holding a"
            " JOIN holding b ON b.file = a.file AND b.leaves = a.leaves AND b.record <> a.record"
            " JOIN record r ON r.id = b.record"
            f" WHERE a.number = 1 AND b.number = 1 AND r.status <> 'withdrawn' {only}"
            " ORDER BY a.record, b.record",
            [] if record_ids is None else [json.dumps(record_ids)],
        )
        for row in rows:
            others = tuple(filter(None, [self._record(row["other"])]))
            yield row["record"], RelationLink(SAME_PLACE, row["reference"], others)


def _without_repetition(links: Iterable[RelationLink]) -> tuple[RelationLink, ...]:
    """Return links without those that say the same again, as two that are related do."""
    by_meaning: dict[tuple[str, object], RelationLink] = {}
    for link in links:
        by_meaning.setdefault((link.label, link.others or link.as_given), link)
    return tuple(by_meaning.values())
