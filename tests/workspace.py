"""Runs the real command in a folder of its own, as a person would."""

import asyncio
import hashlib
import itertools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import asyncpg
import psutil
from filelock import FileLock

from tests.forked_commands import ON_PREFECT, run_command

ROOT = Path(__file__).parent.parent
LETTER = ROOT / "samples" / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
OPIS = Path(sys.executable).with_name("opis")
PATIENCE = 600.0  #: seconds for anything that a slow machine does; a test that waits longer hangs
_PORTS = itertools.count(10_000 + os.getpid() * 37 % 20_000)  # below those of outgoing connections


@dataclass(frozen=True)
class Workspace:
    """A folder with an inbox and an output."""

    folder: Path
    shared_pages: Path | None = None  #: a page cache of several tests: what one read, none reads

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def drop(self, *scans: Path, into: str = "") -> None:
        """Put scans, and the sidecars beside them, into the inbox."""
        target = self.inbox / into
        target.mkdir(parents=True, exist_ok=True)
        for scan in scans:
            for path in (scan, scan.with_suffix(".yaml")):
                if path.is_file():
                    shutil.copy(path, target)

    def opis(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command here; it does not wait for files to settle."""
        self._share_pages()
        if not ON_PREFECT.intersection(words[:1]) or "--direct" in words:
            return run_command(words, self.folder, self._environ(environ), PATIENCE)
        if not environ.keys() & {"PREFECT_API_URL", "PREFECT_HOME"}:
            prepare_database(self.folder / "prefect")
        return self._run([str(OPIS), *words], environ)

    def python(self, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run Python here, as a command would run."""
        self._share_pages()
        return self._run([sys.executable, "-c", code], environ)

    def _run(self, words: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            cwd=self.folder,
            env=self._environ(environ),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def _environ(self, environ: dict[str, str]) -> dict[str, str]:
        base = {k: v for k, v in os.environ.items() if not k.startswith(("OPIS_", "PREFECT_"))}
        base |= {"OPIS_SETTLE_SECONDS": "0", "OPIS_INCOMPLETE_SECONDS": "0"}
        base |= {"OPIS_JOBS": "1"}  # other tests have the other cores
        base |= {"OPIS_LANGUAGES": "rus+eng"}  # whatever else is installed on this machine
        base |= {"PREFECT_HOME": str(self.folder / "prefect"), **database(self.folder)}
        return base | environ

    def _share_pages(self) -> None:
        """Put a link to the shared page cache where this one's would be."""
        cache_folder = self.output / ".opis" / "cache"
        if self.shared_pages is not None and not cache_folder.exists():
            self.shared_pages.mkdir(parents=True, exist_ok=True)
            cache_folder.parent.mkdir(parents=True, exist_ok=True)
            cache_folder.symlink_to(self.shared_pages)

    def versions(self) -> list[Path]:
        """Return the folders of all published versions, without those being written."""
        folders = [path.parent for path in paths_below(self.output) if path.name == "bagit.txt"]
        return sorted(folder for folder in folders if not folder.name.startswith("."))

    def readings(self) -> list[Path]:
        """Return the files of all pages that the page cache has as read."""
        cache_folder = self.output / ".opis" / "cache" / "reading"
        return [
            path
            for path in paths_below(cache_folder)
            if path.suffix == ".json" and not path.name.startswith(".")
        ]


def paths_below(folder: Path) -> list[Path]:
    """Return all folders and files below a folder while a running Opis adds and removes some.

    `Path.rglob` raises where a folder disappears between its listing and its turn.
    """
    walk = os.walk(folder)
    return [Path(parent, name) for parent, folders, files in walk for name in folders + files]


def prepare_database(home: Path) -> None:
    """Give a Prefect server a database as a first start leaves it: 3 s less of CPU each time."""
    if "TEST_POSTGRES" not in os.environ and not (home / "prefect.db").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(_empty_database(), home / "prefect.db")


@cache
def _empty_database() -> Path:
    """Return a Prefect database in which nothing has run yet; made once a release of Prefect."""
    folder = ROOT / ".pytest_cache" / f"prefect-{version('prefect')}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not (folder / "whole").exists():
            environ = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
            environ |= {"PREFECT_HOME": str(folder), "DO_NOT_TRACK": "1"}
            words = [str(OPIS.with_name("prefect")), "server", "database", "upgrade", "-y"]
            subprocess.run(words, env=environ, check=True, capture_output=True)
            (folder / "whole").touch()
    return folder / "prefect.db"


def database(folder: Path) -> dict[str, str]:
    """Return what gives a Prefect server a database of its own, where tests run on PostgreSQL."""
    server = os.environ.get("TEST_POSTGRES")
    if server is None:
        return {}
    name = "workspace_" + hashlib.sha256(str(folder).encode()).hexdigest()[:24]
    asyncio.run(_create_database(server, name))
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": f"{server.rpartition('/')[0]}/{name}"}


async def _create_database(server: str, name: str) -> None:
    connection = await asyncpg.connect(server.replace("+asyncpg", ""))
    try:
        with suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def free_port() -> int:
    """Return a port that nobody listens on, and that no other test of this process uses."""
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def outliving(family: Iterable[psutil.Process], seconds: float = 60) -> list[psutil.Process]:
    """Return the processes that still run; children end a moment after their parent."""
    _, alive = psutil.wait_procs(list(family), timeout=seconds)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def data(version: Path, name: str) -> Path:
    """Return a file of a version's payload."""
    return version / "data" / name
