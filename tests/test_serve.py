"""``opis serve`` as a person starts and ends it."""

import os
import signal
import subprocess
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.house import LETTER, OPIS, House, data, free_port

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


def test_a_scan_that_arrives_is_published_and_all_ends_on_sigterm(tmp_path: Path) -> None:
    made = House(tmp_path)
    made.inbox.mkdir()
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("OPIS_", "PREFECT_"))}
    environ |= {"OPIS_SETTLE_SECONDS": "0.5", "PREFECT_HOME": str(tmp_path / "prefect")}
    with (tmp_path / "said.txt").open("w") as said:
        run = subprocess.Popen(
            [OPIS, "serve", "--port", str(port)],
            cwd=tmp_path, env=environ, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        _until(lambda: "Watching" in _said(tmp_path), 120, run)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert b"Prefect" in page.read()
        made.drop(LETTER)
        (made.inbox / "notes.pdf").write_text("these are only words")
        _until(lambda: "published RGASPI" in _said(tmp_path), 90, run)
        assert data(made.versions()[0], "record.json").is_file()
        _until(lambda: "refused notes.pdf is no" in _said(tmp_path), 60, run)
        family = psutil.Process(run.pid).children(recursive=True)
        assert family
        run.send_signal(signal.SIGTERM)
        assert run.wait(timeout=15) == 130
        assert not [child for child in family if child.is_running()]
    finally:
        run.kill()
        run.wait()


def _said(folder: Path) -> str:
    return (folder / "said.txt").read_text("utf-8")


def _until(true: "object", seconds: float, run: "subprocess.Popen[bytes]") -> None:
    assert callable(true)
    until = time.monotonic() + seconds
    while not true():
        assert run.poll() is None, "serve ended"
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.2)
