"""Takes pages out of a scan into PDF files of their own; no page image is packed again.

What a page shares with others (fonts, forms) goes with it; images of other pages do not, even where
all pages name the images of all. The same pages give the same bytes.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pikepdf import Job, Name, PasswordError, Pdf, PdfError

from pipeline.errors import BrokenScanError, EncryptedScanError
from pipeline.model import PDF
from pipeline.searchable_pdf.image_pdf import image_to_pdf

_OPTIONS = (
    "--warning-exit-0", "--min-version=1.7", "--stream-data=preserve", "--deterministic-id",
    "--remove-unreferenced-resources=yes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PageSubset:
    """Some pages of a scan, and the file that they become."""

    pages: tuple[int, ...]  #: from 1, in the order that they shall have
    target: Path
    #: from 1; of subsets with the same pages each has another, so that their bytes differ
    copy: int = 1


def write_page_subsets(scan: Path, media_type: str, subsets: Sequence[PageSubset]) -> None:
    """Write some pages of a scan to a PDF, for each of the subsets.

    Args:
        scan: a PDF, or an image file, whose pages are converted first (see `image_to_pdf`).
        media_type: of the scan.
        subsets: one or more.

    Raises:
        BrokenScanError: the scan cannot be opened, or its structure is damaged.
        EncryptedScanError: the scan needs a password.
    """
    with ExitStack() as stack:
        source = scan
        if media_type != PDF:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=subsets[0].target.parent)))
            source = folder / "whole.pdf"
            image_to_pdf(scan, folder, 0, stack)
        for subset in subsets:
            _write_subset(source, scan.name, subset)


def _write_subset(source: Path, name: str, subset: PageSubset) -> None:
    chosen = ["--pages", str(source), ",".join(map(str, subset.pages)), "--"]
    try:
        Job(["qpdf", "--empty", *_OPTIONS, *chosen, str(subset.target)]).run()
        if subset.copy > 1:
            _number_copy(subset)
    except PasswordError as error:
        msg = f"{name} asks for a password."
        raise EncryptedScanError(msg) from error
    except (PdfError, RuntimeError) as error:
        msg = f"{name} is too damaged to be divided ({error})."
        raise BrokenScanError(msg) from error


def _number_copy(subset: PageSubset) -> None:
    """Write the number of the copy into the file."""
    with Pdf.open(subset.target, allow_overwriting_input=True) as pdf:
        pdf.Root[Name.OpisDocument] = subset.copy
        pdf.save(subset.target, deterministic_id=True)
