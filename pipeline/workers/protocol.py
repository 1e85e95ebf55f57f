"""The requests of the parent to a worker, and its replies: one line of JSON each.

The worker decodes untrusted files and runs the engine; the parent decodes no image. JSON, not
pickle: a worker that a malicious file has taken over must not be able to run code in the parent.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from pipeline.model import (
    EngineChoice,
    Limits,
    PageImage,
    PageReading,
    PageSource,
    ScanFacts,
)
from pipeline.ocr.recipes import Recipe
from pipeline.searchable_pdf.compare import PdfComparison
from pipeline.searchable_pdf.page_subset import PageSubset
from pipeline.searchable_pdf.write import LayerPage, PdfMetadata


@dataclass(frozen=True, slots=True)
class InspectScan:
    """Inspect a scan: its type and number of pages. Answered by ``facts``."""

    path: Path
    limits: Limits
    kind: Literal["inspect"] = "inspect"


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """Extract the image of a page, and hold it for ``RecognizePage``. Answered by ``source``."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int  #: pixels per inch if the page must be drawn
    max_pixels: int
    kind: Literal["extract"] = "extract"


@dataclass(frozen=True, slots=True)
class RecognizePage:
    """Read the page image extracted last. Answered by ``reading``."""

    languages: tuple[str, ...]
    timeout: float  #: seconds
    engine: EngineChoice = field(default_factory=EngineChoice)
    recipe: Recipe = Recipe.EVIDENCE
    kind: Literal["recognize"] = "recognize"


@dataclass(frozen=True, slots=True)
class WriteSearchablePdf:
    """Write the searchable PDF of a scan. Answered by an empty ``Answer``."""

    original: Path
    media_type: str
    pages: Path  #: file with a line of JSON for each page, so that the request stays small
    target: Path
    facts: PdfMetadata
    kind: Literal["search"] = "search"


@dataclass(frozen=True, slots=True)
class ComparePdfs:
    """Compare a searchable PDF with the scan. Answered by ``comparison``."""

    searchable: Path
    original: Path | None  #: None if the scan is no PDF
    kind: Literal["compare"] = "compare"


@dataclass(frozen=True, slots=True)
class WriteDerivatives:
    """Write a page image in several widths for a screen. Answered by an empty ``Answer``."""

    path: Path
    media_type: str
    number: int  #: 1-based
    dpi: int
    max_pixels: int
    targets: tuple[tuple[int, Path], ...]  #: widths in pixels, each with its file
    kind: Literal["picture"] = "picture"


@dataclass(frozen=True, slots=True)
class TakePages:
    """Take pages out of a scan into files of their own. Answered by an empty ``Answer``."""

    path: Path
    media_type: str
    subsets: tuple[PageSubset, ...]
    kind: Literal["take"] = "take"


@dataclass(frozen=True, slots=True)
class WritePageFile:
    """Write a page image whole, for other programs. Answered by an empty ``Answer``."""

    path: Path
    media_type: str
    number: int  #: 1-based
    max_pixels: int
    image: PageImage  #: of the record: the file has its size and resolution
    target: Path
    kind: Literal["page-file"] = "page-file"


@dataclass(frozen=True, slots=True)
class Failure:
    """A reply without answer: the name of an error class and its message without advice."""

    error: str
    message: str
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a request; at most one field is set."""

    facts: ScanFacts | None = None
    source: PageSource | None = None
    reading: PageReading | None = None
    comparison: PdfComparison | None = None
    kind: Literal["answer"] = "answer"


Request: TypeAlias = (
    InspectScan
    | ExtractPage
    | RecognizePage
    | WriteSearchablePdf
    | ComparePdfs
    | WriteDerivatives
    | TakePages
    | WritePageFile
)
Reply = Annotated[Answer | Failure, Field(discriminator="kind")]

REQUEST_ADAPTER: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])
LAYER_ADAPTER: TypeAdapter[LayerPage] = TypeAdapter(LayerPage)
REPLY_ADAPTER: TypeAdapter[Answer | Failure] = TypeAdapter(Reply)
