"""Decides whether a scan may become a record, and which; reads no page."""

from dataclasses import replace
from pathlib import Path

from pipeline.description.merge import describe, find_sources, sidecar_of
from pipeline.description.sources import row_as_csv
from pipeline.description.translations import find_translations
from pipeline.errors import (
    BrokenScanError,
    DescriptionError,
    DuplicateError,
    PageError,
    PageTimeoutError,
    SetupError,
)
from pipeline.fixity import digest
from pipeline.model import Clock, Limits, ScanFacts
from pipeline.ocr.tesseract import engine_code, installed_languages, models_of
from pipeline.repository.catalog import Catalog, Known
from pipeline.repository.publish import Published
from pipeline.scan import Admitted
from pipeline.settings import Settings
from pipeline.workers.pool import Readers
from pipeline.workers.protocol import Inspect


def admit(
    path: Path, settings: Settings, readers: Readers, catalog: Catalog, clock: Clock
) -> Admitted | Published:
    """Look at a scan and what describes it.

    Returns:
        The scan as admitted, or the record that holds these very bytes already.

    Raises:
        IngestError: it cannot become a record; the sentence says why and what to do.
    """
    arrived = clock.now()
    facts = _inspect(path, settings, readers)
    sha256 = digest(path)
    described = describe(find_sources(path, settings.inbox))
    sidecar = sidecar_of(path)
    scan = Admitted(
        path=path,
        name=path.name,
        size=path.stat().st_size,
        sha256=sha256,
        facts=facts,
        described=described,
        sidecar=sidecar,
        sidecar_sha256=None if sidecar is None else digest(sidecar),
        sidecar_size=0 if sidecar is None else sidecar.stat().st_size,
        record_id=described.held.slug if described.held else _unplaced_id(sha256),
        version=1,
        languages=engine_languages(described.description.language, settings),
        arrived=arrived,
        translations=find_translations(path, described.description.translations),
        index_row=row_as_csv(path, settings.inbox),
    )
    return published_already(scan, catalog, settings) or numbered(scan, catalog, settings)


def published_already(scan: Admitted, catalog: Catalog, settings: Settings) -> Published | None:
    """Return the record that holds the scan's bytes, or None.

    Raises:
        DuplicateError: they are published, but what came with them says something else.
    """
    known = _same_bytes(scan, catalog)
    if known is None:
        return None
    if known.withdrawn:
        msg = (
            f"{scan.name} holds the bytes of {known.record}, which was withdrawn with version "
            f"{known.version}. To publish it once more, write `replaces: {known.record}` into its "
            "sidecar."
        )
        raise DuplicateError(msg)
    placed_first = known.record == _unplaced_id(scan.sha256)
    if scan.described.held is not None and scan.record_id != known.record and not placed_first:
        msg = (
            f"{scan.name} holds the same bytes as {known.record}, but is described as "
            f"{scan.record_id}. One of the two is misfiled; if both are right, name the second "
            "place in the sidecar of the first."
        )
        raise DuplicateError(msg)
    folder = _folder(known, settings)
    if _described_anew(scan, known, folder):
        if known.version < catalog.newest_version(known.record):
            msg = (
                f"{scan.name} holds the bytes of {known.record}, version {known.version}, which "
                f"another scan has replaced. If this one is the better one after all, write "
                f"`replaces: {known.record}` into its sidecar."
            )
            raise DuplicateError(msg)
        return None
    return Published(known.record, known.version, folder, already=True)


def _same_bytes(scan: Admitted, catalog: Catalog) -> Known | None:
    """Return the version that holds the scan's bytes, unless the scan says that it replaces it."""
    known = catalog.with_bytes(scan.sha256)
    replaced = scan.described.description.replaces
    return known if known is not None and known.record != replaced else None


def _folder(known: Known, settings: Settings) -> Path:
    return settings.records / known.folder / f"v{known.version}"


def _unplaced_id(sha256: str) -> str:
    """Return the id of a record whose place nobody knows; it keeps it when one is found."""
    return f"scan-{sha256[:12]}"


def _described_anew(scan: Admitted, known: Known, folder: Path) -> bool:
    """Whether a description came with known bytes that is not the one of their record."""
    if scan.sidecar_sha256 not in {None, known.sidecar_sha256}:
        return True
    if scan.described.held is not None and known.reference is None:
        return True
    kept = folder / "data" / "sidecar" / "index.csv"
    if scan.index_row and (not kept.is_file() or kept.read_text("utf-8") != scan.index_row):
        return True
    texts = [one.path for one in scan.translations if one.path is not None]
    there = folder / "data" / "translation"
    return any(
        not (there / text.name).is_file() or digest(there / text.name) != digest(text)
        for text in texts
    )


def numbered(scan: Admitted, catalog: Catalog, settings: Settings) -> Admitted:
    """Return the scan with its record and version; with known bytes, the version that has them.

    Raises:
        DescriptionError: it replaces a record that is not there.
        DuplicateError: its reference is taken by a record from other bytes.
    """
    replaced, held = scan.described.description.replaces, scan.described.held
    # ll. 110-113 and ll. 0110-0113 are one place, though they spell two ids.
    there = None if held is None else catalog.with_reference(held.normal)
    same = _same_bytes(scan, catalog)
    record_id = replaced or there or (same.record if same else scan.record_id)
    newest = catalog.newest_version(record_id)
    if replaced and not newest:
        msg = f"{scan.name}: its sidecar replaces {replaced}, but there is no such record."
        raise DescriptionError(msg)
    if same is not None and record_id == same.record:  # a new description of what is published
        known = _folder(same, settings)
        return replace(scan, record_id=record_id, version=newest + 1, known=known)
    if newest and not replaced:
        msg = (
            f"{scan.name}: {record_id} is published already, from other bytes. If this scan is "
            f"the better one, write `replaces: {record_id}` into its sidecar; if it is another "
            "document, correct its reference."
        )
        raise DuplicateError(msg)
    return replace(scan, record_id=record_id, version=newest + 1)


def _inspect(path: Path, settings: Settings, readers: Readers) -> ScanFacts:
    limits = Limits(settings.max_pages, settings.max_bytes, settings.max_pixels)
    try:
        facts = readers.ask(Inspect(path, limits), settings.page_timeout).facts
    except PageTimeoutError as error:
        limit = f"OPIS_PAGE_TIMEOUT ({settings.page_timeout:g} s)"
        msg = f"{path.name}: counting its pages took longer than {limit}."
        raise BrokenScanError(msg) from error
    except PageError as error:
        msg = f"{path.name} could not be examined: {error}."
        raise BrokenScanError(msg) from error
    if facts is None:
        msg = f"{path.name} could not be examined."
        raise BrokenScanError(msg)
    return facts


def engine_languages(named: str | None, settings: Settings) -> tuple[str, ...]:
    """Return the engine's codes: of the language a description names, else as set.

    Raises:
        DescriptionError: the engine has no model for the language described.
        SetupError: the engine does not run, which is no fault of the scan.
    """
    if named is None:
        return settings.languages
    code = engine_code(named)
    if code in installed_languages():
        return (code,)
    try:
        models_of((code,))
    except SetupError as error:
        msg = f"The description says language: {named}. {error}"
        raise DescriptionError(msg) from error
    return (code,)
