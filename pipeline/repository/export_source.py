"""A published version as the export writers want it: record, lines and files."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.exports.alto import read_blocks
from pipeline.exports.source import FileAt, LineAt, Material, lines_of
from pipeline.record.model import Record
from pipeline.repository.bag import MANIFEST, decoded
from pipeline.text import PageText


def material_of(folder: Path, record: Record, base_url: str) -> Material:
    """Return what a version is exported from.

    Args:
        folder: the bag, such as ``records/…/v1``.
        record: of that version.
        base_url: where records are served.

    Raises:
        OSError, ValueError: a file of it is missing or damaged; ``opis verify`` says which.
    """
    return Material(record, tuple(_lines(folder, record)), base_url, tuple(_files(folder)))


def _lines(folder: Path, record: Record) -> Iterator[tuple[LineAt, ...]]:
    for page in record.pages:
        alto = folder / "data" / "pages" / f"{page.number:04d}.alto.xml"
        if page.image is None or not alto.exists():
            yield ()
            continue
        yield lines_of(PageText(read_blocks(alto.read_bytes())), page.line_roles)


def _files(folder: Path) -> Iterator[FileAt]:
    for line in (folder / MANIFEST).read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        name = decoded(path)
        yield FileAt(name, digest, (folder / name).stat().st_size)
