"""A published version as the export writers want it: record, lines and files."""

from collections.abc import Iterator

from pipeline.exports.alto import read_blocks
from pipeline.exports.source import ExportSource, PlacedLine, VersionFile, placed_lines
from pipeline.record.model import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import MANIFEST, decode_path
from pipeline.text import PageText


def load_export_source(folder: VersionFolder, record: Record, base_url: str) -> ExportSource:
    """Return what a version is exported from.

    Args:
        folder: of the version.
        record: of that version.
        base_url: where records are served.

    Raises:
        OSError, ValueError: a file of it is missing or damaged; ``opis verify`` says which.
    """
    return ExportSource(
        record, tuple(_placed_lines(folder, record)), base_url, tuple(_version_files(folder))
    )


def _placed_lines(folder: VersionFolder, record: Record) -> Iterator[tuple[PlacedLine, ...]]:
    for page in record.pages:
        alto = folder.alto(page.number)
        if page.image is None or not alto.exists():
            yield ()
            continue
        yield placed_lines(PageText(read_blocks(alto.read_bytes())), page.line_roles)


def _version_files(folder: VersionFolder) -> Iterator[VersionFile]:
    for line in (folder.path / MANIFEST).read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        name = decode_path(path)
        yield VersionFile(name, digest, (folder.path / name).stat().st_size)
