"""Run ``opis serve`` in a folder of its own; check what became of the scans dropped on it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
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
    paths_below,
    prepare_database,
)

#: The kinds of processes, each by words of its command line.
PROCESS_KINDS = {
    "server": "flows.serve.prefect_app", "runner": "flows.deployments", "flow": "prefect.engine",
    "child": "pipeline.workers.worker", "tesseract": "tesseract ",
    "watchdog": "flows.serve.die_with_parent",
}  # fmt: skip


@dataclass
class OpisServe:
    """A running ``opis serve`` and its workspace."""

    workspace: Workspace
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    run: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Start it; its output is appended to that of earlier starts."""
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
        with (self.workspace.folder / "serve-output.txt").open("a") as log:
            self.run = subprocess.Popen(
                [OPIS, "serve"], cwd=self.workspace.folder, env=environ | self.environ,
                stdout=log, stderr=log,
            )  # fmt: skip

    def output_text(self) -> str:
        """Return its whole output."""
        return (self.workspace.folder / "serve-output.txt").read_text("utf-8")

    def wait_for_output(self, words: str, seconds: float = PATIENCE, times: int = 1) -> None:
        """Wait until its output has these words ``times`` times."""
        deadline = time.monotonic() + seconds
        while self.output_text().count(words) < times:
            assert self.run is not None
            assert self.run.poll() is None, f"serve ended: {self.output_text()[-2000:]}"
            assert time.monotonic() < deadline, (
                f"never printed {words!r}: {self.output_text()[-2000:]}"
            )
            time.sleep(0.2)

    def query(self, path: str, **body: Any) -> Any:
        """Return the answer of Prefect's API to a POST request.

        While its database is busy the server answers 503, and Prefect's own clients ask again.
        """
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}", json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                    return json.load(response)
            except urllib.error.HTTPError as error:
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or time.monotonic() > until:
                    raise
            time.sleep(0.5)

    def started_runs(self, **body: Any) -> list[Any]:
        """Return Prefect's runs that no schedule made; ``body`` is as for ``query``."""
        runs = self.query("flow_runs/filter", **body)
        return [run for run in runs if not run["auto_scheduled"]]

    def processes(self) -> list[psutil.Process]:
        """Return all its child processes."""
        if self.run is None or self.run.poll() is not None:
            return []
        try:
            return psutil.Process(self.run.pid).children(recursive=True)
        except psutil.NoSuchProcess:  # it ended in between
            return []

    def processes_of_kind(self, name: str) -> list[psutil.Process]:
        """Return the processes of one kind."""
        words = PROCESS_KINDS[name]
        return [process for process in self.processes() if words in _command_line(process)]

    def kill_everything(self) -> None:
        """Kill all its processes, as a power cut does."""
        assert self.run is not None
        for pid in [*(process.pid for process in self.processes()), self.run.pid]:
            with suppress(psutil.NoSuchProcess):
                psutil.Process(pid).kill()
        self.run.wait()

    def stop_and_check(self, seconds: float = 60) -> None:
        """Terminate it; no process may survive, and it must report the interruption once."""
        processes, run = self.processes(), self.run
        assert processes
        assert run is not None
        before = self.output_text().count("opis: Interrupted.")
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=seconds) == 130
        assert not outliving(processes)
        assert self.output_text().count("opis: Interrupted.") == before + 1


def _command_line(process: psutil.Process) -> str:
    try:
        return f"{' '.join(process.cmdline())} "
    except psutil.Error:
        return ""


def run_campaign(name: str, campaign: Callable[[Path], list[str]]) -> None:
    """Run a campaign in a new folder; exit with 1 on problems, otherwise remove the folder."""
    folder = Path(tempfile.mkdtemp(prefix=f"opis-{name}-"))
    problems = campaign(folder)
    print("\n".join(problems) or "no problems")
    if problems:
        print(f"All files are in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder, ignore_errors=True)


def waiting_scans(inbox: Path) -> list[Path]:
    """Return the scans that wait in an inbox."""
    return [
        path
        for path in paths_below(inbox)
        if path.is_file()
        and path.suffix not in {".yaml", ".txt"}
        and path.relative_to(inbox).parts[0] != "refused"
        and not path.name.startswith(".")
    ]


def archive_problems(workspace: Workspace, digests: Counter[str]) -> list[str]:
    """Return the problems after all work is done: invariant 9, fixity, receipts, strays.

    It checks again for a while: a scan is reported a moment before it leaves the inbox, and the
    site is built after that.

    Args:
        workspace: of the run.
        digests: SHA-256 of every scan that was dropped, with the number of its drops.
    """
    deadline = time.monotonic() + PATIENCE
    while (problems := _check_archive(workspace, digests)) and time.monotonic() < deadline:
        time.sleep(1)
    return problems


def _check_archive(workspace: Workspace, digests: Counter[str]) -> list[str]:
    problems = []
    published = Counter(
        file_sha256(next(data(version, "original").iterdir())) for version in workspace.versions()
    )
    refused = Counter(
        file_sha256(path)
        for path in paths_below(workspace.inbox / "refused")
        if path.is_file() and path.suffix not in {".txt", ".yaml"}
    )
    waiting = Counter(file_sha256(path) for path in waiting_scans(workspace.inbox))
    problems += [f"published twice: {sha}" for sha, count in published.items() if count > 1]
    lost = set(digests) - set(published) - set(refused) - set(waiting)
    problems += [f"lost: {sha}" for sha in lost]
    problems += [
        f"came from nowhere: {sha}" for sha in (published + refused).keys() - digests.keys()
    ]
    once = {sha for sha, count in digests.items() if count == 1}
    twice = once & set(published) & (set(refused) | set(waiting))
    problems += [f"in two places: {sha}" for sha in twice]
    problems += [f"refused more often than dropped: {sha}" for sha in once if refused[sha] > 1]
    problems += [
        f"stray: {path}"
        for path in paths_below(workspace.output)
        if path.name.endswith((".partial", ".tmp")) and ".opis" not in path.parts
    ]
    if problems:
        return problems  # work goes on; the commands below cost more than all checks above
    receipts = json.loads(workspace.opis("receipts", "--json").stdout)
    with_receipt = {receipt["sha256"] for receipt in receipts}
    problems += [f"no receipt: {sha}" for sha in digests.keys() - with_receipt]
    verified = workspace.opis("verify")
    if verified.returncode:
        problems.append(f"verify: {verified.stdout}")
    return problems


def long_scan(path: Path, pages: int, lines: int = 40) -> None:
    """Write a TIFF of different pages of text; a page of forty lines takes a second or two."""
    images = []
    for number in range(pages):
        page = Image.new("L", (1654, 2339), 240)
        line = f"page {number} of {pages} tells of the talks that were held in Moscow"
        ImageDraw.Draw(page).text((150, 150), "\n".join([line] * lines), 20, font_size=36)
        images.append(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".part")
    images[0].save(partial, "TIFF", save_all=True, append_images=images[1:])
    partial.rename(path)


def start_then_kill(serve: OpisServe) -> Iterator[OpisServe]:
    """Start it, wait until it watches its inbox, and kill it at the end."""
    serve.start()
    serve.wait_for_output("Watching")
    try:
        yield serve
    finally:
        if serve.run is not None and serve.run.poll() is None:
            serve.kill_everything()


def drop_small(serve: OpisServe, numbers: range) -> Counter[str]:
    """Drop different small scans and return their digests."""
    digests: Counter[str] = Counter()
    for number in numbers:
        image = Image.new("L", (500, 300), 235)
        ImageDraw.Draw(image).text((40, 40), f"scan {number}\nof the talks", 15, font_size=40)
        path = serve.workspace.folder / f"scan {number}.png"
        image.save(path)
        digests[file_sha256(path)] += 1
        path.rename(serve.workspace.inbox / path.name)
    return digests


def count_readings(serve: OpisServe) -> int:
    """Return the number of readings in the page cache."""
    return len(serve.workspace.readings())


def pages_address(serve: OpisServe) -> str:
    """Return the address of the records, from its output."""
    return serve.output_text().rpartition("records are at ")[2].partition(". Ctrl-C")[0]
