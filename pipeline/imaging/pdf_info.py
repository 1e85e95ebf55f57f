"""What a PDF is, by its bytes: how many pages it has and what is odd about it, or a refusal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pypdf

from pipeline.errors import BrokenScanError, CutOffError, EmptyScanError, EncryptedScanError
from pipeline.imaging.pdf_terms import PDF_ERRORS
from pipeline.model import PDF, Issue, IssueType, ScanFacts
from pipeline.wording import one_line

_HEAD_BYTES, _TAIL_BYTES = 1024, 1024  #: bytes at whose ends the header and %%EOF must stand
_MAX_PADDING = 2**20  #: bytes of nothing that tape and disk images may add behind a file
_LINEARIZED_LENGTH = re.compile(
    rb"/Linearized\b[^>]*?/L\s+(\d+)"
)  #: how long a web-optimized file is
_ACTIVE_ACTIONS = (
    pikepdf.Name.JavaScript,
    pikepdf.Name.Launch,
    pikepdf.Name.URI,
    pikepdf.Name.SubmitForm,
)
_OBJECT_START = re.compile(rb"\d+\s+\d+\s+obj\b")


def inspect_pdf(path: Path, size: int) -> ScanFacts:
    """Return what kind of scan a PDF of so many bytes is.

    Raises:
        EmptyScanError: it has no pages.
        EncryptedScanError: it asks for a password, or a certificate.
        BrokenScanError: it is cut off, has lost pages or cannot be read at all.
        OSError: the operating system does not let us read it.
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
    with _open_pdf(path) as pdf:
        count, declared, issues = _count_pages(pdf, path)
        warned = " ".join(map(str, pdf.get_warnings()))
    if count < declared:
        msg = f"{path.name} says that it has {declared:,} pages, but only {count:,} can be found."
        raise BrokenScanError(msg)
    if "Pages tree includes non-dictionary" in warned:  # qpdf leaves it out, and mends /Count
        msg = f"{path.name} has lost pages: only {count:,} of them can be found."
        raise BrokenScanError(msg)
    if count == 0:
        msg = f"{path.name} has no pages."
        raise EmptyScanError(msg)
    rebuilt = "reconstruct" in warned
    if _is_cut_off(path, size, rebuilt=rebuilt):
        msg = (
            f"{path.name} is cut off: its end is missing; pages may be, too ({count} can be found)."
        )
        raise CutOffError(msg)
    if rebuilt:
        detail = "The PDF's index of objects was broken; it was rebuilt to read the file."
        issues.append(Issue(IssueType.REPAIRED, detail))
    return ScanFacts(PDF, count, "" if rebuilt else _producer_name(path), tuple(issues))


def _open_pdf(path: Path) -> pikepdf.Pdf:
    try:
        return pikepdf.open(path, inherit_page_attributes=False)  # else qpdf mends /Count
    except pikepdf.PasswordError as error:
        msg = f"{path.name} asks for a password."
        raise EncryptedScanError(msg) from error
    except PDF_ERRORS as error:
        if "encrypt" in str(error).lower():
            msg = f"{path.name} is encrypted in a way that cannot be opened ({first_line(error)})."
            raise EncryptedScanError(msg) from error
        raise _broken_pdf(path, error) from error


def _count_pages(pdf: pikepdf.Pdf, path: Path) -> tuple[int, int, list[Issue]]:
    """Return how many pages a PDF has, how many it says it has, and what is odd about it."""
    detail = "The PDF is locked by an owner password; it could be read without it."
    issues = [Issue(IssueType.ENCRYPTION, detail)] if pdf.is_encrypted else []
    if active := ", ".join(_active_content(pdf)):
        detail = f"The PDF holds {active}. Opis runs and opens nothing; who opens the file, beware."
        issues.append(Issue(IssueType.ACTIVE_CONTENT, detail))
    try:
        declared, count = pdf.Root.Pages.get("/Count", 0), len(pdf.pages)
    except PDF_ERRORS as error:
        raise _broken_pdf(path, error) from error
    return count, declared if isinstance(declared, int) else 0, issues


def _active_content(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield what is in a PDF beside pages that a viewer may run or open."""
    try:
        names = pdf.Root.get("/Names", pikepdf.Dictionary())
        action = pdf.Root.get("/OpenAction", pikepdf.Dictionary())
        runs = isinstance(action, pikepdf.Dictionary) and action.get("/S") in _ACTIVE_ACTIONS
        if "/JavaScript" in names or runs:
            yield "a script or an action that runs when it is opened"
        if "/EmbeddedFiles" in names:
            yield "attached files"
    except PDF_ERRORS:
        return


def _broken_pdf(path: Path, error: Exception) -> BrokenScanError:
    return BrokenScanError(f"{path.name} cannot be read as a PDF ({first_line(error)}).")


def _is_cut_off(path: Path, size: int, *, rebuilt: bool) -> bool:
    """Whether the end of a PDF is missing.

    A PDF is written front to back, its index and %%EOF last. Without an index the pages that are
    left can be found, but nobody can say how many there were: a copy that stopped half way looks
    like a shorter document. Only where the end is there may the index be rebuilt in good faith.
    A file that is optimized for the web, or was changed by appending, has an index and %%EOF in
    its middle as well: its stump can be read without complaint, but objects follow, or the length
    that it gives is not there.
    """
    with path.open("rb") as file:
        length = _LINEARIZED_LENGTH.search(file.read(_HEAD_BYTES))
    _, end, after = _file_tail(path, size).rpartition(b"%%EOF")
    if rebuilt and not end:
        return True
    if length is not None and int(length[1]) > size:
        return True
    return bool(end and _OBJECT_START.search(after))


def _file_tail(path: Path, size: int) -> bytes:
    """Return the last bytes, padding aside."""
    with path.open("rb") as file:
        file.seek(max(size - _MAX_PADDING, 0))
        return file.read().rstrip(b"\0\t\n\f\r ")[-_TAIL_BYTES:]


def _producer_name(path: Path) -> str:
    """Return the software that says it wrote the file; nothing where it does not say."""
    try:
        with path.open("rb") as file:  # a path would be read into memory whole
            reader = pypdf.PdfReader(file)
            if reader.is_encrypted:
                reader.decrypt("")
            found = reader.metadata
            told = [str(text) for text in (found.creator, found.producer) if text] if found else []
    except Exception:  # the document information of broken files raises anything
        return ""
    return "; ".join(dict.fromkeys(map(one_line, told)))[:200]


def first_line(error: Exception) -> str:
    """Return the first line of what a library complains of, without the path."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0].rpartition(": ")[2]
