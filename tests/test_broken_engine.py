"""A Tesseract that hangs, crashes or answers rubbish: the scan waits until it is well."""

import os
import shutil
from pathlib import Path

import pytest

from tests.house import LETTER, House

pytestmark = pytest.mark.tesseract

WAYS = {
    "crashes": "kill -SEGV $$",
    "hangs": "exec sleep 300",
    "answers nothing": "exit 0",
    "answers rubbish": "head -c 2000 /dev/urandom > $2.tsv; cp $2.tsv $2.txt",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_engine_harms_no_scan(way: str, tmp_path: Path) -> None:
    house, real = House(tmp_path), shutil.which("tesseract")
    house.drop(LETTER)
    broken = tmp_path / "bin" / "tesseract"
    broken.parent.mkdir()
    broken.write_text(
        f'#!/bin/sh\ncase "$1" in --*) exec {real} "$@" ;; esac\n{WAYS[way]}\n', encoding="utf-8"
    )
    broken.chmod(0o755)
    path = f"{broken.parent}:{os.environ['PATH']}"
    failed = house.opis(
        "ingest", "--direct", "--languages", "rus", PATH=path, OPIS_PAGE_TIMEOUT="2"
    )
    assert failed.returncode == 1, failed.stdout + failed.stderr
    assert "tesseract reads nothing on this machine" in failed.stdout
    assert "Traceback" not in failed.stdout + failed.stderr
    assert (house.inbox / LETTER.name).exists()
    assert not house.versions()
    done = house.opis("ingest", "--direct", "--languages", "rus")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(house.versions()) == 1
