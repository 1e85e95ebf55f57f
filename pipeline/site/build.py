"""Builds the site: what changed since the last time, each page whole or not at all."""

import hashlib
import json
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.holdings.catalog import Catalog, Entry
from pipeline.holdings.entries import Card, card_of
from pipeline.reading.messages import Picture
from pipeline.reading.pool import Readers
from pipeline.record import Record, from_json
from pipeline.settings import Settings
from pipeline.site.render import STATIC, Renderer, fingerprint, static
from pipeline.site.views import LeafView, RecordView, record_view, rungs_of

_STATE = "site.json"  #: in ``.opis``: what each record's pages were made from
_HOUSE = "Reading room"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    records: int  #: on the site
    made: int  #: anew
    gone: int  #: taken away


class Site:
    """The site of a house, in ``output/site``."""

    def __init__(self, settings: Settings, readers: Readers) -> None:
        """Say whose site it is; nothing is built yet."""
        self._settings, self._readers = settings, readers
        self.folder = settings.output / "site"
        self._render = Renderer(settings.organization or _HOUSE, settings.base_url)

    def build(self, tell: Callable[[str], None]) -> Built:
        """Make what is new or changed, take away what is gone, and the lists if anything was.

        Raises:
            OSError: it cannot be written; what stood before stands.
        """
        before, now = self._state(), {}
        made, cards = 0, []
        with Catalog(self._settings.catalog, self._settings.records) as catalog:
            entries = {entry.id: entry for entry in catalog.entries()}
            for known in catalog.versions():
                if known.version == entries[known.record].version:
                    now[known.record] = self._stamp(known.manifest_sha256)
        for entry in entries.values():
            folder = self._settings.records / entry.folder / f"v{entry.version}"
            card = card_of(folder, self._settings.records)
            cards.append(card)
            if before.get(entry.id) != now[entry.id] or not self._home(entry.id).is_dir():
                self._record(folder, card)
                made += 1
                tell(f"made {entry.id}")
        gone = [name for name in before if name not in now]
        for name in gone:
            shutil.rmtree(self._home(name), ignore_errors=True)
        if made or gone or not (self.folder / "index.html").exists():
            self._lists(cards, entries)
        self._write_state(now)
        return Built(len(now), made, len(gone))

    def _stamp(self, manifest: str) -> str:
        parts = (manifest, self._settings.base_url, self._settings.organization)
        return hashlib.sha256("\n".join(parts).encode() + fingerprint()).hexdigest()

    def _home(self, record: str) -> Path:
        return self.folder / "records" / record

    def _record(self, folder: Path, card: Card) -> None:
        """Make the pages of a record beside their place, and put them there."""
        record = from_json((folder / "data" / "record.json").read_bytes())
        view = record_view(folder, record, card)
        home = self._home(record.id)
        beside = home.with_name(f".{home.name}.partial")
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        _write(beside / "index.html", self._render.page("record.html", 2, view=view))
        for place, leaf in enumerate(view.leaves):
            self._leaf(beside / leaf.name, view, place)
        self._pictures(beside, folder, record, view.leaves)
        _exchange(beside, home)

    def _leaf(self, folder: Path, view: RecordView, place: int) -> None:
        folder.mkdir()
        around = {
            "before": view.leaves[place - 1] if place else None,
            "after": view.leaves[place + 1] if place + 1 < len(view.leaves) else None,
        }
        page = self._render.page("leaf.html", 3, view=view, leaf=view.leaves[place], **around)
        _write(folder / "index.html", page)

    def _pictures(
        self, home: Path, folder: Path, record: Record, leaves: Iterable[LeafView]
    ) -> None:
        """Have the pictures of all pages drawn, each by a reading child."""
        source, settings = record.provenance.source, self._settings
        original = folder / "data" / "original" / source.name
        for leaf in leaves:
            if not leaf.widths or not original.exists():
                continue
            targets = tuple((width, home / leaf.name / f"{width}.webp") for width in leaf.widths)
            question = Picture(
                original, source.media_type, leaf.number, settings.dpi, settings.max_pixels, targets
            )
            self._readers.ask(question, settings.page_timeout)

    def _lists(self, cards: list[Card], entries: dict[str, Entry]) -> None:
        """Make the front page, the ladder of every archive, and what all pages need."""
        for name in STATIC:
            _write(self.folder / name, static(name))
        ladder = _ladder(cards)
        front = self._render.page(
            "index.html", 0, cards=sorted(cards, key=_by_date), rungs=ladder[""], entries=entries
        )
        _write(self.folder / "index.html", front)
        for rung, below in ladder.items():
            if rung:
                self._rung(rung, below, [card for card in cards if _lies_in(card, rung)])

    def _rung(self, rung: str, below: dict[str, str], cards: list[Card]) -> None:
        above = [pair for pair in rungs_of(cards[0]) if rung.startswith(pair[0])]
        page = self._render.page(
            "rung.html", rung.count("/") + 2, above=above, below=below,
            cards=sorted(cards, key=_by_date),
        )  # fmt: skip
        _write(self.folder / "archives" / rung / "index.html", page)

    def _state(self) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self._settings.work / _STATE).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _write_state(self, state: dict[str, str]) -> None:
        _write(self._settings.work / _STATE, json.dumps(state, sort_keys=True).encode())


def _ladder(cards: Iterable[Card]) -> dict[str, dict[str, str]]:
    """Return what lies below each rung, by folder; the archives lie below ``""``."""
    ladder: dict[str, dict[str, str]] = defaultdict(dict)
    for card in cards:
        above = ""
        for folder, name in rungs_of(card):
            ladder[above][folder] = name
            ladder.setdefault(folder, {})
            above = folder
    return ladder


def _lies_in(card: Card, rung: str) -> bool:
    return f"{card.folder}/".startswith(f"{rung}/")


def _by_date(card: Card) -> tuple[str, str]:
    return card.date or "~", card.id


def _exchange(beside: Path, home: Path) -> None:
    """Put a folder where another is, or none."""
    old = home.with_name(f".{home.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if home.exists():
        home.rename(old)
    beside.rename(home)
    shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, and only where it changes."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.partial")
    beside.write_bytes(content)
    beside.replace(path)
