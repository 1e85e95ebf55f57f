"""The words of the project as frozen values; they refuse nonsense at birth, so nobody checks again.

Coordinates are pixels of the *page image* with the origin at its top left corner, x to the
right and y down. The page image is the page as a reader sees it: cropped, and turned as the
file says. Pages are counted from 1 in file order; leaves are the archive's own numbers.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from pipeline.text import PageText

PDF = "application/pdf"  #: media type


class FrozenModel(BaseModel):
    """A value that is checked when JSON or YAML is read; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Clock(Protocol):
    """What time it is; handed in, so that the same scan gives the same bytes in a test."""

    @property
    def is_fixed(self) -> bool:
        """Whether it stands still, so that the same scans give the same bytes."""

    def now(self) -> datetime:
        """Return the present moment, with a time zone."""

    def moment(self, then: datetime) -> datetime:
        """Return what a record says of a past moment: never after a clock that stands still."""

    def duration(self, seconds: float) -> float:
        """Return what a record says of a duration: 0 where the clock stands still."""


class PageState(StrEnum):
    """How reading a page ended; an empty text alone would not tell blank from broken."""

    OK = "ok"
    BLANK = "blank"  #: nothing to read is a finding, not a failure
    TIMEOUT = "timeout"
    ERROR = "error"


class Origin(StrEnum):
    """Where the pixels of a page image come from."""

    EMBEDDED = "embedded"  #: the one image that is the page, as it lies in the PDF
    DRAWN = "drawn"  #: the page drawn at a resolution, because no single image is the page
    FILE = "file"  #: the scan is itself an image file


class TextLayerVerdict(StrEnum):
    """What a text layer that came with the scan is worth, judged against our own reading."""

    GOOD = "good"
    POOR = "poor"
    LYING = "lying"
    UNJUDGED = "unjudged"  #: we read too little on the page to judge


class IssueType(StrEnum):
    """What an Issue is about; a program may sort by it, a person reads the detail."""

    ACTIVE_CONTENT = "active-content"
    BLANK_PAGE = "blank-page"
    DAMAGED_IMAGE = "damaged-image"
    EMBEDDED_TEXT = "embedded-text"
    ENCRYPTION = "encryption"
    LEAF_COUNT = "leaf-count"
    LOW_CONFIDENCE = "low-confidence"
    NO_REFERENCE = "no-reference"
    PAGE_ERROR = "page-error"
    PAGE_TIMEOUT = "page-timeout"
    REPAIRED = "repaired"
    UNREAD_DATE = "unread-date"
    UNREAD_REFERENCE = "unread-reference"


@dataclass(frozen=True, slots=True)
class Issue:
    """Something odd that did not stop the record; published with it."""

    concern: IssueType
    detail: str  #: one sentence for a person
    page: int | None = None  #: 1-based; None where it concerns the whole scan


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the page image lies on the visible page, in points of 1/72 inch.

    The visible page is the crop box turned by /Rotate; origin top left, y down. A file that is
    itself an image fills its page.
    """

    page_width: float
    page_height: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """The facts of a page image; its pixels never cross a stage."""

    sha256: str  #: of the page image as 8-bit grey binary PGM (``P5``), so anyone can check it
    width: int  #: pixels
    height: int  #: pixels
    dpi_x: float  #: pixels per inch of paper, as the scan declares; may lie
    dpi_y: float
    origin: Origin
    placement: Placement
    extraction: str  #: how the pixels were got, e.g. ``DCTDecode, turned 90``
    damage: str = ""  #: what is wrong with the stored image; empty where nothing was seen


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """A text layer that came inside the scan; kept beside our reading, never merged with it."""

    text: str
    hidden: bool  #: invisible behind an image (an older OCR), not drawn text


@dataclass(frozen=True, slots=True)
class ProcessingStep:
    """One thing done to an image, with the parameters that repeat it."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{key}={value}" for key, value in self.settings.items())])


@dataclass(frozen=True, slots=True)
class PageSource:
    """What a page is before anyone reads it."""

    image: PageImage
    embedded: EmbeddedText | None


@dataclass(frozen=True, slots=True)
class EngineSignature:
    """Which engine, with which models and settings: what a reading depends on."""

    name: str
    version: str
    languages: tuple[str, ...]  #: the engine's codes in the order given; the first is primary
    models: dict[str, str]  #: language code to SHA-256 of its model file
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class PageReading:
    """How reading a page image went, and what came of it."""

    state: PageState
    text: PageText = field(default_factory=PageText)
    steps: tuple[ProcessingStep, ...] = ()
    detail: str = ""  #: why it is blank, timed out, failed or wants an eye; a sentence
    languages: tuple[str, ...] = ()  #: the engine's codes that it was read with
    readings: int = 0  #: recognitions of the whole page
    expected_error: float | None = None  #: 0..1, CER by the evidence; None where nothing is read
    seconds: dict[str, float] = field(
        default_factory=dict
    )  #: by stage: extract, prepare, recognize
    started: datetime | None = None  #: None until the caller, who has the clock, stamps it
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a scan is refused; each is a setting."""

    max_pages: int = 10_000
    max_bytes: int = 4 * 2**30
    max_pixels: int = 250_000_000  #: of one page image


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What intake finds in the bytes of a scan."""

    media_type: str
    page_count: int
    producer: str = ""  #: the software that says it wrote the file
    issues: tuple[Issue, ...] = ()

    def __post_init__(self) -> None:
        if self.page_count < 1:
            msg = "a scan has at least one page"
            raise ValueError(msg)
