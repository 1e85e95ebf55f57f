"""The words of the project as frozen values; they refuse nonsense at birth, so nobody checks again.

Coordinates are pixels of the *page image* with the origin at its top left corner, x to the
right and y down. The page image is the page as a reader sees it: cropped, and turned as the
file says. Pages are counted from 1 in file order; leaves are the archive's own numbers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Clock(Protocol):
    """What time it is; handed in, so that the same scan gives the same bytes in a test."""

    @property
    def still(self) -> bool:
        """Whether it stands still, so that the same scans give the same bytes."""

    def now(self) -> datetime:
        """Return the present moment, with a time zone."""

    def moment(self, then: datetime) -> datetime:
        """Return what a record says of a past moment: never after a clock that stands still."""

    def lasting(self, seconds: float) -> float:
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


class Verdict(StrEnum):
    """What a text layer that came with the scan is worth, judged against our own reading."""

    GOOD = "good"
    POOR = "poor"
    LYING = "lying"
    UNJUDGED = "unjudged"  #: we read too little on the page to judge


class Concern(StrEnum):
    """What an Issue is about; a program may sort by it, a person reads the detail."""

    BLANK_PAGE = "blank-page"
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

    concern: Concern
    detail: str  #: one sentence for a person
    page: int | None = None  #: 1-based; None where it concerns the whole scan


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the page image, origin top left."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.x < 0 or self.y < 0 or self.width < 1 or self.height < 1:
            msg = f"impossible box: {self.x},{self.y} {self.width}x{self.height}"
            raise ValueError(msg)

    @property
    def right(self) -> int:
        """The first column to the right of the box."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first row below the box."""
        return self.y + self.height

    @classmethod
    def around(cls, boxes: Iterable["Box"]) -> "Box":
        """Return the smallest box that holds all of ``boxes`` (at least one).

        >>> Box.around([Box(0, 0, 2, 2), Box(5, 1, 1, 4)])
        Box(x=0, y=0, width=6, height=5)
        """
        given = tuple(boxes)
        x, y = min(b.x for b in given), min(b.y for b in given)
        right, bottom = max(b.right for b in given), max(b.bottom for b in given)
        return cls(x, y, right - x, bottom - y)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as the engine read it."""

    text: str
    box: Box
    confidence: float  #: 0..1, the engine's own estimate

    def __post_init__(self) -> None:
        if not 0 <= self.confidence <= 1:
            msg = f"word {self.text!r}: confidence {self.confidence} is not in 0..1"
            raise ValueError(msg)
        if not self.text or self.text.split() != [self.text]:
            msg = f"a word has no white space and is not empty: {self.text!r}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Line:
    """Words in reading order; at least one."""

    words: tuple[Word, ...]

    def __post_init__(self) -> None:
        if not self.words:
            msg = "a line has at least one word"
            raise ValueError(msg)

    @property
    def box(self) -> Box:
        """The box around its words."""
        return Box.around(word.box for word in self.words)

    @property
    def text(self) -> str:
        """The words, a space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, a paragraph to the engine; at least one."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            msg = "a block has at least one line"
            raise ValueError(msg)

    @property
    def box(self) -> Box:
        """The box around its lines."""
        return Box.around(line.box for line in self.lines)

    @property
    def text(self) -> str:
        """The lines, a newline between them."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class PageText:
    """What the engine read on one page, before anyone touched it."""

    blocks: tuple[Block, ...] = ()

    @property
    def raw(self) -> str:
        """All of it: words apart by a space, lines by a newline, blocks by an empty line."""
        return "\n\n".join(block.text for block in self.blocks)

    @property
    def confidence(self) -> float | None:
        """Mean confidence of the words, 0..1; None where there is no word."""
        scores = [word.confidence for word in self.words()]
        return sum(scores) / len(scores) if scores else None

    def words(self) -> Iterator[Word]:
        """All words in reading order."""
        for block in self.blocks:
            for line in block.lines:
                yield from line.words


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


@dataclass(frozen=True, slots=True)
class EmbeddedText:
    """A text layer that came inside the scan; kept beside our reading, never merged with it."""

    text: str
    hidden: bool  #: invisible behind an image (an older OCR), not drawn text


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to an image, with the parameters that repeat it."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)


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
class Reading:
    """How reading a page image went, and what came of it."""

    state: PageState
    text: PageText = PageText()
    steps: tuple[Step, ...] = ()
    detail: str = ""  #: why it is blank, timed out or failed; a sentence
    seconds: dict[str, float] = field(
        default_factory=dict
    )  #: by stage: extract, prepare, recognize
    started: datetime | None = None  #: None until the caller, who has the clock, stamps it
    ended: datetime | None = None


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
