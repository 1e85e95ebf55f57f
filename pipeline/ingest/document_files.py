"""The files of a document in a scan: its pages as a PDF, and the sidecar that describes it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import yaml

from pipeline.description.document_table import ScanDocument
from pipeline.description.scan_name import read_scan_name
from pipeline.errors import BrokenScanError, PageError
from pipeline.fixity import file_sha256
from pipeline.ingest.document_matches import DocumentIdentity
from pipeline.model import Extraction
from pipeline.record.record import Record
from pipeline.references import ArchivalReference, parse_references
from pipeline.searchable_pdf.page_subset import PageSubset
from pipeline.settings import Settings
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import TakePages

SIDECAR_SUFFIX = ".yaml"
_MAX_NAME_BYTES = 200  #: of a file name
_MAX_PAGES_SHOWN = 60  #: characters
_SECONDS_PER_PAGE = 2.0  #: seconds allowed for a page of the scan; 0.01 were measured


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


def identity_of(document: ScanDocument, pages: Path | None = None) -> DocumentIdentity:
    """Return by what a document is known again, with the digest of its pages if there is a file."""
    reference, title = _reference_of(document), document.values.get("title")
    return DocumentIdentity(
        None if reference is None else reference.normal,
        title if isinstance(title, str) else None,
        "" if pages is None else file_sha256(pages),
    )


def write_pages(
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


def keep_copies(files: Mapping[Path, ScanDocument], digests: Mapping[Path, str]) -> None:
    """Exchange files of documents with the same pages, so that each has the bytes it had before.

    Args:
        files: the documents, by the paths of their pages.
        digests: SHA-256 of the pages of a document as published, by the same paths.
    """
    groups = defaultdict[tuple[int, ...], list[Path]](list)
    for path, document in files.items():
        groups[document.pages].append(path)
    for paths in (group for group in groups.values() if len(group) > 1):
        contents = {file_sha256(path): path.read_bytes() for path in paths}
        kept = {path: digests[path] for path in paths if digests.get(path) in contents}
        rest = iter([digest for digest in contents if digest not in kept.values()])
        for path in paths:
            path.write_bytes(contents[kept.get(path) or next(rest)])


def write_sidecar(path: Path, document: ScanDocument, whole: Record, replaced: str | None) -> None:
    """Write the sidecar of a document; it depends only on the arguments."""
    source = whole.provenance.source
    extraction = Extraction(
        scan=source.name, sha256=source.sha256, pages=document.page_ranges, record=whole.id
    )
    own_parts = document.values.get("part_of") or []
    parts = own_parts if isinstance(own_parts, list) else [own_parts]
    values = {
        **document.values,
        "part_of": [*parts, *([] if whole.id in parts else [whole.id])],
        "extracted_from": extraction.model_dump(mode="json"),
    }
    if replaced is not None:
        values["replaces"] = replaced
    text = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=100)
    path.with_suffix(SIDECAR_SUFFIX).write_text(text, encoding="utf-8", newline="\n")
