"""Builds the site: what changed since the last time, each folder whole or not at all.

- ``site/id/RECORD/``: the newest version: its page, and one for each leaf;
- ``site/id/RECORD/vN/``: a version: its page, its files, its pictures; the permanent address;
- ``site/archives``, ``dates`` …: the lists (``lists.py``);
- ``site/ru/``: the same pages in Russian.
"""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from pipeline.record.version_folder import VersionFolder, version_name
from pipeline.repository.catalog import Catalog, CatalogEntry
from pipeline.settings import Settings
from pipeline.site.file_list import copy_file, replace_folder, write_file
from pipeline.site.indexes import IndexPages
from pipeline.site.listing import BUILD_STATES, BuildState, listing_of
from pipeline.site.page_images import PageImageWriter
from pipeline.site.pagination import paginate_record
from pipeline.site.record_views import line_views, record_view
from pipeline.site.render import STATIC, Renderer, library_files, static_file
from pipeline.site.search import SearchIndex
from pipeline.site.views import RecordView
from pipeline.workers.pool import WorkerPool

_PRIVATE_FOLDERS = {"sidecar"}  #: folders of a version that are not for readers


@dataclass(frozen=True, slots=True)
class BuildCounts:
    """What a build did."""

    records: int  #: on the site
    rebuilt: int  #: anew
    removed: int  #: taken away


class Site:
    """The site of the published records, in ``output/site``."""

    def __init__(self, settings: Settings, workers: WorkerPool, jobs: int = 1) -> None:
        """Say whose site it is, and how many pages are drawn at once; nothing is built yet."""
        self._settings, self._worker_pool, self._jobs = settings, workers, jobs
        self.folder = self.folder_of(settings)
        self._renderer = Renderer(settings.organization, settings.base_url)
        self._search_index = SearchIndex(self.folder, settings.work_folder)

    @staticmethod
    def folder_of(settings: Settings) -> Path:
        """Return the folder of the site."""
        return settings.output / "site"

    @staticmethod
    def state_file(settings: Settings) -> Path:
        """Return the file that one build leaves to the next."""
        return settings.work_folder / "site.json"

    def build(self, report: Callable[[str], None]) -> BuildCounts:
        """Make what is new or changed, take away what is gone, and the lists if anything was.

        Raises:
            OSError: it cannot be written; what stood before stands.
        """
        with FileLock(self._settings.work_folder / "site.lock"):
            return self._build_locked(report)

    def _build_locked(self, report: Callable[[str], None]) -> BuildCounts:
        before = load_build_state(self._settings)
        with Catalog(self._settings.catalog, self._settings.records) as catalog:
            entries = list(catalog.iter_entries())
            versions, stamps = self._versions_and_stamps(catalog)
        fresh = {
            entry.id: kept
            for entry in entries
            if (kept := before.get(entry.id)) is not None
            and kept.source_digest == stamps[entry.id]
            and (self.folder / _record_path(entry.id)).is_dir()
        }
        stale = [entry for entry in entries if entry.id not in fresh]
        made = {
            record: replace(kept, source_digest=stamps[record])
            for record, kept in self._rebuild_records(stale, versions, before, report)
        }
        gone = before.keys() - stamps.keys()
        for place in (
            place for name in gone for place in self._renderer.localized_paths(_record_path(name))
        ):
            shutil.rmtree(self.folder / place, ignore_errors=True)
        for name, content in (*((name, static_file(name)) for name in STATIC), *library_files()):
            write_file(self.folder / name, content)
        if made or gone or not (self.folder / "index.html").exists():
            now = {entry.id: (made | fresh)[entry.id] for entry in entries}
            listings = [kept.listing for kept in now.values()]
            IndexPages(self.folder, self._renderer, self._settings).write(listings)
            self._search_index.write(now)
            write_file(self.state_file(self._settings), BUILD_STATES.dump_json(now))
        return BuildCounts(len(entries), len(made), len(gone))

    def _rebuild_records(
        self,
        stale: list[CatalogEntry],
        versions: dict[str, list[int]],
        before: dict[str, BuildState],
        report: Callable[[str], None],
    ) -> Iterator[tuple[str, BuildState]]:
        """Make the folders of records, several at once; yield the id and what is kept of each."""
        at_once = self._jobs if len(stale) < self._jobs else 1
        with ThreadPoolExecutor(self._jobs) as workers:
            making = []
            for entry in stale:
                known = before[entry.id].image_folders if entry.id in before else {}
                there = {
                    one: self.folder / _record_path(entry.id) / name for one, name in known.items()
                }
                pictures = PageImageWriter(self._worker_pool, self._settings, at_once, there)
                told = versions[entry.id]
                making.append((entry, workers.submit(self._build_record, entry, told, pictures)))
            for entry, pending in making:
                yield entry.id, pending.result()
                report(f"made {entry.id}")

    def _versions_and_stamps(self, catalog: Catalog) -> tuple[dict[str, list[int]], dict[str, str]]:
        """Return the versions of every record, and what its pages depend on."""
        versions, digests = dict[str, list[int]](), dict[str, list[str]]()
        for known in catalog.iter_versions():
            versions.setdefault(known.record_id, []).append(known.version)
            digests.setdefault(known.record_id, []).append(known.manifest_sha256)
        return versions, {
            record: sha256(
                "\n".join([self._renderer.base_digest, *sorted(found)]).encode()
            ).hexdigest()
            for record, found in digests.items()
        }

    def _build_record(
        self, entry: CatalogEntry, versions: list[int], pictures: PageImageWriter
    ) -> BuildState:
        """Make the folders of a record beside their places, and put them there."""
        beside = self.folder / f".{entry.id}.partial"
        shutil.rmtree(beside, ignore_errors=True)
        ordered = tuple(sorted(versions))
        withdrawn = entry.status == "withdrawn"
        for version in [entry.version] if withdrawn else ordered:
            folder = VersionFolder.of(self._settings.records / entry.folder, version)
            record = folder.load_record()
            listing = listing_of(entry, record)
            view = record_view(folder, record, listing, ordered)
            self._build_version(beside, folder, view, pictures)
            if version == entry.version:
                home = beside / _record_path(entry.id)
                newest, found = listing, self._search_index.store_documents(listing, record, home)
                self._build_newest_pages(beside, folder, view)
        for place in self._renderer.localized_paths(_record_path(entry.id)):
            replace_folder(beside / place, self.folder / place)
        shutil.rmtree(beside, ignore_errors=True)
        drawn = {one: home.name for one, home in pictures.current_folders.items()}
        return BuildState("", newest, found, drawn)

    def _build_version(
        self, staging: Path, folder: VersionFolder, view: RecordView, pictures: PageImageWriter
    ) -> None:
        """Make the page of a version, copy its files and draw its pages."""
        home = f"{_record_path(view.record.id)}/{version_name(view.record.version)}"
        self._write_parts(staging, home, view, alone=True)
        if view.record.status == "withdrawn":
            return
        for path in folder.data.rglob("*"):
            inside = path.relative_to(folder.data)
            if path.is_file() and inside.parts[0] not in _PRIVATE_FOLDERS:
                copy_file(path, staging / home / inside)
        pictures.write(staging / home, folder, view.record)

    def _build_newest_pages(self, staging: Path, folder: VersionFolder, view: RecordView) -> None:
        """Make the page of the newest version, and those of its leaves."""
        home = _record_path(view.record.id)
        self._write_parts(staging, home, view, alone=False)
        pages = zip(view.leaves, view.record.pages, strict=True) if view.leaves else ()
        for place, (leaf, page) in enumerate(pages):
            around = {
                "before": view.leaves[place - 1] if place else None,
                "after": view.leaves[place + 1] if place + 1 < len(view.leaves) else None,
            }
            path = f"{home}/{leaf.name}/index.html"
            lines = self._renderer.render_part("lines.html", lines=tuple(line_views(folder, page)))
            self._write_page(
                staging, "leaf.html", path, view=view, leaf=leaf, lines=lines, **around
            )

    def _write_parts(self, staging: Path, home: str, view: RecordView, *, alone: bool) -> None:
        for part in paginate_record(view.leaves, view.translations, view.issues):
            values = {"view": view, "part": part, "alone": alone}
            self._write_page(staging, "record.html", f"{home}/{part.link.name}", **values)

    def _write_page(self, staging: Path, template: str, path: str, **values: object) -> None:
        for place, content in self._renderer.render_pages(template, path, **values):
            target = staging / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _record_path(record_id: str) -> str:
    """Return where a record's pages lie, below the root of a language."""
    return f"id/{record_id}"


def load_build_state(settings: Settings) -> dict[str, BuildState]:
    """Return what the last build left: the records on the site, by id."""
    try:
        return BUILD_STATES.validate_json(Site.state_file(settings).read_bytes())
    except (OSError, ValueError):
        return {}
