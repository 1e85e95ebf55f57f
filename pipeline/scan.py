"""The two values that the stages hand to the writers: a scan let in, and a page read."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.description.merge import MergedDescription
from pipeline.description.translations import SuppliedTranslation
from pipeline.model import PageReading, PageSource, ScanFacts


@dataclass(frozen=True, slots=True)
class AdmittedScan:
    """A scan that may become a record: what intake and description found. No page is in it."""

    path: Path
    name: str
    size: int  #: bytes
    sha256: str
    facts: ScanFacts
    described: MergedDescription
    sidecar: Path | None
    sidecar_sha256: str | None
    sidecar_size: int  #: bytes; 0 where there is none
    record_id: str
    version: int
    languages: tuple[str, ...]  #: the engine's codes, in the order given
    arrived: datetime
    translations: tuple[SuppliedTranslation, ...] = ()
    index_row: str = ""  #: heading and row of ``index.csv``, as CSV; empty where there is none
    published_folder: Path | None = (
        None  #: the version that holds its bytes; only what is said of it is new
    )

    @property
    def unread_pages(self) -> int:
        """Pages that are still to be read."""
        return 0 if self.published_folder else self.facts.page_count


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What became of one page of a scan."""

    number: int  #: 1-based
    source: PageSource | None  #: None where no image could be got
    reading: PageReading
