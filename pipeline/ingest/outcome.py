"""The outcome of a scan: its record, or the reason why it has none."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from pipeline.ingest.questions import Question
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.receipts import ReceiptStatus, Work
from pipeline.wording import printable_line


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a scan; exactly one of ``record`` and the reasons is set."""

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
    finding: str = ""  #: a notice: the same bytes came before under another name
    refusal_reason: str = ""  #: a full sentence
    failure_reason: str = ""  #: an error of this machine; the scan stays in the inbox
    waiting_reason: str = ""  #: the scan is not complete or decided yet and stays in the inbox
    question: Question | None = None  #: for a person, if the scan waits for the answer
    cause: str = ""  #: the kind of a refusal, for counts; see `Receipt.cause`
    work: Work | None = None  #: of the version that was published just now
    #: taken out of the scan, and to be ingested next
    documents: tuple[Path, ...] = ()
    missing_reason: str = ""  #: the scan is gone: another run took it, or a person moved it

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
    def is_new(self) -> bool:
        """Whether a version was published just now."""
        return bool(self.record) and not self.already_published

    @property
    def status(self) -> ReceiptStatus | Literal["gone"]:
        """The status of the scan, in a word or two."""
        if self.record:
            return "published before" if self.already_published else "published"
        if self.waiting_reason:
            return "waits"
        if self.missing_reason:
            return "gone"
        return "refused" if self.refusal_reason else "failed"

    @property
    def reason(self) -> str:
        """Why there is no record, in a sentence that names the scan; empty if there is one."""
        sentence = self.missing_reason or self.waiting_reason or self.refusal_reason
        if self.failure_reason:
            sentence = f"{self.failure_reason} The scan stays where it is and is tried again."
        sentence = printable_line(sentence)  # it may quote a description
        return sentence if not sentence or self.scan in sentence else f"{self.scan}: {sentence}"
