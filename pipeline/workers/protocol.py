"""What the parent asks its reading child, and what the child answers: one JSON line each.

The child decodes untrusted files and runs the engine; the parent never touches a pixel. JSON,
not pickle: a child that a broken file has taken over must not be able to run code in the parent.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from pipeline.model import Limits, PageReading, PageSource, ScanFacts
from pipeline.ocr.recipes import Recipe
from pipeline.searchable_pdf.compare import PdfComparison
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata
from pipeline.settings import EngineName


@dataclass(frozen=True, slots=True)
class InspectScan:
    """What kind of scan is this, and how many pages has it? Answered by ``ScanFacts``."""

    path: Path
    limits: Limits
    kind: Literal["inspect"] = "inspect"


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """Get the image of a page and keep it at hand. Answered by ``PageSource``."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int  #: where the page must be drawn
    max_pixels: int
    kind: Literal["extract"] = "extract"


@dataclass(frozen=True, slots=True)
class RecognizePage:
    """Read the page image at hand. Answered by ``PageReading``."""

    languages: tuple[str, ...]
    timeout: float  #: seconds
    engine: EngineName = "tesseract"
    recipe: Recipe = Recipe.EVIDENCE
    kind: Literal["recognize"] = "recognize"


@dataclass(frozen=True, slots=True)
class WriteSearchablePdf:
    """Write the searchable PDF of a scan. Answered by nothing that is set."""

    original: Path
    media_type: str
    pages: Path  #: a line of JSON for each, so that no message holds them all
    target: Path
    facts: PdfMetadata
    kind: Literal["search"] = "search"


@dataclass(frozen=True, slots=True)
class ComparePdfs:
    """What does a searchable PDF look like, beside the scan? Answered by ``PdfComparison``."""

    searchable: Path
    original: Path | None  #: None where it is no PDF
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True)
class WriteDerivatives:
    """Write a page image for people to look at, as WebP. Answered by nothing that is set."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int
    max_pixels: int
    targets: tuple[tuple[int, Path], ...]  #: a width in pixels, and where that goes
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class Failure:
    """The question had no answer: the name of an error class and its sentence without advice."""

    error: str
    message: str
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was asked for; at most one is set."""

    facts: ScanFacts | None = None
    source: PageSource | None = None
    reading: PageReading | None = None
    comparison: PdfComparison | None = None
    kind: Literal["answer"] = "answer"


Request: TypeAlias = (
    InspectScan | ExtractPage | RecognizePage | WriteSearchablePdf | ComparePdfs | WriteDerivatives
)
Reply = Annotated[Answer | Failure, Field(discriminator="kind")]

REQUEST_ADAPTER: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])
LAYER_ADAPTER: TypeAdapter[LayerPage] = TypeAdapter(LayerPage)
REPLY_ADAPTER: TypeAdapter[Answer | Failure] = TypeAdapter(Reply)
