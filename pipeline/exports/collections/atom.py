"""Archival descriptions for AtoM: a row for each level of the archive and for each record.

Columns are those of ``example_information_objects_isad.csv`` of AtoM 2.7 and later. A bar divides
the values of a cell. A parent stands above its children, as the importer asks.
"""

from pathlib import Path

from pipeline.dates.iso import iso_date_range
from pipeline.description.level_descriptions import LevelDescription
from pipeline.exports.archival_levels import (
    ArchivalLevel,
    holding_archive,
    levels_of,
    place_in_file,
)
from pipeline.exports.collections.collection_export import ExportedRecord
from pipeline.exports.collections.csv_table import join_values, php_safe, to_csv, without_bars
from pipeline.exports.language_terms import certain_script, language_subtag
from pipeline.exports.relation_text import relation_text
from pipeline.exports.source import ExportSource
from pipeline.record.date_wording import date_for_readers
from pipeline.record.people import names_in_role
from pipeline.record.record import Record
from pipeline.wording import plural

_COLUMNS = (
    "legacyId", "parentId", "qubitParentSlug", "identifier", "title", "eventActors",
    "eventActorHistories", "eventTypes", "eventDates", "eventStartDates", "eventEndDates",
    "levelOfDescription", "extentAndMedium", "repository", "archivalHistory", "acquisition",
    "scopeAndContent", "appraisal", "accruals", "arrangement", "accessConditions",
    "reproductionConditions", "language", "script", "languageNote", "physicalCharacteristics",
    "findingAids", "locationOfOriginals", "locationOfCopies", "relatedUnitsOfDescription",
    "publicationNote", "generalNote", "subjectAccessPoints", "placeAccessPoints",
    "nameAccessPoints", "genreAccessPoints", "descriptionIdentifier", "institutionIdentifier",
    "rules", "descriptionStatus", "levelOfDetail", "revisionHistory", "languageOfDescription",
    "scriptOfDescription", "sources", "archivistNote", "publicationStatus", "physicalObjectName",
    "physicalObjectLocation", "physicalObjectType", "alternativeIdentifiers",
    "alternativeIdentifierLabels", "digitalObjectPath", "digitalObjectURI",
    "digitalObjectChecksum", "culture",
)  # fmt: skip
_CULTURE = "en"  #: the language of our own words; AtoM shows the rest where it has no other
#: AtoM's term for a level of EAD; another one is written out, and AtoM makes a term of it.
_LEVELS = {
    "fonds": "Fonds", "recordgrp": "Record group", "series": "Series", "subseries": "Subseries",
    "file": "File", "item": "Item", "class": "Class",
}  # fmt: skip


class AtomTableWriter:
    """Gathers rows, and writes the table."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the export."""
        self._folder = folder
        self._rows = list[dict[str, str]]()
        self._levels = set[str]()  #: paths of those that have a row

    def add(self, record: ExportedRecord) -> None:
        """Add the row of a record, and those of the levels above it that have none yet."""
        parent = ""
        archive = holding_archive(record.source.record)
        for level in levels_of(record.source):
            if level.path not in self._levels:
                repository = archive.name_en if archive and not parent else ""
                self._append(_level_row(level, parent, repository))
                self._levels.add(level.path)
            parent = level.path
        self._append(_record_row(record.source, parent))

    def finish(self) -> None:
        """Write the table."""
        content = to_csv(_COLUMNS, self._rows)
        target = self._folder / "information_objects.csv"
        target.write_text(content, encoding="utf-8", newline="")

    def _append(self, row: dict[str, str]) -> None:
        self._rows.append({key: php_safe(value) for key, value in row.items() if value})


def _level_row(level: ArchivalLevel, parent: str, repository: str) -> dict[str, str]:
    return {
        "legacyId": level.path,
        "parentId": parent,
        "identifier": without_bars(level.value),
        "title": without_bars(level.title),
        **_level_event(level.description),
        "levelOfDescription": _LEVELS.get(level.term, level.term),
        "extentAndMedium": without_bars(level.description.extent or ""),
        "scopeAndContent": without_bars(level.description.note or ""),
        "repository": repository,
        "culture": _CULTURE,
    }


def _level_event(known: LevelDescription) -> dict[str, str]:
    """Return the time in which the documents of a level were made."""
    if not known.dates:
        return {}
    dates = iso_date_range(known.edtf)
    return {
        "eventTypes": "Creation",
        "eventDates": without_bars(known.dates),
        "eventStartDates": dates.first if dates else "",
        "eventEndDates": dates.last if dates else "",
    }


def _record_row(source: ExportSource, parent: str) -> dict[str, str]:
    """Return the row of a document; a bar in a text would make a list of it."""
    record, text = source.record, without_bars
    others = names_in_role(record, "recipient", "mentioned", "contributor", "translator")
    return {
        "legacyId": record.id,
        "parentId": parent,
        "identifier": text(place_in_file(record)),
        "title": text(record.name),
        **_events(record),
        "levelOfDescription": "Item",
        "extentAndMedium": plural(len(record.pages), "page image"),
        "scopeAndContent": text(record.summary or ""),
        "reproductionConditions": record.rights,
        "language": language_subtag(record.language) if record.language else "",
        "script": certain_script(record.language) if record.language else "",
        "locationOfCopies": text(
            "; ".join(one.normal or one.as_cited for one in record.references[1:])
        ),
        "relatedUnitsOfDescription": text(
            "; ".join(relation_text(one, source) for one in record.relations)
        ),
        "generalNote": text(record.note or ""),
        "subjectAccessPoints": join_values(record.subjects),
        "nameAccessPoints": join_values(name.as_given for name in others),
        "genreAccessPoints": text(record.document_type or ""),
        "descriptionIdentifier": f"{record.id}/v{record.version}",
        "sources": text(record.references[0].as_cited) if record.references else "",
        **_digital_object(source),
        "culture": _CULTURE,
    }


def _events(record: Record) -> dict[str, str]:
    """Return the creation of a document: an event for each creator, all of the same date.

    AtoM warns of columns that have not one value for each event.
    """
    creators = [name.as_given for name in names_in_role(record, "creator")]
    date = date_for_readers(record)
    if not (creators or date):
        return {}
    dates = iso_date_range(record.date)
    count = max(len(creators), 1)
    return {
        "eventActors": join_values(creators),
        "eventTypes": join_values(["Creation"] * count),
        "eventDates": join_values([date] * count) if date else "",
        "eventStartDates": join_values([dates.first] * count) if dates and dates.first else "",
        "eventEndDates": join_values([dates.last] * count) if dates and dates.last else "",
    }


def _digital_object(source: ExportSource) -> dict[str, str]:
    """Return the address of the PDF and its digest; nothing if the address leads nowhere."""
    pdf = next((file for file in source.files if file.path == "data/searchable.pdf"), None)
    if pdf is None or not source.has_public_address:
        return {}
    return {
        "digitalObjectURI": source.url_of("searchable.pdf"),
        "digitalObjectChecksum": pdf.sha256,
    }
