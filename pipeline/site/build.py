"""Builds the site: what changed since the last build, each folder whole or not at all.

- ``site/id/RECORD/``: the newest version: its page, and one for each leaf;
- ``site/id/RECORD/vN/``: a version: its page, files and page images; the permanent address;
- ``site/archives``, ``dates`` …: the lists (``indexes.py``);
- ``site/ru/``: the same pages in Russian.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from filelock import FileLock

from pipeline.description.level_descriptions import LevelDescription
from pipeline.record.review_wording import correctors_of
from pipeline.record.version_folder import VersionFolder, version_name
from pipeline.repository.catalog import Catalog, CatalogEntry
from pipeline.repository.certificates import newest_certificate
from pipeline.repository.level_log import read_levels
from pipeline.repository.related_records import RelationLink
from pipeline.settings import Settings
from pipeline.site.file_list import replace_folder, write_file
from pipeline.site.indexes import IndexPages
from pipeline.site.listing import BUILD_STATES, BuildState, levels_digest, listing_of
from pipeline.site.page_images import PageImageWriter
from pipeline.site.pagination import paginate_record
from pipeline.site.record_views import line_views, record_view, stated_relations
from pipeline.site.render import STATIC, Renderer, library_files, static_file
from pipeline.site.search import SearchIndex
from pipeline.site.views import RecordView
from pipeline.system.file_copy import copy_file
from pipeline.system.thread_pool import thread_pool
from pipeline.workers.pool import WorkerPool

_PRIVATE_FOLDERS = {"sidecar"}  #: folders of a version that are not published


@dataclass(frozen=True, slots=True)
class BuildCounts:
    """Number of records that a build handled."""

    records: int  #: on the site
    rebuilt: int  #: new or changed
    removed: int  #: from the site


class Site:
    """The site of the published records, in ``output/site``."""

    def __init__(self, settings: Settings, workers: WorkerPool, jobs: int = 1) -> None:
        """Keep the settings, the workers, and the number of pages drawn at once (``jobs``)."""
        self._settings, self._worker_pool, self._jobs = settings, workers, jobs
        self.folder = self.folder_of(settings)
        self._renderer = Renderer(settings.organization, settings.base_url, settings.contact)
        self._search_index = SearchIndex(self.folder, settings.work_folder)
        self._relations = dict[str, tuple[RelationLink, ...]]()  #: of this build, by record id
        self._levels: Mapping[str, LevelDescription] = {}  #: of this build, by reference

    @staticmethod
    def folder_of(settings: Settings) -> Path:
        """Return the folder of the site."""
        return settings.output / "site"

    @staticmethod
    def state_file(settings: Settings) -> Path:
        """Return the file in which a build keeps its state for the next."""
        return settings.work_folder / "site.json"

    def build(self, report: Callable[[str], None]) -> BuildCounts:
        """Build new and changed records, remove others, and write the lists if any record changed.

        Args:
            report: called with a line for each record that was built.

        Raises:
            OSError: the site cannot be written; each folder is as it was or new.
        """
        with FileLock(self._settings.work_folder / "site.lock"):
            return self._build_locked(report)

    def _build_locked(self, report: Callable[[str], None]) -> BuildCounts:
        before, self._levels = load_build_state(self._settings), read_levels(self._settings.output)
        with Catalog(self._settings.catalog, self._settings.records) as catalog:
            entries = list(catalog.iter_entries())
            self._relations = catalog.related_records().all_links()
            versions, digests = self._versions_and_digests(catalog)
        fresh = {
            entry.id: state
            for entry in entries
            if (state := before.get(entry.id)) is not None
            and state.source_digest == digests[entry.id]
            and state.levels_digest == levels_digest(state.listing, self._levels)
            and (self.folder / _record_path(entry.id)).is_dir()
        }
        stale = [entry for entry in entries if entry.id not in fresh]
        rebuilt = {
            record_id: replace(state, source_digest=digests[record_id])
            for record_id, state in self._rebuild_records(stale, versions, before, report)
        }
        removed = before.keys() - digests.keys()
        for record_id in removed:
            for path in self._renderer.localized_paths(_record_path(record_id)):
                shutil.rmtree(self.folder / path, ignore_errors=True)
        for name, content in (*((name, static_file(name)) for name in STATIC), *library_files()):
            write_file(self.folder / name, content)
        if rebuilt or removed or self._is_front_page_old():
            states = {entry.id: (rebuilt | fresh)[entry.id] for entry in entries}
            listings = [state.listing for state in states.values()]
            IndexPages(self.folder, self._renderer, self._settings).write(listings)
            self._search_index.write(states)
            write_file(self.state_file(self._settings), BUILD_STATES.dump_json(states))
        return BuildCounts(len(entries), len(rebuilt), len(removed))

    def _is_front_page_old(self) -> bool:
        """Return whether the front page is missing, or a certificate is newer than it."""
        page = self.folder / "index.html"
        newest = newest_certificate(self._settings)
        return not page.exists() or newest > page.stat().st_mtime

    def _rebuild_records(
        self,
        stale: list[CatalogEntry],
        versions: dict[str, list[int]],
        before: dict[str, BuildState],
        report: Callable[[str], None],
    ) -> Iterator[tuple[str, BuildState]]:
        """Build the folders of records, several at once; yield the id and state of each."""
        parallel_pages = self._jobs if len(stale) < self._jobs else 1
        with thread_pool(self._jobs) as threads:
            futures = []
            for entry in stale:
                names = before[entry.id].image_folders if entry.id in before else {}
                home = self.folder / _record_path(entry.id)
                earlier = {digest: home / name for digest, name in names.items()}
                images = PageImageWriter(self._worker_pool, self._settings, parallel_pages, earlier)
                numbers = versions[entry.id]
                futures.append((entry, threads.submit(self._build_record, entry, numbers, images)))
            for entry, future in futures:
                yield entry.id, future.result()
                report(f"made {entry.id}")

    def _versions_and_digests(
        self, catalog: Catalog
    ) -> tuple[dict[str, list[int]], dict[str, str]]:
        """Return the versions of every record, and a digest of all that its pages depend on."""
        versions, manifests = dict[str, list[int]](), dict[str, list[str]]()
        for row in catalog.iter_versions():
            versions.setdefault(row.record_id, []).append(row.version)
            manifests.setdefault(row.record_id, []).append(row.manifest_sha256)
        base = self._renderer.base_digest
        inputs = {
            record_id: [base, *sorted(digests), repr(self._relations.get(record_id, ()))]
            for record_id, digests in manifests.items()
        }
        return versions, {
            record_id: sha256("\n".join(parts).encode()).hexdigest()
            for record_id, parts in inputs.items()
        }

    def _build_record(
        self, entry: CatalogEntry, versions: list[int], images: PageImageWriter
    ) -> BuildState:
        """Build the folders of a record in a staging folder, then replace those of the site."""
        staging = self.folder / f".{entry.id}.partial"
        shutil.rmtree(staging, ignore_errors=True)
        ordered = tuple(sorted(versions))
        withdrawn = entry.status == "withdrawn"
        for version in [entry.version] if withdrawn else ordered:
            folder = VersionFolder.of(self._settings.records / entry.folder, version)
            record = folder.load_record()
            listing = listing_of(entry, record)
            is_newest = version == entry.version
            relations = self._relations.get(entry.id, ()) if is_newest else stated_relations(record)
            view = record_view(folder, record, listing, ordered, relations, self._levels)
            self._build_version(staging, folder, view, images)
            if is_newest:
                home = staging / _record_path(entry.id)
                newest, digest = listing, self._search_index.store_documents(listing, record, home)
                self._build_newest_pages(staging, folder, view)
        for path in self._renderer.localized_paths(_record_path(entry.id)):
            replace_folder(staging / path, self.folder / path)
        shutil.rmtree(staging, ignore_errors=True)
        image_folders = {source: path.name for source, path in images.current_folders.items()}
        known = levels_digest(newest, self._levels)
        return BuildState("", newest, digest, image_folders, known)

    def _build_version(
        self, staging: Path, folder: VersionFolder, view: RecordView, images: PageImageWriter
    ) -> None:
        """Write the page of a version, copy its files and draw its page images."""
        home = f"{_record_path(view.record.id)}/{version_name(view.record.version)}"
        self._write_parts(staging, home, view, alone=True)
        if view.record.status == "withdrawn":
            return
        for path in folder.data.rglob("*"):
            relative = path.relative_to(folder.data)
            if path.is_file() and relative.parts[0] not in _PRIVATE_FOLDERS:
                copy_file(path, staging / home / relative)
        images.write(staging / home, folder, view.record)

    def _build_newest_pages(self, staging: Path, folder: VersionFolder, view: RecordView) -> None:
        """Write the page of the newest version, and those of its leaves."""
        home = _record_path(view.record.id)
        self._write_parts(staging, home, view, alone=False)
        pages = zip(view.leaves, view.record.pages, strict=True) if view.leaves else ()
        for index, (leaf, page) in enumerate(pages):
            neighbours = {
                "before": view.leaves[index - 1] if index else None,
                "after": view.leaves[index + 1] if index + 1 < len(view.leaves) else None,
            }
            path = f"{home}/{leaf.name}/index.html"
            lines = tuple(line_views(folder, page))
            values = {
                "view": view, "leaf": leaf,
                "lines": self._renderer.render_part("lines.html", lines=lines),
                "suggests": any(word.suggestion for line in lines for word in line.words),
                **neighbours,
            }  # fmt: skip
            self._write_page(staging, "leaf.html", path, **values)

    def _write_parts(self, staging: Path, home: str, view: RecordView, *, alone: bool) -> None:
        correctors = correctors_of(view.record)
        for part in paginate_record(view.leaves, view.translations, view.issues):
            values = {"view": view, "part": part, "alone": alone, "correctors": correctors}
            self._write_page(staging, "record.html", f"{home}/{part.link.name}", **values)

    def _write_page(self, staging: Path, template: str, path: str, **values: object) -> None:
        for localized, content in self._renderer.render_pages(template, path, **values):
            target = staging / localized
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _record_path(record_id: str) -> str:
    """Return the path of a record's folder, below the root of a language."""
    return f"id/{record_id}"


def load_build_state(settings: Settings) -> dict[str, BuildState]:
    """Return the states that the last build saved, by record id; none if they cannot be read."""
    try:
        return BUILD_STATES.validate_json(Site.state_file(settings).read_bytes())
    except (OSError, ValueError):
        return {}
