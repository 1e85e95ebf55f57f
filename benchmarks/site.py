"""What the site of many records costs: built whole, after one of them changed, and searched.

    uv run python -m benchmarks.site OUTPUT 200 1000

OUTPUT holds a published record, of which so many copies are made, under other names and with other
texts: 250 words a page, as frequent as in Russian. Nothing is read again. Prints seconds, what the
site takes on disk, and what a search takes in headless Chromium: milliseconds until the first
result stands there, and kilobytes of all that the page had loaded by then.
"""

import argparse
import functools
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random

from playwright.sync_api import Request, sync_playwright
from wordfreq import top_n_list, word_frequency

from flows.runtime import worker_count
from pipeline.record.record import dump_json
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings
from pipeline.site.build import Site
from pipeline.workers.pool import WorkerPool

_WORDS = 250  #: on a page
_QUERIES = (
    "переговоры", "человек", "Москва", "пароход", "что это", "народный комиссар", "новый год",
)  # fmt: skip
_TYPING = 2500  #: milliseconds between entering the field and asking
_CHROMIUM = shutil.which("chromium")
_WATCH = """
addEventListener("submit", () => (window.begun = performance.now()), true);
const seen = new MutationObserver(() => (window.shown ??= performance.now()));
addEventListener("DOMContentLoaded", () =>
  seen.observe(document.getElementById("results"), { childList: true }));
"""


def copies(output: Path, count: int, target: Path) -> Iterator[Path]:
    """Yield copies of the first published version, each a record of its own."""
    words = top_n_list("ru", 50_000)
    weights, chance = [word_frequency(word, "ru") for word in words], Random(count)
    first = next(output.rglob("v1/bagit.txt")).parent
    record = first.parent.name
    for number in range(1, count + 1):
        name = f"{record}-{number}"
        place = target / "records" / "copies" / f"f{number // 100}" / f"d{number % 100}" / name
        shutil.copytree(first, place / "v1")
        for path in (place / "v1").rglob("*"):
            path.chmod(0o755)
        path = place / "v1" / "data" / "record.json"
        said = json.loads(path.read_text("utf-8").replace(record, name))
        said["date"] = f"{1900 + number % 90}-01-14"
        for page in said["pages"]:
            page["reading_text"] = " ".join(chance.choices(words, weights, k=_WORDS))
        path.write_text(dump_json(said), "utf-8")
        marks = place / "v1" / "tagmanifest-sha256.txt"
        marks.write_text(f"{marks.read_text('utf-8')}\n{number}\n", "utf-8")
        yield place / "v1"


def build(settings: Settings) -> tuple[float, int]:
    """Build the site; return seconds, and the records that were made."""
    jobs = worker_count(settings)
    readers = WorkerPool(jobs)
    begun = time.monotonic()
    try:
        built = Site(settings, readers, jobs).build(lambda _: None)
    finally:
        readers.close()
    return time.monotonic() - begun, built.rebuilt


def _into(loaded: list[Request]) -> Callable[[Request], None]:
    def note(request: Request) -> None:  # Playwright marks what it is given: no builtin
        loaded.append(request)

    return note


def _ended(request: Request) -> float:
    """Return when its answer was there, in milliseconds of the epoch."""
    return request.timing["startTime"] + request.timing["responseEnd"]


def searched(site: Path) -> Iterator[tuple[str, str]]:
    """Yield what each query took, each in a browser that knows nothing yet."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        for query in _QUERIES:
            page = browser.new_page()
            loaded: list[Request] = []
            page.on("requestfinished", _into(loaded))
            page.add_init_script(_WATCH)
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/search/index.html")
            page.get_by_role("searchbox").focus()
            page.wait_for_timeout(_TYPING)
            page.get_by_role("searchbox").fill(query)
            page.keyboard.press("Enter")
            page.locator("#results li").first.wait_for()
            took, until = page.evaluate("[shown - begun, performance.timeOrigin + shown]")
            there = [one for one in loaded if _ended(one) <= until]
            size = sum(one.sizes()["responseBodySize"] for one in there)
            yield query, f"{took:.0f} ms, {size / 1000:.0f} kB, {page.inner_text('#told')}"
            page.close()
        browser.close()
        server.shutdown()


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
        for query, took in searched(settings.output / "site"):
            print(f"  search “{query}”: {took}")
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
