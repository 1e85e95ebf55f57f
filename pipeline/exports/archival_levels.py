"""The levels of an archive above a document, such as fond, opis and delo, for finding aids."""

from dataclasses import dataclass

from pipeline.citation.cited import held_place
from pipeline.description.level_descriptions import LevelDescription
from pipeline.exports.source import ExportSource, archive_of
from pipeline.record.record import Record
from pipeline.references.archive import Archive
from pipeline.references.system_registry import description_level

_UNKNOWN = LevelDescription()


@dataclass(frozen=True, slots=True)
class ArchivalLevel:
    """A level above a document."""

    folders: tuple[str, ...]  #: folder names from the archive down to it: no other level has them
    name: str  #: such as ``fond``
    value: str
    term: str  #: EAD's for its kind: ``fonds``, ``series``, ``file`` …
    description: LevelDescription = _UNKNOWN  #: empty if nothing is known

    @property
    def key(self) -> str:
        """A name of the level for files; a record of the whole level has the same as its id."""
        return "-".join(self.folders)

    @property
    def path(self) -> str:
        """A name of the level that no record has as its id."""
        return "/".join(self.folders)

    @property
    def title(self) -> str:
        """Its title, or its kind and number if none is known."""
        return (
            self.description.title_in("")
            or f"{self.name.replace('_', ' ').capitalize()} {self.value}"
        )


#: Stands above documents whose reference is not parsed.
UNIDENTIFIED_FOND = ArchivalLevel(("unidentified",), "fond", "unidentified", "fonds")


def levels_of(source: ExportSource) -> tuple[ArchivalLevel, ...]:
    """Return the levels above a document, outermost first; none if its reference is not parsed."""
    record = source.record
    known = {level.place.path: level.description for level in source.context}
    place = held_place(record)
    if place is None:
        return ()
    names = place.folder_names
    return tuple(
        ArchivalLevel(
            names[: depth + 1],
            level,
            value,
            description_level(level),
            known.get(place.path[:depth], _UNKNOWN),
        )
        for depth, (level, value) in enumerate(place.path, 1)
    )


def holding_archive(record: Record) -> Archive | None:
    """Return the archive of the scanned copy; None if it is unknown."""
    return archive_of(record.references[0]) if record.references else None


def innermost_key(source: ExportSource) -> str:
    """Return the key of a record's archival file (delo); the record's id if it is unknown."""
    levels = levels_of(source)
    return levels[-1].key if levels else source.record.id


def outermost_key(source: ExportSource) -> str:
    """Return the key of a record's fond; the record's id if it is unknown."""
    levels = levels_of(source)
    return levels[0].key if levels else source.record.id


def place_in_file(record: Record) -> str:
    """Return what the archive calls a document in its file: leaves as stamped, or else its id."""
    labels = record.references[0].leaf_labels if record.references else ""
    return labels or record.id
