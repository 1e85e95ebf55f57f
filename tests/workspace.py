"""Runs the real command in a folder of its own, as a person would."""

import asyncio
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil

ROOT = Path(__file__).parent.parent
LETTER = ROOT / "samples" / "RGASPI_f558_op11_d330_ll0110-0113.pdf"
OPIS = Path(sys.executable).with_name("opis")


@dataclass(frozen=True)
class Workspace:
    """A folder with an inbox and an output."""

    folder: Path

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
        """Run a command here; nothing waits for files to settle, they lie still."""
        return self._run([str(OPIS), *words], environ)

    def python(self, code: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run Python here, as a command would run."""
        return self._run([sys.executable, "-c", code], environ)

    def _run(self, words: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
        base = {k: v for k, v in os.environ.items() if not k.startswith(("OPIS_", "PREFECT_"))}
        base |= {"OPIS_SETTLE_SECONDS": "0", "OPIS_INCOMPLETE_SECONDS": "0"}
        base |= {"PREFECT_HOME": str(self.folder / "prefect"), **database(self.folder)}
        return subprocess.run(
            words,
            cwd=self.folder,
            env=base | environ,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    def versions(self) -> list[Path]:
        """Return the folders of all published versions."""
        return sorted(path.parent for path in self.output.rglob("bagit.txt"))


def database(folder: Path) -> dict[str, str]:
    """Return what gives a Prefect server a database of its own, where tests run on PostgreSQL."""
    server = os.environ.get("TEST_POSTGRES")
    if server is None:
        return {}
    name = "house_" + hashlib.sha256(str(folder).encode()).hexdigest()[:24]
    asyncio.run(_create(server, name))
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": f"{server.rpartition('/')[0]}/{name}"}


async def _create(server: str, name: str) -> None:
    connection = await asyncpg.connect(server.replace("+asyncpg", ""))
    try:
        with suppress(asyncpg.DuplicateDatabaseError):
            await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


def outliving(family: Iterable[psutil.Process], seconds: float = 8) -> list[psutil.Process]:
    """Return who lives on; what is on a leash ends a moment after its holder."""
    _, alive = psutil.wait_procs(list(family), timeout=seconds)
    return [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def data(version: Path, name: str) -> Path:
    """Return a file of a version's payload."""
    return version / "data" / name
