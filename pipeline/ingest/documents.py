"""Documents in a scan: taken out of it, described, and ingested like scans that arrive.

When the record of the whole scan is published, its documents are written to a folder of their own
(``output/.opis/documents/SHA256/NUMBER/``), each as a PDF with a sidecar. From there they take the
way of every scan, and their pages, which are read already, come from the page cache. The folder of
a document is removed once its record is published; with the last one the scan leaves the inbox. A
run that is killed in between leaves the scan in the inbox, and the next one goes on.
"""

import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import yaml

from pipeline.description.document_table import (
    DocumentTable,
    ScanDocument,
    document_sources,
    make_document_table,
)
from pipeline.description.merge import MergedDescription, find_sources, merge_sources
from pipeline.description.scan_name import read_scan_name
from pipeline.description.yaml_file import FieldValue, read_sidecar
from pipeline.errors import BrokenScanError, PageError
from pipeline.fixity import file_sha256
from pipeline.inbox.files import remove_empty_folders
from pipeline.model import Extraction
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.references import ArchivalReference, parse_references
from pipeline.repository.catalog import Catalog
from pipeline.searchable_pdf.page_subset import PageSubset
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import TakePages

_FOLDER = "documents"  #: below the work folder
_SIDECAR_SUFFIX = ".yaml"
_MAX_NAME_BYTES = 200  #: of a file name
_MAX_PAGES_SHOWN = 60  #: characters
_ORIGIN_FILE = "scan.txt"  #: path of the scan that is divided
_SECONDS_PER_PAGE = 2.0  #: seconds allowed for a page of the scan; 0.01 were measured


def document_table(
    scan: Path, settings: Settings, whole: MergedDescription, page_count: int
) -> DocumentTable | None:
    """Return the documents of a scan; None if it is one document.

    Raises:
        DescriptionError: the table is wrong; the message names file and line.
    """
    sources = document_sources(scan, settings.inbox, find_sources(scan, settings.inbox))
    return make_document_table(sources, whole, page_count) if sources else None


def take_documents(
    scan: Path, record: Record, settings: Settings, workers: WorkerPool
) -> tuple[Path, ...]:
    """Take the documents out of a scan whose record is published; return their paths.

    Documents that are published already, with the same description, are left out.

    Raises:
        BrokenScanError: the pages cannot be taken out.
    """
    whole = merge_sources(find_sources(scan, settings.inbox))
    table = document_table(scan, settings, whole, len(record.pages))
    if table is None:
        return ()
    source = record.provenance.source
    folder = settings.work_folder / _FOLDER / source.sha256
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    folder.mkdir(parents=True)
    (folder / _ORIGIN_FILE).write_text(str(scan), encoding="utf-8")
    files = {
        folder / f"{number:04d}" / document_name(document, scan): document
        for number, document in enumerate(table.documents, 1)
    }
    _write_pages(scan, source.media_type, files, settings, workers)
    places = Counter(map(_place_of, table.documents))
    with Catalog(settings.catalog, settings.records) as catalog:
        for path, document in files.items():
            place, replaced = _place_of(document), None
            if place is not None and places[place] == 1:
                replaced = _replaced_record(path, place, record, catalog)
            _write_sidecar(path, document, record, replaced)
        published = [path for path in files if _is_published(path, catalog, settings)]
    for path in published:
        discard_document(path, settings)
    return tuple(path for path in files if path not in published)


def origin_of(path: Path, settings: Settings) -> Path | None:
    """Return the scan that a document was taken out of; None if the path is no document's."""
    folder = path.parent.parent
    if folder.parent != settings.work_folder / _FOLDER:
        return None
    return Path((folder / _ORIGIN_FILE).read_text("utf-8"))


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


def document_name(document: ScanDocument, scan: Path) -> str:
    """Return the file name of a document: its reference, or the name of its scan and its pages.

    The name says nothing that its sidecar does not say, too.
    """
    reference = _reference_of(document)
    names = [f"{scan.stem} (pages {document.page_ranges}).pdf"]
    if reference is not None:
        names.insert(0, f"{reference.slug}.pdf")
    for name in names:
        try:
            named = read_scan_name(name)
        except ValueError:
            continue
        agrees = named.reference is None or named.reference == reference
        if agrees and not named.doubt and len(name.encode()) <= _MAX_NAME_BYTES:
            return name
    return f"pages {document.page_ranges}"[:_MAX_PAGES_SHOWN] + ".pdf"


def _reference_of(document: ScanDocument) -> ArchivalReference | None:
    given = document.values.get("references")
    first = given[0] if isinstance(given, list) and given else given
    return next(iter(parse_references(first)), None) if isinstance(first, str) else None


def _place_of(document: ScanDocument) -> str | None:
    reference = _reference_of(document)
    return None if reference is None else reference.normal


def _replaced_record(path: Path, place: str, whole: Record, catalog: Catalog) -> str | None:
    """Return the record at the place of a document, if it was taken out of the same scan before.

    Its pages there have changed, or the scan was replaced.
    """
    record_id = catalog.find_by_reference(place)
    if record_id is None:
        return None
    old = catalog.load_record(record_id, None)
    is_same = old.provenance.source.sha256 == file_sha256(path)
    is_of_whole = old.extracted_from is not None and old.extracted_from.record == whole.id
    return record_id if is_of_whole and not is_same else None


def _is_published(path: Path, catalog: Catalog, settings: Settings) -> bool:
    """Return whether the newest version of a record has the bytes and description of a document."""
    known = catalog.find_by_digest(file_sha256(path))
    if known is None or known.is_withdrawn:
        return False
    if known.version < catalog.newest_version(known.record_id):
        return False
    folder = VersionFolder.of(settings.records / known.folder, known.version)
    sidecar = folder.load_record().provenance.sidecar
    if sidecar is None:
        return False
    return _described_in(folder.sidecar(sidecar.name)) == _described_in(
        path.with_suffix(_SIDECAR_SUFFIX)
    )


def _described_in(sidecar: Path) -> dict[str, FieldValue]:
    """Return what a sidecar says, without the record that it replaced."""
    values = read_sidecar(sidecar).values
    return {name: value for name, value in values.items() if name != "replaces"}


def _write_pages(
    scan: Path,
    media_type: str,
    files: Mapping[Path, ScanDocument],
    settings: Settings,
    workers: WorkerPool,
) -> None:
    """Write the pages of each document to its file."""
    copies, numbered = Counter[tuple[int, ...]](), dict[Path, int]()
    for path, document in files.items():
        path.parent.mkdir()
        copies[document.pages] += 1
        numbered[path] = copies[document.pages]

    def make_request(folder: Path) -> TakePages:
        subsets = (
            PageSubset(document.pages, folder / path.parent.name, numbered[path])
            for path, document in files.items()
        )
        return TakePages(scan, media_type, tuple(subsets))

    pages = sum(len(document.pages) for document in files.values())
    seconds = settings.page_timeout + _SECONDS_PER_PAGE * pages
    try:
        workers.ask_for_files(make_request, {path.parent.name: path for path in files}, seconds)
    except PageError as error:
        msg = f"{scan.name} can be read, but its documents cannot be taken out of it: {error}."
        raise BrokenScanError(msg) from error


def _write_sidecar(path: Path, document: ScanDocument, whole: Record, replaced: str | None) -> None:
    """Write the sidecar of a document; it depends on nothing but document, scan and record."""
    source = whole.provenance.source
    extraction = Extraction(
        scan=source.name, sha256=source.sha256, pages=document.page_ranges, record=whole.id
    )
    values = {**document.values, "extracted_from": extraction.model_dump(mode="json")}
    if replaced is not None:
        values["replaces"] = replaced
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)
    path.with_suffix(_SIDECAR_SUFFIX).write_text(text, encoding="utf-8", newline="\n")
