"""The dry run over a folder: reports every fault in the descriptions of its scans, writes nothing.

Each file is checked alone first, so that a fault in the defaults of a folder is reported once and
not for every scan under it; then each scan is checked with all of its sources.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pipeline.description.document_marks import DocumentMarks, marks_of_description
from pipeline.description.document_table import document_sources, make_document_table
from pipeline.description.index_csv import INDEX_FILE, IndexRow, read_table
from pipeline.description.languages import suggest_language_tag
from pipeline.description.levels_file import is_levels_file, read_levels_file
from pipeline.description.merge import (
    MergedDescription,
    find_sources,
    merge_sources,
    nearest_statements,
)
from pipeline.description.sources import (
    DEFAULTS,
    SIDECAR,
    DescriptionSource,
    display_path,
    file_name_source,
    sidecars_of_stem,
    source_from_file,
    source_from_row,
)
from pipeline.description.translations import (
    NOT_LANGUAGES,
    find_translations,
    is_two_letter_code,
    read_translation,
)
from pipeline.description.validation import cross_field_errors, drop_invalid, source_errors
from pipeline.errors import DescriptionError, IngestError
from pipeline.inbox.files import DEFAULTS_STEM, SIDECAR_SUFFIXES, list_inbox
from pipeline.inbox.name_forms import path_key
from pipeline.wording import join_names

PageCounter: TypeAlias = Callable[[Path], int | None]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A fault in a description, with advice for the person who mends it."""

    file: str  #: relative to the folder that was checked
    line: int  #: 1-based; 1 for a fault of the whole file
    code: str  #: the kind of fault, for programs
    detail: str  #: one or two sentences, with advice
    is_note: bool = False  #: it stops no scan: the archivist may have meant it so


@dataclass(slots=True)
class _FolderCheck:
    root: Path
    scans: list[Path]
    count_pages: PageCounter
    faults: set[Fault] = field(default_factory=set)

    def add_error(self, error: IngestError, path: Path, *, is_note: bool = False) -> None:
        """Add an error as a fault of ``path``."""
        line = getattr(error, "line", None)
        code = getattr(error, "code", "unreadable")
        where = display_path(path, self.root)
        self.faults.add(Fault(where, line or 1, code, str(error), is_note))

    def add_fault(self, path: Path, code: str, detail: str) -> None:
        """Add a fault of a whole file."""
        self.faults.add(Fault(display_path(path, self.root), 1, code, detail))

    def catch_errors(self, path: Path, check: Callable[[], object]) -> None:
        """Run a check and add the error that it raises as a fault of ``path``."""
        try:
            check()
        except IngestError as error:
            self.add_error(error, path)


def check_folder(folder: Path, count_pages: PageCounter = lambda _: None) -> list[Fault]:
    """Return every fault under a folder, by file and line; an inbox's ``refused/`` is skipped.

    Args:
        folder: the folder.
        count_pages: returns the number of pages of a scan that holds several documents; None
            leaves out what depends on it.
    """
    listing = list_inbox(folder)
    check = _FolderCheck(folder, listing.scans, count_pages)
    for problem in listing.problems:
        check.add_fault(problem.folder, "unreadable", problem.reason)
    stems = defaultdict[Path, list[Path]](list)
    for scan in check.scans:
        stems[path_key(scan, scan.stem)].append(scan)
    _check_files(check, listing.files, stems)
    for scans in stems.values():
        _check_shared_stem(check, scans)
    for scan in check.scans:
        _check_scan(check, scan)
    _check_duplicate_references(check)
    return sorted(check.faults)


def _check_files(check: _FolderCheck, files: list[Path], stems: dict[Path, list[Path]]) -> None:
    """Check each file that may describe scans alone."""
    for path in files:
        if path.suffix.lower() in SIDECAR_SUFFIXES:
            _check_sidecar(check, path, stems)
        elif path.name.lower() == INDEX_FILE:
            _check_table(check, path)
        elif path.suffix.lower() == ".txt":
            _check_translation(check, path, stems)


def _check_sidecar(check: _FolderCheck, path: Path, stems: dict[Path, list[Path]]) -> None:
    if is_levels_file(path):
        for error in read_levels_file(path, display_path(path, check.root)).errors:
            check.add_error(error, path)
        return
    is_default = path.stem == DEFAULTS_STEM
    if not is_default and path_key(path, path.stem) not in stems:
        detail = f"{path.name} describes no scan: none here is named {path.stem}. Rename it."
        check.add_fault(path, "sidecar-without-scan", detail)
    kind = DEFAULTS if is_default else SIDECAR

    def check_fields() -> None:
        source = source_from_file(
            kind, path, check.root, lambda error: check.add_error(error, path)
        )
        for error in source_errors(source):
            check.add_error(error, path)

    check.catch_errors(path, check_fields)
    duplicates = [other for other in sidecars_of_stem(path.parent, path.stem) if other != path]
    if duplicates and path.name > duplicates[0].name:
        detail = f"{duplicates[0].name} and {path.name} describe the same. Keep one of the two."
        check.add_fault(path, "two-sidecars", detail)


def _check_table(check: _FolderCheck, path: Path) -> None:
    label = display_path(path, check.root)
    if path.name != INDEX_FILE:
        check.add_fault(path, "bad-file-name", f"{path.name} is not read. Name it {INDEX_FILE}.")
        return
    table = read_table(path, label)
    for error in table.heading_errors or filter(None, [table.error]):
        check.add_error(error, path)
    scan_names = [scan.name for scan in check.scans if scan.parent == path.parent]
    lines_with_scan = {row.line for name in scan_names for row in table.rows_of(name)}
    for name in scan_names:
        rows = table.scan_rows(name)
        for row in rows[1:]:
            check.add_error(table.duplicate_error([rows[0], row]), path)
    for row in table.rows:
        for error in _row_faults(row, label, has_scan=row.line in lines_with_scan):
            check.add_error(error, path)


def _row_faults(row: IndexRow, label: str, *, has_scan: bool) -> list[DescriptionError]:
    if row.error is not None:
        return [row.error]
    errors = source_errors(source_from_row(row, label))
    if not has_scan:
        detail = f"{label}, line {row.line}: there is no scan {row.scan} in this folder."
        errors.append(DescriptionError(detail, file=label, line=row.line, code="row-without-scan"))
    return errors


def _check_translation(check: _FolderCheck, path: Path, stems: dict[Path, list[Path]]) -> None:
    """Check a text file that may be a translation; ignore other text files."""
    stem, _, tag = path.stem.rpartition(".")
    if not stem or tag.lower() in NOT_LANGUAGES:
        return
    has_scan = path_key(path, stem) in stems
    meant = suggest_language_tag(tag)
    if has_scan and not is_two_letter_code(tag) and (meant or len(tag) == 2):
        detail = f"{path.name} names no language: “{tag}”. Name it {stem}.{meant or 'en'}.txt."
        check.add_fault(path, "bad-language", detail)
    elif has_scan and is_two_letter_code(tag):
        check.catch_errors(path, lambda: read_translation(path, tag, None))
    elif is_two_letter_code(tag):
        detail = f"{path.name} translates no scan: none here is named {stem}. Rename it."
        check.add_fault(path, "translation-without-scan", detail)


def _check_shared_stem(check: _FolderCheck, scans: list[Path]) -> None:
    sidecars = sidecars_of_stem(scans[0].parent, scans[0].stem)
    if len(scans) > 1 and sidecars:
        names = join_names([scan.name for scan in scans])
        detail = f"{sidecars[0].name} would describe {names}. Give each scan a name of its own."
        check.add_fault(sidecars[0], "two-scans", detail)


def _check_scan(check: _FolderCheck, scan: Path) -> None:
    """Check a scan with all of its sources, leaving out values that are invalid alone."""
    check.catch_errors(scan, lambda: file_name_source(scan))
    sources = _load_sources(check, scan)
    for error in cross_field_errors(sources):
        check.add_error(error, check.root / error.file if error.file else scan)
    try:
        merged = merge_sources(sources)
        doubts = [source.doubt for source in sources if source.doubt]
        if doubts and not merged.description.references:
            check.add_fault(scan, "unread-reference", doubts[-1])
        find_translations(scan, merged.description.translations)
        _check_documents(check, scan, sources, merged)
    except DescriptionError as error:
        statement = nearest_statements(sources).get("translations")
        if statement is not None and error.code in {"lost-translation", "translation-twice"}:
            path = check.root / statement.source.file_label
            check.add_error(statement.make_error(str(error), error.code), path)
    except IngestError as error:
        check.add_error(error, scan)


def _check_documents(
    check: _FolderCheck,
    scan: Path,
    sources: Sequence[DescriptionSource],
    merged: MergedDescription,
) -> None:
    """Check the table of a scan's documents, if it holds several."""
    documents = document_sources(scan, check.root, sources)
    page_count = check.count_pages(scan) if documents else None
    if page_count is None:
        return

    def add(error: DescriptionError, *, is_note: bool = False) -> None:
        check.add_error(error, check.root / error.file if error.file else scan, is_note=is_note)

    for note in make_document_table(documents, merged, page_count, add).notes:
        add(note, is_note=True)


def _load_sources(check: _FolderCheck, scan: Path) -> list[DescriptionSource]:
    try:
        return [drop_invalid(source) for source in find_sources(scan, check.root, lambda _: None)]
    except IngestError as error:
        check.add_error(error, scan)
        return []


def _check_duplicate_references(check: _FolderCheck) -> None:
    """Add a fault for each scan with the leaves of another from which nothing tells it apart."""
    scans_by_reference = defaultdict[str, list[tuple[Path, DocumentMarks]]](list)
    for scan in check.scans:
        try:
            merged = merge_sources(_load_sources(check, scan))
        except IngestError:
            continue  # reported by _check_scan
        held = merged.held_reference
        if held is not None and held.leaves and not merged.description.distinct_from:
            scans_by_reference[held.normal].append((scan, marks_of_description(merged)))
    for normal, scans in scans_by_reference.items():
        for number, (scan, marks) in enumerate(scans):
            same = [one for one, others in scans[:number] if not marks.contradict(others)]
            if same:
                detail = (
                    f"{scan.name} and {same[0].name} are both {normal}, and nothing tells them "
                    "apart. One is misfiled; two documents on the same leaves differ in title or "
                    "date."
                )
                check.add_fault(scan, "same-reference", detail)
