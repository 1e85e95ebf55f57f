"""``opis serve`` as a person starts and ends it."""

import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from PIL import Image, ImageDraw

from tests.house import LETTER, OPIS, House, data, free_port

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@dataclass(frozen=True)
class Served:
    """A house whose inbox is watched."""

    house: House
    run: "subprocess.Popen[bytes]"
    port: int

    def said(self) -> str:
        return (self.house.folder / "said.txt").read_text("utf-8")

    def until_said(self, words: str, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while words not in self.said():
            assert self.run.poll() is None, "serve ended"
            assert time.monotonic() < until, f"it never said {words!r}"
            time.sleep(0.2)

    def ends(self, seconds: float) -> None:
        """Ask all of it to end; nothing may stay behind, and it says so once."""
        family = psutil.Process(self.run.pid).children(recursive=True)
        assert family
        self.run.send_signal(signal.SIGTERM)
        assert self.run.wait(timeout=seconds) == 130
        assert not [child for child in family if child.is_running()]
        assert self.said().count("opis: Interrupted.") == 1


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = House(tmp_path)
    made.inbox.mkdir()
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("OPIS_", "PREFECT_"))}
    environ |= {
        "OPIS_SETTLE_SECONDS": "0.5", "OPIS_SIDECAR_SECONDS": "0.5", "OPIS_RESCAN_SECONDS": "1",
        "OPIS_INCOMPLETE_SECONDS": "60", "OPIS_PAGES_PORT": str(free_port()),
        "PREFECT_HOME": str(tmp_path / "prefect"),
    }  # fmt: skip
    with (tmp_path / "said.txt").open("w") as said:
        run = subprocess.Popen(
            [OPIS, "serve", "--port", str(port)],
            cwd=tmp_path, env=environ, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        yield Served(made, run, port)
    finally:
        run.kill()
        run.wait()


def test_a_scan_that_arrives_is_published_and_all_ends_on_sigterm(served: Served) -> None:
    served.until_said("Watching", 120)
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/", timeout=10) as page:
        assert b"Prefect" in page.read()
    served.house.drop(LETTER)
    (served.house.inbox / "notes.pdf").write_text("these are only words")
    served.until_said("published RGASPI")
    assert data(served.house.versions()[0], "record.json").is_file()
    served.until_said("refused: notes.pdf is no")
    served.ends(15)


def test_sigterm_ends_it_in_the_midst_of_a_long_scan(served: Served) -> None:
    served.until_said("Watching", 120)
    scan = served.house.inbox / "long.tif"
    _write_long_scan(scan)
    served.until_said("ingest 1 scan, 60 pages")
    while len(list(served.house.output.rglob("reading/**/*.json"))) < 4:
        assert served.run.poll() is None
        time.sleep(0.2)
    served.ends(15)
    assert scan.exists()
    assert not served.house.versions()


def _write_long_scan(path: Path) -> None:
    """Write sixty pages of text, each another: more than can be read before the end."""
    pages = []
    for number in range(60):
        page = Image.new("L", (1654, 2339), 240)
        line = f"page {number} tells of the talks that were held in Moscow"
        ImageDraw.Draw(page).text((150, 150), "\n".join([line] * 40), 20, font_size=38)
        pages.append(page)
    written = path.with_suffix(".part")
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:])
    written.rename(path)


def test_a_scan_that_comes_in_slices_is_one_record(served: Served) -> None:
    served.until_said("Watching", 120)
    whole = LETTER.read_bytes()
    step = len(whole) // 6 + 1
    with (served.house.inbox / "slices.pdf").open("ab") as file:
        file.write(whole[:step])
    for place in range(step, len(whole), step):
        time.sleep(3)  # longer than the settling: each slice looks like the last
        with (served.house.inbox / "slices.pdf").open("ab") as file:
            file.write(whole[place : place + step])
    served.until_said("published slices.pdf")
    assert "waits: slices.pdf is cut off" in served.said()
    assert "\nrefused" not in served.said()
    assert len(served.house.versions()) == 1
    served.ends(15)
