"""Documents in a scan: taken out of it, described, and ingested like scans that arrive.

When the record of the whole scan is published, its documents are written to a folder of their own
(``output/.opis/documents/SHA256/NUMBER/``), each as a PDF with a sidecar. From there they take the
way of every scan, and their pages, which are read already, come from the page cache. The folder of
a document is removed once its record is published; with the last one the scan leaves the inbox. A
run that is killed in between leaves the scan in the inbox, and the next one goes on.
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import escape
from pathlib import Path

from pipeline.description.document_table import (
    DocumentTable,
)
from pipeline.description.yaml_file import FieldValue, read_sidecar
from pipeline.fixity import file_sha256
from pipeline.inbox.files import remove_empty_folders
from pipeline.ingest.document_files import (
    SIDECAR_SUFFIX,
    document_name,
    identity_of,
    keep_copies,
    write_pages,
    write_sidecar,
)
from pipeline.ingest.document_matches import match_documents, published_documents
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings
from pipeline.wording import join_names
from pipeline.workers.pool import WorkerPool

_FOLDER = "documents"  #: below the work folder
_ORIGIN_FILE = "scan.txt"  #: path of the scan that is divided


@dataclass(frozen=True, slots=True)
class TakenDocuments:
    """The documents that were taken out of a scan."""

    paths: tuple[Path, ...] = ()  #: of those that are to be ingested
    notes: tuple[str, ...] = ()  #: what the archivist should know, in sentences


def take_documents(
    scan: Path, table: DocumentTable, record: Record, settings: Settings, workers: WorkerPool
) -> TakenDocuments:
    """Take the documents out of a scan whose record is published.

    Documents that are published already, with the same description, are left out.

    Args:
        scan: path of the scan.
        table: of its documents.
        record: of the whole scan.
        settings: of the archive.
        workers: take the pages out.

    Raises:
        BrokenScanError: the pages cannot be taken out.
    """
    folder = settings.work_folder / _FOLDER / record.provenance.source.sha256
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    (folder / _ORIGIN_FILE).write_text(str(scan), encoding="utf-8")
    files = {
        folder / f"{number:04d}" / document_name(document, scan): document
        for number, document in enumerate(table.documents, 1)
    }
    write_pages(scan, record.provenance.source.media_type, files, settings, workers)
    with Catalog(settings.catalog, settings.records) as catalog:
        known = published_documents(record, catalog)
        matches = match_documents({path: identity_of(one) for path, one in files.items()}, known)
        keep_copies(files, {path: known[name].sha256 for path, name in matches.items()})
        for path, document in files.items():
            name = matches.get(path)
            is_same = name is None or known[name] == identity_of(document, path)
            write_sidecar(path, document, record, None if is_same else name)
        published = [path for path in files if _is_published(path, catalog, settings)]
    for path in published:
        discard_document(path, settings)
    unmatched = sorted(known.keys() - matches.values())
    notes = (*map(str, table.notes), *([_unmatched_note(unmatched)] if unmatched else []))
    return TakenDocuments(tuple(path for path in files if path not in published), notes)


def _unmatched_note(records: Sequence[str]) -> str:
    return (
        f"No longer among the documents: {join_names(records)}. If a record is of no document, "
        "take it back with `opis withdraw`."
    )


def origin_of(path: Path, settings: Settings) -> Path | None:
    """Return the scan that a document was taken out of; None if the path is no document's."""
    folder = path.parent.parent
    if folder.parent != settings.work_folder / _FOLDER:
        return None
    return Path((folder / _ORIGIN_FILE).read_text("utf-8"))


def namesakes_of(path: Path, settings: Settings) -> list[Path]:
    """Return the documents of a scan that have the name of one of them: that of its place."""
    if origin_of(path, settings) is None:
        return []
    return sorted(path.parent.parent.glob(f"*/{escape(path.name)}"))


def settings_for(path: Path, settings: Settings) -> Settings:
    """Return the settings for a scan; about a document nobody is asked: its table answers."""
    if origin_of(path, settings) is None:
        return settings
    return settings.model_copy(update={"ask_people": False})


def discard_document(path: Path, settings: Settings) -> bool:
    """Remove the folder of a document that is published; return whether it was the last one."""
    shutil.rmtree(path.parent, ignore_errors=True)
    scan_folder = path.parent.parent
    with suppress(FileNotFoundError):  # another thread was the last one
        if any(entry.is_dir() for entry in scan_folder.iterdir()):
            return False
    (scan_folder / _ORIGIN_FILE).unlink(missing_ok=True)
    remove_empty_folders(scan_folder, settings.work_folder)
    return True


def _is_published(path: Path, catalog: Catalog, settings: Settings) -> bool:
    """Return whether the newest version of a record has the bytes and description of a document."""
    known = catalog.find_by_digest(file_sha256(path))
    if known is None or known.is_withdrawn:
        return False
    if known.version < catalog.newest_version(known.record_id):
        return False
    folder = VersionFolder.of(settings.records / known.folder, known.version)
    sidecar = path.with_suffix(SIDECAR_SUFFIX)
    if known.sidecar_sha256 == file_sha256(sidecar):
        return True
    published = folder.load_record().provenance.sidecar
    if published is None:
        return False
    return _described_in(folder.sidecar(published.name)) == _described_in(sidecar)


def _described_in(sidecar: Path) -> dict[str, FieldValue]:
    """Return what a sidecar says, without the record that it replaced."""
    values = read_sidecar(sidecar).values
    return {name: value for name, value in values.items() if name != "replaces"}
