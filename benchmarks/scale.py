"""Measures the cost of a leaf in one large file and in many small ones.

    uv run --group dev python -m benchmarks.scale 1x40 1x400 1x2000 500x4
    uv run --group dev python -m benchmarks.scale --runner dask 20x4
    uv run --group dev python -m benchmarks.scale --runner direct 500x4  # the difference: Prefect
    uv run --group dev python -m benchmarks.scale --images 20 5000x1  # everything but reading

SCANSxLEAVES: the number of scans and of leaves in each; every leaf is a different page of typed
Russian and English, at 200 dpi, black and white. Prefect's server is a process of its own, as in
``opis serve``. Prints CPU seconds by process: reading (the children with their Tesseract), the
parent (Prefect's client, admission, publication) and the server; the parent's memory; stored bytes
by kind.
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

_INTERVAL = 0.3  #: seconds between two samples
_LINES = (
    "Лист {number}. Товарищу Мао Цзэдуну. Получили Вашу телеграмму о переговорах,",
    "считаем, что предложение о посредничестве следует отклонить. Page {number} of the file",
    "tells of the talks that were held in Moscow in January of the year 1949.",
)


@dataclass
class Cost:
    """The cost of a run."""

    cpu: dict[str, float] = field(default_factory=dict)  #: seconds by kind of process
    memory: int = 0  #: bytes, peak of the parent
    wall: float = 0.0  #: seconds


def page(number: int, lines: int) -> bytes:
    """Return a page of typed text, as TIFF with Group 4 compression."""
    image = Image.new("1", (1654, 2339), 1)
    pen = ImageDraw.Draw(image)
    for line in range(lines):
        text = _LINES[line % 3].format(number=number)
        pen.text((150, 150 + 58 * line), text, 0, font_size=32)
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", compression="group4", dpi=(200, 200))
    return buffer.getvalue()


def write_scans(inbox: Path, scans: int, leaves: int, lines: int, images: int = 0) -> None:
    """Write the scans; all pages differ, or ``images`` of them if that is given."""
    inbox.mkdir(parents=True)
    image_count = images or scans * leaves
    draw = lru_cache(maxsize=images)(page)
    for scan in range(scans):
        numbers = range(scan * leaves, (scan + 1) * leaves)
        pages = [draw(number % image_count, lines) for number in numbers]
        content = img2pdf.convert(pages, title=f"delo {scan + 1}")
        (inbox / f"RGASPI_f17_op3_d{scan + 1}_ll1-{leaves}.pdf").write_bytes(content)


def measured(folder: Path, runner: str) -> Cost:
    """Ingest the inbox, through Prefect or directly, and return the cost."""
    os.environ |= {"PREFECT_HOME": str(folder / "prefect"), "DO_NOT_TRACK": "1"}
    os.environ |= {"PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    command = ["opis", "ingest"]
    if runner == "direct":
        return _run_opis([*command, "--direct"], folder, {})
    server = PrefectServer(Settings(port=4290), folder / "server.log")
    server.start()
    try:
        before = _server_cpu_seconds()
        environ = {"PREFECT_API_URL": server.api_url, "OPIS_RUNNER": runner}
        cost = _run_opis(command, folder, environ)
        cost.cpu["server"] = _server_cpu_seconds() - before
    finally:
        server.stop()
    return cost


def _run_opis(command: list[str], folder: Path, environ: dict[str, str]) -> Cost:
    """Run a command of Opis to its end, and sample its processes meanwhile."""
    cost, started = Cost(), time.monotonic()
    process = subprocess.Popen(
        [Path(sys.executable).with_name(command[0]), *command[1:]], cwd=folder,
        env=os.environ | environ | {"OPIS_SETTLE_SECONDS": "0"}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    processes: dict[int, tuple[str, float]] = {}
    while process.poll() is None:
        time.sleep(_INTERVAL)
        cost.memory = max(cost.memory, _sample_processes(process.pid, processes))
    cost.wall = time.monotonic() - started
    assert process.returncode == 0, f"opis ended with {process.returncode}"
    for kind, seconds in processes.values():
        cost.cpu[kind] = cost.cpu.get(kind, 0) + seconds
    return cost


def _sample_processes(pid: int, processes: dict[int, tuple[str, float]]) -> int:
    """Record the CPU seconds of every process of a run; return the parent's memory in bytes."""
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            times = process.cpu_times()
            command = " ".join(process.cmdline())
            if "pipeline.workers.worker" in command:  # includes engines that have ended
                processes[process.pid] = ("reading", sum(times[:4]))
            elif command and "tesseract" not in command:  # an ended process has no command
                kind = "parent" if process.pid == pid else "workers"
                processes[process.pid] = (kind, sum(times[:2]))
        return int(parent.memory_info().rss)
    except psutil.Error:  # a process has just ended
        return 0


def _server_cpu_seconds() -> float:
    seconds = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            if "flows.serve.prefect_app" in " ".join(process.cmdline()):
                seconds += sum(process.cpu_times()[:4])
        except psutil.Error:
            continue
    return seconds


def stored(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the stored bytes by kind of file, largest first."""
    sizes: Counter[str] = Counter()
    for path in (folder / "output").rglob("*"):
        if path.is_file():
            sizes[_file_kind(path.relative_to(folder / "output"))] += path.stat().st_size
    yield from sizes.most_common()


def _file_kind(path: Path) -> str:
    if path.parts[0] != "records":
        return "page cache" if path.parts[0] == ".opis" else path.name
    inside = path.parts[path.parts.index("data") + 1 :] if "data" in path.parts else ("bag",)
    return inside[0]


def report(order: str, runner: str, lines: int, images: int) -> None:
    """Run one order in a folder of its own, and print its cost."""
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
        total = sum(cost.cpu.values())
        print(f"  CPU in all   {total:9.1f} s  {total / count:7.4f} s a leaf")
        for kind, size in stored(folder):
            print(f"  stored {kind:16} {size / count:10,.0f} bytes a leaf")


def main() -> None:
    """Run the orders of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("orders", nargs="+", metavar="SCANSxLEAVES")
    parser.add_argument("--runner", choices=["threads", "dask", "direct"], default="threads")
    parser.add_argument("--lines", type=int, default=33, help="of text on a page")
    parser.add_argument("--images", type=int, default=0, help="different ones; 0: every page")
    options = parser.parse_args()
    for order in options.orders:
        report(order, options.runner, options.lines, options.images)


if __name__ == "__main__":
    main()
