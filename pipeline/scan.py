"""The two values from which a record is assembled: an admitted scan and its read pages."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.corrections.corrected_text import CorrectedPage
from pipeline.description.document_table import DocumentTable
from pipeline.description.merge import MergedDescription
from pipeline.description.translations import SuppliedTranslation
from pipeline.model import PageReading, PageSource, ScanFacts
from pipeline.text import PageText


@dataclass(frozen=True, slots=True)
class AdmittedScan:
    """A scan that may become a record: its facts, its description, its id and version; no pages."""

    path: Path
    name: str
    size: int  #: bytes
    sha256: str
    facts: ScanFacts
    described: MergedDescription
    sidecar: Path | None
    sidecar_sha256: str | None
    sidecar_size: int  #: bytes; 0 if there is none
    record_id: str
    version: int
    languages: tuple[str, ...]  #: the engine's codes, in the order given
    arrived: datetime
    translations: tuple[SuppliedTranslation, ...] = ()
    index_row: str = ""  #: heading and row of ``index.csv``, as CSV; empty if there is none
    documents: DocumentTable | None = None  #: in the scan; None if it is one document
    shares_place: bool = False  #: another document of the batch has the same reference
    #: the version that holds the same bytes; only the description is new
    published_folder: Path | None = None

    @property
    def unread_pages(self) -> int:
        """Number of pages that are still to be read."""
        return 0 if self.published_folder else self.facts.page_count


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page of a scan after it was read."""

    number: int  #: 1-based
    source: PageSource | None  #: None if no image could be extracted
    reading: PageReading  #: by the engine alone
    corrected: CorrectedPage | None = None  #: by people; None if nobody corrected it

    @property
    def text(self) -> PageText:
        """The text of the page: as people corrected it, else as read."""
        return self.reading.text if self.corrected is None else self.corrected.text

    @property
    def corrected_reading(self) -> PageReading:
        """The reading with the text of the page."""
        return self.reading if self.corrected is None else replace(self.reading, text=self.text)
