"""Admission of a scan: checks, description, record id and version; no page is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.description.document_table import (
    DocumentTable,
    document_sources,
    make_document_table,
)
from pipeline.description.merge import (
    DescriptionSource,
    MergedDescription,
    find_sidecar,
    find_sources,
    merge_sources,
)
from pipeline.description.sources import row_as_csv
from pipeline.description.translations import find_translations
from pipeline.errors import (
    BrokenScanError,
    ContradictionError,
    DescriptionError,
    DuplicateError,
    PageError,
    PageTimeoutError,
    SetupError,
)
from pipeline.fixity import file_sha256
from pipeline.ingest.questions import UndecidedError, question_about_place, require_leaf_decision
from pipeline.ingest.same_place import id_at_place
from pipeline.model import Clock, Limits, ScanFacts
from pipeline.ocr.engines import candidate_languages, make_engine, signature_of
from pipeline.ocr.language_codes import with_vertical
from pipeline.record.version_folder import VersionFolder
from pipeline.references import ArchivalReference, parse_reference
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import PublishResult
from pipeline.repository.published_version import PublishedVersion
from pipeline.scan import AdmittedScan
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import InspectScan


@dataclass(frozen=True, slots=True)
class PublishedScan:
    """A scan that is published, just now or before, and the documents in it."""

    version: PublishResult
    documents: DocumentTable | None  #: None if it is one document


def decide_admission(
    path: Path, settings: Settings, workers: WorkerPool, catalog: Catalog, clock: Clock,
    *, shares_place: bool = False,
) -> AdmittedScan | PublishedScan:  # fmt: skip
    """Inspect a scan and its description, and assign its record id and version.

    Args:
        path: of the scan.
        settings: name the inbox, the limits and the engine.
        workers: inspect the scan.
        catalog: of the archive.
        clock: gives the time of arrival.
        shares_place: another document of the batch has the same reference.

    Returns:
        The admitted scan, or the one that is published with the same bytes and description.

    Raises:
        IngestError: the scan cannot become a record; the message says why and what to do.
        UndecidedError: a person is to answer a question first.
    """
    arrived = clock.now()
    facts = inspect_in_worker(path, settings, workers)
    scan = replace(_describe_scan(path, facts, settings, arrived), shares_place=shares_place)
    published = find_published(scan, catalog, settings)
    if published is not None:
        return PublishedScan(published, scan.documents)
    if settings.ask_people:
        require_leaf_decision(scan)
    return assign_version(scan, catalog, settings)


def _describe_scan(
    path: Path, facts: ScanFacts, settings: Settings, arrived: datetime
) -> AdmittedScan:
    """Return a scan with its description, under the id that its reference or its bytes give."""
    sha256 = file_sha256(path)
    sources = find_sources(path, settings.inbox)
    described = _merge_description(sources, settings)
    documents = document_sources(path, settings.inbox, sources)
    sidecar = find_sidecar(path)
    return AdmittedScan(
        path=path,
        name=path.name,
        size=path.stat().st_size,
        sha256=sha256,
        facts=facts,
        described=described,
        sidecar=sidecar,
        sidecar_sha256=None if sidecar is None else file_sha256(sidecar),
        sidecar_size=0 if sidecar is None else sidecar.stat().st_size,
        record_id=_id_of(described.held_reference, sha256),
        version=1,
        languages=engine_languages(described.description.language, settings),
        arrived=arrived,
        translations=find_translations(path, described.description.translations),
        index_row=row_as_csv(path, settings.inbox),
        documents=make_document_table(documents, described, facts.page_count)
        if documents
        else None,
    )


def _merge_description(
    sources: Sequence[DescriptionSource], settings: Settings
) -> MergedDescription:
    """Return the merged description of a scan; UndecidedError if a person is to choose."""
    try:
        return merge_sources(sources, settings.base_url)
    except ContradictionError as error:
        if settings.ask_people:
            raise UndecidedError(question_about_place(error)) from error
        raise


def find_published(
    scan: AdmittedScan, catalog: Catalog, settings: Settings
) -> PublishResult | None:
    """Return the published version of the scan's bytes; None if a new version is needed.

    Raises:
        DuplicateError: the bytes are published, but their version was withdrawn or replaced, or
            its record has another reference.
    """
    known = _version_with_same_bytes(scan, catalog)
    if known is None:
        return None
    if known.is_withdrawn:
        msg = (
            f"{scan.name} holds the bytes of {known.record_id}, which was withdrawn with version "
            f"{known.version}. To publish it once more, write `replaces: {known.record_id}` into "
            "its sidecar."
        )
        raise DuplicateError(msg)
    stated, place = scan.described.held_reference, parse_reference(known.reference or "")
    is_placed = stated is not None and known.record_id != _id_from_digest(scan.sha256)
    if is_placed and stated and place and not stated.agrees_with(place):
        msg = (
            f"{scan.name} holds the same bytes as {known.record_id} ({place.as_stamped}), but is "
            f"described as {stated.as_stamped}. One of the two is misfiled; if both are right, "
            "name the second place in the sidecar of the first."
        )
        raise DuplicateError(msg)
    folder = _version_folder(known, settings)
    if _has_new_description(scan, known, folder):
        if known.version < catalog.newest_version(known.record_id):
            msg = (
                f"{scan.name} holds the bytes of {known.record_id}, version {known.version}, which "
                f"another scan has replaced. If this one is the better one after all, write "
                f"`replaces: {known.record_id}` into its sidecar."
            )
            raise DuplicateError(msg)
        return None
    return PublishResult(known.record_id, known.version, folder, already_published=True)


def _version_with_same_bytes(scan: AdmittedScan, catalog: Catalog) -> PublishedVersion | None:
    """Return the version that holds the scan's bytes; None if the scan replaces its record."""
    known = catalog.find_by_digest(scan.sha256)
    replaced = scan.described.description.replaces
    return known if known is not None and known.record_id != replaced else None


def _version_folder(known: PublishedVersion, settings: Settings) -> VersionFolder:
    return VersionFolder.of(settings.records / known.folder, known.version)


def _id_of(reference: ArchivalReference | None, sha256: str) -> str:
    return _id_from_digest(sha256) if reference is None else reference.slug


def _id_from_digest(sha256: str) -> str:
    """Return the id of a record without a reference; it stays if a reference is added later."""
    return f"scan-{sha256[:12]}"


def _has_new_description(
    scan: AdmittedScan, known: PublishedVersion, folder: VersionFolder
) -> bool:
    """Return whether published bytes came with a description that their record does not have."""
    if scan.sidecar_sha256 not in {None, known.sidecar_sha256}:
        return True
    if scan.described.held_reference is not None and known.reference is None:
        return True
    row = folder.index_row_file
    if scan.index_row and (not row.is_file() or row.read_text("utf-8") != scan.index_row):
        return True
    texts = [translation.path for translation in scan.translations if translation.path is not None]
    pairs = ((text, folder.translation(text.name)) for text in texts)
    return any(
        not stored.is_file() or file_sha256(stored) != file_sha256(text) for text, stored in pairs
    )


def assign_version(scan: AdmittedScan, catalog: Catalog, settings: Settings) -> AdmittedScan:
    """Return the scan with its record id and its version.

    ``published_folder`` is set if the record holds the same bytes already.

    Raises:
        DescriptionError: the sidecar names a record that does not exist.
        DuplicateError: another scan of the same document is published.
    """
    replaced_id = scan.described.description.replaces
    same = _version_with_same_bytes(scan, catalog)
    published_id = same.record_id if same else None
    record_id = replaced_id or id_at_place(scan, catalog, published_id)
    newest = catalog.newest_version(record_id)
    if replaced_id and not newest:
        msg = f"{scan.name}: its sidecar replaces {replaced_id}, but there is no such record."
        raise DescriptionError(msg)
    known = _version_folder(same, settings).path if same and record_id == same.record_id else None
    return replace(scan, record_id=record_id, version=newest + 1, published_folder=known)


def inspect_in_worker(path: Path, settings: Settings, workers: WorkerPool) -> ScanFacts:
    """Return the facts of a scan, which a worker inspects.

    Raises:
        IngestError: it is refused.
    """
    limits = Limits(settings.max_pages, settings.max_bytes, settings.max_pixels)
    try:
        facts = workers.ask(InspectScan(path, limits), settings.page_timeout).facts
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


def engine_languages(language: str | None, settings: Settings) -> tuple[str, ...]:
    """Return the engine's language codes: of the described language, else the candidates.

    A described language has a second model if its lines may run down the page.

    Raises:
        DescriptionError: the engine has no model for the described language.
        SetupError: the engine does not run.
    """
    if language is None:
        return candidate_languages(settings.engine_choice, settings.languages)
    engine = make_engine(settings.engine_choice, settings.languages, settings.page_timeout)
    code = engine.language_code(language)
    installed = engine.installed_languages()
    if code in installed:
        return with_vertical(code, installed)
    try:
        signature_of(settings.engine_choice, (code,))
    except SetupError as error:
        msg = f"The description says language: {language}. {error}"
        raise DescriptionError(msg) from error
    return (code,)
