"""What became of a scan: a record, or why there is none yet."""

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field

from pipeline.model import FrozenModel
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder

#: What a receipt says became of a scan; a scan that is gone has none, or another run's.
ReceiptStatus = Literal["published", "published before", "refused", "waits", "failed"]


class Work(FrozenModel):
    """What a published version took to make."""

    pages: int = 0
    words: int = 0
    cached: int = 0  #: pages that an earlier run had read
    review: bool = False  #: whether a person should look
    seconds: dict[str, float] = Field({})  #: by stage: extract, prepare, recognize, publish


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a scan; exactly one of ``record`` and the reasons is set."""

    scan: str  #: its file name
    record: str = ""
    version: int = 0
    title: str = ""
    folder: str = ""  #: of the published version
    pages: int = 0
    confidence: float | None = None  #: mean, 0..1
    issues: tuple[str, ...] = ()
    needs_review: bool = False
    already_published: bool = False  #: the bytes were published before
    finding: str = ""  #: what is odd about the arrival: the same bytes came under another name
    refusal_reason: str = ""  #: the reason
    failure_reason: str = ""  #: what went wrong on our side; the scan stays in the inbox
    waiting_reason: str = ""  #: it is not whole yet: it stays, to be looked at again
    cause: str = ""  #: of a refusal, to be counted by
    work: Work | None = None  #: what it took to publish it
    missing_reason: str = ""  #: another run took the scan, or somebody moved it; no fault of anyone

    @classmethod
    def from_record(
        cls,
        scan: str,
        record: Record,
        folder: VersionFolder,
        *,
        already_published: bool,
        finding: str = "",
        work: Work | None = None,
    ) -> Self:
        """Return the outcome of a scan that has a record, published just now or before."""
        return cls(
            scan=scan,
            record=record.id,
            version=record.version,
            title=record.name,
            folder=str(folder.path),
            pages=len(record.pages),
            confidence=record.quality.mean_confidence,
            issues=tuple(issue.detail for issue in record.issues),
            needs_review=record.needs_review,
            already_published=already_published,
            finding=finding,
            work=work,
        )

    @property
    def status(self) -> ReceiptStatus | Literal["gone"]:
        """What became of it, in a word or two."""
        if self.record:
            return "published before" if self.already_published else "published"
        if self.waiting_reason:
            return "waits"
        if self.missing_reason:
            return "gone"
        return "refused" if self.refusal_reason else "failed"

    @property
    def reason(self) -> str:
        """Why there is no record, in a sentence that names the scan; empty where there is one."""
        told = self.missing_reason or self.waiting_reason or self.refusal_reason
        if self.failure_reason:
            told = f"{self.failure_reason} The scan stays where it is and is tried again."
        return told if not told or self.scan in told else f"{self.scan}: {told}"
