"""What the parent asks its reading child, and what the child answers: one JSON line each.

The child decodes untrusted files and runs the engine; the parent never touches a pixel. JSON,
not pickle: a child that a broken file has taken over must not be able to run code in the parent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from pipeline.model import Limits, PageSource, Reading, ScanFacts
from pipeline.ocr.recipes import Recipe
from pipeline.searchable_pdf.compare import Look
from pipeline.searchable_pdf.write import LayerPage, PdfFacts
from pipeline.settings import EngineName


@dataclass(frozen=True, slots=True)
class Inspect:
    """What kind of scan is this, and how many pages has it? Answered by ``ScanFacts``."""

    path: Path
    limits: Limits
    ask: Literal["inspect"] = "inspect"


@dataclass(frozen=True, slots=True)
class Extract:
    """Get the image of a page and keep it at hand. Answered by ``PageSource``."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int  #: where the page must be drawn
    max_pixels: int
    ask: Literal["extract"] = "extract"


@dataclass(frozen=True, slots=True)
class Recognize:
    """Read the page image at hand. Answered by ``Reading``."""

    languages: tuple[str, ...]
    timeout: float  #: seconds
    engine: EngineName = "tesseract"
    recipe: Recipe = Recipe.EVIDENCE
    ask: Literal["recognize"] = "recognize"


@dataclass(frozen=True, slots=True)
class Search:
    """Write the searchable PDF of a scan. Answered by nothing that is set."""

    original: Path
    media_type: str
    pages: Path  #: a line of JSON for each, so that no message holds them all
    target: Path
    facts: PdfFacts
    ask: Literal["search"] = "search"


@dataclass(frozen=True, slots=True)
class Compare:
    """What does a searchable PDF look like, beside the scan? Answered by ``Look``."""

    searchable: Path
    original: Path | None  #: None where it is no PDF
    ask: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True)
class Picture:
    """Write a page image for people to look at, as WebP. Answered by nothing that is set."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int
    max_pixels: int
    targets: tuple[tuple[int, Path], ...]  #: a width in pixels, and where that goes
    ask: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class Failed:
    """The question had no answer: the name of an error class and its sentence without advice."""

    error: str
    message: str
    answer: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for; at most one is set."""

    facts: ScanFacts | None = None
    source: PageSource | None = None
    reading: Reading | None = None
    look: Look | None = None
    answer: Literal["answer"] = "answer"


Question: TypeAlias = Inspect | Extract | Recognize | Search | Compare | Picture
Reply = Annotated[Answer | Failed, Field(discriminator="answer")]

QUESTION: TypeAdapter[Question] = TypeAdapter(Annotated[Question, Field(discriminator="ask")])
LAYER: TypeAdapter[LayerPage] = TypeAdapter(LayerPage)
REPLY: TypeAdapter[Answer | Failed] = TypeAdapter(Reply)
