"""A published version as the export writers want it: record, lines and files."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.exports.alto import read_blocks
from pipeline.exports.source import ExportSource, PlacedLine, VersionFile, placed_lines
from pipeline.record.model import Record
from pipeline.repository.bag import MANIFEST, decode_path
from pipeline.text import PageText


def load_export_source(folder: Path, record: Record, base_url: str) -> ExportSource:
    """Return what a version is exported from.

    Args:
        folder: the bag, such as ``records/…/v1``.
        record: of that version.
        base_url: where records are served.

    Raises:
        OSError, ValueError: a file of it is missing or damaged; ``opis verify`` says which.
    """
    return ExportSource(
        record, tuple(_placed_lines(folder, record)), base_url, tuple(_version_files(folder))
    )


def _placed_lines(folder: Path, record: Record) -> Iterator[tuple[PlacedLine, ...]]:
    for page in record.pages:
        alto = folder / "data" / "pages" / f"{page.number:04d}.alto.xml"
        if page.image is None or not alto.exists():
            yield ()
            continue
        yield placed_lines(PageText(read_blocks(alto.read_bytes())), page.line_roles)


def _version_files(folder: Path) -> Iterator[VersionFile]:
    for line in (folder / MANIFEST).read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        name = decode_path(path)
        yield VersionFile(name, digest, (folder / name).stat().st_size)
