"""A file of many documents: ``python -m benchmarks.delo [--leaves 120] [--documents 40]``.

Draws a made file of typed leaves with an inventory: letters of one to five leaves, enclosures,
documents that end and begin on one leaf, blank leaves, a leaf 57a. Ingests it, changes three rows
of the inventory, ingests it again, and prints what each step took and which records it moved.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.corpus import Order, corpus
from samples.facsimile import Faces

_NAME = "RGASPI_f558_op11_d330"
_BLANK_EVERY = 15  #: documents; behind each of these a leaf of none
_SHARED_EVERY = 8  #: documents; each of these begins where the one before it ends
_MISNUMBERED = 57  #: behind this leaf comes one with its number and an a
_OPIS = Path(sys.executable).with_name("opis")


@dataclass(frozen=True)
class Row:
    """A row of the inventory."""

    pages: str
    title: str
    date: str


def main() -> None:
    """Run all steps in a temporary folder, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, default=120)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/opis-corpus"))
    options = parser.parse_args()
    order = Order(("rus", "eng"), "jpeg", options.leaves)
    scan = corpus(order, options.cache, Faces()).scan
    rows = list(_inventory(options.leaves, options.documents))
    with TemporaryDirectory() as name:
        alone, divided = Path(name, "alone"), Path(name, "divided")
        _ingest(alone, scan, [], "one record")
        _ingest(divided, scan, rows, f"{len(rows)} documents")
        before = _versions(divided)
        rows[3] = Row(rows[3].pages, "Another title", rows[3].date)
        rows[10] = Row(rows[10].pages, rows[10].title, "1950-02-03")
        rows[20] = Row(_one_page_less(rows[20].pages), rows[20].title, rows[20].date)
        _ingest(divided, scan, rows, "three rows changed")
        after = _versions(divided)
        moved = sorted(record for record in after if after[record] != before.get(record))
        _print(f"records {len(after)}, moved {len(moved)}: {', '.join(moved)}")
        _print(_run(divided, "verify").stdout.strip().splitlines()[-1])


def _inventory(leaf_count: int, document_count: int) -> Iterator[Row]:
    """Yield the rows: their pages in order, over all leaves but the blank ones."""
    chooser, page = random.Random(120), 1
    for number in range(1, document_count + 1):
        if number % _SHARED_EVERY == 0:
            page -= 1
        rest = (leaf_count - page - (document_count - number)) / (document_count - number + 1)
        last = min(page + chooser.randint(0, max(0, round(2 * rest))), leaf_count)
        pages = f"{page}" if page == last else f"{page}-{last}"
        yield Row(pages, f"Document {number}", f"1949-01-{number % 28 + 1:02}")
        page = last + 1 + (number % _BLANK_EVERY == 0)


def _one_page_less(pages: str) -> str:
    first, _, last = pages.partition("-")
    return pages if not last or int(last) - int(first) < 2 else f"{first}-{int(last) - 1}"


def _ingest(folder: Path, scan: Path, rows: list[Row], what: str) -> None:
    inbox, count = folder / "inbox", int(scan.stem.split("-")[-2])
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"{_NAME}.pdf").write_bytes(scan.read_bytes())
    labels = [str(leaf) for leaf in range(1, count)]
    labels.insert(min(_MISNUMBERED, len(labels)), f"{min(_MISNUMBERED, len(labels))}a")
    description: dict[str, Any] = {"title": "File 330", "leaves": labels}
    (inbox / f"{_NAME}.json").write_text(json.dumps(description), "utf-8")
    with (inbox / "index.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["scan", "pages", "title", "date"])
        writer.writerows([_NAME, row.pages, row.title, row.date] for row in rows)
    started = time.monotonic()
    check = _run(folder, "describe", "--check", "inbox").stdout.strip().splitlines()[-1]
    checked = time.monotonic()
    result = _run(folder, "ingest", "--direct")
    seconds, size = time.monotonic() - checked, _bytes_of(folder / "output" / "records")
    _print(
        f"{what}: exit code {result.returncode}, {seconds:.1f} s, {size / 1e6:.1f} MB; "
        f"check {checked - started:.1f} s ({check})"
    )


def _versions(folder: Path) -> dict[str, int]:
    listed = json.loads(_run(folder, "list", "--json").stdout)
    return {entry["id"]: entry["version"] for entry in listed}


def _bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(_OPIS), *words], cwd=folder, capture_output=True, text=True, check=False
    )


def _print(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
