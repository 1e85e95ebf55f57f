"""The lists of the site: front page, archives' ladders, years, people, collections, subjects."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from pipeline.site.feeds import build_atom_feed, build_robots_txt, build_sitemaps
from pipeline.site.file_list import read_digests, write_digests, write_file
from pipeline.site.listing import Listing, slug_of
from pipeline.site.pagination import PartLink, page_file_name
from pipeline.site.render import Renderer

_FRONT_PAGE_RECORDS = 12  #: records on the front page
_ROWS_PER_PAGE = 200  #: records on a page of a list
_BAR_WIDTH, _BAR_GAP, _BAR_HEIGHT = (
    14,
    4,
    90,
)  #: pixels of the timeline: a bar's width, between two, height
_MAX_FULL_YEARS = 200  #: years; a longer timeline leaves out those without a record
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Heading:
    """A word under which records stand: a year, a person, a collection."""

    name: str
    folder: str  #: below the kind's own
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class ArchiveLevel:
    """A step of an archive's ladder."""

    folder: str  #: below ``archives/``
    name: str
    path: tuple[tuple[str, str], ...]  #: folder and name, the archive first, itself last
    count: int  #: records at or below it


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """A year of the timeline."""

    year: str
    count: int
    x: int
    height: int


class IndexPages:
    """Writes those that say something new; what is no longer in any goes."""

    def __init__(self, folder: Path, renderer: Renderer, settings: Settings) -> None:
        """Keep where they are written, who renders them, and the settings."""
        self._folder, self._renderer, self._settings = folder, renderer, settings
        self._state = (
            settings.work_folder / "site-lists.json"
        )  # by page: digest of what it was made from
        self._old_digests, self._new_digests = read_digests(self._state), dict[str, str]()
        self._listing_digests = dict[str, str]()  # by id of a record: all that its listing says

    def write(self, listings: Sequence[Listing]) -> None:
        """Write the lists of these records."""
        shown = sorted(listings, key=lambda one: (one.date or "~", one.id))
        self._listing_digests = {one.id: sha256(repr(one).encode()).hexdigest() for one in shown}
        years = _build_headings(shown, lambda one: [one.year or UNDATED])
        kinds = {
            "dates": years,
            "people": _build_headings(shown, lambda one: one.people, slug_of),
            "collections": _build_headings(shown, lambda one: [one.collection or ""], slug_of),
            "subjects": _build_headings(shown, lambda one: one.subjects, slug_of),
        }
        ladder = _levels_by_parent(shown)
        newest = sorted(shown, key=lambda one: (one.updated, one.id), reverse=True)
        front = {
            "count": len(shown),
            "newest": newest[:_FRONT_PAGE_RECORDS],
            "archives": ladder[""],
        }
        self._write_page("index.html", "index.html", bars=_timeline_bars(years), **front)
        self._write_page("search.html", "search/index.html")
        self._write_archives(ladder, shown)
        for kind, headings in kinds.items():
            self._write_headings(kind, headings, _timeline_bars(years) if kind == "dates" else ())
        self._write_feeds(newest)
        self._remove_obsolete()
        write_digests(self._state, self._new_digests)

    def _write_archives(
        self, levels: dict[str, list[ArchiveLevel]], shown: Sequence[Listing]
    ) -> None:
        at = defaultdict[str, list[Listing]](list)
        for one in shown:
            at[one.levels[-1][0] if one.levels else ""].append(one)
        self._write_page("archives.html", "archives/index.html", below=levels[""], unplaced=at[""])
        for level in [level for group in list(levels.values()) for level in group]:
            below = levels.get(level.folder, [])
            place = f"archives/{level.folder}"
            self._write_paginated("level.html", place, at[level.folder], level=level, below=below)

    def _write_headings(
        self, kind: str, headings: list[Heading], bars: Sequence[TimelineBar]
    ) -> None:
        title = kind.capitalize()
        values = {"kind": kind, "title": title}
        rows = [(one.folder, one.name, len(one.listings)) for one in headings]
        self._write_page("headings.html", f"{kind}/index.html", rows=rows, bars=bars, **values)
        for heading in headings:
            place, name, count = f"{kind}/{heading.folder}", heading.name, len(heading.listings)
            self._write_paginated(
                "heading.html", place, heading.listings, name=name, count=count, **values
            )  # fmt: skip

    def _write_feeds(self, newest: Sequence[Listing]) -> None:
        base, organization = self._settings.base_url.rstrip("/"), self._settings.organization
        self._write_file("atom.xml", build_atom_feed(newest, base, organization or "Reading room"))
        self._write_file("robots.txt", build_robots_txt(base))
        for name, content in build_sitemaps(newest, base):
            self._write_file(name, content)

    def _write_paginated(
        self, template: str, place: str, listings: Sequence[Listing], **values: Any
    ) -> None:
        """Write a list on as many pages as it needs: ``index.html``, then ``2.html`` and so on."""
        parts = [
            listings[at : at + _ROWS_PER_PAGE] for at in range(0, len(listings), _ROWS_PER_PAGE)
        ] or [()]
        spans = [
            PartLink(page_file_name(number), str(number)) for number in range(1, len(parts) + 1)
        ]
        for span, part in zip(spans, parts, strict=True):
            shown = {"listings": part, "spans": spans, "span": span}
            self._write_page(template, f"{place}/{span.name}", **shown, **values)

    def _write_page(self, template: str, path: str, **values: Any) -> None:
        """Render a page, unless it stands there made from the very same."""
        said = [(name, self._value_digest(value)) for name, value in sorted(values.items())]
        told = repr((self._renderer.base_digest, template, said))
        digest = self._new_digests[path] = sha256(told.encode()).hexdigest()
        if self._old_digests.get(path) == digest and (self._folder / path).is_file():
            return
        for place, content in self._renderer.render_pages(template, path, **values):
            self._write_file(place, content)

    def _value_digest(self, value: Any) -> str:
        """Return what stands for a value of a template; listings stand in many."""
        if isinstance(value, Sequence) and value and isinstance(value[0], Listing):
            return " ".join(self._listing_digests[one.id] for one in value)
        return repr(value)

    def _write_file(self, path: str, content: bytes) -> None:
        write_file(self._folder / path, content)

    def _remove_obsolete(self) -> None:
        """Take away the lists of what is no longer there."""
        for path in self._old_digests.keys() - self._new_digests.keys():
            for place in map(self._folder.joinpath, self._renderer.localized_paths(path)):
                if place.name == "index.html":
                    shutil.rmtree(place.parent, ignore_errors=True)
                else:
                    place.unlink(missing_ok=True)


def _build_headings(
    listings: Iterable[Listing],
    names_of: Callable[[Listing], Iterable[str]],
    folder_of: Callable[[str], str] = str,
) -> list[Heading]:
    found: dict[str, list[Listing]] = defaultdict(list)
    for one in listings:
        for name in filter(None, names_of(one)):
            found[name].append(one)
    return [Heading(name, folder_of(name), tuple(ones)) for name, ones in sorted(found.items())]


def _timeline_bars(years: Iterable[Heading]) -> tuple[TimelineBar, ...]:
    """Return the bars of the timeline; years without records between others stand empty."""
    counts = {int(one.name): len(one.listings) for one in years if one.name != UNDATED}
    if not counts:
        return ()
    most, first, last = max(counts.values()), min(counts), max(counts)
    span = range(first, last + 1) if last - first < _MAX_FULL_YEARS else sorted(counts)
    return tuple(
        TimelineBar(f"{year:04d}", counts.get(year, 0), place * (_BAR_WIDTH + _BAR_GAP),
            -(-_BAR_HEIGHT * counts.get(year, 0) // most))
        for place, year in enumerate(span)
    )  # fmt: skip


def _levels_by_parent(listings: Iterable[Listing]) -> dict[str, list[ArchiveLevel]]:
    """Return the levels below each level, by its folder; the archives lie below ``""``."""
    counts: dict[str, int] = defaultdict(int)
    above: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in listings:
        for depth, (folder, _) in enumerate(one.levels, 1):
            counts[folder] += 1
            above[folder] = one.levels[:depth]
    ladder: dict[str, list[ArchiveLevel]] = defaultdict(list)
    for folder, steps in sorted(above.items(), key=lambda found: _natural_key(found[0])):
        parent = steps[-2][0] if len(steps) > 1 else ""
        ladder[parent].append(ArchiveLevel(folder, steps[-1][1], steps, counts[folder]))
    return ladder


def _natural_key(folder: str) -> list[tuple[int, str]]:
    """Order numbers by their value: d9 before d10."""
    parts = folder.replace("/", " ").split()
    return [(int("".join(filter(str.isdigit, part)) or 0), part) for part in parts]
