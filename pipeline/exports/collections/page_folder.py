"""PAGE XML beside page images, as eScriptorium and Transkribus take them in.

RECORD-ID/0001.jpg         the page image, named by the number of its page
RECORD-ID/page/0001.xml    its PAGE file: the folder is where Transkribus looks for it
"""

from pathlib import Path

from pipeline.exports.alto import read_page_text
from pipeline.exports.collections.collection_export import ExportedRecord, whole_folder
from pipeline.exports.page_xml import to_page_xml
from pipeline.record.record import RecordPage
from pipeline.text import PageText


class PageFolderWriter:
    """Writes a folder for each record."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder of the export."""
        self._folder = folder

    def add(self, record: ExportedRecord) -> None:
        """Write images and PAGE files of the pages that have an image."""
        with whole_folder(self._folder / record.source.record.id) as home:
            (home / "page").mkdir()
            for page in pages_with_image(record):
                name = f"{home.name}_{page.number:04d}"
                image = record.images.write(record.folder, record.source.record, page, home / name)
                text = published_text(record, page)
                content = to_page_xml(record.source.record, page, text, image.name, f"page-{name}")
                (home / "page" / f"{name}.xml").write_bytes(content)

    def finish(self) -> None:
        """Do nothing: no file stands for several records."""


def pages_with_image(record: ExportedRecord) -> list[RecordPage]:
    """Return the pages of a record of which there is an image."""
    return [page for page in record.source.record.pages if page.image is not None]


def published_text(record: ExportedRecord, page: RecordPage) -> PageText:
    """Return the text of a page as published, with the words of people.

    Raises:
        OSError, ValueError: its ALTO file cannot be read.
    """
    alto = record.folder.alto(page.number)
    return read_page_text(alto.read_bytes()) if alto.exists() else PageText()
