"""Measures the site of many records: its build, its update after one change, its search.

    uv run --group dev python -m benchmarks.site OUTPUT 200 1000

OUTPUT holds a published record. The benchmark makes the given numbers of copies, with other names
and other texts: 250 words a page, as frequent as in Russian. No page is recognized again. Prints
seconds, the size of the site on disk, and the cost of a search in headless Chromium: milliseconds
until the first result is shown, and kilobytes that the page had loaded by then.
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
_TYPING = 2500  #: milliseconds between entering the field and the search
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
    weights, rng = [word_frequency(word, "ru") for word in words], Random(count)
    first = next(output.rglob("v1/bagit.txt")).parent
    record = first.parent.name
    for number in range(1, count + 1):
        name = f"{record}-{number}"
        folder = target / "records" / "copies" / f"f{number // 100}" / f"d{number % 100}" / name
        shutil.copytree(first, folder / "v1")
        for path in (folder / "v1").rglob("*"):
            path.chmod(0o755)
        path = folder / "v1" / "data" / "record.json"
        content = json.loads(path.read_text("utf-8").replace(record, name))
        content["date"] = f"{1900 + number % 90}-01-14"
        for page in content["pages"]:
            page["reading_text"] = " ".join(rng.choices(words, weights, k=_WORDS))
        path.write_text(dump_json(content), "utf-8")
        manifest = folder / "v1" / "tagmanifest-sha256.txt"
        manifest.write_text(f"{manifest.read_text('utf-8')}\n{number}\n", "utf-8")
        yield folder / "v1"


def build(settings: Settings) -> tuple[float, int]:
    """Build the site; return seconds, and the number of rebuilt records."""
    jobs = worker_count(settings)
    workers = WorkerPool(jobs)
    started = time.monotonic()
    try:
        result = Site(settings, workers, jobs).build(lambda _: None)
    finally:
        workers.close()
    return time.monotonic() - started, result.rebuilt


def _collect_into(loaded: list[Request]) -> Callable[[Request], None]:
    def note(request: Request) -> None:  # Playwright sets attributes on it: no builtin
        loaded.append(request)

    return note


def _ended_at(request: Request) -> float:
    """Return the end of the response, in milliseconds of the epoch."""
    return request.timing["startTime"] + request.timing["responseEnd"]


def searched(site: Path) -> Iterator[tuple[str, str]]:
    """Yield each query with its cost, in a page without cached data."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as play:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = play.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        for query in _QUERIES:
            page = browser.new_page()
            loaded: list[Request] = []
            page.on("requestfinished", _collect_into(loaded))
            page.add_init_script(_WATCH)
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/search/index.html")
            page.get_by_role("searchbox").focus()
            page.wait_for_timeout(_TYPING)
            page.get_by_role("searchbox").fill(query)
            page.keyboard.press("Enter")
            page.locator("#results li").first.wait_for()
            took, shown_at = page.evaluate("[shown - begun, performance.timeOrigin + shown]")
            requests = [request for request in loaded if _ended_at(request) <= shown_at]
            size = sum(request.sizes()["responseBodySize"] for request in requests)
            yield query, f"{took:.0f} ms, {size / 1000:.0f} kB, {page.inner_text('#status')}"
            page.close()
        browser.close()
        server.shutdown()


def measure(output: Path, count: int) -> None:
    """Build a site of ``count`` records, change one, and build it again."""
    with tempfile.TemporaryDirectory(prefix="opis-site-") as name:
        settings = Settings(inbox=Path(name) / "inbox", output=Path(name) / "output")
        versions = list(copies(output, count, settings.output))
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()
        seconds, rebuilt = build(settings)
        print(f"{count} records: {seconds:.1f} s, {rebuilt} rebuilt, {seconds / count:.3f} s each")
        sizes = [path.stat().st_size for path in (settings.output / "site").rglob("*.*")]
        print(f"  {sum(sizes) / count / 1e6:.2f} MB and {len(sizes) / count:.0f} files a record")
        for query, result in searched(settings.output / "site"):
            print(f"  search “{query}”: {result}")
        manifest = versions[0] / "tagmanifest-sha256.txt"
        manifest.write_text(manifest.read_text("utf-8") + "changed\n", "utf-8")
        path = versions[0] / "data" / "record.json"
        path.write_text(path.read_text("utf-8").replace("Cable, ", "Wire, "), "utf-8")
        with Catalog(settings.catalog, settings.records) as catalog:
            catalog.rebuild()
        seconds, rebuilt = build(settings)
        print(f"  after one changed: {seconds:.2f} s, {rebuilt} rebuilt")


def main() -> None:
    """Measure a site of each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("output", type=Path)
    parser.add_argument("counts", type=int, nargs="+")
    options = parser.parse_args()
    for count in options.counts:
        measure(options.output, count)


if __name__ == "__main__":
    main()
