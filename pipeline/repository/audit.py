"""Checks a whole archive: every version, files outside versions, and the catalogue."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.fixity import file_sha256
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import TAG_MANIFEST, Damage, Finding
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_entries import version_folders
from pipeline.repository.staging import is_unfinished
from pipeline.repository.verify_version import check_version
from pipeline.settings import Settings
from pipeline.system.folders import FolderProblem


def check_archive(settings: Settings, record_ids: Sequence[str]) -> tuple[int, list[Finding]]:
    """Check versions; return their number and all findings.

    A catalogue that is broken or disagrees with the records is a finding, and is rebuilt.

    Args:
        settings: where the records are.
        record_ids: records to check; if empty, all records and the catalogue.

    Raises:
        CatalogError: an id is unknown.
    """
    if record_ids:
        with Catalog(settings.catalog, settings.records) as catalog:
            record_folders = [settings.records / catalog.get_entry(r).folder for r in record_ids]
            lost = [lost for r in record_ids for lost in _lost_versions(catalog, settings, r)]
        folders = [version for folder in record_folders for version in version_folders(folder)]
        findings = [*_check_versions(folders, settings), *lost]
        return len(folders), _add_version_gaps(findings, folders, settings)
    problems: list[FolderProblem] = []
    folders = list(version_folders(settings.records, problems.append))
    findings = [_problem_finding(problem, settings) for problem in problems]
    unlistable = {problem.folder for problem in problems}
    findings += [
        *_check_versions(folders, settings),
        *_stray_paths(settings, folders, unlistable),
    ]
    findings.extend(_check_catalog(settings, broken=bool(findings)))
    return len(folders), _add_version_gaps(findings, folders, settings)


def _check_versions(folders: Iterable[VersionFolder], settings: Settings) -> Iterator[Finding]:
    for folder in folders:
        name = folder.path.relative_to(settings.output).as_posix()
        try:
            findings = check_version(folder) or list(_check_location(folder))
        except OSError as error:
            detail = f"{error.filename or folder.path} cannot be read ({error.strerror})"
            findings = [Finding("", Damage.MALFORMED, detail)]
        yield from (replace(finding, path=f"{name}/{finding.path}") for finding in findings)


def _problem_finding(problem: FolderProblem, settings: Settings) -> Finding:
    name = f"{settings.records.name}/{problem.name}"
    return Finding(name, Damage.MALFORMED, problem.reason)


def _add_version_gaps(
    findings: list[Finding], folders: Sequence[VersionFolder], settings: Settings
) -> list[Finding]:
    """Add the gaps in version numbers that no finding reports yet."""
    reported = {finding.path for finding in findings}
    gaps = _version_gaps(folders, settings)
    return [*findings, *(gap for gap in gaps if gap.path not in reported)]


def _version_gaps(folders: Sequence[VersionFolder], settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each version missing below a later one; needs no catalogue."""
    numbers_by_record: dict[Path, set[int]] = defaultdict(set)
    for folder in folders:
        numbers_by_record[folder.record_folder].add(folder.number)
    for record_folder, numbers in numbers_by_record.items():
        for number in sorted(set(range(1, max(numbers))) - numbers):
            path = VersionFolder.of(record_folder, number).path
            name = path.relative_to(settings.output).as_posix()
            yield Finding(name, Damage.MISSING, "is not there, though later versions are")


def _check_location(folder: VersionFolder) -> Iterator[Finding]:
    """Yield a finding if an intact version is in a wrong folder: a copied or renamed one."""
    record = folder.load_record()
    if (record.id, record.version) != (folder.record_id, folder.number):
        detail = f"is {record.id}, version {record.version}, and does not belong in this folder"
        yield Finding(folder.name_of(folder.record_file), Damage.UNLISTED, detail)


def _stray_paths(
    settings: Settings, folders: Sequence[VersionFolder], unlistable: set[Path]
) -> Iterator[Finding]:
    """Yield a finding for each path outside all versions; staging of killed runs is no damage.

    A folder of ``unlistable``, or a parent of one, has its finding already.
    """
    record_folders = {folder.record_folder for folder in folders}
    parents = {parent for folder in record_folders for parent in folder.parents}
    known = {*(folder.path for folder in folders), *record_folders, *parents}
    known |= {parent for folder in unlistable for parent in (folder, *folder.parents)}
    levels = {parent for parent in parents if _is_in_records(parent, settings)}
    for folder in sorted({settings.records, *record_folders, *levels}):
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path not in known and not is_unfinished(path):
                name = path.relative_to(settings.output).as_posix()
                yield Finding(name, Damage.UNLISTED, "belongs to no published version")


def _lost_versions(
    catalog: Catalog, settings: Settings, record_id: str | None = None
) -> Iterator[Finding]:
    """Yield a finding for each published version that is missing or whose bag was closed again.

    Only the catalogue still lists them, so it is not rebuilt.
    """
    advice = (
        "Restore it from a copy; if it was done on purpose, delete "
        f"{settings.catalog.name}, which is then rebuilt from the records."
    )
    for published in catalog.iter_versions(record_id):
        folder = VersionFolder.of(settings.records / published.folder, published.version).path
        name = folder.relative_to(settings.output).as_posix()
        manifest = folder / TAG_MANIFEST
        if not folder.is_dir():
            yield Finding(name, Damage.MISSING, f"was published and is gone. {advice}")
        elif manifest.is_file() and file_sha256(manifest) != published.manifest_sha256:
            detail = f"is not the one that was published. {advice}"
            yield Finding(f"{name}/{manifest.name}", Damage.CHANGED, detail)


def _is_in_records(path: Path, settings: Settings) -> bool:
    return path.is_relative_to(settings.records)


def _check_catalog(settings: Settings, *, broken: bool) -> Iterator[Finding]:
    """Compare the catalogue with a rebuilt one, unless records are ``broken`` or missing."""
    name = settings.catalog.name
    unreadable = Finding(name, Damage.CHANGED, "could not be read; it was rebuilt from records/")
    existed = settings.catalog.exists()
    with Catalog(settings.catalog, settings.records) as catalog:
        if catalog.was_rebuilt and existed:
            yield unreadable
            return
        try:
            lost = list(_lost_versions(catalog, settings))
            is_current = bool(broken or lost) or _matches_rebuild(catalog)
        except sqlite3.DatabaseError:
            catalog.rebuild()
            yield unreadable
            return
        yield from lost
        if not is_current:
            catalog.rebuild()
            yield Finding(name, Damage.CHANGED, "disagreed with records/; it was rebuilt")


def _matches_rebuild(catalog: Catalog) -> bool:
    catalog.apply_pending()
    with (
        TemporaryDirectory(prefix="opis-verify-") as folder,
        Catalog(Path(folder) / "fresh.sqlite", catalog.records) as fresh,
    ):
        row_pairs = zip_longest(fresh.iter_rows(), catalog.iter_rows())
        return all(a == b for a, b in row_pairs) and catalog.index_is_consistent()
