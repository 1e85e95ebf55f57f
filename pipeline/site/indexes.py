"""The lists of the site: front page, archives' ladders, years, people, collections, subjects."""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.settings import Settings
from pipeline.site.feeds import atom, robots, sitemaps
from pipeline.site.files import read_digests, write_digests, write_file
from pipeline.site.listing import Listing, slug_of
from pipeline.site.pagination import Span, name_of
from pipeline.site.render import Renderer

_NEWEST = 12  #: records on the front page
_ROWS = 200  #: records on a page of a list
_BARS, _GAP, _TALLEST = 14, 4, 90  #: pixels of the timeline: a bar's width, between two, height
_CENTURIES = 200  #: years; a longer timeline leaves out those without a record
UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Heading:
    """A word under which records stand: a year, a person, a collection."""

    name: str
    folder: str  #: below the kind's own
    listings: tuple[Listing, ...]


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of an archive's ladder."""

    folder: str  #: below ``archives/``
    name: str
    above: tuple[tuple[str, str], ...]  #: folder and name, the archive first, itself last
    count: int  #: records at or below it


@dataclass(frozen=True, slots=True)
class Bar:
    """A year of the timeline."""

    year: str
    count: int
    x: int
    height: int


class Lists:
    """Writes those that say something new; what is no longer in any goes."""

    def __init__(self, folder: Path, render: Renderer, settings: Settings) -> None:
        """Say where, by whom they are rendered, and whose house it is."""
        self._folder, self._render, self._settings = folder, render, settings
        self._state = settings.work / "site-lists.json"  # by page: digest of what it was made from
        self._before, self._now = read_digests(self._state), dict[str, str]()
        self._told = dict[str, str]()  # by id of a record: all that its listing says

    def write(self, listings: Sequence[Listing]) -> None:
        """Write the lists of these records."""
        shown = sorted(listings, key=lambda one: (one.date or "~", one.id))
        self._told = {one.id: sha256(repr(one).encode()).hexdigest() for one in shown}
        years = _headings(shown, lambda one: [one.year or UNDATED])
        kinds = {
            "dates": years,
            "people": _headings(shown, lambda one: one.people, slug_of),
            "collections": _headings(shown, lambda one: [one.collection or ""], slug_of),
            "subjects": _headings(shown, lambda one: one.subjects, slug_of),
        }
        ladder = _ladder(shown)
        newest = sorted(shown, key=lambda one: (one.updated, one.id), reverse=True)
        front = {"count": len(shown), "newest": newest[:_NEWEST], "archives": ladder[""]}
        self._page("index.html", "index.html", bars=_bars(years), **front)
        self._page("search.html", "search/index.html")
        self._ladders(ladder, shown)
        for kind, headings in kinds.items():
            self._headings(kind, headings, _bars(years) if kind == "dates" else ())
        self._for_machines(newest)
        self._sweep()
        write_digests(self._state, self._now)

    def _ladders(self, ladder: dict[str, list[Rung]], shown: Sequence[Listing]) -> None:
        at = defaultdict[str, list[Listing]](list)
        for one in shown:
            at[one.rungs[-1][0] if one.rungs else ""].append(one)
        self._page("rungs.html", "archives/index.html", below=ladder[""], unplaced=at[""])
        for rungs in list(ladder.values()):
            for rung in rungs:
                below = ladder.get(rung.folder, [])
                place = f"archives/{rung.folder}"
                self._sheets("rung.html", place, at[rung.folder], rung=rung, below=below)

    def _headings(self, kind: str, headings: list[Heading], bars: Sequence[Bar]) -> None:
        title = kind.capitalize()
        values = {"kind": kind, "title": title}
        rows = [(one.folder, one.name, len(one.listings)) for one in headings]
        self._page("headings.html", f"{kind}/index.html", rows=rows, bars=bars, **values)
        for heading in headings:
            place, name, count = f"{kind}/{heading.folder}", heading.name, len(heading.listings)
            self._sheets(
                "heading.html", place, heading.listings, name=name, count=count, **values
            )  # fmt: skip

    def _for_machines(self, newest: Sequence[Listing]) -> None:
        base, house = self._settings.base_url.rstrip("/"), self._settings.organization
        self._file("atom.xml", atom(newest, base, house or "Reading room"))
        self._file("robots.txt", robots(base))
        for name, content in sitemaps(newest, base):
            self._file(name, content)

    def _sheets(
        self, template: str, place: str, listings: Sequence[Listing], **values: Any
    ) -> None:
        """Write a list on as many pages as it needs: ``index.html``, then ``2.html`` and so on."""
        parts = [listings[at : at + _ROWS] for at in range(0, len(listings), _ROWS)] or [()]
        spans = [Span(name_of(number), str(number)) for number in range(1, len(parts) + 1)]
        for span, part in zip(spans, parts, strict=True):
            shown = {"listings": part, "spans": spans, "span": span}
            self._page(template, f"{place}/{span.name}", **shown, **values)

    def _page(self, template: str, path: str, **values: Any) -> None:
        """Render a page, unless it stands there made from the very same."""
        said = [(name, self._digest(value)) for name, value in sorted(values.items())]
        told = repr((self._render.seed, template, said))
        digest = self._now[path] = sha256(told.encode()).hexdigest()
        if self._before.get(path) == digest and (self._folder / path).is_file():
            return
        for place, content in self._render.pages(template, path, **values):
            self._file(place, content)

    def _digest(self, value: Any) -> str:
        """Return what stands for a value of a template; listings stand in many."""
        if isinstance(value, Sequence) and value and isinstance(value[0], Listing):
            return " ".join(self._told[one.id] for one in value)
        return repr(value)

    def _file(self, path: str, content: bytes) -> None:
        write_file(self._folder / path, content)

    def _sweep(self) -> None:
        """Take away the lists of what is no longer there."""
        for path in self._before.keys() - self._now.keys():
            for place in map(self._folder.joinpath, self._render.places(path)):
                if place.name == "index.html":
                    shutil.rmtree(place.parent, ignore_errors=True)
                else:
                    place.unlink(missing_ok=True)


def _headings(
    listings: Iterable[Listing],
    names: Callable[[Listing], Iterable[str]],
    folder: Callable[[str], str] = str,
) -> list[Heading]:
    found: dict[str, list[Listing]] = defaultdict(list)
    for one in listings:
        for name in filter(None, names(one)):
            found[name].append(one)
    return [Heading(name, folder(name), tuple(ones)) for name, ones in sorted(found.items())]


def _bars(years: Iterable[Heading]) -> tuple[Bar, ...]:
    """Return the bars of the timeline; years without records between others stand empty."""
    counts = {int(one.name): len(one.listings) for one in years if one.name != UNDATED}
    if not counts:
        return ()
    most, first, last = max(counts.values()), min(counts), max(counts)
    span = range(first, last + 1) if last - first < _CENTURIES else sorted(counts)
    return tuple(
        Bar(f"{year:04d}", counts.get(year, 0), place * (_BARS + _GAP),
            -(-_TALLEST * counts.get(year, 0) // most))
        for place, year in enumerate(span)
    )  # fmt: skip


def _ladder(listings: Iterable[Listing]) -> dict[str, list[Rung]]:
    """Return the rungs below each rung, by its folder; the archives lie below ``""``."""
    counts: dict[str, int] = defaultdict(int)
    above: dict[str, tuple[tuple[str, str], ...]] = {}
    for one in listings:
        for depth, (folder, _) in enumerate(one.rungs, 1):
            counts[folder] += 1
            above[folder] = one.rungs[:depth]
    ladder: dict[str, list[Rung]] = defaultdict(list)
    for folder, steps in sorted(above.items(), key=lambda found: _natural(found[0])):
        parent = steps[-2][0] if len(steps) > 1 else ""
        ladder[parent].append(Rung(folder, steps[-1][1], steps, counts[folder]))
    return ladder


def _natural(folder: str) -> list[tuple[int, str]]:
    """Order numbers by their value: d9 before d10."""
    parts = folder.replace("/", " ").split()
    return [(int("".join(filter(str.isdigit, part)) or 0), part) for part in parts]
