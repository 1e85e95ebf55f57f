"""Writes what lies in ``data/`` of a published version, the original aside."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.exports.alto import to_alto
from pipeline.exports.readme import to_readme
from pipeline.exports.registry import PUBLISHED
from pipeline.exports.source import ExportSource, placed_lines
from pipeline.model import PageState, TextLayerVerdict
from pipeline.ocr.upright import to_upright
from pipeline.record.model import Record, RecordPage, dump_json, dump_record
from pipeline.record.provenance import group_by_page, to_prov_json
from pipeline.repository.pdf_jobs import PdfWriter
from pipeline.scan import ReadPage
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata


def write_contents(
    data: Path,
    record: Record,
    pages: Callable[[], Iterable[ReadPage]],
    base_url: str,
    write_pdf: PdfWriter,
) -> None:
    """Write every file of a version that is made from the record and its pages.

    Args:
        data: the payload folder; ``original/`` is filled already.
        record: what to write.
        pages: gives the pages as read, in order, one at a time; called once for each use.
        base_url: where records are served; exports name themselves by it.
        write_pdf: writes the searchable PDF.
    """
    (data / "record.json").write_bytes(dump_record(record))
    _write_text(data / "provenance.json", dump_json(to_prov_json(record.provenance, record.id)))
    _write_text(data / "README.txt", to_readme(record))
    if record.status == "withdrawn":
        return
    _write_text(data / "text.txt", record.reading_text + "\n")
    (data / "pages").mkdir()
    lines, done = [], group_by_page(record.provenance.activities)
    for page, read in zip(record.pages, pages(), strict=True):
        alto = to_alto(record, page, read.reading.text, done[page.number])
        (data / "pages" / alto_name(page.number)).write_bytes(alto)
        lines.append(placed_lines(read.reading.text, page.line_roles))
    (data / "export").mkdir()
    made = ExportSource(record, tuple(lines), base_url)
    for name, export in PUBLISHED.items():
        (data / "export" / name).write_bytes(export(made))
    _write_searchable_pdf(data, record, pages(), write_pdf)


def _write_searchable_pdf(
    data: Path, record: Record, pages: Iterable[ReadPage], write_pdf: PdfWriter
) -> None:
    source = record.provenance.source
    labels = tuple(page.leaf for page in record.pages)
    facts = PdfMetadata(record.name, record.language or "", None, record.creator or "", labels)
    write_pdf(
        data / "original" / source.name,
        source.media_type,
        _layer_pages(record.pages, pages),
        data / "searchable.pdf",
        facts,
    )


def alto_name(number: int) -> str:
    """Return the name of a page's ALTO file: by position, never by leaf."""
    return f"{number:04d}.alto.xml"


def _layer_pages(
    record_pages: tuple[RecordPage, ...], pages: Iterable[ReadPage]
) -> Iterator[LayerPage]:
    for page, read in zip(record_pages, pages, strict=True):
        layer = page.embedded
        drawn = layer is not None and layer.verdict is TextLayerVerdict.GOOD and not layer.hidden
        unread = page.state in {PageState.TIMEOUT, PageState.ERROR}
        found = to_upright(read.reading, page.image)
        yield LayerPage(page.image, found.text, drawn or unread, found.quarters)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
