"""A Tesseract that hangs, crashes or answers rubbish: the scan waits until Tesseract works."""

import json
import os
import shutil
from pathlib import Path

import pytest
from pypdf import PdfWriter

from tests.workspace import LETTER, Workspace

pytestmark = pytest.mark.tesseract

WAYS = {
    "crashes": "kill -SEGV $$",
    "hangs": "exec sleep 300",
    "answers nothing": "exit 0",
    "answers rubbish": "head -c 2000 /dev/urandom > $2.tsv; cp $2.tsv $2.txt",
}


def broken(folder: Path, way: str) -> str:
    """Return a PATH whose engine cannot read; it still prints its version and its languages."""
    engine, real = folder / "bin" / "tesseract", shutil.which("tesseract")
    engine.parent.mkdir()
    engine.write_text(
        f'#!/bin/sh\ncase "$1" in --*) exec {real} "$@" ;; esac\n{way}\n', encoding="utf-8"
    )
    engine.chmod(0o755)
    return f"{engine.parent}:{os.environ['PATH']}"


def first_page(folder: Path, delo: int) -> Path:
    """Write the first page of the letter as a scan of its own, in other bytes for each delo."""
    scan = folder / f"RGASPI_f558_op11_d{delo}_l110.pdf"
    with PdfWriter() as pdf:
        pdf.append(LETTER, pages=(0, 1))
        pdf.add_metadata({"/Title": f"delo {delo}"})
        pdf.write(scan)
    return scan


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_engine_harms_no_scan(way: str, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    scan = first_page(tmp_path, 330)
    workspace.drop(scan)
    path = broken(tmp_path, WAYS[way])
    failed = workspace.opis(
        "ingest", "--direct", "--languages", "rus", PATH=path, OPIS_PAGE_TIMEOUT="6"
    )
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "tesseract reads nothing on this machine" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert (workspace.inbox / scan.name).exists()
    assert not workspace.versions()
    result = workspace.opis("ingest", "--direct", "--languages", "rus")
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(workspace.versions()) == 1


def test_an_image_that_was_read_in_another_scan_is_not_read_again(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    workspace.drop(first_page(tmp_path, 330))
    assert workspace.opis("ingest", "--direct", "--languages", "rus").returncode == 0
    workspace.drop(first_page(tmp_path, 331))
    path = broken(tmp_path, WAYS["answers nothing"])
    result = workspace.opis("ingest", "--direct", "--languages", "rus", PATH=path)
    assert result.returncode == 0, result.stdout + result.stderr
    first, second = (
        json.loads((version / "data/record.json").read_bytes()) for version in workspace.versions()
    )
    assert second["pages"] == first["pages"]
    assert second["provenance"]["source"]["sha256"] != first["provenance"]["source"]["sha256"]
    assert '"cached":1' in (workspace.output / "receipts.jsonl").read_text("utf-8").splitlines()[-1]
