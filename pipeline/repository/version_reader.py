"""Loads a published version for further work: its pages as read, its scan and translations."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline.corrections.corrected_text import CorrectedPage
from pipeline.description.merge import merge_sources
from pipeline.description.translations import SuppliedTranslation
from pipeline.exports.alto import read_page_text
from pipeline.fixity import file_sha256, text_sha256
from pipeline.model import EmbeddedText, PageReading, PageSource, PageState, ScanFacts
from pipeline.record.provenance import Activity
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.text import Block, Line, PageText


def stored_pages(folder: VersionFolder, record: Record) -> Iterator[ReadPage]:
    """Yield the pages of a version as they were read, from ALTO and record, without an engine.

    Args:
        folder: of the version.
        record: of that version.

    Raises:
        OSError, ValueError: a file of the version is missing or damaged; ``opis verify`` names it.
    """
    activities = {a.page: a for a in record.provenance.activities if a.plan == "read"}
    for page in record.pages:
        text, as_read = _read_text(folder.alto(page.number)), folder.alto_as_read(page.number)
        corrected = CorrectedPage(text, page.corrections) if page.corrections else None
        if as_read.exists():
            text = _read_text(as_read)
        reading = _page_reading(page, text, activities.get(page.number))
        yield ReadPage(page.number, _page_source(page), reading, corrected)


def readmit(folder: VersionFolder, record: Record, languages: tuple[str, ...]) -> AdmittedScan:
    """Return the scan of a version, for reading it again and publishing the next version.

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
        described=merge_sources([]),  # empty: the record has the description
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
    """Merge a re-submitted scan with the newest version; also return whether it is described again.

    Translations of the version stay, except in languages that came again, and except those in the
    text of a sidecar that is replaced.

    Args:
        scan: the same bytes, with the description and translations that came this time.
        folder: of the newest version.
        record: of that version.
    """
    is_described = scan.sidecar is not None or bool(scan.index_row)
    languages = {translation.language for translation in scan.translations}
    previous = (
        translation
        for translation in _supplied_translations(folder, record)
        if translation.language not in languages and not (is_described and translation.path is None)
    )
    translations = tuple(sorted((*scan.translations, *previous), key=lambda t: t.language))
    scan = replace(scan, translations=translations)
    if is_described:
        return scan, True
    before = readmit(folder, record, ())
    scan = replace(
        scan,
        sidecar=before.sidecar,
        sidecar_sha256=before.sidecar_sha256,
        sidecar_size=before.sidecar_size,
        index_row=before.index_row,
    )
    return scan, False


def _supplied_translations(folder: VersionFolder, record: Record) -> Iterator[SuppliedTranslation]:
    for translation in record.translations:
        file = folder.translation(translation.origin)
        path = file if file.is_file() else None
        yield SuppliedTranslation(
            language=translation.language,
            translator=translation.translator,
            text=translation.text,
            origin=translation.origin,
            path=path,
            sha256="" if path is None else file_sha256(path),
        )


def _read_text(alto: Path) -> PageText:
    """Return the text of an ALTO file, without the roles of its lines."""
    return PageText(tuple(map(_without_roles, read_page_text(alto.read_bytes()).blocks)))


def _without_roles(block: Block) -> Block:
    return Block(tuple(Line(line.words) for line in block.lines))


def _page_source(page: RecordPage) -> PageSource | None:
    if page.image is None:
        return None
    layer = page.embedded
    return PageSource(page.image, None if layer is None else EmbeddedText(layer.text, layer.hidden))


def _page_reading(page: RecordPage, text: PageText, activity: Activity | None) -> PageReading:
    if text_sha256(text.raw_text) != page.raw_sha256 and page.state is PageState.OK:
        msg = f"page {page.number}: its ALTO file does not hold the text of the record"
        raise ValueError(msg)
    return PageReading(
        state=page.state,
        text=text,
        steps=() if activity is None else activity.steps,
        detail=page.detail,
        languages=page.languages,
        expected_error=page.expected_error,
        scraps=page.scraps,
        seconds={"recognize": page.engine_seconds},
        started=None if activity is None else activity.started,
        ended=None if activity is None else activity.ended,
    )
