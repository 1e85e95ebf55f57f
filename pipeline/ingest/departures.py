"""How published scans leave the inbox: once the copies in their records have been read back."""

from pathlib import Path

from pipeline.description.merge import find_sidecars
from pipeline.fixity import file_sha256
from pipeline.inbox.files import (
    CopiedFile,
    remove_empty_folders,
    remove_if_copied,
    remove_refusal_reason,
)
from pipeline.ingest.arrivals import companions_of
from pipeline.ingest.documents import discard_document, origin_of
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.publish import PublishResult
from pipeline.settings import Settings


def leave_inbox(path: Path, record: Record, published: PublishResult, settings: Settings) -> None:
    """Remove a published scan and its companions from the inbox.

    A scan outside the inbox, named on the command line, stays. A document is removed from the
    folder of its scan; with the last one the scan leaves.
    """
    origin = origin_of(path, settings)
    if origin is not None:
        if discard_document(path, settings) and origin.exists():
            _leave_with_documents(origin, settings)
    elif path.is_relative_to(settings.inbox) and not settings.keep_inbox:
        _remove_scan(path, record, published, settings)


def _leave_with_documents(scan: Path, settings: Settings) -> None:
    """Remove a scan whose documents are all published."""
    with Catalog(settings.catalog, settings.records) as catalog:
        known = catalog.find_by_digest(file_sha256(scan))
    if known is not None:
        folder = VersionFolder.of(settings.records / known.folder, known.version)
        published = PublishResult(known.record_id, known.version, folder)
        leave_inbox(scan, folder.load_record(), published, settings)


def _remove_scan(path: Path, record: Record, published: PublishResult, settings: Settings) -> None:
    """Remove scan and companions, or none; the scan last, because the next run looks for scans.

    A sidecar or translation that came while the scan was read is not in its record: all stay, and
    the next run publishes the new description.
    """
    provenance, folder = record.provenance, published.folder
    names = [translation.origin for translation in record.translations]
    texts = [(path.with_name(name), folder.translation(name)) for name in names]
    copies = [CopiedFile(text, file_sha256(copy), copy) for text, copy in texts if copy.is_file()]
    copies += [CopiedFile(path, provenance.source.sha256, folder.original(provenance.source.name))]
    sidecar = next(iter(find_sidecars(path)), None)
    if sidecar is not None and provenance.sidecar is not None:
        copy = folder.sidecar(provenance.sidecar.name)
        copies.insert(0, CopiedFile(sidecar, provenance.sidecar.sha256, copy))
    published_paths = {file.path for file in copies}
    if not published.already_published and set(companions_of(path)) - published_paths:
        return
    if remove_if_copied(copies):
        remove_refusal_reason(path, settings.inbox)
    remove_empty_folders(path.parent, settings.inbox)
