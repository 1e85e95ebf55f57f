"""Inspect a PDF: count its pages and list its issues, or refuse it."""

import re
from pathlib import Path

import pikepdf
import pypdf

from pipeline.errors import BrokenScanError, CutOffError, EmptyScanError, EncryptedScanError
from pipeline.imaging.pdf_contents import (
    contents_issues,
    refuse_cover_sheets,
    refuse_joined_pdfs,
)
from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.model import PDF, Issue, IssueType, ScanFacts
from pipeline.wording import noun_form, one_line

#: Bytes at the beginning of the file that contain the header, at the end that contain %%EOF.
_HEAD_BYTES, _TAIL_BYTES = 1024, 1024
_MAX_PADDING = 2**20  #: bytes of padding that tape and disk images may append to a file
#: The length in bytes that a linearized (web-optimized) file declares.
_LINEARIZED_LENGTH = re.compile(rb"/Linearized\b[^>]*?/L\s+(\d+)")
_MEND = "`qpdf IN.pdf OUT.pdf` may mend a copy."
_OBJECT_START = re.compile(rb"(?<!\d)\d{1,10}\s{1,20}\d{1,5}\s{1,20}obj\b")


def inspect_pdf(path: Path, size: int) -> ScanFacts:
    """Return the number of pages, the producer and the issues of a PDF of ``size`` bytes.

    Raises:
        EmptyScanError: it has no pages.
        EncryptedScanError: it asks for a password, or a certificate.
        CutOffError: its end is missing.
        BrokenScanError: it has lost pages, or cannot be read at all.
        PagesElsewhereError: its pages are not those of its documents.
        OSError: the file cannot be read.
    """
    try:
        return _read_scan_facts(path, size)
    except CutOffError:
        raise
    except BrokenScanError as error:
        if b"%%EOF" in _file_tail(path, size):
            raise
        msg = f"{path.name} is cut off: its end is missing. {error.args[0]}"
        raise CutOffError(msg) from error


def _read_scan_facts(path: Path, size: int) -> ScanFacts:
    refuse_joined_pdfs(path)
    with _open_pdf(path) as pdf:
        count, declared, issues = _count_pages(pdf, path)
        warnings = " ".join(map(str, pdf.get_warnings()))
    if count < declared:
        msg = (
            f"{path.name} says that it has {declared:,} {noun_form(declared, 'page')}, but only "
            f"{count:,} can be found. {_MEND}"
        )
        raise BrokenScanError(msg)
    if "Pages tree includes non-dictionary" in warnings:  # qpdf drops the page and repairs /Count
        msg = f"{path.name} has lost pages: only {count:,} of them can be found. {_MEND}"
        raise BrokenScanError(msg)
    if count == 0:
        msg = f"{path.name} has no pages."
        raise EmptyScanError(msg)
    rebuilt = "reconstruct" in warnings
    if _is_cut_off(path, size, rebuilt=rebuilt):
        msg = (
            f"{path.name} is cut off: its end is missing, and perhaps pages ({count} can be "
            f"found). {_MEND}"
        )
        raise CutOffError(msg)
    if rebuilt:
        detail = "The PDF's index of objects was broken; it was rebuilt to read the file."
        issues.append(Issue(IssueType.REPAIRED, detail))
    return ScanFacts(PDF, count, "" if rebuilt else _producer_name(path), tuple(issues))


def _open_pdf(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path, inherit_page_attributes=False)  # else qpdf repairs /Count
    except pikepdf.PasswordError as error:
        msg = f"{path.name} asks for a password."
        raise EncryptedScanError(msg) from error
    except PDF_ERRORS as error:
        if "encrypt" in str(error).lower():
            msg = f"{path.name} is encrypted in a way that cannot be opened ({first_line(error)})."
            raise EncryptedScanError(msg) from error
        raise _broken_pdf(path, error) from error


def _count_pages(pdf: pikepdf.Pdf, path: Path) -> tuple[int, int, list[Issue]]:
    """Return the number of pages of a PDF, the number that it declares, and its issues."""
    detail = "The PDF is locked by an owner password; it could be read without it."
    issues = [Issue(IssueType.ENCRYPTION, detail)] if pdf.is_encrypted else []
    try:
        refuse_cover_sheets(pdf, path)
        issues += contents_issues(pdf)
        declared, count = pdf.Root.Pages.get("/Count", 0), len(pdf.pages)
    except PDF_ERRORS as error:
        raise _broken_pdf(path, error) from error
    return count, declared if isinstance(declared, int) else 0, issues


def _broken_pdf(path: Path, error: Exception) -> BrokenScanError:
    return BrokenScanError(f"{path.name} cannot be read as a PDF ({first_line(error)}). {_MEND}")


def _is_cut_off(path: Path, size: int, *, rebuilt: bool) -> bool:
    """Return whether the end of a PDF is missing.

    A PDF is written front to back, its index and %%EOF last. Without an index the remaining pages
    can be found, but not how many there were: an interrupted copy looks like a shorter document.
    So a rebuilt index is accepted only if the end is there. A file that is linearized, or was
    changed by appending, has an index and %%EOF in its middle as well: if it is cut off, it can be
    read without an error, but objects follow the last %%EOF, or it is shorter than it declares.
    """
    with path.open("rb") as file:
        declared = _LINEARIZED_LENGTH.search(file.read(_HEAD_BYTES))
    _, end, after = _file_tail(path, size).rpartition(b"%%EOF")
    if rebuilt and not end:
        return True
    if declared is not None and int(declared[1]) > size:
        return True
    return bool(end and _OBJECT_START.search(after))


def _file_tail(path: Path, size: int) -> bytes:
    """Return the last ``_TAIL_BYTES`` bytes before the padding."""
    with path.open("rb") as file:
        file.seek(max(size - _MAX_PADDING, 0))
        return file.read().rstrip(b"\0\t\n\f\r ")[-_TAIL_BYTES:]


def _producer_name(path: Path) -> str:
    """Return the software that the document information names; empty if none."""
    try:
        with path.open("rb") as file:  # a path would be read into memory whole
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted:
                reader.decrypt("")
            metadata = reader.metadata
            fields = (metadata.creator, metadata.producer) if metadata else ()
            names = [str(name) for name in fields if name]
    except Exception:  # pypdf raises any error on broken files
        return ""
    return "; ".join(dict.fromkeys(map(one_line, names)))[:200]


def first_line(error: Exception) -> str:
    """Return the first line of a library's error message, after its last colon."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rpartition(": ")[2]
