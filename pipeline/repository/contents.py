"""Writes the files of a version that are made from the record and its pages."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.exports.alto import to_alto
from pipeline.exports.readme import to_readme
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.exports.source import ExportSource, placed_lines
from pipeline.model import PageState, TextLayerVerdict
from pipeline.ocr.upright import to_upright
from pipeline.record.level_context import context_of
from pipeline.record.people import names_in_role, spoken_name
from pipeline.record.provenance import group_by_page, to_prov_json
from pipeline.record.record import Record, RecordPage, dump_json, dump_record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.level_log import read_levels
from pipeline.repository.pdf_jobs import PdfWriter
from pipeline.scan import ReadPage
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata
from pipeline.settings import Settings


def write_contents(
    folder: VersionFolder,
    record: Record,
    pages: Callable[[], Iterable[ReadPage]],
    settings: Settings,
    write_pdf: PdfWriter,
) -> None:
    """Write record, provenance and README; unless withdrawn, also text, ALTO, exports and PDF.

    Args:
        folder: of the version in staging; ``original/`` is filled already.
        record: the record to write.
        pages: returns the pages as read, in order, one at a time; called once for each use.
        settings: where records are served, by which exports name themselves, and where what is
            known of levels lies.
        write_pdf: writes the searchable PDF.
    """
    folder.record_file.write_bytes(dump_record(record))
    _write_text(folder.provenance_file, dump_json(to_prov_json(record.provenance, record.id)))
    context = context_of(record, read_levels(settings.output))
    _write_text(folder.readme_file, to_readme(record, context))
    if record.status == "withdrawn":
        return
    _write_text(folder.text_file, record.reading_text + "\n")
    folder.pages_folder.mkdir()
    lines, activities = [], group_by_page(record.provenance.activities)
    for page, read_page in zip(record.pages, pages(), strict=True):
        of_page = activities[page.number]
        alto = to_alto(record, page, read_page.text, of_page)
        folder.alto(page.number).write_bytes(alto)
        if page.has_corrected_words:
            as_read = to_alto(record, page, read_page.reading.text, of_page)
            folder.alto_as_read(page.number).write_bytes(as_read)
        lines.append(placed_lines(read_page.text, page))
    folder.export_folder.mkdir()
    source = ExportSource(record, tuple(lines), settings.base_url, context=context)
    for name, export_format in PUBLISHED_FORMATS.items():
        folder.export(name).write_bytes(export_format.write(source))
    _write_searchable_pdf(folder, record, pages(), write_pdf)


def _write_searchable_pdf(
    folder: VersionFolder, record: Record, pages: Iterable[ReadPage], write_pdf: PdfWriter
) -> None:
    source = record.provenance.source
    labels = tuple(page.leaf for page in record.pages)
    creators = "; ".join(map(spoken_name, names_in_role(record, "creator")))
    metadata = PdfMetadata(record.name, record.language or "", None, creators, labels)
    write_pdf(
        folder.original(source.name),
        source.media_type,
        _layer_pages(record.pages, pages),
        folder.searchable_pdf,
        metadata,
    )


def _layer_pages(
    record_pages: tuple[RecordPage, ...], pages: Iterable[ReadPage]
) -> Iterator[LayerPage]:
    for page, read_page in zip(record_pages, pages, strict=True):
        layer = page.embedded
        visible = layer is not None and layer.verdict is TextLayerVerdict.GOOD and not layer.hidden
        unread = page.state in {PageState.TIMEOUT, PageState.ERROR}
        upright = to_upright(read_page.corrected_reading, page.image)
        yield LayerPage(page.image, upright.text, visible or unread, upright.quarters)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
