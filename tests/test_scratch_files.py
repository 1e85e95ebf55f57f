"""What a killed process left in the machine's temporary folder is removed; nothing else is."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.system.scratch_files import remove_stale_scratch, scratch_prefix


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _ended_process() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    return process.pid


def test_files_and_folders_of_ended_processes_are_removed(temporary: Path) -> None:
    ended = _ended_process()
    for name in (f"opis-{ended}-page-a", f"opis-{ended}-verify-b", f"opis-page-{ended}-c"):
        (temporary / name).mkdir()
        (temporary / name / "fresh.sqlite").touch()
    (temporary / f"opis-{ended}-certificate-d.pem").touch()
    remove_stale_scratch()
    assert not list(temporary.iterdir())


def test_files_of_running_processes_and_of_others_stay(temporary: Path) -> None:
    ended = _ended_process()
    names = {
        f"{scratch_prefix('page')}a", f"opis-{os.getppid()}-page-b", "opis-1-page-c", "opis-notes",
        f"opis-{ended}", f"other-opis-{ended}-page-d", f"opis-site-{ended}-e",
    }  # fmt: skip
    for name in names:
        (temporary / name).mkdir()
    outside = temporary / "outside"
    outside.mkdir()
    (temporary / f"opis-{ended}-page-link").symlink_to(outside)
    remove_stale_scratch()
    assert {path.name for path in temporary.iterdir()} == names | {"outside"}
