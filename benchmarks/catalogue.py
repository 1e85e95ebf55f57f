"""The catalogue of a big house: 100,000 records of 20 pages, made up, and how fast it answers.

    uv run python benchmarks/catalogue.py build /tmp/big --records 100000 --pages 20
    uv run python benchmarks/catalogue.py ask /tmp/big

Pages are words drawn by Zipf's law from the frequent words of Russian and English, so that some
stand on most pages and most on few. ``ask`` prints medians and 95th percentiles.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
from wordfreq import top_n_list

from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_entries import CatalogPage, CatalogRow, upsert
from pipeline.repository.catalog_file import build_from_rows, open_database

_WORDS = 150  #: on a page
_ARCHIVES = ("RGASPI", "GARF", "RGANI", "AVP RF", "TsAMO")


def vocabulary() -> list[str]:
    """Return the words, the most frequent first, Russian and English by turns."""
    both = zip(top_n_list("ru", 60_000), top_n_list("en", 60_000), strict=False)
    return list(dict.fromkeys(word for pair in both for word in pair if word.isalpha()))


class Pages:
    """Draws pages of words; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._words = np.array(vocabulary(), dtype=object)
        weights = 1.0 / np.arange(2, len(self._words) + 2)
        self._sums = np.cumsum(weights) / weights.sum()
        self._draw = np.random.default_rng(seed)

    def texts(self, count: int) -> list[str]:
        """Return so many pages."""
        places = np.searchsorted(self._sums, self._draw.random((count, _WORDS)))
        return [" ".join(row) for row in self._words[places]]


def record(number: int, texts: Sequence[str]) -> CatalogRow:
    """Return a made-up record as the catalogue takes it."""
    archive = _ARCHIVES[number % len(_ARCHIVES)]
    fond, delo, year = 17 + number % 211, number // 40 + 1, 1917 + number % 75
    pages = tuple(
        CatalogPage(place, f"{place}", "ok", 0.9, text) for place, text in enumerate(texts, 1)
    )
    return CatalogRow(
        id=f"made-up-{number:06d}", version=1, folder=f"{archive.lower()}/f{fond}/{number:06d}",
        title=f"Protocol No. {number}", date=str(year), year=year,
        language="ru" if number % 3 else "en", archive=archive, fond=str(fond),
        reference=f"{archive}, f. {fond}, op. 1, d. {delo}, ll. {number % 40 * 20 + 1}-",
        words=_WORDS * len(pages), confidence=0.9, needs_review=number % 6 == 0, summary=None,
        status="machine", source_sha256=f"{number:064x}", source_name=f"{number}.pdf",
        sidecar_sha256=None, manifest_sha256=f"{number:064x}", issues=(), pages=pages,
    )  # fmt: skip


def records(count: int, pages: int) -> Iterator[CatalogRow]:
    """Yield made-up records."""
    drawn = Pages(1949)
    for number in range(count):
        yield record(number, drawn.texts(pages))
        if number % 5000 == 4999:
            print(f"{number + 1:,} records", flush=True)


def ask(folder: Path) -> None:
    """Print how long each kind of question takes."""
    with Catalog(folder / "catalog.sqlite", folder / "records") as catalog:
        words, chance = vocabulary(), random.Random(1)

        def word(low: int, high: int) -> str:
            return words[int(low * (high / low) ** chance.random())]

        kinds: dict[str, Callable[[], str]] = {
            "a rare word": lambda: word(5_000, 60_000),
            "a common word": lambda: word(100, 5_000),
            "one of the hundred most frequent": lambda: word(1, 100),
            "two words": lambda: f"{word(100, 5_000)} {word(100, 20_000)}",
            "three words, one frequent": lambda: f"{word(1, 50)} {word(50, 999)} {word(50, 999)}",
            "a phrase": lambda: f'"{word(1, 300)} {word(1, 300)}"',
            "a beginning": lambda: f"{word(100, 20_000)[:4]}*",
        }
        everything = []
        for kind, made in kinds.items():
            lasted = [_lasted(partial(catalog.search, made())) for _ in range(60)]
            everything += lasted
            _print(kind, lasted)
        _print("search, all of these", everything)
        for after in ("", "made-up-050000"):
            lasted = [_lasted(lambda: list(catalog.iter_entries(100, after))) for _ in range(20)]  # noqa: B023
            _print(f"list, a page of 100 {after and 'from the middle'}", lasted)
        ids = [f"made-up-{number:06d}" for number in range(50)]
        _print("show", [_lasted(partial(catalog.get_entry, one)) for one in ids])
        files = [f"GARF, f. {number}, op. 1, d. 9" for number in range(17, 60)]
        _print("what is in a file", [_lasted(partial(catalog.find_below, one)) for one in files])
    drawn = Pages(7)
    fresh = [record(10**6 + number, drawn.texts(4)) for number in range(100)]
    _print("add a record of 4 pages", _added(folder / "catalog.sqlite", fresh))


def _added(path: Path, cards: Sequence[CatalogRow]) -> list[float]:
    """Add records as a publication does: announced, then entered, each forced to disk."""
    lasted = []
    with closing(open_database(path)) as db:
        for card in cards:
            begun = time.perf_counter()
            with db:
                db.execute("INSERT INTO pending VALUES (?)", [card.folder])
            with db:
                upsert(db, card)
                db.execute("DELETE FROM pending")
            lasted.append(1000 * (time.perf_counter() - begun))
    return lasted


def _lasted(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - begun)


def _print(what: str, lasted: Sequence[float]) -> None:
    late = statistics.quantiles(lasted, n=20)[-1] if len(lasted) > 1 else lasted[0]
    print(f"{what:36} median {statistics.median(lasted):8.1f} ms   p95 {late:8.1f} ms", flush=True)


def main() -> None:
    """Build, or ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["build", "ask"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=20)
    given = parser.parse_args()
    if given.what == "ask":
        ask(given.folder)
        return
    (given.folder / "records").mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    build_from_rows(given.folder / "catalog.sqlite", records(given.records, given.pages))
    size = (given.folder / "catalog.sqlite").stat().st_size
    print(f"built in {time.monotonic() - begun:.0f} s, {size / 2**20:,.0f} MB")


if __name__ == "__main__":
    main()
