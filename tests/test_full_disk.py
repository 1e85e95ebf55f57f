"""The disk is full at any step of the way to a record: nothing is half, and it goes on later."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.factories import scan_pdf
from tests.workspace import Workspace

pytestmark = [
    pytest.mark.tesseract,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("mount") is None,
        reason="only root may mount a small disk",
    ),
]
_PLENTY = 64 * 2**20  #: bytes


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace whose output is a disk of its own."""
    workspace = Workspace(tmp_path)
    workspace.output.mkdir()
    _run("mount", "-t", "tmpfs", "-o", f"size={_PLENTY}", "tmpfs", str(workspace.output))
    try:
        yield workspace
    finally:
        _run("umount", "--lazy", str(workspace.output))


def _run(*words: str) -> None:
    result = subprocess.run(words, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip(f"{' '.join(words)}: {result.stderr.strip()}")


def _resize(workspace: Workspace, size: int) -> None:
    _run("mount", "-o", f"remount,size={size}", str(workspace.output))


def _used(workspace: Workspace) -> int:
    return shutil.disk_usage(workspace.output).used


@pytest.mark.parametrize(
    "flow", [False, pytest.param(True, marks=pytest.mark.prefect)], ids=["direct", "prefect"]
)
def test_wherever_the_disk_is_full_nothing_is_half_published(
    small: Workspace, flow: bool, request: pytest.FixtureRequest
) -> None:
    words = ["ingest"] if flow else ["ingest", "--direct"]
    environ = {"PREFECT_API_URL": request.getfixturevalue("server")} if flow else {}
    scan_pdf(small.inbox / "scan.pdf", 2)
    assert small.opis("ingest", "--direct").returncode == 0
    needed, before = _used(small), 0
    for size in _sizes(needed, 2 if flow else 5):
        _empty(small)
        _resize(small, size)
        scan_pdf(small.inbox / "scan.pdf", 2)
        full = small.opis(*words, **environ)
        assert "Traceback" not in full.stdout + full.stderr
        if full.returncode == 0:
            continue
        before += 1
        assert full.returncode in {1, 2}, full.stdout + full.stderr
        assert "disk is full" in full.stdout + full.stderr
        assert (small.inbox / "scan.pdf").exists()
        assert not small.versions()
        _resize(small, _PLENTY)
        again = small.opis("ingest", "--direct")
        assert again.returncode == 0, again.stdout + again.stderr
        assert len(small.versions()) == 1
        assert small.opis("verify").returncode == 0
    assert before > 1, "no disk was small enough"


def _sizes(needed: int, steps: int) -> Iterator[int]:
    """Yield sizes of a disk, each a step farther along the way."""
    for step in range(1, steps + 1):
        yield max(needed * step // (steps + 1) // 4096 * 4096, 8192)


def _empty(workspace: Workspace) -> None:
    _resize(workspace, _PLENTY)
    for path in workspace.output.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    for path in workspace.output.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
