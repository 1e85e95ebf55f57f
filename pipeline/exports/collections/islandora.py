"""Input of Islandora Workbench, task ``create``: a node and its PDF for each record.

    metadata.csv        columns named as the fields of the Islandora Starter Site
    RECORD-ID.pdf       the searchable PDF

Format: https://mjordan.github.io/islandora_workbench_docs/. A bar divides the values of a cell.
Languages, subjects, genres and names are terms; Workbench makes those that are missing if its
configuration says ``allow_adding_terms: true``.
"""

from pathlib import Path

from pipeline.exports.collections.collection_export import ExportedRecord
from pipeline.exports.collections.csv_table import join_values, to_csv, without_bars
from pipeline.exports.language_terms import language_name
from pipeline.exports.relators import relator_code
from pipeline.record.people import all_names
from pipeline.record.record import Record
from pipeline.wording import plural

_MAX_TITLE = 255  #: characters; Drupal's limit
_MODEL = "Digital Document"  #: a term of the vocabulary Islandora Models
_COLUMNS = (
    "id", "file", "title", "field_full_title", "field_alternative_title", "field_model",
    "field_resource_type", "field_linked_agent", "field_edtf_date_created", "field_abstract",
    "field_note", "field_subject", "field_genre", "field_language", "field_extent",
    "field_local_identifier", "field_identifier", "field_rights",
)  # fmt: skip


class IslandoraInputWriter:
    """Copies PDFs, gathers rows, and writes the table."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the input."""
        self._folder = folder
        self._rows = list[dict[str, str]]()

    def add(self, record: ExportedRecord) -> None:
        """Copy the PDF of a record, and add its row."""
        name = f"{record.source.record.id}.pdf"
        try:
            record.copy_published("data/searchable.pdf", self._folder / name)
        except (OSError, ValueError):
            (self._folder / name).unlink(missing_ok=True)
            raise
        self._rows.append({"file": name, **_fields(record.source.record)})

    def finish(self) -> None:
        """Write the table."""
        content = to_csv(_COLUMNS, self._rows)
        (self._folder / "metadata.csv").write_text(content, encoding="utf-8", newline="")


def _fields(record: Record) -> dict[str, str]:
    """Return the fields of a record, each as one cell."""
    name, values = record.name, without_bars
    return {
        "id": record.id,
        "title": name if len(name) <= _MAX_TITLE else f"{name[: _MAX_TITLE - 1]}…",
        "field_full_title": values(name),
        "field_alternative_title": join_values(form.value for form in record.titles),
        "field_model": _MODEL,
        "field_resource_type": "Text",
        "field_linked_agent": _linked_agents(record),
        "field_edtf_date_created": record.date or "",
        "field_abstract": values(record.summary or ""),
        "field_note": values(record.note or ""),
        "field_subject": join_values(record.subjects),
        "field_genre": values(record.document_type or ""),
        "field_language": language_name(record.language) if record.language else "",
        "field_extent": plural(len(record.pages), "page image"),
        "field_local_identifier": record.id,
        "field_identifier": join_values(one.as_cited for one in record.references),
        "field_rights": record.rights,
    }


def _linked_agents(record: Record) -> str:
    """Return the names with their relation, as terms of the vocabulary Person."""
    pairs = ((relator_code(name.role), name.as_given) for name in all_names(record))
    return join_values(f"relators:{code}:person:{name}" for code, name in pairs if code)
