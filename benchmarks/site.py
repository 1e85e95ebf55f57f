"""What the site of many records costs: built whole, and after one of them changed.

    uv run python -m benchmarks.site OUTPUT 200 1000

OUTPUT holds a published record, of which so many copies are made, under other names; nothing is
read again. Prints seconds, and what the site takes on disk.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from flows.house import jobs_of
from pipeline.holdings.catalog import Catalog
from pipeline.reading.pool import Readers
from pipeline.settings import Settings
from pipeline.site.build import Site


def copies(output: Path, count: int, target: Path) -> Iterator[Path]:
    """Yield copies of the first published version, each a record of its own."""
    first = next(output.rglob("v1/bagit.txt")).parent
    record = first.parent.name
    for number in range(1, count + 1):
        name = f"{record}-{number}"
        place = target / "records" / "copies" / f"f{number // 100}" / f"d{number % 100}" / name
        shutil.copytree(first, place / "v1")
        for path in (place / "v1").rglob("*"):
            path.chmod(0o755)
            if path.name == "record.json":
                said = path.read_text("utf-8").replace(record, name)
                year = 1900 + number % 90
                said = said.replace('"date": "1949-01-14"', f'"date": "{year}-01-14"')
                path.write_text(said, "utf-8")
        marks = place / "v1" / "tagmanifest-sha256.txt"
        marks.write_text(f"{marks.read_text('utf-8')}\n{number}\n", "utf-8")
        yield place / "v1"


def build(settings: Settings) -> tuple[float, int]:
    """Build the site; return seconds, and the records that were made."""
    jobs = jobs_of(settings)
    readers = Readers(jobs)
    begun = time.monotonic()
    try:
        built = Site(settings, readers, jobs).build(lambda _: None)
    finally:
        readers.close()
    return time.monotonic() - begun, built.made


def measure(output: Path, count: int) -> None:
    """Build a site of so many records, change one, and build it again."""
    with tempfile.TemporaryDirectory(prefix="opis-site-") as name:
        settings = Settings(inbox=Path(name) / "inbox", output=Path(name) / "output")
        versions = list(copies(output, count, settings.output))
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()
        seconds, made = build(settings)
        print(f"{count} records: {seconds:.1f} s, {made} made, {seconds / count:.3f} s each")
        sizes = [path.stat().st_size for path in (settings.output / "site").rglob("*.*")]
        print(f"  {sum(sizes) / count / 1e6:.2f} MB and {len(sizes) / count:.0f} files a record")
        marks = versions[0] / "tagmanifest-sha256.txt"
        marks.write_text(marks.read_text("utf-8") + "changed\n", "utf-8")
        path = versions[0] / "data" / "record.json"
        path.write_text(path.read_text("utf-8").replace("Cable, ", "Wire, "), "utf-8")
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()
        seconds, made = build(settings)
        print(f"  after one changed: {seconds:.2f} s, {made} made")


def main() -> None:
    """Measure each count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("counts", type=int, nargs="+")
    given = parser.parse_args()
    for count in given.counts:
        measure(given.output, count)


if __name__ == "__main__":
    main()
