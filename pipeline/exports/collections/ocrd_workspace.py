"""Workspaces of OCR-D (https://ocr-d.de/en/spec/mets): METS, page images, and PAGE XML.

RECORD-ID/mets.xml
RECORD-ID/OCR-D-IMG/OCR-D-IMG_0001.jpg    the page image
RECORD-ID/OCR-D-OCR/OCR-D-OCR_0001.xml    its text as published
"""

from pathlib import Path

from pipeline.exports.collections.collection_export import ExportedRecord, whole_folder
from pipeline.exports.collections.page_folder import pages_with_image, published_text
from pipeline.exports.mets import MetsFile, to_workspace_mets
from pipeline.exports.page_xml import PAGE_MEDIA_TYPE, to_page_xml
from pipeline.fixity import file_sha256
from pipeline.record.record import RecordPage

_IMAGES, _TEXTS = "OCR-D-IMG", "OCR-D-OCR"  #: the groups of files, and their folders
_MEDIA_TYPES = {".jpg": "image/jpeg", ".png": "image/png", ".xml": PAGE_MEDIA_TYPE}


class OcrdWorkspaceWriter:
    """Writes a workspace for each record."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the export."""
        self._folder = folder

    def add(self, record: ExportedRecord) -> None:
        """Write a workspace; a page of which there is no image is left out."""
        with whole_folder(self._folder / record.source.record.id) as home:
            pages = pages_with_image(record)
            images = [self._write_image(home, record, page) for page in pages]
            texts = [
                self._write_text(home, record, page, image)
                for page, image in zip(pages, images, strict=True)
            ]
            content = to_workspace_mets(record.source, [*images, *texts])
            (home / "mets.xml").write_bytes(content)

    def finish(self) -> None:
        """Do nothing: no file stands for several records."""

    def _write_image(self, home: Path, record: ExportedRecord, page: RecordPage) -> MetsFile:
        stem = home / _IMAGES / f"{_IMAGES}_{page.number:04d}"
        stem.parent.mkdir(exist_ok=True)
        path = record.images.write(record.folder, record.source.record, page, stem)
        return _mets_file(home, path, _IMAGES, page)

    def _write_text(
        self, home: Path, record: ExportedRecord, page: RecordPage, image: MetsFile
    ) -> MetsFile:
        path = home / _TEXTS / f"{_TEXTS}_{page.number:04d}.xml"
        path.parent.mkdir(exist_ok=True)
        text = published_text(record, page)
        path.write_bytes(to_page_xml(record.source.record, page, text, image.path, path.stem))
        return _mets_file(home, path, _TEXTS, page)


def _mets_file(home: Path, path: Path, use: str, page: RecordPage) -> MetsFile:
    return MetsFile(
        id=path.stem,
        use=use,
        path=path.relative_to(home).as_posix(),
        media_type=_MEDIA_TYPES[path.suffix],
        size=path.stat().st_size,
        sha256=file_sha256(path),
        page=page.number,
    )
