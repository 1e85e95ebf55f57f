"""Checks a whole archive: every version, what lies between them, and the catalogue."""

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


def check_archive(settings: Settings, record_ids: Sequence[str]) -> tuple[int, list[Finding]]:
    """Return how many versions were checked and everything that is wrong.

    A catalogue that is broken or disagrees with the records is a finding, and is rebuilt.

    Args:
        settings: where the records are.
        record_ids: ids to check; all, and the catalogue with them, if there is none.

    Raises:
        CatalogError: an id is not known.
    """
    if record_ids:
        with Catalog(settings.catalog, settings.records) as catalog:
            homes = [settings.records / catalog.get_entry(record).folder for record in record_ids]
            lost = [
                found
                for record in record_ids
                for found in _lost_versions(catalog, settings, record)
            ]
        folders = [folder for home in homes for folder in version_folders(home)]
        return len(folders), _add_version_gaps(
            [*_check_versions(folders, settings), *lost], folders, settings
        )
    folders = list(version_folders(settings.records))
    findings = [*_check_versions(folders, settings), *_stray_paths(settings, folders)]
    findings.extend(_check_catalog(settings, broken=bool(findings)))
    return len(folders), _add_version_gaps(findings, folders, settings)


def _check_versions(folders: Iterable[VersionFolder], settings: Settings) -> Iterator[Finding]:
    for folder in folders:
        name = folder.path.relative_to(settings.output).as_posix()
        findings = check_version(folder) or list(_check_location(folder))
        yield from (replace(finding, path=f"{name}/{finding.path}") for finding in findings)


def _add_version_gaps(
    findings: list[Finding], folders: Sequence[VersionFolder], settings: Settings
) -> list[Finding]:
    """Add the missing versions of which the catalogue has not told."""
    told = {finding.path for finding in findings}
    return [*findings, *(gap for gap in _version_gaps(folders, settings) if gap.path not in told)]


def _version_gaps(folders: Sequence[VersionFolder], settings: Settings) -> Iterator[Finding]:
    """Yield versions that are not there though a later one is; no catalogue is asked."""
    homes: dict[Path, set[int]] = defaultdict(set)
    for folder in folders:
        homes[folder.record_folder].add(folder.number)
    for home, there in homes.items():
        for number in sorted(set(range(1, max(there))) - there):
            name = VersionFolder.of(home, number).path.relative_to(settings.output).as_posix()
            yield Finding(name, Damage.MISSING, "is not there, though later versions are")


def _check_location(folder: VersionFolder) -> Iterator[Finding]:
    """Yield that a whole version lies where another belongs: a copy, or a folder renamed."""
    record = folder.load_record()
    if (record.id, record.version) != (folder.record_id, folder.number):
        detail = f"is {record.id}, version {record.version}, and does not belong in this folder"
        yield Finding(folder.name_of(folder.record_file), Damage.UNLISTED, detail)


def _stray_paths(settings: Settings, folders: Sequence[VersionFolder]) -> Iterator[Finding]:
    """Yield what belongs to no version; what a killed run left in staging is no damage."""
    homes = {folder.record_folder for folder in folders}
    ladders = {parent for home in homes for parent in home.parents}
    known = {*(folder.path for folder in folders), *homes, *ladders}
    for folder in sorted(
        {settings.records, *homes, *(p for p in ladders if _is_in_records(p, settings))}
    ):
        if not folder.is_dir():
            continue
        for path in sorted(folder.iterdir()):
            if path not in known and not is_unfinished(path):
                name = path.relative_to(settings.output).as_posix()
                yield Finding(name, Damage.UNLISTED, "belongs to no published version")


def _lost_versions(
    catalog: Catalog, settings: Settings, record_id: str | None = None
) -> Iterator[Finding]:
    """Yield versions that are gone, or closed anew, since they were published.

    The catalogue alone still knows of them, so it is not made anew from what is there.
    """
    advice = (
        "Restore it from a copy; if it was done on purpose, delete "
        f"{settings.catalog.name}, which is then made anew from what is there."
    )
    for known in catalog.iter_versions(record_id):
        folder = VersionFolder.of(settings.records / known.folder, known.version).path
        name = folder.relative_to(settings.output).as_posix()
        manifest = folder / TAG_MANIFEST
        if not folder.is_dir():
            yield Finding(name, Damage.MISSING, f"was published and is gone. {advice}")
        elif manifest.is_file() and file_sha256(manifest) != known.manifest_sha256:
            detail = f"is not the one that was published. {advice}"
            yield Finding(f"{name}/{manifest.name}", Damage.CHANGED, detail)


def _is_in_records(path: Path, settings: Settings) -> bool:
    return path.is_relative_to(settings.records)


def _check_catalog(settings: Settings, *, broken: bool) -> Iterator[Finding]:
    """Hold the catalogue against one built afresh; only where the records themselves are whole."""
    name = settings.catalog.name
    unreadable = Finding(name, Damage.CHANGED, "could not be read; it was rebuilt from records/")
    existed = settings.catalog.exists()
    with Catalog(settings.catalog, settings.records) as catalog:
        if catalog.was_rebuilt and existed:
            yield unreadable
            return
        try:
            lost = list(_lost_versions(catalog, settings))
            same = bool(broken or lost) or _matches_rebuild(catalog)
        except sqlite3.DatabaseError:
            catalog.rebuild()
            yield unreadable
            return
        yield from lost
        if not same:
            catalog.rebuild()
            yield Finding(name, Damage.CHANGED, "disagreed with records/; it was rebuilt")


def _matches_rebuild(catalog: Catalog) -> bool:
    catalog.apply_pending()
    with (
        TemporaryDirectory(prefix="opis-verify-") as folder,
        Catalog(Path(folder) / "fresh.sqlite", catalog.records) as fresh,
    ):
        both = zip_longest(fresh.iter_rows(), catalog.iter_rows())
        return all(a == b for a, b in both) and catalog.index_is_consistent()
