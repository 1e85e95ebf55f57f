"""Lists of the site: front page, levels of the archives, years, people, collections, subjects."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.dates.span import chronological_key
from pipeline.description.level_descriptions import LevelDescription
from pipeline.repository.certificates import load_certificates
from pipeline.repository.level_log import read_levels
from pipeline.settings import Settings
from pipeline.site.feeds import build_atom_feed, build_robots_txt, build_sitemaps
from pipeline.site.file_list import read_digests, write_digests, write_file
from pipeline.site.listing import LadderStep, Listing, ladder_of, slug_of
from pipeline.site.pagination import PartLink, page_file_name
from pipeline.site.render import Renderer

_FRONT_PAGE_RECORDS = 12  #: records on the front page
_ROWS_PER_PAGE = 200  #: records on a page of a list
#: Pixels of the timeline: width of a bar, gap between two, height of the tallest.
_BAR_WIDTH, _BAR_GAP, _BAR_HEIGHT = 14, 4, 90
_MAX_FULL_YEARS = 200  #: years; a longer timeline leaves out years without records
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Heading:
    """A year, person, collection or subject with its records."""

    name: str
    folder: str  #: below that of its kind
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class ArchiveLevel:
    """A level of an archive: the archive itself, a fond, an opis."""

    path: tuple[LadderStep, ...]  #: from the archive to this one
    count: int  #: records at or below it

    @property
    def folder(self) -> str:
        """Its folder below ``archives/``."""
        return self.path[-1].folder


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A year of the timeline."""

    year: str
    count: int  #: of records
    x: int  #: of the left side, in pixels
    height: int  #: in pixels


class IndexPages:
    """Writes the lists that changed, and removes those without records."""

    def __init__(self, folder: Path, renderer: Renderer, settings: Settings) -> None:
        """Keep folder, renderer and settings, and read the digests of the last build."""
        self._folder, self._renderer, self._settings = folder, renderer, settings
        #: By page: digest of the values that it was rendered from.
        self._state = settings.work_folder / "site-lists.json"
        self._old_digests, self._new_digests = read_digests(self._state), dict[str, str]()
        self._listing_digests = dict[str, str]()  #: by record id

    def write(self, listings: Sequence[Listing]) -> None:
        """Write the lists of these records."""
        shown = sorted(listings, key=lambda listing: (chronological_key(listing.date), listing.id))
        self._listing_digests = {
            listing.id: sha256(repr(listing).encode()).hexdigest() for listing in shown
        }
        years = _build_headings(shown, lambda listing: [listing.year or UNDATED])
        kinds = {
            "dates": years,
            "people": _build_headings(shown, lambda listing: listing.people, slug_of),
            "collections": _build_headings(shown, lambda each: [each.collection or ""], slug_of),
            "subjects": _build_headings(shown, lambda listing: listing.subjects, slug_of),
        }
        levels = _levels_by_parent(shown, read_levels(self._settings.output))
        newest = sorted(shown, key=lambda listing: (listing.updated, listing.id), reverse=True)
        recent = newest[:_FRONT_PAGE_RECORDS]
        front = {"count": len(shown), "newest": recent, "archives": levels[""]}
        front["certificates"] = [one.text() for one in load_certificates(self._settings)]
        self._write_page("index.html", "index.html", bars=_timeline_bars(years), **front)
        self._write_page("search.html", "search/index.html")
        self._write_archives(levels, shown)
        for kind, headings in kinds.items():
            self._write_headings(kind, headings, _timeline_bars(years) if kind == "dates" else ())
        self._write_feeds(newest)
        self._remove_obsolete()
        write_digests(self._state, self._new_digests)

    def _write_archives(
        self, levels: dict[str, list[ArchiveLevel]], shown: Sequence[Listing]
    ) -> None:
        by_level = defaultdict[str, list[Listing]](list)
        for listing in shown:
            by_level[listing.levels[-1][0] if listing.levels else ""].append(listing)
        values = {"below": levels[""], "unplaced": by_level[""]}
        self._write_page("archives.html", "archives/index.html", **values)
        for level in [level for group in list(levels.values()) for level in group]:
            folder, rows = f"archives/{level.folder}", by_level[level.folder]
            below = levels.get(level.folder, [])
            self._write_paginated("level.html", folder, rows, level=level, below=below)

    def _write_headings(
        self, kind: str, headings: list[Heading], bars: Sequence[TimelineBar]
    ) -> None:
        title = kind.capitalize()
        values = {"kind": kind, "title": title}
        rows = [(heading.folder, heading.name, len(heading.listings)) for heading in headings]
        self._write_page("headings.html", f"{kind}/index.html", rows=rows, bars=bars, **values)
        for heading in headings:
            folder, listings = f"{kind}/{heading.folder}", heading.listings
            named = {"name": heading.name, "count": len(listings), **values}
            self._write_paginated("heading.html", folder, listings, **named)

    def _write_feeds(self, newest: Sequence[Listing]) -> None:
        base, organization = self._settings.base_url.rstrip("/"), self._settings.organization
        self._write_file("atom.xml", build_atom_feed(newest, base, organization or "Reading room"))
        self._write_file("robots.txt", build_robots_txt(base))
        for name, content in build_sitemaps(newest, base):
            self._write_file(name, content)

    def _write_paginated(
        self, template: str, folder: str, listings: Sequence[Listing], **values: Any
    ) -> None:
        """Write a list on as many pages as it needs: ``index.html``, ``2.html`` and so on."""
        starts = range(0, len(listings), _ROWS_PER_PAGE)
        parts = [listings[start : start + _ROWS_PER_PAGE] for start in starts] or [()]
        numbers = range(1, len(parts) + 1)
        spans = [PartLink(page_file_name(number), str(number)) for number in numbers]
        for span, part in zip(spans, parts, strict=True):
            shown = {"listings": part, "spans": spans, "span": span}
            self._write_page(template, f"{folder}/{span.name}", **shown, **values)

    def _write_page(self, template: str, path: str, **values: Any) -> None:
        """Render a page in each language, unless it was rendered from the same values before."""
        inputs = [(name, self._value_digest(value)) for name, value in sorted(values.items())]
        text = repr((self._renderer.base_digest, template, inputs))
        digest = self._new_digests[path] = sha256(text.encode()).hexdigest()
        if self._old_digests.get(path) == digest and (self._folder / path).is_file():
            return
        for localized, content in self._renderer.render_pages(template, path, **values):
            self._write_file(localized, content)

    def _value_digest(self, value: Any) -> str:
        """Return a text that changes with a template's value; for listings their digests."""
        if isinstance(value, Sequence) and value and isinstance(value[0], Listing):
            return " ".join(self._listing_digests[listing.id] for listing in value)
        return repr(value)

    def _write_file(self, path: str, content: bytes) -> None:
        write_file(self._folder / path, content)

    def _remove_obsolete(self) -> None:
        """Remove the lists that this build did not write."""
        for path in self._old_digests.keys() - self._new_digests.keys():
            for file in map(self._folder.joinpath, self._renderer.localized_paths(path)):
                if file.name == "index.html":
                    shutil.rmtree(file.parent, ignore_errors=True)
                else:
                    file.unlink(missing_ok=True)


def _build_headings(
    listings: Iterable[Listing],
    names_of: Callable[[Listing], Iterable[str]],
    folder_of: Callable[[str], str] = str,
) -> list[Heading]:
    by_name: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        for name in filter(None, names_of(listing)):
            by_name[name].append(listing)
    return [Heading(name, folder_of(name), tuple(rows)) for name, rows in sorted(by_name.items())]


def _timeline_bars(years: Iterable[Heading]) -> tuple[TimelineBar, ...]:
    """Return the bars of the timeline; a year without records has a bar of height 0."""
    counts = {int(year.name): len(year.listings) for year in years if year.name != UNDATED}
    if not counts:
        return ()
    most, first, last = max(counts.values()), min(counts), max(counts)
    span = range(first, last + 1) if last - first < _MAX_FULL_YEARS else sorted(counts)
    return tuple(
        TimelineBar(
            year=f"{year:04d}",
            count=counts.get(year, 0),
            x=index * (_BAR_WIDTH + _BAR_GAP),
            height=-(-_BAR_HEIGHT * counts.get(year, 0) // most),  # rounded up
        )
        for index, year in enumerate(span)
    )


def _levels_by_parent(
    listings: Iterable[Listing], known: Mapping[str, LevelDescription]
) -> dict[str, list[ArchiveLevel]]:
    """Return the levels below each level, by its folder; the archives are below ``""``.

    Args:
        listings: the records.
        known: descriptions of levels, by reference.
    """
    counts: dict[str, int] = defaultdict(int)
    paths: dict[str, tuple[LadderStep, ...]] = {}
    for listing in listings:
        ladder = ladder_of(listing.levels, listing.level_references, known)
        for depth, step in enumerate(ladder, 1):
            counts[step.folder] += 1
            paths[step.folder] = ladder[:depth]
    by_parent: dict[str, list[ArchiveLevel]] = defaultdict(list)
    for folder, path in sorted(paths.items(), key=lambda item: _natural_key(item[0])):
        parent = path[-2].folder if len(path) > 1 else ""
        by_parent[parent].append(ArchiveLevel(path, counts[folder]))
    return by_parent


def _natural_key(folder: str) -> list[tuple[int, str]]:
    """Return a sort key that orders numbers by their value: d9 before d10."""
    parts = folder.replace("/", " ").split()
    return [(int("".join(filter(str.isdigit, part)) or 0), part) for part in parts]
