"""Checks a whole archive: every version, files outside versions, catalogue and receipts."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import CatalogError
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import Damage, Finding
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_file import CatalogState
from pipeline.repository.correction_log import check_corrections
from pipeline.repository.level_log import check_levels
from pipeline.repository.receipts import is_receipt_expected
from pipeline.repository.reconciliation import (
    CheckedReceipts,
    collect_evidence,
    read_checked_receipts,
    unreceipted_finding,
    unreceipted_versions,
)
from pipeline.repository.staging import is_unfinished
from pipeline.repository.verify_version import check_version
from pipeline.repository.version_folders import version_folders
from pipeline.settings import Settings
from pipeline.system.folders import FolderProblem
from pipeline.system.scratch_files import scratch_prefix


def check_archive(settings: Settings, record_ids: Sequence[str]) -> tuple[int, list[Finding]]:
    """Check versions; return their number and all findings.

    A catalogue that is broken or disagrees with the records is a finding, and is rebuilt. Receipts
    are never mended: only a person can say what was in them.

    Args:
        settings: where the records are.
        record_ids: records to check; if empty, all records, the catalogue and the receipts.

    Raises:
        CatalogError: an id is unknown.
    """
    if record_ids:
        return _check_records(settings, record_ids)
    problems: list[FolderProblem] = []
    folders = list(version_folders(settings.records, problems.append))
    findings = [_problem_finding(problem, settings) for problem in problems]
    unlistable = {problem.folder for problem in problems}
    findings += [
        *_check_versions(folders, settings),
        *_stray_paths(settings, folders, unlistable),
    ]
    settled = [folder for folder in folders if _has_receipt_to_show(folder, findings, settings)]
    checked = read_checked_receipts(settings.output)
    findings.extend(_check_catalog(settings, checked, broken=bool(findings)))
    findings = _add_version_gaps(findings, folders, settings, checked)
    findings.extend(checked.findings)
    findings.extend(check_corrections(settings.output, folders))
    findings.extend(check_levels(settings.output))
    if unreceipted := unreceipted_versions(settled, checked):
        findings.append(unreceipted_finding(unreceipted, settings))
    return len(folders), findings


def _check_records(settings: Settings, record_ids: Sequence[str]) -> tuple[int, list[Finding]]:
    """Check the versions of some records, and what catalogue and receipts say of them."""
    checked = read_checked_receipts(settings.output)
    known = {record_id for record_id, _ in checked.versions}
    folders, lost = list[VersionFolder](), list[Finding]()
    with Catalog(settings.catalog, settings.records) as catalog:
        evidence = catalog if catalog.state is CatalogState.CURRENT else None
        for record_id in record_ids:
            try:
                record_folder = settings.records / catalog.get_entry(record_id).folder
                folders += version_folders(record_folder)
            except CatalogError:
                if record_id not in known:
                    raise
            lost += _lost_versions(evidence, checked, settings, record_id)
    findings = [*_check_versions(folders, settings), *lost]
    return len(folders), _add_version_gaps(findings, folders, settings, checked)


def _has_receipt_to_show(
    folder: VersionFolder, findings: Iterable[Finding], settings: Settings
) -> bool:
    """Return whether a version is whole, in its place, and its receipt does not only come yet.

    Ask before reading the receipts.
    """
    name = folder.path.relative_to(settings.output).as_posix()
    is_whole = not any(finding.path.startswith(f"{name}/") for finding in findings)
    return is_whole and not is_receipt_expected(settings.output, folder.record_id, folder.number)


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
    findings: list[Finding],
    folders: Sequence[VersionFolder],
    settings: Settings,
    checked: CheckedReceipts,
) -> list[Finding]:
    """Add the gaps in version numbers that no finding reports yet, and no receipt explains."""
    known = {finding.path for finding in findings} | checked.removed_folders()
    gaps = _version_gaps(folders, settings)
    return [*findings, *(gap for gap in gaps if gap.path not in known)]


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
    catalog: Catalog | None,
    checked: CheckedReceipts,
    settings: Settings,
    record_id: str | None = None,
) -> Iterator[Finding]:
    """Yield a finding for each version that is missing, or is not the one that was published.

    Only catalogue and receipts still know it, so the catalogue is not rebuilt.
    """
    for evidence in collect_evidence(catalog, checked, settings, record_id):
        if (finding := evidence.finding()) is not None:
            yield finding


def _is_in_records(path: Path, settings: Settings) -> bool:
    return path.is_relative_to(settings.records)


def _check_catalog(
    settings: Settings, checked: CheckedReceipts, *, broken: bool
) -> Iterator[Finding]:
    """Compare the catalogue with records, receipts and a catalogue that is built anew.

    It is not rebuilt if records are ``broken`` or missing.
    """
    name = settings.catalog.name
    with Catalog(settings.catalog, settings.records) as catalog:
        is_unreadable = catalog.state is CatalogState.DAMAGED
        if catalog.state is CatalogState.CURRENT:
            try:
                lost = list(_lost_versions(catalog, checked, settings))
                is_current = bool(broken or lost) or _matches_rebuild(catalog)
            except sqlite3.DatabaseError:
                is_unreadable = True
                catalog.rebuild()
            else:
                yield from lost
                if not is_current:
                    catalog.rebuild()
                    yield Finding(name, Damage.CHANGED, "disagreed with records/; it was rebuilt")
                return
        yield from _lost_versions(None, checked, settings)  # it was just built from the records
        if is_unreadable:
            detail = "could not be read; it was rebuilt from records/"
            yield Finding(name, Damage.CHANGED, detail)


def _matches_rebuild(catalog: Catalog) -> bool:
    catalog.apply_pending()
    with (
        TemporaryDirectory(prefix=scratch_prefix("verify")) as folder,
        Catalog(Path(folder) / "fresh.sqlite", catalog.records) as fresh,
    ):
        row_pairs = zip_longest(fresh.iter_rows(), catalog.iter_rows())
        return all(a == b for a, b in row_pairs) and catalog.index_is_consistent()
