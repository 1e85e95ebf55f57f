"""The dry run over a folder: every fault of what describes its scans; nothing is written.

Each file is looked at alone, so that a fault in the defaults of a folder is told once and not for
every scan under it; then each scan with all that is said of it.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.description.index_csv import INDEX_FILE, Row, read_table
from pipeline.description.languages import language_meant
from pipeline.description.merge import describe, find_sources, merged
from pipeline.description.sources import (
    DEFAULTS,
    SIDECAR,
    Source,
    file_name,
    from_file,
    from_row,
    told_as,
)
from pipeline.description.translations import (
    NO_LANGUAGES,
    find_translations,
    is_common,
    read_translation,
)
from pipeline.description.validation import faults_of_source, faults_together, sound
from pipeline.errors import DescriptionError, IngestError
from pipeline.inbox.files import REFUSED, find_scans, ignored

_SIDECARS = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """Something wrong in a description, for a person who will mend it."""

    file: str  #: from the folder that was checked
    line: int  #: 1-based; of a whole file, 1
    code: str  #: for a program
    detail: str  #: a sentence or two, with advice


@dataclass(slots=True)
class _Check:
    root: Path
    scans: list[Path]
    found: set[Fault] = field(default_factory=set)

    def add(self, error: IngestError, path: Path) -> None:
        """Take an error down; where it names no file, it is about ``path``."""
        line = getattr(error, "line", None)
        code = getattr(error, "code", "unreadable")
        where = told_as(path, self.root)
        self.found.add(Fault(where, line or 1, code, str(error)))

    def tell(self, path: Path, code: str, detail: str) -> None:
        """Take down a fault of a whole file."""
        self.found.add(Fault(told_as(path, self.root), 1, code, detail))

    def trying(self, path: Path, work: Callable[[], object]) -> None:
        """Do something that raises what is to be taken down."""
        try:
            work()
        except IngestError as error:
            self.add(error, path)


def check_folder(folder: Path) -> list[Fault]:
    """Return every fault under a folder, by file and line; an inbox's ``refused/`` is left out."""
    check = _Check(folder, find_scans(folder))
    stems = defaultdict[Path, list[Path]](list)
    for scan in check.scans:
        stems[scan.with_name(scan.stem)].append(scan)
    for path in sorted(_descriptions(folder)):
        if path.suffix.lower() in _SIDECARS:
            _check_sidecar(check, path, stems)
        elif path.name.lower() == INDEX_FILE:
            _check_table(check, path)
        elif path.suffix.lower() == ".txt":
            _check_text(check, path, stems)
    for scans in stems.values():
        _check_stem(check, scans)
    for scan in check.scans:
        _check_scan(check, scan)
    _check_places(check)
    return sorted(check.found)


def _descriptions(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not ignored(name)]
        if Path(place) == folder and REFUSED in folders:
            folders.remove(REFUSED)
        yield from (Path(place, name) for name in names if not ignored(name))


def _check_sidecar(check: _Check, path: Path, stems: dict[Path, list[Path]]) -> None:
    default = path.stem == "_defaults"
    if not default and path.with_name(path.stem) not in stems:
        detail = f"{path.name} describes no scan: none here is named {path.stem}. Rename it."
        check.tell(path, "sidecar-without-scan", detail)
    kind = DEFAULTS if default else SIDECAR

    def look() -> None:
        source = from_file(kind, path, check.root, lambda error: check.add(error, path))
        for error in faults_of_source(source):
            check.add(error, path)

    check.trying(path, look)
    others = [path.with_suffix(suffix) for suffix in _SIDECARS]
    twice = [other for other in others if other != path and other.is_file()]
    if twice and path.name > twice[0].name:
        detail = f"{twice[0].name} and {path.name} describe the same. Keep one of the two."
        check.tell(path, "two-sidecars", detail)


def _check_table(check: _Check, path: Path) -> None:
    where = told_as(path, check.root)
    if path.name != INDEX_FILE:
        check.tell(path, "bad-file-name", f"{path.name} is not read. Name it {INDEX_FILE}.")
        return
    table = read_table(path, where)
    for error in table.columns or filter(None, [table.fault]):
        check.add(error, path)
    here = [scan.name for scan in check.scans if scan.parent == path.parent]
    known = {row.line for name in here for row in table.of(name)}
    for name in here:
        rows = table.of(name)
        for row in rows[1:]:
            check.add(table.twice([rows[0], row]), path)
    for row in table.rows:
        for error in _row_faults(row, where, there=row.line in known):
            check.add(error, path)


def _row_faults(row: Row, where: str, *, there: bool) -> list[DescriptionError]:
    if row.fault is not None:
        return [row.fault]
    found = faults_of_source(from_row(row, where))
    if not there:
        detail = f"{where}, line {row.line}: there is no scan {row.scan} in this folder."
        error = DescriptionError(detail, file=where, line=row.line, code="row-without-scan")
        found.append(error)
    return found


def _check_text(check: _Check, path: Path, stems: dict[Path, list[Path]]) -> None:
    """Look at what may be a translation; other plain texts are nobody's business."""
    stem, _, tag = path.stem.rpartition(".")
    if not stem or tag.lower() in NO_LANGUAGES:
        return
    there = path.with_name(stem) in stems
    meant = language_meant(tag)
    if there and not is_common(tag) and (meant or len(tag) == 2):
        detail = f"{path.name} names no language: “{tag}”. Name it {stem}.{meant or 'en'}.txt."
        check.tell(path, "bad-language", detail)
    elif there and is_common(tag):
        check.trying(path, lambda: read_translation(path, tag, None))
    elif is_common(tag):
        detail = f"{path.name} translates no scan: none here is named {stem}. Rename it."
        check.tell(path, "translation-without-scan", detail)


def _check_stem(check: _Check, scans: list[Path]) -> None:
    beside = [path for path in map(scans[0].with_suffix, _SIDECARS) if path.is_file()]
    if len(scans) > 1 and beside:
        names = " and ".join(scan.name for scan in scans)
        detail = f"{beside[0].name} would describe {names}. Give each scan a name of its own."
        check.tell(beside[0], "two-scans", detail)


def _check_scan(check: _Check, scan: Path) -> None:
    """Look at a scan with all that is said of it, what is wrong in itself aside."""
    check.trying(scan, lambda: file_name(scan))
    sources = _sources(check, scan)
    for error in faults_together(sources):
        check.add(error, check.root / error.file if error.file else scan)
    try:
        described = describe(sources)
        find_translations(scan, described.description.translations)
    except DescriptionError as error:
        said = merged(sources).get("translations")
        if said is not None and error.code in {"lost-translation", "translation-twice"}:
            check.add(said.fault(str(error), error.code), check.root / said.source.where)
    except IngestError as error:
        check.add(error, scan)


def _sources(check: _Check, scan: Path) -> list[Source]:
    try:
        return [sound(source) for source in find_sources(scan, check.root, lambda _: None)]
    except IngestError as error:
        check.add(error, scan)
        return []


def _check_places(check: _Check) -> None:
    """Find scans that say that they were made at one place."""
    places = defaultdict[str, list[Path]](list)
    for scan in check.scans:
        try:
            described = describe(_sources(check, scan))
        except IngestError:
            continue  # told already
        if described.held is not None and described.held.leaves:
            places[described.held.normal].append(scan)
    for normal, scans in places.items():
        for scan in scans[1:]:
            detail = f"{scan.name} and {scans[0].name} are both {normal}. One is misfiled."
            check.tell(scan, "same-reference", detail)
