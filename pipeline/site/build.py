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

from pipeline.record.model import from_json
from pipeline.repository.catalog import Catalog, Entry
from pipeline.settings import Settings
from pipeline.site.files import copy_file, exchange, write_file
from pipeline.site.indexes import Lists
from pipeline.site.listing import KEPT, Kept, listing_of
from pipeline.site.page_images import Pictures
from pipeline.site.pagination import sheets
from pipeline.site.record_views import lines_of, record_view
from pipeline.site.render import STATIC, Renderer, libraries, static
from pipeline.site.search import SearchIndex
from pipeline.site.views import RecordView
from pipeline.workers.pool import Readers

_UNSHOWN = {"sidecar"}  #: folders of a version that are not for readers


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    records: int  #: on the site
    made: int  #: anew
    gone: int  #: taken away


class Site:
    """The site of a house, in ``output/site``."""

    def __init__(self, settings: Settings, readers: Readers, jobs: int = 1) -> None:
        """Say whose site it is, and how many pages are drawn at once; nothing is built yet."""
        self._settings, self._readers, self._jobs = settings, readers, jobs
        self.folder = self.folder_of(settings)
        self._render = Renderer(settings.organization, settings.base_url)
        self._search = SearchIndex(self.folder, settings.work)

    @staticmethod
    def folder_of(settings: Settings) -> Path:
        """Return where a house's site lies."""
        return settings.output / "site"

    @staticmethod
    def state_of(settings: Settings) -> Path:
        """Return the file that one build leaves to the next."""
        return settings.work / "site.json"

    def build(self, tell: Callable[[str], None]) -> Built:
        """Make what is new or changed, take away what is gone, and the lists if anything was.

        Raises:
            OSError: it cannot be written; what stood before stands.
        """
        with FileLock(self._settings.work / "site.lock"):
            return self._build(tell)

    def _build(self, tell: Callable[[str], None]) -> Built:
        before = kept_of(self._settings)
        with Catalog(self._settings.catalog, self._settings.records) as catalog:
            entries = list(catalog.entries())
            versions, stamps = self._versions(catalog)
        fresh = {
            entry.id: kept
            for entry in entries
            if (kept := before.get(entry.id)) is not None
            and kept.stamp == stamps[entry.id]
            and (self.folder / _home(entry.id)).is_dir()
        }
        stale = [entry for entry in entries if entry.id not in fresh]
        made = {
            record: replace(kept, stamp=stamps[record])
            for record, kept in self._made(stale, versions, before, tell)
        }
        gone = before.keys() - stamps.keys()
        for place in (place for name in gone for place in self._render.places(_home(name))):
            shutil.rmtree(self.folder / place, ignore_errors=True)
        for name, content in (*((name, static(name)) for name in STATIC), *libraries()):
            write_file(self.folder / name, content)
        if made or gone or not (self.folder / "index.html").exists():
            now = {entry.id: (made | fresh)[entry.id] for entry in entries}
            listings = [kept.listing for kept in now.values()]
            Lists(self.folder, self._render, self._settings).write(listings)
            self._search.write(now)
            write_file(self.state_of(self._settings), KEPT.dump_json(now))
        return Built(len(entries), len(made), len(gone))

    def _made(
        self,
        stale: list[Entry],
        versions: dict[str, list[int]],
        before: dict[str, Kept],
        tell: Callable[[str], None],
    ) -> Iterator[tuple[str, Kept]]:
        """Make the folders of records, several at once; yield the id and what is kept of each."""
        at_once = self._jobs if len(stale) < self._jobs else 1
        with ThreadPoolExecutor(self._jobs) as workers:
            making = []
            for entry in stale:
                known = before[entry.id].drawn if entry.id in before else {}
                there = {one: self.folder / _home(entry.id) / name for one, name in known.items()}
                pictures = Pictures(self._readers, self._settings, at_once, there)
                told = versions[entry.id]
                making.append((entry, workers.submit(self._record, entry, told, pictures)))
            for entry, pending in making:
                yield entry.id, pending.result()
                tell(f"made {entry.id}")

    def _versions(self, catalog: Catalog) -> tuple[dict[str, list[int]], dict[str, str]]:
        """Return the versions of every record, and what its pages depend on."""
        versions, digests = dict[str, list[int]](), dict[str, list[str]]()
        for known in catalog.versions():
            versions.setdefault(known.record, []).append(known.version)
            digests.setdefault(known.record, []).append(known.manifest_sha256)
        return versions, {
            record: sha256("\n".join([self._render.seed, *sorted(found)]).encode()).hexdigest()
            for record, found in digests.items()
        }

    def _record(self, entry: Entry, versions: list[int], pictures: Pictures) -> Kept:
        """Make the folders of a record beside their places, and put them there."""
        beside = self.folder / f".{entry.id}.partial"
        shutil.rmtree(beside, ignore_errors=True)
        ordered = tuple(sorted(versions))
        withdrawn = entry.status == "withdrawn"
        for version in [entry.version] if withdrawn else ordered:
            folder = self._settings.records / entry.folder / f"v{version}"
            record = from_json((folder / "data" / "record.json").read_bytes())
            listing = listing_of(entry, record)
            view = record_view(folder, record, listing, ordered)
            self._version(beside, folder, view, pictures)
            if version == entry.version:
                home = beside / _home(entry.id)
                newest, found = listing, self._search.take(listing, record, home)
                self._pages(beside, folder, view)
        for place in self._render.places(_home(entry.id)):
            exchange(beside / place, self.folder / place)
        shutil.rmtree(beside, ignore_errors=True)
        drawn = {one: home.name for one, home in pictures.drawn.items()}
        return Kept("", newest, found, drawn)

    def _version(self, beside: Path, folder: Path, view: RecordView, pictures: Pictures) -> None:
        """Make the page of a version, copy its files and draw its pages."""
        home = f"{_home(view.record.id)}/v{view.record.version}"
        self._sheets(beside, home, view, alone=True)
        if view.record.status == "withdrawn":
            return
        data = folder / "data"
        for path in data.rglob("*"):
            inside = path.relative_to(data)
            if path.is_file() and inside.parts[0] not in _UNSHOWN:
                copy_file(path, beside / home / inside)
        pictures.draw(beside / home, data, view.record)

    def _pages(self, beside: Path, folder: Path, view: RecordView) -> None:
        """Make the page of the newest version, and those of its leaves."""
        home = _home(view.record.id)
        self._sheets(beside, home, view, alone=False)
        pages = zip(view.leaves, view.record.pages, strict=True) if view.leaves else ()
        for place, (leaf, page) in enumerate(pages):
            around = {
                "before": view.leaves[place - 1] if place else None,
                "after": view.leaves[place + 1] if place + 1 < len(view.leaves) else None,
            }
            path = f"{home}/{leaf.name}/index.html"
            lines = self._render.part("lines.html", lines=tuple(lines_of(folder, page)))
            self._page(beside, "leaf.html", path, view=view, leaf=leaf, lines=lines, **around)

    def _sheets(self, beside: Path, home: str, view: RecordView, *, alone: bool) -> None:
        for sheet in sheets(view.leaves, view.translations, view.doubts):
            said = {"view": view, "sheet": sheet, "alone": alone}
            self._page(beside, "record.html", f"{home}/{sheet.span.name}", **said)

    def _page(self, beside: Path, template: str, path: str, **values: object) -> None:
        for place, content in self._render.pages(template, path, **values):
            target = beside / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _home(record: str) -> str:
    """Return where a record's pages lie, below the root of a language."""
    return f"id/{record}"


def kept_of(settings: Settings) -> dict[str, Kept]:
    """Return what the last build left: the records on the site, by id."""
    try:
        return KEPT.validate_json(Site.state_of(settings).read_bytes())
    except (OSError, ValueError):
        return {}
