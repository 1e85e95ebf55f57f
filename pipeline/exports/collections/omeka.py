"""A table for Omeka S, module CSV Import: an item for each record, in DCMI's terms.

Columns are named as properties are, so the module maps them itself; a column of several values
stands several times, so no separator has to be set. ``url`` is the media source.
"""

from collections.abc import Iterator
from pathlib import Path

from pipeline.citation.cited import citation_target
from pipeline.citation.styles import CitationStyle, format_citation
from pipeline.exports.collections.collection_export import ExportedRecord
from pipeline.exports.collections.csv_table import php_safe, to_csv_with_repeated_columns
from pipeline.exports.source import ExportSource
from pipeline.record.people import names_in_role
from pipeline.record.review_wording import review_sentence
from pipeline.wording import plural

_TERMS = (
    "identifier", "title", "alternative", "creator", "contributor", "created", "abstract",
    "description", "subject", "type", "language", "extent", "source", "hasFormat", "isPartOf",
    "rights", "bibliographicCitation", "references",
)  # fmt: skip


class OmekaTableWriter:
    """Gathers rows, and writes the table."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the export."""
        self._folder = folder
        self._rows = list[dict[str, list[str]]]()

    def add(self, record: ExportedRecord) -> None:
        """Add the row of a record."""
        row = dict[str, list[str]]()
        for term, value in _terms(record.source):
            if value:
                row.setdefault(f"dcterms:{term}", []).append(php_safe(value))
        if record.source.has_public_address:
            row["url"] = [record.source.url_of("searchable.pdf")]
        self._rows.append(row)

    def finish(self) -> None:
        """Write the table."""
        columns = [*(f"dcterms:{term}" for term in _TERMS), "url"]
        content = to_csv_with_repeated_columns(columns, self._rows)
        (self._folder / "items.csv").write_text(content, encoding="utf-8", newline="")


def _terms(source: ExportSource) -> Iterator[tuple[str, str | None]]:
    record = source.record
    yield "identifier", record.id
    yield "title", record.name
    yield from (("alternative", form.value) for form in record.titles)
    yield from (("creator", name.as_given) for name in names_in_role(record, "creator"))
    others = names_in_role(record, "recipient", "contributor", "translator")
    yield from (("contributor", name.as_given) for name in others)
    yield "created", record.date or record.date_as_given
    yield "abstract", record.summary
    yield "description", record.note
    yield "description", review_sentence(record)
    yield from (("subject", subject) for subject in record.subjects)
    yield "type", record.document_type or "Text"
    yield "language", record.language
    yield "extent", plural(len(record.pages), "page image")
    for reference in record.references:
        yield "source" if reference.relation == "held" else "hasFormat", reference.as_cited
    yield "isPartOf", record.collection
    yield "rights", record.rights
    yield "bibliographicCitation", format_citation(citation_target(record), CitationStyle.CHICAGO)
    if source.has_public_address:
        yield "references", source.url
