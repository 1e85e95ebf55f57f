"""``opis serve`` as a person starts and ends it."""

import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tests.campaigns.served import Served
from tests.house import LETTER, House, data

pytestmark = [pytest.mark.prefect, pytest.mark.tesseract]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served(House(tmp_path))
    made.start()
    made.until_said("Watching")
    try:
        yield made
    finally:
        if made.run is not None and made.run.poll() is None:
            made.kill_everything()


def test_a_scan_that_arrives_is_published_and_all_ends_on_sigterm(served: Served) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/", timeout=10) as page:
        assert b"Prefect" in page.read()
    served.house.drop(LETTER)
    (served.house.inbox / "notes.pdf").write_text("these are only words")
    served.until_said("published RGASPI")
    assert data(served.house.versions()[0], "record.json").is_file()
    served.until_said("refused: notes.pdf is no")
    served.ends(15)


def test_sigterm_ends_it_in_the_midst_of_a_long_scan(served: Served) -> None:
    scan = served.house.inbox / "long.tif"
    _write_long_scan(scan)
    served.until_said("ingest 1 scan, 60 pages")
    while len(list(served.house.output.rglob("reading/**/*.json"))) < 4:
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
