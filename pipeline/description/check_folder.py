"""The dry run over a folder: every fault of what describes its scans; nothing is written.

Each file is looked at alone, so that a fault in the defaults of a folder is told once and not for
every scan under it; then each scan with all that is said of it.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.description.index_csv import INDEX_FILE, IndexRow, read_table
from pipeline.description.languages import suggest_language_tag
from pipeline.description.merge import find_sources, merge_sources, nearest_statements
from pipeline.description.sources import (
    DEFAULTS,
    SIDECAR,
    DescriptionSource,
    display_path,
    file_name_source,
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
from pipeline.inbox.files import REFUSED_FOLDER, SIDECAR_SUFFIXES, find_scans, is_ignored


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a description, for a person who will mend it."""

    file: str  #: from the folder that was checked
    line: int  #: 1-based; of a whole file, 1
    code: str  #: for a program
    detail: str  #: a sentence or two, with advice


@dataclass(slots=True)
class _FolderCheck:
    root: Path
    scans: list[Path]
    faults: set[Fault] = field(default_factory=set)

    def add_error(self, error: IngestError, path: Path) -> None:
        """Take an error down; where it names no file, it is about ``path``."""
        line = getattr(error, "line", None)
        code = getattr(error, "code", "unreadable")
        where = display_path(path, self.root)
        self.faults.add(Fault(where, line or 1, code, str(error)))

    def add_fault(self, path: Path, code: str, detail: str) -> None:
        """Take down a fault of a whole file."""
        self.faults.add(Fault(display_path(path, self.root), 1, code, detail))

    def catch_errors(self, path: Path, work: Callable[[], object]) -> None:
        """Do something that raises what is to be taken down."""
        try:
            work()
        except IngestError as error:
            self.add_error(error, path)


def check_folder(folder: Path) -> list[Fault]:
    """Return every fault under a folder, by file and line; an inbox's ``refused/`` is left out."""
    check = _FolderCheck(folder, find_scans(folder))
    stems = defaultdict[Path, list[Path]](list)
    for scan in check.scans:
        stems[scan.with_name(scan.stem)].append(scan)
    for path in sorted(_find_descriptions(folder)):
        if path.suffix.lower() in SIDECAR_SUFFIXES:
            _check_sidecar(check, path, stems)
        elif path.name.lower() == INDEX_FILE:
            _check_table(check, path)
        elif path.suffix.lower() == ".txt":
            _check_translation(check, path, stems)
    for scans in stems.values():
        _check_shared_stem(check, scans)
    for scan in check.scans:
        _check_scan(check, scan)
    _check_duplicate_references(check)
    return sorted(check.faults)


def _find_descriptions(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_ignored(name)]
        if Path(place) == folder and REFUSED_FOLDER in folders:
            folders.remove(REFUSED_FOLDER)
        yield from (Path(place, name) for name in names if not is_ignored(name))


def _check_sidecar(check: _FolderCheck, path: Path, stems: dict[Path, list[Path]]) -> None:
    default = path.stem == "_defaults"
    if not default and path.with_name(path.stem) not in stems:
        detail = f"{path.name} describes no scan: none here is named {path.stem}. Rename it."
        check.add_fault(path, "sidecar-without-scan", detail)
    kind = DEFAULTS if default else SIDECAR

    def check_fields() -> None:
        source = source_from_file(
            kind, path, check.root, lambda error: check.add_error(error, path)
        )
        for error in source_errors(source):
            check.add_error(error, path)

    check.catch_errors(path, check_fields)
    others = [path.with_suffix(suffix) for suffix in SIDECAR_SUFFIXES]
    twice = [other for other in others if other != path and other.is_file()]
    if twice and path.name > twice[0].name:
        detail = f"{twice[0].name} and {path.name} describe the same. Keep one of the two."
        check.add_fault(path, "two-sidecars", detail)


def _check_table(check: _FolderCheck, path: Path) -> None:
    where = display_path(path, check.root)
    if path.name != INDEX_FILE:
        check.add_fault(path, "bad-file-name", f"{path.name} is not read. Name it {INDEX_FILE}.")
        return
    table = read_table(path, where)
    for error in table.heading_errors or filter(None, [table.error]):
        check.add_error(error, path)
    here = [scan.name for scan in check.scans if scan.parent == path.parent]
    known = {row.line for name in here for row in table.rows_of(name)}
    for name in here:
        rows = table.rows_of(name)
        for row in rows[1:]:
            check.add_error(table.duplicate_error([rows[0], row]), path)
    for row in table.rows:
        for error in _row_faults(row, where, has_scan=row.line in known):
            check.add_error(error, path)


def _row_faults(row: IndexRow, where: str, *, has_scan: bool) -> list[DescriptionError]:
    if row.error is not None:
        return [row.error]
    found = source_errors(source_from_row(row, where))
    if not has_scan:
        detail = f"{where}, line {row.line}: there is no scan {row.scan} in this folder."
        error = DescriptionError(detail, file=where, line=row.line, code="row-without-scan")
        found.append(error)
    return found


def _check_translation(check: _FolderCheck, path: Path, stems: dict[Path, list[Path]]) -> None:
    """Look at what may be a translation; other plain texts are nobody's business."""
    stem, _, tag = path.stem.rpartition(".")
    if not stem or tag.lower() in NOT_LANGUAGES:
        return
    there = path.with_name(stem) in stems
    meant = suggest_language_tag(tag)
    if there and not is_two_letter_code(tag) and (meant or len(tag) == 2):
        detail = f"{path.name} names no language: “{tag}”. Name it {stem}.{meant or 'en'}.txt."
        check.add_fault(path, "bad-language", detail)
    elif there and is_two_letter_code(tag):
        check.catch_errors(path, lambda: read_translation(path, tag, None))
    elif is_two_letter_code(tag):
        detail = f"{path.name} translates no scan: none here is named {stem}. Rename it."
        check.add_fault(path, "translation-without-scan", detail)


def _check_shared_stem(check: _FolderCheck, scans: list[Path]) -> None:
    beside = [path for path in map(scans[0].with_suffix, SIDECAR_SUFFIXES) if path.is_file()]
    if len(scans) > 1 and beside:
        names = " and ".join(scan.name for scan in scans)
        detail = f"{beside[0].name} would describe {names}. Give each scan a name of its own."
        check.add_fault(beside[0], "two-scans", detail)


def _check_scan(check: _FolderCheck, scan: Path) -> None:
    """Look at a scan with all that is said of it, what is wrong in itself aside."""
    check.catch_errors(scan, lambda: file_name_source(scan))
    sources = _load_sources(check, scan)
    for error in cross_field_errors(sources):
        check.add_error(error, check.root / error.file if error.file else scan)
    try:
        described = merge_sources(sources)
        find_translations(scan, described.description.translations)
    except DescriptionError as error:
        said = nearest_statements(sources).get("translations")
        if said is not None and error.code in {"lost-translation", "translation-twice"}:
            check.add_error(
                said.make_error(str(error), error.code), check.root / said.source.file_label
            )
    except IngestError as error:
        check.add_error(error, scan)


def _load_sources(check: _FolderCheck, scan: Path) -> list[DescriptionSource]:
    try:
        return [drop_invalid(source) for source in find_sources(scan, check.root, lambda _: None)]
    except IngestError as error:
        check.add_error(error, scan)
        return []


def _check_duplicate_references(check: _FolderCheck) -> None:
    """Find scans that say that they were made at one place."""
    places = defaultdict[str, list[Path]](list)
    for scan in check.scans:
        try:
            described = merge_sources(_load_sources(check, scan))
        except IngestError:
            continue  # told already
        if described.held_reference is not None and described.held_reference.leaves:
            places[described.held_reference.normal].append(scan)
    for normal, scans in places.items():
        for scan in scans[1:]:
            detail = f"{scan.name} and {scans[0].name} are both {normal}. One is misfiled."
            check.add_fault(scan, "same-reference", detail)
