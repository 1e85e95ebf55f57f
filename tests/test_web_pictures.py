"""BMP, GIF and WebP go the whole way: pages, searchable PDF, page images for a screen, exports."""

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from pipeline.imaging.derivatives import write_derivatives
from pipeline.imaging.inspect import inspect_scan
from pipeline.imaging.page_image import extract_display_image, extract_page_image
from pipeline.model import Limits
from pipeline.repository.export_source import media_type_of
from pipeline.repository.publish import publish_record
from pipeline.repository.verify_version import check_version
from pipeline.settings import Settings
from tests.factories import CLOCK, HEIGHT, LETTER, WIDTH, admitted_scan, pages, record

GREYS = (200, 120)  #: of the pages


def picture(path: Path, count: int) -> Path:
    """Write a picture of one frame or more, each of another grey with a dark corner."""
    frames = []
    for grey in GREYS[:count]:
        frame = Image.new("RGB", (WIDTH, HEIGHT), (grey, grey, grey))
        frame.paste((0, 0, 0), (0, 0, 60, 40))
        frames.append(frame)
    if count > 1:
        frames[0].save(path, save_all=True, append_images=frames[1:], lossless=True)
    else:
        frames[0].save(path, dpi=(72, 72))
    return path


@pytest.mark.parametrize(("name", "count"), [("scan.bmp", 1), ("scan.gif", 2), ("scan.webp", 2)])
def test_a_picture_of_the_web_becomes_a_whole_record(tmp_path: Path, name: str, count: int) -> None:
    (tmp_path / "inbox").mkdir()
    path = picture(tmp_path / "inbox" / name, count)
    facts = inspect_scan(path, Limits())
    assert facts.page_count == count
    for number, grey in enumerate(GREYS[:count], 1):
        pixels, image, _ = extract_page_image(path, facts.media_type, number, 300, 10**7)
        assert (pixels.shape, image.damage) == ((HEIGHT, WIDTH), "")
        assert int(pixels[5, 5]) == 0
        assert int(pixels[-5, -5]) == pytest.approx(grey, abs=3)

    scan = replace(admitted_scan(path, count, references="RGASPI, f. 1, op. 1, d. 1"), facts=facts)
    settings = Settings(inbox=tmp_path / "inbox", output=tmp_path / "output")
    texts = LETTER[:count]
    published = publish_record(scan, record(scan, texts), lambda: pages(texts), settings, CLOCK)
    folder = published.folder
    assert check_version(folder) == []
    with pypdfium2.PdfDocument(folder.searchable_pdf) as pdf:
        shown = [page.render().to_numpy() for page in pdf]
    assert [int(np.median(page)) for page in shown] == pytest.approx(GREYS[:count], abs=3)
    assert media_type_of(f"data/original/{name}") == facts.media_type


@pytest.mark.parametrize(("name", "count"), [("scan.bmp", 1), ("scan.gif", 2), ("scan.webp", 2)])
def test_a_screen_gets_a_jpeg_of_each_page(tmp_path: Path, name: str, count: int) -> None:
    path = picture(tmp_path / name, count)
    kind = inspect_scan(path, Limits()).media_type
    for number, grey in enumerate(GREYS[:count], 1):
        target = tmp_path / f"{number}.jpg"
        pixels, jpeg = extract_display_image(path, kind, number, 300, 10**7)
        write_derivatives(pixels, [(300, target)], jpeg)
        with Image.open(io.BytesIO(target.read_bytes())) as image:
            assert (image.format, image.width) == ("JPEG", 300)
            assert image.convert("L").getpixel((290, 390)) == pytest.approx(grey, abs=4)
