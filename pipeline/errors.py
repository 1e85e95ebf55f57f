"""Why a scan cannot become a record, in words for the archivist who dropped it.

    IngestError
    ├── NotAScanError          no PDF, and no image of a kind that Opis reads
    ├── PagesElsewhereError    its documents are not on its pages
    ├── EmptyScanError         no bytes, or no pages
    ├── EncryptedScanError     asks for a password
    ├── BrokenScanError        broken beyond repair
    │   └── CutOffError        … perhaps only because it is still being copied
    ├── TooLargeError          beyond a limit that a setting names
    ├── DescriptionError       sidecar or file name cannot be right
    │   └── ContradictionError … because they name different places
    ├── DuplicateError         these bytes, or this reference, are taken
    ├── LinkError              only points at a file elsewhere
    └── UnreadableError        the file cannot be opened or read

    PageError                  one page could not be read; the others go on
    └── PageTimeoutError       … within its time

    MachineError               this machine cannot do it now; the scan waits until it can
    ├── AwayError              the disk of inbox or output is not there
    └── ChangedScanError       the scan, or a file beside it, changed while it was read
    SetupError                 Opis cannot start: settings, languages, folders
    CatalogError               the catalogue has no such entry, or cannot read the query

An IngestError stops one scan only; a finding that stops none is an ``Issue`` (see
``pipeline.model``). The ``advice`` of a class says what to do next; the ``cause`` of an IngestError
is its name in receipts.
"""

import errno
import sqlite3
from typing import ClassVar


class OpisError(Exception):
    """An error that a person can act on; its text is a full sentence."""

    advice: ClassVar[str] = ""

    def __str__(self) -> str:
        return " ".join(filter(None, [super().__str__(), self.advice]))


class IngestError(OpisError):
    """A scan cannot become a record; the rest of the batch goes on."""

    #: the name under which receipts count refusals; published, so it never changes
    cause: ClassVar[str] = "other"


class NotAScanError(IngestError):
    """The file is of no kind that holds page images."""

    cause = "not a scan"
    advice = (
        "Opis reads PDF, TIFF, JPEG, PNG, JPEG 2000, BMP, GIF and WebP; convert it to one of these."
    )


class PagesElsewhereError(IngestError):
    """The documents that the file carries are not on its pages; the message says what to do."""

    cause = "pages elsewhere"


class EmptyScanError(IngestError):
    """The file has no bytes, or no pages."""

    cause = "empty scan"
    advice = "Copy or scan it again."


class EncryptedScanError(IngestError):
    """The PDF asks for a password before it can be read."""

    cause = "encrypted scan"
    advice = "Remove the password with: qpdf --decrypt --password=… IN.pdf OUT.pdf"


class BrokenScanError(IngestError):
    """The file is broken beyond what can be read without guessing."""

    cause = "broken scan"
    advice = "Copy it again from its source, or scan it again."


class CutOffError(BrokenScanError):
    """The end of the file is missing; perhaps it is still being copied."""

    cause = "cut off"


class TooLargeError(IngestError):
    """The file is beyond a limit; the message names the setting."""

    cause = "too large"


class DescriptionError(IngestError):
    """The sidecar, the folder's defaults or the file name cannot be right as they stand."""

    cause = "description"

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, code: str = "bad-value"
    ) -> None:
        super().__init__(message)
        self.file = file  #: as the message names it; empty where it is about no file alone
        self.line = line  #: 1-based
        self.code = code  #: for a program: ``unknown-key``, ``bad-yaml`` …


class ContradictionError(DescriptionError):
    """The file name spells another place than the sidecar or the row names."""

    cause = "contradiction"

    def __init__(self, message: str, *, stated: str, file: str, line: int | None) -> None:
        super().__init__(message, file=file, line=line, code="contradiction")
        self.stated = stated  #: the reference in the sidecar or the row


class DuplicateError(IngestError):
    """The bytes or the reference belong to a record that is already published."""

    cause = "duplicate"


class LinkError(IngestError):
    """A link in the inbox: its target may be any file."""

    cause = "link"
    advice = "Copy the file itself into the inbox."


class UnreadableError(IngestError):
    """The operating system does not let us read the file."""

    cause = "unreadable"
    advice = "Check the file's permissions and the disk it lies on."


class PageError(OpisError):
    """One page could not be read; it is published with that state, the others go on."""


class PageTimeoutError(PageError):
    """Reading a page took longer than its limit."""


class MachineError(OpisError):
    """The disk is full, the engine broken or the like: no fault of a scan, which stays."""


class AwayError(MachineError):
    """The disk that inbox or output lies on is not there now."""

    advice = "It goes on when the disk is back."


class ChangedScanError(MachineError):
    """A scan, or a file beside it, changed while it was read; the scan waits."""

    advice = "The scan waits for the next run."


class SetupError(OpisError):
    """Opis cannot start as it is set up."""


class CatalogError(OpisError):
    """The catalogue has no such record, page or leaf, or cannot read the query."""


#: errors of a disk that is no longer there, most of them over a network
_LOST_DISK_ERRNOS = {
    errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV, errno.ENXIO, errno.EREMOTEIO,
    errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENETDOWN, errno.ENETUNREACH,
    errno.ECONNABORTED, errno.ECONNRESET, errno.ECONNREFUSED, errno.ESHUTDOWN,
}  # fmt: skip
#: errors of a process or its machine, not of the file that is read
_MACHINE_ERRNOS = _LOST_DISK_ERRNOS | {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE,
}  # fmt: skip


def is_machine_error(error: BaseException) -> bool:
    """Return whether an error concerns this machine and not the scan.

    >>> [is_machine_error(OSError(*args)) for args in ((28, "No space left"), (2, "no file"))]
    [True, False]
    """
    return isinstance(error, OSError) and error.errno in _MACHINE_ERRNOS


def lost_disk_message(error: OSError) -> str | None:
    """Return the message for a disk that is no longer there; None for other errors.

    >>> lost_disk_message(OSError(107, "Transport endpoint is not connected", "inbox"))
    'The disk of inbox does not answer (Transport endpoint is not connected).'
    """
    if error.errno not in _LOST_DISK_ERRNOS:
        return None
    return f"The disk of {error.filename or 'a folder'} does not answer ({error.strerror})."


_DISK_FULL = "The disk is full. Make room and start again; what was done is kept."
_CATALOG_DAMAGED = "The catalogue is damaged. `opis verify` rebuilds it from the records."
_CATALOG_MESSAGES = {
    sqlite3.SQLITE_FULL: _DISK_FULL,
    sqlite3.SQLITE_CORRUPT: _CATALOG_DAMAGED,
    sqlite3.SQLITE_NOTADB: _CATALOG_DAMAGED,
}


def disk_error_message(error: BaseException) -> str | None:
    """Return the message for a full disk or missing rights, with advice; None for other errors.

    >>> disk_error_message(OSError(28, "No space left on device"))
    'The disk is full. Make room and start again; what was done is kept.'
    >>> disk_error_message(OSError(30, "Read-only file system", "output"))
    'output: Read-only file system. Give this user the right to write, or choose another folder.'
    >>> disk_error_message(OSError(13, "Not permitted", "in"))
    'in: Not permitted. Give this user the rights to read and write it, or choose another folder.'
    """
    if isinstance(error, sqlite3.DatabaseError):
        return _CATALOG_MESSAGES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if not isinstance(error, OSError):
        return None
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _DISK_FULL
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
        denied = error.errno in {errno.EACCES, errno.EPERM}  # reading or writing: it does not say
        rights = "rights to read and write it" if denied else "right to write"
        advice = f"Give this user the {rights}, or choose another folder."
        return f"{error.filename}: {error.strerror}. {advice}"
    return lost_disk_message(error)


def failure_message(error: BaseException) -> str:
    """Return the message for an error of this machine; an unexpected error by its class name.

    >>> failure_message(MachineError("The engine is broken.")), failure_message(ValueError("odd"))
    ('The engine is broken.', 'ValueError: odd')
    """
    ours = isinstance(error, MachineError | CatalogError)
    return disk_error_message(error) or (str(error) if ours else f"{type(error).__name__}: {error}")
