"""Standard transfers of Archivematica: files, and their descriptions in ``metadata.csv``.

    objects/RECORD-ID/…        the files of the newest version
    metadata/metadata.csv      Dublin Core of each folder in objects/

Format: https://www.archivematica.org/docs/ (Import metadata). The first column is ``filename``; a
column of several values stands several times. Archivematica gives all files digests of its own, so
each is held against the digest that Opis published before it goes.
"""

from collections import defaultdict
from pathlib import Path

from pipeline.exports.collections.collection_export import ExportedRecord, whole_folder
from pipeline.exports.collections.csv_table import to_csv_with_repeated_columns
from pipeline.exports.dublin_core import dublin_core_values

_ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights",
)  # fmt: skip


class ArchivematicaTransferWriter:
    """Copies the files of records, and gathers their descriptions."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the transfer."""
        self._folder = folder
        self._rows = list[dict[str, list[str]]]()

    def add(self, record: ExportedRecord) -> None:
        """Copy the files of a record, and describe their folder."""
        source = record.source
        with whole_folder(self._folder / "objects" / source.record.id) as home:
            for file in source.files:
                record.copy_published(file.path, home / file.path.removeprefix("data/"))
        row = defaultdict[str, list[str]](list, filename=[f"objects/{source.record.id}/"])
        for name, value in dublin_core_values(source):
            row[f"dc.{name}"].append(value)
        self._rows.append(row)

    def finish(self) -> None:
        """Write the descriptions."""
        columns = ["filename", *(f"dc.{name}" for name in _ELEMENTS)]
        target = self._folder / "metadata" / "metadata.csv"
        target.parent.mkdir()
        target.write_text(
            to_csv_with_repeated_columns(columns, self._rows), encoding="utf-8", newline=""
        )
