"""Small values of the real types for tests; no mocks."""

import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import img2pdf
import pikepdf
from PIL import Image

from flows.clock import FixedClock
from pipeline.description.merge import merge_sources
from pipeline.description.sources import DescriptionSource
from pipeline.description.yaml_file import FieldValue
from pipeline.fixity import file_sha256
from pipeline.model import (
    EmbeddedText,
    EngineSignature,
    Origin,
    PageImage,
    PageReading,
    PageSource,
    PageState,
    Placement,
    ProcessingStep,
    ScanFacts,
)
from pipeline.record.assemble import assemble_record
from pipeline.record.record import Record
from pipeline.repository.publish import PublishResult, publish_record
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings
from pipeline.text import Block, Box, Line, PageText, Word

MOMENT = datetime(1949, 1, 14, 12, tzinfo=UTC)
CLOCK = FixedClock(MOMENT)
SIGNATURE = EngineSignature(
    "canned", "1", ("rus",), {"rus": "a" * 64}, {"options": "--psm 3", "OMP_THREAD_LIMIT": "1"}
)
WIDTH, HEIGHT = 600, 800  #: pixels of a page image
LETTER = ("Товарищу Мао Цзэ-дуну.\nМы получили Вашу пере-\nписку о перемирии.", "Филиппов")


def text(lines: str, confidence: float = 0.9) -> PageText:
    """Return a page text on a grid of boxes; an empty line separates blocks."""
    blocks, row = list[Block](), 0
    for paragraph in lines.split("\n\n") if lines.strip() else []:
        block_lines = list[Line]()
        for line in paragraph.split("\n"):
            words = [
                Word(word, Box(20 + 90 * place, 20 + 30 * row, 80, 20), confidence)
                for place, word in enumerate(line.split())
            ]
            block_lines.append(Line(tuple(words)))
            row += 1
        blocks.append(Block(tuple(block_lines)))
    return PageText(tuple(blocks))


def source(number: int, embedded: EmbeddedText | None = None) -> PageSource:
    """Return the source of a page whose image fills it, at 72 dpi."""
    image = PageImage(
        sha256=f"{number:064x}",
        width=WIDTH,
        height=HEIGHT,
        dpi_x=72.0,
        dpi_y=72.0,
        origin=Origin.EMBEDDED,
        placement=Placement(WIDTH, HEIGHT, 0, 0, WIDTH, HEIGHT),
        extraction="DCTDecode",
    )
    return PageSource(image, embedded)


def pages(texts: Iterable[str] = LETTER, confidence: float = 0.9) -> Iterator[ReadPage]:
    """Yield read pages; an empty text is a blank page."""
    for number, lines in enumerate(texts, 1):
        state = PageState.OK if lines else PageState.BLANK
        detail = "" if lines else "nothing on the page looks like text"
        steps = (ProcessingStep("scale", {"factor": "0.6667"}), ProcessingStep("recognize"))
        reading = PageReading(
            state,
            text(lines, confidence),
            steps,
            detail,
            languages=("rus",),
            readings=1 if lines else 0,
            expected_error=round((1 - confidence) / 2, 4) if lines else None,
            seconds={"recognize": 1.5},
            started=MOMENT,
            ended=MOMENT,
        )
        yield ReadPage(number, source(number), reading)


def admitted_scan(path: Path, page_count: int = len(LETTER), **values: FieldValue) -> AdmittedScan:
    """Return the admitted scan at ``path``; ``values`` are the fields of a sidecar."""
    sidecar: dict[str, FieldValue] = {
        "title": "Cable, Filippov [Stalin] to Cde. Mao Zedong",
        "date": "1949-01-14",
        "language": "ru",
        "references": "RGASPI, f. 558, op. 11, d. 330, ll. 0110-0111",
        "contributors": "Sergey Radchenko",
        **values,
    }
    described = merge_sources([DescriptionSource("sidecar", "scan.yaml", sidecar)])
    return AdmittedScan(
        path=path,
        name=path.name,
        size=path.stat().st_size,
        sha256=file_sha256(path),
        facts=ScanFacts("application/pdf", page_count),
        described=described,
        sidecar=None,
        sidecar_sha256=None,
        sidecar_size=0,
        record_id=described.held_reference.slug
        if described.held_reference
        else f"scan-{file_sha256(path)[:12]}",
        version=1,
        languages=("rus",),
        arrived=MOMENT,
    )


def record(scan: AdmittedScan, texts: Iterable[str] = LETTER) -> Record:
    """Return the record of a scan whose pages have these texts."""
    return assemble_record(scan, pages(texts), SIGNATURE, CLOCK)


def scan_pdf(path: Path, page_count: int = len(LETTER)) -> Path:
    """Write a PDF of grey page images of ``WIDTH`` by ``HEIGHT`` pixels at 72 dpi."""
    images = []
    for number in range(page_count):
        buffer = io.BytesIO()
        Image.new("L", (WIDTH, HEIGHT), 200 + number).save(buffer, "JPEG", dpi=(72, 72))
        images.append(buffer.getvalue())
    content = img2pdf.convert(images, nodate=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        del pdf.trailer["/ID"]  # it depends on the time
        pdf.save(path, deterministic_id=True)
    return path


def settings_in(folder: Path) -> Settings:
    """Return the usual settings with the inbox and the output of a folder."""
    return Settings(inbox=folder / "inbox", output=folder / "output")


def publish_sample(
    tmp_path: Path, texts: Iterable[str] = LETTER, **values: FieldValue
) -> PublishResult:
    """Publish a sample record under ``tmp_path/output``; return the result."""
    texts = tuple(texts)
    settings = settings_in(tmp_path)
    scan = admitted_scan(
        scan_pdf(tmp_path / "inbox" / "scan.pdf", len(texts)), len(texts), **values
    )
    return publish_record(scan, record(scan, texts), lambda: pages(texts), settings, CLOCK)


def fake_tesseract(folder: Path, *codes: str) -> Path:
    """Write a program that prints its models and its version as Tesseract does."""
    for code in codes:
        (folder / f"{code}.traineddata").write_bytes(f"the model {code}".encode())
    listing = [f'List of available languages in "{folder}/" ({len(codes)}):', *codes]
    version = ["tesseract 5.3.0", " leptonica-1.82.0", "  libgif 5.2.1 : libjpeg 6b", " Found AVX"]
    program = folder / "tesseract"
    texts = {"--list-langs": "\n".join(listing), "--version": "\n".join(version)}
    program.write_text(f"#!{sys.executable}\nimport sys\nprint({texts!r}[sys.argv[1]])\n")
    program.chmod(0o755)
    return program
