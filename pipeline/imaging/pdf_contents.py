"""Find what a PDF carries besides its pages, and what none of them shows."""

import mmap
import re
from collections.abc import Sequence
from pathlib import Path

import pikepdf

from pipeline.errors import PagesElsewhereError
from pipeline.imaging.pdf_active import attached_names, find_active_content
from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.model import Issue, IssueType
from pipeline.wording import plural

_MAX_NAMES = 20  #: of attached files, in a sentence
#: The end of a PDF, no more than junk of a printer or a mail, and the header of another.
_JOINT = re.compile(rb"%%EOF(?P<between>.{0,1024}?)(?P<next>%PDF-\d\.\d)", re.DOTALL)
_INSIDE = re.compile(rb"endstream|endobj")  #: between two attached PDFs, not between two joined


def refuse_joined_pdfs(path: Path) -> None:
    """Refuse a file of several PDFs: readers find the pages of the last only.

    Raises:
        PagesElsewhereError: another PDF follows the end of the first.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        starts = [
            found.start("next")
            for found in _JOINT.finditer(content)
            if not _INSIDE.search(found["between"])
        ]
    if starts:
        msg = (
            f"{path.name} is {len(starts) + 1} PDFs in one file, of which programs show the last "
            "only. Drop each by itself, or join them with: "
            "qpdf --empty --pages FIRST.pdf SECOND.pdf -- JOINED.pdf. They are taken apart with: "
            f"head -c {starts[0]} IN.pdf > FIRST.pdf; tail -c +{starts[0] + 1} IN.pdf > SECOND.pdf"
        )
        raise PagesElsewhereError(msg)


def refuse_cover_sheets(pdf: pikepdf.Pdf, path: Path) -> None:
    """Refuse a PDF whose pages only stand for its documents: a portfolio, a dynamic XFA form.

    Raises:
        PagesElsewhereError: it is one of these.
    """
    names = attached_names(pdf) if "/Collection" in pdf.Root else []
    if names:
        count = plural(len(pdf.pages), "page")
        msg = (
            f"{path.name} is a PDF portfolio: its {count} may be no more than a cover sheet, and "
            f"its documents are attached: {_listed(names)}. Take them out with `pdfdetach -saveall "
            "IN.pdf` (of poppler-utils) and drop each as a scan."
        )
        raise PagesElsewhereError(msg)
    if _is_dynamic_form(pdf):
        msg = (
            f"{path.name} is a form in XFA, which only Adobe Reader shows; its pages ask to "
            "be opened there. Do that, print it to PDF, and drop the print."
        )
        raise PagesElsewhereError(msg)


def contents_issues(pdf: pikepdf.Pdf) -> list[Issue]:
    """Return the issues of what a PDF carries besides its pages."""
    issues = list[Issue]()
    try:
        kinds = dict.fromkeys(found.kind for found in find_active_content(pdf))
        names = attached_names(pdf)
        has_form = "/XFA" in pdf.Root.get("/AcroForm", {})
    except PDF_ERRORS:
        return issues
    if kinds:
        detail = (
            f"The PDF holds {', '.join(kinds)}. Opis runs and opens nothing, and searchable.pdf "
            "leaves it out; the original keeps it: who opens that, beware."
        )
        issues.append(Issue(IssueType.ACTIVE_CONTENT, detail))
    if names:
        detail = (
            f"{plural(len(names), 'attached file')} of the PDF not read: {_listed(names)}. What is "
            "a document, take out with `pdfdetach -saveall IN.pdf` and drop as a scan."
        )
        issues.append(Issue(IssueType.UNREAD_CONTENT, detail))
    if has_form:
        detail = "The PDF holds a form in XFA; its pages as drawn were read, which may show less."
        issues.append(Issue(IssueType.UNREAD_CONTENT, detail))
    return issues


def _is_dynamic_form(pdf: pikepdf.Pdf) -> bool:
    """Return whether the pages of a form are made only when it is opened."""
    if bool(pdf.Root.get("/NeedsRendering", False)):
        return True
    form = pdf.Root.get("/AcroForm")
    return isinstance(form, pikepdf.Dictionary) and "/XFA" in form and not form.get("/Fields")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MAX_NAMES
    return ", ".join(names[:_MAX_NAMES]) + (f" and {more} more" if more > 0 else "")
