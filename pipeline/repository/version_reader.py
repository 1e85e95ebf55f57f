"""What a published version keeps of its making: pages as they were read, and what came with it."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.description.merge import merge_sources
from pipeline.description.translations import SuppliedTranslation
from pipeline.exports.alto import read_blocks
from pipeline.fixity import file_sha256
from pipeline.model import EmbeddedText, PageReading, PageSource, PageState, ScanFacts
from pipeline.record.events import text_digest
from pipeline.record.provenance import Activity
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.text import Block, Line, PageText


def stored_pages(folder: VersionFolder, record: Record) -> Iterator[ReadPage]:
    """Yield the pages of a version as they were read; no engine is asked.

    Args:
        folder: of the version.
        record: of that version.

    Raises:
        OSError, ValueError: a file of it is missing or damaged; ``opis verify`` says which.
    """
    read = {a.page: a for a in record.provenance.activities if a.plan == "read"}
    for page in record.pages:
        alto = folder.alto(page.number)
        text = PageText(tuple(map(_without_roles, read_blocks(alto.read_bytes()))))
        yield ReadPage(
            page.number, _page_source(page), _page_reading(page, text, read.get(page.number))
        )


def readmit(folder: VersionFolder, record: Record, languages: tuple[str, ...]) -> AdmittedScan:
    """Return the scan of a version, to be read again and published as the next.

    Args:
        folder: of the version.
        record: of that version.
        languages: the engine's codes, in the order given.
    """
    source, sidecar = record.provenance.source, record.provenance.sidecar
    index = folder.index_row_file
    return AdmittedScan(
        path=folder.original(source.name),
        name=source.name,
        size=source.size,
        sha256=source.sha256,
        facts=ScanFacts(source.media_type, len(record.pages), source.producer),
        described=merge_sources([]),  # the record itself says what is known
        sidecar=None if sidecar is None else folder.sidecar(sidecar.name),
        sidecar_sha256=None if sidecar is None else sidecar.sha256,
        sidecar_size=0 if sidecar is None else sidecar.size,
        record_id=record.id,
        version=record.version + 1,
        languages=languages,
        arrived=source.arrived,
        translations=tuple(_supplied_translations(folder, record)),
        index_row=index.read_text("utf-8") if index.is_file() else "",
    )


def merge_with_previous(
    scan: AdmittedScan, folder: VersionFolder, record: Record
) -> tuple[AdmittedScan, bool]:
    """Return the scan of a version, come again, with what is still said of it; and if said anew.

    Translations in languages that did not come anew stay, unless they stood in a sidecar that is
    replaced.

    Args:
        scan: the same bytes, with what came with them this time.
        folder: of the newest version.
        record: of that version.
    """
    anew = scan.sidecar is not None or bool(scan.index_row)
    languages = {one.language for one in scan.translations}
    kept = tuple(
        one
        for one in _supplied_translations(folder, record)
        if one.language not in languages and not (anew and one.path is None)
    )
    texts = tuple(sorted((*scan.translations, *kept), key=lambda one: one.language))
    if anew:
        return replace(scan, translations=texts), True
    before = readmit(folder, record, ())
    return replace(
        scan, translations=texts, sidecar=before.sidecar, sidecar_sha256=before.sidecar_sha256,
        sidecar_size=before.sidecar_size, index_row=before.index_row,
    ), False  # fmt: skip


def _supplied_translations(folder: VersionFolder, record: Record) -> Iterator[SuppliedTranslation]:
    for one in record.translations:
        file = folder.translation(one.origin)
        path = file if file.is_file() else None
        kept = "" if path is None else file_sha256(path)
        yield SuppliedTranslation(one.language, one.translator, one.text, one.origin, path, kept)


def _without_roles(block: Block) -> Block:
    return Block(tuple(Line(line.words) for line in block.lines))


def _page_source(page: RecordPage) -> PageSource | None:
    if page.image is None:
        return None
    layer = page.embedded
    return PageSource(page.image, None if layer is None else EmbeddedText(layer.text, layer.hidden))


def _page_reading(page: RecordPage, text: PageText, activity: Activity | None) -> PageReading:
    if text_digest(text.raw_text) != page.raw_sha256 and page.state is PageState.OK:
        msg = f"page {page.number}: its ALTO file does not hold the text of the record"
        raise ValueError(msg)
    return PageReading(
        state=page.state,
        text=text,
        steps=() if activity is None else activity.steps,
        detail=page.detail,
        languages=page.languages,
        expected_error=page.expected_error,
        seconds={"recognize": page.engine_seconds},
        started=None if activity is None else activity.started,
        ended=None if activity is None else activity.ended,
    )
