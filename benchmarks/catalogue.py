"""Measures searches in the catalogue of a big archive: 100,000 made-up records of 20 pages.

    uv run --group dev python benchmarks/catalogue.py build /tmp/big --records 100000 --pages 20
    uv run --group dev python benchmarks/catalogue.py ask /tmp/big

Pages have words drawn by Zipf's law from the frequent words of Russian and English, so that some
are on most pages and most on few. ``ask`` prints medians and 95th percentiles.
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

from pipeline.references.reference_query import read_reference_query
from pipeline.repository.catalog import Catalog
from pipeline.repository.catalog_build import build_from_rows
from pipeline.repository.catalog_entries import CatalogPage, CatalogRow, enter_version
from pipeline.repository.catalog_file import open_database
from pipeline.repository.catalog_places import CatalogHolding

_WORDS = 150  #: on a page
_ARCHIVES = ("RGASPI", "GARF", "RGANI", "AVP RF", "TsAMO")


def vocabulary() -> list[str]:
    """Return the words, most frequent first, alternating between Russian and English."""
    pairs = zip(top_n_list("ru", 60_000), top_n_list("en", 60_000), strict=False)
    return list(dict.fromkeys(word for pair in pairs for word in pair if word.isalpha()))


class Pages:
    """Draws pages of words; the same seed draws the same pages."""

    def __init__(self, seed: int) -> None:
        self._words = np.array(vocabulary(), dtype=object)
        weights = 1.0 / np.arange(2, len(self._words) + 2)
        self._sums = np.cumsum(weights) / weights.sum()
        self._draw = np.random.default_rng(seed)

    def texts(self, count: int) -> list[str]:
        """Return ``count`` pages."""
        places = np.searchsorted(self._sums, self._draw.random((count, _WORDS)))
        return [" ".join(row) for row in self._words[places]]


def record(number: int, texts: Sequence[str]) -> CatalogRow:
    """Return a made-up record as a row of the catalogue."""
    archive = _ARCHIVES[number % len(_ARCHIVES)]
    fond, delo, year = 17 + number % 211, number // 40 + 1, 1917 + number % 75
    pages = tuple(
        CatalogPage(position, f"{position}", "ok", 0.9, text)
        for position, text in enumerate(texts, 1)
    )
    reference = f"{archive}, f. {fond}, op. 1, d. {delo}, ll. {number % 40 * 20 + 1}-"
    path = (("archive", archive), ("fond", str(fond)), ("opis", "1"), ("delo", str(delo)))
    return CatalogRow(
        id=f"made-up-{number:06d}", version=1, folder=f"{archive.lower()}/f{fond}/{number:06d}",
        title=f"Protocol No. {number}", date=str(year), date_words=str(year),
        first_day=f"{year}-01-01", last_day=f"{year}-12-31", year=year,
        creators="", recipients="",
        language="ru" if number % 3 else "en", archive=archive, fond=str(fond),
        reference=reference, holdings=(CatalogHolding(1, reference, None, ""),),
        holding_levels=tuple((1, *step) for step in path),
        words=_WORDS * len(pages), confidence=0.9, needs_review=number % 6 == 0, summary=None,
        status="machine", source_sha256=f"{number:064x}", source_name=f"{number}.pdf",
        sidecar_sha256=None, manifest_sha256=f"{number:064x}", issues=(), pages=pages,
    )  # fmt: skip


def records(count: int, pages: int) -> Iterator[CatalogRow]:
    """Yield made-up records."""
    source = Pages(1949)
    for number in range(count):
        yield record(number, source.texts(pages))
        if number % 5000 == 4999:
            print(f"{number + 1:,} records", flush=True)


def ask(folder: Path) -> None:
    """Print how long each kind of query takes."""
    with Catalog(folder / "catalog.sqlite", folder / "records") as catalog:
        words, rng = vocabulary(), random.Random(1)

        def word(low: int, high: int) -> str:
            return words[int(low * (high / low) ** rng.random())]

        queries: dict[str, Callable[[], str]] = {
            "a rare word": lambda: word(5_000, 60_000),
            "a common word": lambda: word(100, 5_000),
            "one of the hundred most frequent": lambda: word(1, 100),
            "two words": lambda: f"{word(100, 5_000)} {word(100, 20_000)}",
            "three words, one frequent": lambda: f"{word(1, 50)} {word(50, 999)} {word(50, 999)}",
            "a phrase": lambda: f'"{word(1, 300)} {word(1, 300)}"',
            "a beginning": lambda: f"{word(100, 20_000)[:4]}*",
        }
        all_times = []
        for kind, make_query in queries.items():
            times = [_time_ms(partial(catalog.search, make_query())) for _ in range(60)]
            all_times += times
            _print_row(kind, times)
        _print_row("search, all of these", all_times)
        for after in ("", f"made-up-{catalog.record_count() // 2:06d}"):
            times = [_time_ms(lambda: list(catalog.iter_entries(100, after))) for _ in range(20)]  # noqa: B023
            _print_row(f"list, a page of 100 {after and 'from the middle'}", times)
        ids = [f"made-up-{number:06d}" for number in range(50)]
        _print_row("show", [_time_ms(partial(catalog.get_entry, key)) for key in ids])
        files = [f"GARF, f. {number}, op. 1, d. 9" for number in range(17, 60)]
        _print_row(
            "what is in a file", [_time_ms(partial(catalog.find_below, key)) for key in files]
        )
        for kind, place in (("fond", "f. {}, op. 1"), ("leaf", "f. {}, op. 1, d. 9, l. 4")):
            places = [read_reference_query(place.format(number)) for number in range(17, 60)]
            times = [_time_ms(partial(catalog.find_places, one)) for one in places if one]
            _print_row(f"a reference to a {kind}", times)
    pages = Pages(7)
    rows = [record(10**6 + number, pages.texts(4)) for number in range(100)]
    _print_row("add a record of 4 pages", _time_additions(folder / "catalog.sqlite", rows))


def _time_additions(path: Path, rows: Sequence[CatalogRow]) -> list[float]:
    """Return the milliseconds of adding each record as a publication does, in two commits."""
    times = []
    with closing(open_database(path)) as database:
        for row in rows:
            started = time.perf_counter()
            with database:
                database.execute("INSERT INTO pending VALUES (?)", [row.folder])
            with database:
                enter_version(database, row)
                database.execute("DELETE FROM pending")
            times.append(1000 * (time.perf_counter() - started))
    return times


def _time_ms(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - started)


def _print_row(label: str, times: Sequence[float]) -> None:
    p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    print(f"{label:36} median {statistics.median(times):8.1f} ms   p95 {p95:8.1f} ms", flush=True)


def main() -> None:
    """Build the catalogue, or query it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["build", "ask"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=20)
    options = parser.parse_args()
    if options.action == "ask":
        ask(options.folder)
        return
    (options.folder / "records").mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    build_from_rows(options.folder / "catalog.sqlite", records(options.records, options.pages))
    size = (options.folder / "catalog.sqlite").stat().st_size
    print(f"built in {time.monotonic() - started:.0f} s, {size / 2**20:,.0f} MB")


if __name__ == "__main__":
    main()
