"""The folder of a published version, ``records/…/RECORD-ID/vN``, and the paths of its files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipeline.record.record import Record, parse_record

RECORD_FILE = "data/record.json"  #: relative to the folder of a version


def version_name(number: int) -> str:
    """Return the name of a version's folder.

    >>> version_name(2)
    'v2'
    """
    return f"v{number}"


def alto_file_name(page_number: int) -> str:
    """Return the path of a page's ALTO file below ``data/``; pages are counted from 1.

    >>> alto_file_name(7)
    'pages/0007.alto.xml'
    """
    return f"pages/{page_number:04d}.alto.xml"


@dataclass(frozen=True, slots=True)
class VersionFolder:
    """The folder of a version, published or in preparation: a BagIt bag (RFC 8493)."""

    path: Path

    @classmethod
    def of(cls, record_folder: Path, number: int) -> Self:
        """Return the folder of a record's version."""
        return cls(record_folder / version_name(number))

    def other_version(self, number: int) -> Self:
        """Return the folder of another version of the same record; it need not exist."""
        return type(self).of(self.record_folder, number)

    @property
    def record_folder(self) -> Path:
        """The folder that holds all versions of the record."""
        return self.path.parent

    @property
    def record_id(self) -> str:
        """The id of the record, from the name of its folder."""
        return self.record_folder.name

    @property
    def number(self) -> int:
        """The number of the version, from the name of the folder.

        Raises:
            ValueError: the folder is in preparation and has no number.
        """
        return int(self.path.name[1:])

    def name_of(self, path: Path) -> str:
        """Return the name of a file in manifests, such as ``data/text.txt``."""
        return path.relative_to(self.path).as_posix()

    def load_record(self) -> Record:
        """Read ``record.json``.

        Raises:
            OSError: the file cannot be read.
            ValueError: the file is not JSON, or not a record of this schema.
        """
        return parse_record(self.record_file.read_bytes())

    @property
    def data(self) -> Path:
        """The payload of the bag."""
        return self.path / "data"

    @property
    def record_file(self) -> Path:
        """The normalized record."""
        return self.path / RECORD_FILE

    @property
    def provenance_file(self) -> Path:
        """The event log as PROV-JSON."""
        return self.data / "provenance.json"

    @property
    def changes_file(self) -> Path:
        """The differences from the version before; the first version has no such file."""
        return self.data / "changes.json"

    @property
    def readme_file(self) -> Path:
        """The description of this folder for people."""
        return self.data / "README.txt"

    @property
    def text_file(self) -> Path:
        """The reading text."""
        return self.data / "text.txt"

    @property
    def searchable_pdf(self) -> Path:
        """The page images with an invisible text layer."""
        return self.data / "searchable.pdf"

    @property
    def original_folder(self) -> Path:
        """The folder of the scan."""
        return self.data / "original"

    def original(self, name: str) -> Path:
        """Return the path of the scan, as it arrived."""
        return self.data / f"original/{name}"

    @property
    def pages_folder(self) -> Path:
        """The folder of the ALTO files."""
        return self.data / "pages"

    def alto(self, page_number: int) -> Path:
        """Return the path of the ALTO file of a page, counted from 1."""
        return self.data / alto_file_name(page_number)

    def alto_as_read(self, page_number: int) -> Path:
        """Return the path of a page's ALTO file without the corrections of people.

        Only a page with corrected words has it.
        """
        return self.pages_folder / f"{page_number:04d}.as-read.alto.xml"

    @property
    def export_folder(self) -> Path:
        """The folder of the exports."""
        return self.data / "export"

    def export(self, name: str) -> Path:
        """Return the path of an export."""
        return self.data / f"export/{name}"

    def export_names(self) -> set[str]:
        """Return the file names of the exports that exist; a withdrawn version has none."""
        folder = self.export_folder
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()

    @property
    def sidecar_folder(self) -> Path:
        """The folder of sidecar and index row; not shown to readers."""
        return self.data / "sidecar"

    def sidecar(self, name: str) -> Path:
        """Return the path of the sidecar that came with the scan."""
        return self.data / f"sidecar/{name}"

    @property
    def index_row_file(self) -> Path:
        """The row of the inbox's ``index.csv`` that described the scan, with its heading."""
        return self.sidecar("index.csv")

    @property
    def translation_folder(self) -> Path:
        """The folder of the translations."""
        return self.data / "translation"

    def translation(self, name: str) -> Path:
        """Return the path of a translation that came with the scan."""
        return self.data / f"translation/{name}"
