"""Writes what lies in ``data/`` of a published version, the original aside."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from pipeline.exports.alto import to_alto
from pipeline.exports.readme import to_readme
from pipeline.exports.registry import PUBLISHED
from pipeline.exports.source import Material, lines_of
from pipeline.model import PageState, Verdict
from pipeline.ocr.upright import upright
from pipeline.record.model import Record, RecordPage, dump, to_json
from pipeline.record.provenance import by_page, to_prov_json
from pipeline.repository.pdf_jobs import Write
from pipeline.scan import ReadPage
from pipeline.searchable_pdf.write import LayerPage, PdfFacts


def write_contents(
    data: Path,
    record: Record,
    pages: Callable[[], Iterable[ReadPage]],
    base_url: str,
    write: Write,
) -> None:
    """Write every file of a version that is made from the record and its pages.

    Args:
        data: the payload folder; ``original/`` is filled already.
        record: what to write.
        pages: gives the pages as read, in order, one at a time; called once for each use.
        base_url: where records are served; exports name themselves by it.
        write: writes the searchable PDF.
    """
    (data / "record.json").write_bytes(to_json(record))
    _write(data / "provenance.json", dump(to_prov_json(record.provenance, record.id)))
    _write(data / "README.txt", to_readme(record))
    if record.status == "withdrawn":
        return
    _write(data / "text.txt", record.reading_text + "\n")
    (data / "pages").mkdir()
    lines, done = [], by_page(record.provenance.activities)
    for page, read in zip(record.pages, pages(), strict=True):
        alto = to_alto(record, page, read.reading.text, done[page.number])
        (data / "pages" / page_name(page.number)).write_bytes(alto)
        lines.append(lines_of(read.reading.text, page.line_roles))
    (data / "export").mkdir()
    made = Material(record, tuple(lines), base_url)
    for name, export in PUBLISHED.items():
        (data / "export" / name).write_bytes(export(made))
    _write_searchable(data, record, pages(), write)


def _write_searchable(data: Path, record: Record, pages: Iterable[ReadPage], write: Write) -> None:
    source = record.provenance.source
    labels = tuple(page.leaf for page in record.pages)
    facts = PdfFacts(record.name, record.language or "", None, record.creator or "", labels)
    write(
        data / "original" / source.name,
        source.media_type,
        _layers(record.pages, pages),
        data / "searchable.pdf",
        facts,
    )


def page_name(number: int) -> str:
    """Return the name of a page's ALTO file: by position, never by leaf."""
    return f"{number:04d}.alto.xml"


def _layers(made: tuple[RecordPage, ...], pages: Iterable[ReadPage]) -> Iterator[LayerPage]:
    for page, read in zip(made, pages, strict=True):
        layer = page.embedded
        drawn = layer is not None and layer.verdict is Verdict.GOOD and not layer.hidden
        unread = page.state in {PageState.TIMEOUT, PageState.ERROR}
        found = upright(read.reading, page.image)
        yield LayerPage(page.image, found.text, drawn or unread, found.quarters)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
