"""Loads a published version as the input of exporters: record, lines and files."""

from collections.abc import Iterator, Mapping

from pipeline.description.level_descriptions import LevelDescription
from pipeline.exports.alto import read_page_text
from pipeline.exports.registry import PUBLISHED_FORMATS
from pipeline.exports.source import ExportSource, PlacedLine, VersionFile, placed_lines
from pipeline.record.level_context import context_of
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.bag import MANIFEST, decode_path

#: by suffix, for files other than exports
_MEDIA_TYPES = {
    "pdf": "application/pdf", "xml": "application/xml", "json": "application/json",
    "txt": "text/plain", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "tif": "image/tiff", "tiff": "image/tiff", "jp2": "image/jp2",
    "bmp": "image/bmp", "gif": "image/gif", "webp": "image/webp",
    "yaml": "application/yaml", "yml": "application/yaml", "csv": "text/csv",
}  # fmt: skip


def load_export_source(
    folder: VersionFolder, record: Record, base_url: str, levels: Mapping[str, LevelDescription]
) -> ExportSource:
    """Return the input for exporting a version.

    Args:
        folder: of the version.
        record: of that version.
        base_url: where records are served.
        levels: what is known of levels of archives, by reference.

    Raises:
        OSError, ValueError: a file of the version is missing or damaged; ``opis verify`` names it.
    """
    return ExportSource(
        record, tuple(_placed_lines(folder, record)), base_url, tuple(_version_files(folder)),
        context_of(record, levels),
    )  # fmt: skip


def _placed_lines(folder: VersionFolder, record: Record) -> Iterator[tuple[PlacedLine, ...]]:
    for page in record.pages:
        alto = folder.alto(page.number)
        if page.image is None or not alto.exists():
            yield ()
            continue
        yield placed_lines(read_page_text(alto.read_bytes()), page)


def _version_files(folder: VersionFolder) -> Iterator[VersionFile]:
    for line in (folder.path / MANIFEST).read_text("utf-8").splitlines():
        digest, _, path = line.partition("  ")
        name = decode_path(path)
        yield VersionFile(name, digest, (folder.path / name).stat().st_size, media_type_of(name))


def media_type_of(path: str) -> str:
    """Return the media type of a file of a version, by its path in the bag.

    >>> media_type_of("data/export/tei.xml"), media_type_of("data/original/scan.TIF")
    ('application/tei+xml', 'image/tiff')
    """
    export_format = PUBLISHED_FORMATS.get(path.removeprefix("data/export/"))
    if export_format is not None:
        return export_format.media_type
    return _MEDIA_TYPES.get(path.rpartition(".")[2].lower(), "application/octet-stream")
