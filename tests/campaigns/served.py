"""``opis serve`` in a folder of its own: started, watched, killed and asked."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from PIL import Image, ImageDraw

from pipeline.fixity import file_sha256
from tests.workspace import (
    OPIS,
    PATIENCE,
    Workspace,
    data,
    database,
    free_port,
    outliving,
    prepare_database,
)

#: what a part of it is called, by words of its command line
PARTS = {
    "server": "prefect server start", "runner": "flows.deployments", "flow": "prefect.engine",
    "child": "pipeline.workers.worker", "tesseract": "tesseract ",
    "leash": "flows.serve.die_with_parent",
}  # fmt: skip


@dataclass
class Served:
    """A house whose inbox is watched."""

    workspace: Workspace
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    run: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; `said` goes on where it was."""
        self.workspace.inbox.mkdir(parents=True, exist_ok=True)
        prepare_database(self.workspace.folder / "prefect")
        environ = {k: v for k, v in os.environ.items() if not k.startswith(("OPIS_", "PREFECT_"))}
        environ |= {
            "OPIS_SETTLE_SECONDS": "0.5", "OPIS_SIDECAR_SECONDS": "0.5",
            "OPIS_RESCAN_SECONDS": "1", "OPIS_INCOMPLETE_SECONDS": "600",
            "OPIS_RETRY_SECONDS": "15", "OPIS_PORT": str(self.port),
            "OPIS_PAGES_PORT": str(free_port()),
            "PREFECT_HOME": str(self.workspace.folder / "prefect"),
            **database(self.workspace.folder),
        }  # fmt: skip
        with (self.workspace.folder / "said.txt").open("a") as said:
            self.run = subprocess.Popen(
                [OPIS, "serve"], cwd=self.workspace.folder, env=environ | self.environ,
                stdout=said, stderr=said,
            )  # fmt: skip

    def said(self) -> str:
        """Return all that it printed."""
        return (self.workspace.folder / "said.txt").read_text("utf-8")

    def until_said(self, words: str, seconds: float = PATIENCE, times: int = 1) -> None:
        """Wait until it has said something so many times."""
        until = time.monotonic() + seconds
        while self.said().count(words) < times:
            assert self.run is not None
            assert self.run.poll() is None, f"serve ended: {self.said()[-2000:]}"
            assert time.monotonic() < until, f"never said {words!r}: {self.said()[-2000:]}"
            time.sleep(0.2)

    def ask(self, path: str, **body: Any) -> Any:
        """Ask Prefect's API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}", json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def family(self) -> list[psutil.Process]:
        """Return every process that belongs to it."""
        if self.run is None or self.run.poll() is not None:
            return []
        try:
            return psutil.Process(self.run.pid).children(recursive=True)
        except psutil.NoSuchProcess:  # one ended while they were counted
            return []

    def parts(self, name: str) -> list[psutil.Process]:
        """Return the processes of one kind."""
        return [one for one in self.family() if PARTS[name] in _words(one)]

    def kill_everything(self) -> None:
        """Do as a power cut does."""
        assert self.run is not None
        for pid in [*(one.pid for one in self.family()), self.run.pid]:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        self.run.wait()

    def ends(self, seconds: float = 60) -> None:
        """Ask all of it to end; nothing may stay behind, and it says so once."""
        family, run = self.family(), self.run
        assert family
        assert run is not None
        before = self.said().count("opis: Interrupted.")
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=seconds) == 130
        assert not outliving(family)
        assert self.said().count("opis: Interrupted.") == before + 1


def _words(one: psutil.Process) -> str:
    try:
        return f"{' '.join(one.cmdline())} "
    except psutil.Error:
        return ""


def run_in_a_folder(name: str, campaign: Callable[[Path], list[str]]) -> None:
    """Run a campaign in a new folder; say what is amiss and end with 1, or take the folder away."""
    folder = Path(tempfile.mkdtemp(prefix=f"opis-{name}-"))
    found = campaign(folder)
    print("\n".join(found) or "nothing amiss")
    if found:
        print(f"It all lies in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder, ignore_errors=True)


def scans_in(inbox: Path) -> list[Path]:
    """Return what waits in an inbox and is no description."""
    return [
        path
        for path in inbox.rglob("*")
        if path.is_file()
        and path.suffix not in {".yaml", ".txt"}
        and path.relative_to(inbox).parts[0] != "refused"
        and not path.name.startswith(".")
    ]


def amiss(workspace: Workspace, dropped: Counter[str]) -> list[str]:
    """Return what is wrong after all is done: invariant 9, fixity, receipts, strays.

    It looks again for a while: a scan is told of a moment before it leaves the inbox, and the site
    is built after that.

    Args:
        house: where it was.
        dropped: SHA-256 of every scan that was dropped, with how often.
    """
    until = time.monotonic() + PATIENCE
    while (told := _amiss(workspace, dropped)) and time.monotonic() < until:
        time.sleep(1)
    return told


def _amiss(workspace: Workspace, dropped: Counter[str]) -> list[str]:
    told = []
    published = Counter(
        file_sha256(next(data(version, "original").iterdir())) for version in workspace.versions()
    )
    refused = Counter(
        file_sha256(path)
        for path in (workspace.inbox / "refused").rglob("*")
        if path.is_file() and path.suffix not in {".txt", ".yaml"}
    )
    waiting = Counter(file_sha256(path) for path in scans_in(workspace.inbox))
    told += [f"published twice: {sha}" for sha, count in published.items() if count > 1]
    lost = set(dropped) - set(published) - set(refused) - set(waiting)
    told += [f"lost: {sha}" for sha in lost]
    told += [f"came from nowhere: {sha}" for sha in (published + refused).keys() - dropped.keys()]
    once = {sha for sha, count in dropped.items() if count == 1}
    twice = once & set(published) & (set(refused) | set(waiting))
    told += [f"in two places: {sha}" for sha in twice]
    told += [f"refused more often than dropped: {sha}" for sha in once if refused[sha] > 1]
    book = json.loads(workspace.opis("receipts", "--json").stdout)
    told += [f"no receipt: {sha}" for sha in dropped.keys() - {one["sha256"] for one in book}]
    verified = workspace.opis("verify")
    if verified.returncode:
        told.append(f"verify: {verified.stdout}")
    told += [
        f"stray: {path}"
        for path in workspace.output.rglob("*")
        if path.name.endswith((".partial", ".tmp")) and ".opis" not in path.parts
    ]
    return told


def long_scan(path: Path, pages: int) -> None:
    """Write pages of text, each another: more than can be read in a moment."""
    made = []
    for number in range(pages):
        page = Image.new("L", (1654, 2339), 240)
        line = f"page {number} of {pages} tells of the talks that were held in Moscow"
        ImageDraw.Draw(page).text((150, 150), "\n".join([line] * 40), 20, font_size=36)
        made.append(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_suffix(".part")
    made[0].save(written, "TIFF", save_all=True, append_images=made[1:])
    written.rename(path)


def started(made: Served) -> Iterator[Served]:
    """Start it and wait until it watches its inbox; end it when the block is left."""
    made.start()
    made.until_said("Watching")
    try:
        yield made
    finally:
        if made.run is not None and made.run.poll() is None:
            made.kill_everything()


def drop_small(served: Served, numbers: range) -> Counter[str]:
    """Drop small scans, each another, and return their digests."""
    dropped: Counter[str] = Counter()
    for number in numbers:
        made = Image.new("L", (500, 300), 235)
        ImageDraw.Draw(made).text((40, 40), f"scan {number}\nof the talks", 15, font_size=40)
        beside = served.workspace.folder / f"scan {number}.png"
        made.save(beside)
        dropped[file_sha256(beside)] += 1
        beside.rename(served.workspace.inbox / beside.name)
    return dropped


def count_readings(served: Served) -> int:
    """Return how many readings are in the page cache."""
    return len(list(served.workspace.output.rglob("reading/**/*.json")))


def pages_address(served: Served) -> str:
    """Return the address at which it hands out records, as it says."""
    return served.said().rpartition("records are at ")[2].partition(". Ctrl-C")[0]
