"""What a leaf costs when there are many: in one file, and in many small ones.

    uv run python -m benchmarks.scale 1x40 1x400 1x2000 500x4
    uv run python -m benchmarks.scale --runner dask 20x4
    uv run python -m benchmarks.scale --runner direct 500x4    # what Prefect adds is the difference
    uv run python -m benchmarks.scale --images 20 5000x1       # everything but reading

SCANSxLEAVES: so many scans of so many leaves, each another page of typed Russian and English, at
200 dpi, black and white. Prefect's server runs beside, as ``opis serve`` has it. Prints CPU seconds
by process: reading (the children with their Tesseract), the parent (Prefect's client, admission,
publication) and the server; the parent's memory; bytes by kind.
"""

import argparse
import io
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import img2pdf
import psutil
from PIL import Image, ImageDraw

from flows.serve.prefect_server import PrefectServer
from pipeline.settings import Settings

_LOOK = 0.3  #: seconds between two looks
_LINES = (
    "Лист {number}. Товарищу Мао Цзэдуну. Получили Вашу телеграмму о переговорах,",
    "считаем, что предложение о посредничестве следует отклонить. Page {number} of the file",
    "tells of the talks that were held in Moscow in January of the year 1949.",
)


@dataclass
class Cost:
    """What a run took; CPU in seconds, memory in bytes."""

    cpu: dict[str, float] = field(default_factory=dict)  #: by kind of process
    memory: int = 0  #: of the parent, at most
    wall: float = 0.0


def page(number: int, lines: int) -> bytes:
    """Return a page of typed text, as TIFF with Group 4 compression."""
    made = Image.new("1", (1654, 2339), 1)
    pen = ImageDraw.Draw(made)
    for line in range(lines):
        text = _LINES[line % 3].format(number=number)
        pen.text((150, 150 + 58 * line), text, 0, font_size=32)
    buffer = io.BytesIO()
    made.save(buffer, "TIFF", compression="group4", dpi=(200, 200))
    return buffer.getvalue()


def write_scans(inbox: Path, scans: int, leaves: int, lines: int, images: int = 0) -> None:
    """Write the scans, no page of which is like another, or with so many different ones."""
    inbox.mkdir(parents=True)
    different = images or scans * leaves
    drawn = lru_cache(maxsize=images)(page)
    for scan in range(scans):
        numbers = range(scan * leaves, (scan + 1) * leaves)
        pages = [drawn(number % different, lines) for number in numbers]
        content = img2pdf.convert(pages, title=f"delo {scan + 1}")
        (inbox / f"RGASPI_f17_op3_d{scan + 1}_ll1-{leaves}.pdf").write_bytes(content)


def measured(folder: Path, runner: str) -> Cost:
    """Ingest what is in the inbox, and return what that took: through Prefect, or directly."""
    os.environ |= {"PREFECT_HOME": str(folder / "prefect"), "DO_NOT_TRACK": "1"}
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    words = ["opis", "ingest"]
    if runner == "direct":
        return _run([*words, "--direct"], folder, {})
    server = PrefectServer(Settings(port=4290), folder / "server.log")
    server.start()
    try:
        before = _cpu_of_server()
        cost = _run(words, folder, {"PREFECT_API_URL": server.api_url, "OPIS_RUNNER": runner})
        cost.cpu["server"] = _cpu_of_server() - before
    finally:
        server.stop()
    return cost


def _run(words: list[str], folder: Path, environ: dict[str, str]) -> Cost:
    """Run a command of Opis to its end and look at its processes meanwhile."""
    cost, begun = Cost(), time.monotonic()
    run = subprocess.Popen(
        [Path(sys.executable).with_name(words[0]), *words[1:]], cwd=folder,
        env=os.environ | environ | {"OPIS_SETTLE_SECONDS": "0"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    seen: dict[int, tuple[str, float]] = {}
    while run.poll() is None:
        time.sleep(_LOOK)
        cost.memory = max(cost.memory, _look(run.pid, seen))
    cost.wall = time.monotonic() - begun
    assert run.returncode == 0, f"opis ended with {run.returncode}"
    for kind, seconds in seen.values():
        cost.cpu[kind] = cost.cpu.get(kind, 0) + seconds
    return cost


def _look(pid: int, seen: dict[int, tuple[str, float]]) -> int:
    """Note the CPU of every process of a run; return the memory of the parent."""
    try:
        parent = psutil.Process(pid)
        for one in (parent, *parent.children(recursive=True)):
            used = one.cpu_times()
            words = " ".join(one.cmdline())
            if "pipeline.workers.worker" in words:  # with the engines that it has waited for
                took = sum(used[:4])
                seen[one.pid] = ("reading", took)
            elif words and "tesseract" not in words:  # one without words has ended
                seen[one.pid] = ("parent" if one.pid == pid else "workers", sum(used[:2]))
        return int(parent.memory_info().rss)
    except psutil.Error:  # one of them has just ended
        return 0


def _cpu_of_server() -> float:
    found = 0.0
    for one in psutil.Process().children(recursive=True):
        try:
            if "prefect server start" in " ".join(one.cmdline()):
                found += sum(one.cpu_times()[:4])
        except psutil.Error:
            continue
    return found


def stored(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield bytes by kind."""
    sizes: Counter[str] = Counter()
    for path in (folder / "output").rglob("*"):
        if path.is_file():
            sizes[_kind(path.relative_to(folder / "output"))] += path.stat().st_size
    yield from sizes.most_common()


def _kind(path: Path) -> str:
    if path.parts[0] != "records":
        return "page cache" if path.parts[0] == ".opis" else path.name
    inside = path.parts[path.parts.index("data") + 1 :] if "data" in path.parts else ("bag",)
    return inside[0]


def report(order: str, runner: str, lines: int, images: int) -> None:
    """Run one order in a folder of its own, and print what it took."""
    scans, leaves = map(int, order.split("x"))
    with tempfile.TemporaryDirectory(prefix="opis-scale-") as name:
        folder = Path(name)
        write_scans(folder / "inbox", scans, leaves, lines, images)
        cost, count = measured(folder, runner), scans * leaves
        records = len(list((folder / "output").rglob("bagit.txt")))
        print(
            f"\n{order}, {runner}: {records} records, {cost.wall:.1f} s,"
            f" {count / cost.wall:.2f} pages/s, parent at most {cost.memory / 2**20:.0f} MB",
            flush=True,
        )
        for kind, seconds in sorted(cost.cpu.items()):
            print(f"  CPU {kind:8} {seconds:9.1f} s  {seconds / count:7.4f} s a leaf")
        every = sum(cost.cpu.values())
        print(f"  CPU in all   {every:9.1f} s  {every / count:7.4f} s a leaf")
        for kind, size in stored(folder):
            print(f"  stored {kind:16} {size / count:10,.0f} bytes a leaf")


def main() -> None:
    """Run the orders that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders", nargs="+", metavar="SCANSxLEAVES")
    parser.add_argument("--runner", choices=["threads", "dask", "direct"], default="threads")
    parser.add_argument("--lines", type=int, default=33, help="of text on a page")
    parser.add_argument("--images", type=int, default=0, help="different ones; 0: every page")
    given = parser.parse_args()
    for order in given.orders:
        report(order, given.runner, given.lines, given.images)


if __name__ == "__main__":
    main()
