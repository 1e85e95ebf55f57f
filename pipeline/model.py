"""The frozen values that all stages share; a value with constraints checks them on construction.

Coordinates are pixels of the *page image* with the origin at its top left corner, x to the
right and y down. The page image is the page as a reader sees it: cropped and rotated as the
file specifies. Pages are counted from 1 in file order; leaves are the archive's own numbers.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from pipeline.text import PageText, Scrap

PDF = "application/pdf"  #: media type
TIFF = "image/tiff"  #: media type


class FrozenModel(BaseModel):
    """A frozen pydantic model; an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Extraction(FrozenModel):
    """The scan from which the pages of a document were taken."""

    scan: str = Field(min_length=1, description="Its file name.", examples=["box 3.pdf"])
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="Of its bytes.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    pages: str = Field(
        min_length=1, description="Pages of the scan, from 1.", examples=["3-5", "3-5, 8"]
    )
    record: str | None = Field(
        None, description="Id of the record of the whole scan.", examples=["rgaspi-f558-op11-d330"]
    )


class Clock(Protocol):
    """A source of the time; an argument, so that the same scan gives the same bytes in a test."""

    @property
    def is_fixed(self) -> bool:
        """Whether the clock never advances, so that the same scans give the same bytes."""

    def now(self) -> datetime:
        """Return the present moment, with a time zone."""

    def moment(self, then: datetime) -> datetime:
        """Return the time that a record states for a past moment, at most a fixed clock's."""

    def duration(self, seconds: float) -> float:
        """Return the duration in seconds that a record states: 0 under a fixed clock."""


class PageState(StrEnum):
    """Result of reading a page; an empty text alone does not tell a blank page from a failure."""

    OK = "ok"
    BLANK = "blank"  #: nothing to read; not a failure
    TIMEOUT = "timeout"
    ERROR = "error"


#: How far people have compared a text with its page images: not at all; only lines that were drawn
#: for a sample; some lines; all; all, by two people.
ReviewState = Literal["machine", "sampled", "in-part", "reviewed", "checked"]


class Origin(StrEnum):
    """Source of the pixels of a page image."""

    EMBEDDED = "embedded"  #: the single image that is the page, as stored in the PDF
    DRAWN = "drawn"  #: the page rendered at a resolution, because no single image is the page
    FILE = "file"  #: the scan is itself an image file


class TextLayerVerdict(StrEnum):
    """Quality of a text layer that came with the scan, compared with our own reading."""

    GOOD = "good"
    POOR = "poor"
    LYING = "lying"
    UNJUDGED = "unjudged"  #: our own reading has too few words to compare


class IssueType(StrEnum):
    """Type of an issue, for programs; its detail is for people."""

    ACTIVE_CONTENT = "active-content"
    BLANK_PAGE = "blank-page"
    DAMAGED_IMAGE = "damaged-image"
    EMBEDDED_TEXT = "embedded-text"
    ENCRYPTION = "encryption"
    LEAF_COUNT = "leaf-count"
    LOW_CONFIDENCE = "low-confidence"
    LOST_CORRECTION = "lost-correction"
    NO_REFERENCE = "no-reference"
    PAGE_ERROR = "page-error"
    PAGE_TIMEOUT = "page-timeout"
    REPAIRED = "repaired"
    UNREAD_CONTENT = "unread-content"
    UNREAD_DATE = "unread-date"
    UNREAD_REFERENCE = "unread-reference"
    UNREAD_RELATION = "unread-relation"
    WRONG_ORDER = "wrong-order"


@dataclass(frozen=True, slots=True)
class Issue:
    """A finding that did not stop the record; published with it."""

    concern: IssueType
    detail: str  #: one sentence for a person
    page: int | None = None  #: 1-based; None if it concerns the whole scan


@dataclass(frozen=True, slots=True)
class Placement:
    """Position of the page image on the visible page, in points of 1/72 inch.

    The visible page is the crop box rotated by /Rotate; origin top left, y down. An image file
    fills its page.
    """

    page_width: float
    page_height: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageImage:
    """Facts about a page image; the pixels themselves are not passed between stages."""

    sha256: str  #: of the page image as 8-bit grey binary PGM (``P5``)
    width: int  #: pixels
    height: int  #: pixels
    dpi_x: float  #: pixels per inch of paper, as the scan declares; may be wrong
    dpi_y: float
    origin: Origin
    placement: Placement
    extraction: str  #: how the pixels were obtained, e.g. ``DCTDecode, turned 90``
    damage: str = ""  #: the defect of the stored image; empty if none was detected


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """A text layer that came with the scan; never merged with our own reading."""

    text: str
    hidden: bool  #: invisible behind an image (an older OCR), not drawn text


@dataclass(frozen=True, slots=True)
class ProcessingStep:
    """One operation on an image, with the parameters that reproduce it."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{key}={value}" for key, value in self.settings.items())])


@dataclass(frozen=True, slots=True)
class PageSource:
    """A page before OCR: its image and its text layer."""

    image: PageImage
    embedded: EmbeddedText | None
    writing_sha256: str = ""  #: of the pixels without coloured marks, if some cover the writing

    @property
    def read_sha256(self) -> str:
        """The digest of the pixels that are read."""
        return self.writing_sha256 or self.image.sha256


class Model(StrEnum):
    """Which of an engine's models for a language reads a page."""

    TYPEWRITER = "typewriter"  #: Opis's own, trained on typescripts; stock where there is none
    STOCK = "stock"  #: as the engine comes


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """The engines that read, as the settings choose them."""

    name: str = "tesseract"  #: a name in ``ENGINES`` of ``pipeline.ocr.engines``
    model: Model = Model.TYPEWRITER
    second: str = "off"  #: or a name in ``SECOND_ENGINES``


@dataclass(frozen=True, slots=True)
class EngineSignature:
    """The engine, its models and its settings, on which a reading depends."""

    name: str
    version: str
    languages: tuple[str, ...]  #: the engine's codes in the order given; the first is primary
    models: dict[str, str]  #: language code to SHA-256 of its model file
    settings: dict[str, str]


@dataclass(frozen=True, slots=True)
class PageReading:
    """The result of reading a page image."""

    state: PageState
    text: PageText = field(default_factory=PageText)
    steps: tuple[ProcessingStep, ...] = ()
    detail: str = ""  #: why it is blank, timed out, failed or needs review
    languages: tuple[str, ...] = ()  #: the engine's codes that it was read with
    readings: int = 0  #: recognitions of the whole page
    #: 0..1, CER estimated from the evidence; None if nothing was read
    expected_error: float | None = None
    scraps: tuple[Scrap, ...] = ()  #: lines that are no text; boxes in pixels of the page image
    #: by stage: extract, prepare, recognize, second-engine
    seconds: dict[str, float] = field(default_factory=dict)
    started: datetime | None = None  #: None until the caller, which has the clock, sets it
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits beyond which a scan is refused; each is a setting."""

    max_pages: int = 10_000
    max_bytes: int = 4 * 2**30
    max_pixels: int = 250_000_000  #: of one page image


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """Facts that inspection finds in the bytes of a scan."""

    media_type: str
    page_count: int
    producer: str = ""  #: the software that the file names as its producer
    issues: tuple[Issue, ...] = ()

    def __post_init__(self) -> None:
        if self.page_count < 1:
            msg = "a scan has at least one page"
            raise ValueError(msg)
