"""New versions of a record: read again, cleaned again or withdrawn. Earlier versions stay."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.citation.version_differences import difference_lines
from pipeline.cleaning.word_edits import changed_words
from pipeline.errors import CatalogError, IngestError, failure_message
from pipeline.ingest.admission import engine_languages, inspect_in_worker
from pipeline.ingest.outcome import Outcome
from pipeline.model import TIFF, Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import reassemble_record
from pipeline.record.changes import (
    ChangeKind,
    compare_versions,
    has_same_content,
)
from pipeline.record.record import Record
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.correction_log import corrections_by_record, with_corrections
from pipeline.repository.pdf_jobs import PDF_JOBS_IN_PROCESS, PdfJobs
from pipeline.repository.publish import publish_record
from pipeline.repository.receipts import Receipt, append_receipt, manifest_digest
from pipeline.repository.version_reader import readmit, stored_pages
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings
from pipeline.wording import escape_unprintable, plural
from pipeline.workers.page_runs import load_pages, read_pages
from pipeline.workers.pool import WorkerPool

_SAME_TEXT = "Text, description and settings stay; places, confidences or doubts differ."


def prepare_reread(
    record_id: str, settings: Settings, workers: WorkerPool, clock: Clock, reason: str = ""
) -> "Revision":
    """Read a record's pages again from its original, with the current engine and settings.

    Raises:
        CatalogError: there is no such record, or it was withdrawn.
    """
    folder, old = _load_newest(record_id, settings)
    languages = engine_languages(old.language, settings)
    scan = _with_pages_of_today(readmit(folder, old, languages), settings, workers)
    count = scan.facts.page_count
    read_pages(scan, range(1, count + 1), settings, workers, clock)
    signature = signature_of(settings.engine_choice, languages)
    corrections = corrections_by_record(settings.output)[record_id]

    def pages() -> Iterator[ReadPage]:
        return with_corrections(load_pages(scan, settings), corrections)

    new = reassemble_record(old, pages(), signature, clock, count)
    why = reason or "read again with the engine and settings of today"
    return Revision(scan, old, new, pages, ("reread", why))


def _with_pages_of_today(
    scan: AdmittedScan, settings: Settings, workers: WorkerPool
) -> AdmittedScan:
    """Return a scan with the pages that it has by the rules of today.

    Earlier versions of Opis counted reduced copies and masks in a TIFF as pages.
    """
    if scan.facts.media_type != TIFF:
        return scan
    try:
        count = inspect_in_worker(scan.path, settings, workers).page_count
    except IngestError:
        return scan
    return replace(scan, facts=replace(scan.facts, page_count=count))


def prepare_reclean(
    record_id: str, settings: Settings, clock: Clock, reason: str = ""
) -> "Revision":
    """Lay out and clean a record's pages again from the words in its ALTO files; no OCR runs.

    Raises:
        CatalogError: there is no such record, or it was withdrawn.
    """
    why = reason or "cleaned again by the steps of today"
    return _from_stored_pages(record_id, settings, clock, ("recleaned", why))


def prepare_corrected(
    record_id: str, settings: Settings, clock: Clock, reason: str = ""
) -> "Revision":
    """Put the corrections of people into a record's text; no OCR runs.

    Raises:
        CatalogError: there is no such record, or it was withdrawn.
    """
    why = reason or "corrected by people"
    return _from_stored_pages(record_id, settings, clock, ("corrected", why))


def _from_stored_pages(
    record_id: str, settings: Settings, clock: Clock, change_reason: tuple[ChangeKind, str]
) -> "Revision":
    folder, old = _load_newest(record_id, settings)
    corrections = corrections_by_record(settings.output)[record_id]

    def pages() -> Iterator[ReadPage]:
        return with_corrections(stored_pages(folder, old), corrections)

    new = reassemble_record(old, pages(), None, clock)
    return Revision(readmit(folder, old, ()), old, new, pages, change_reason)


def withdraw_record(record_id: str, reason: str, settings: Settings, clock: Clock) -> Outcome:
    """Publish a version that says only that the record is withdrawn, and why.

    Earlier versions stay; search no longer finds their words.

    Raises:
        CatalogError: there is no such record, or it was withdrawn before.
    """
    folder, old = _load_newest(record_id, settings)
    scan = readmit(folder, old, ())
    pages = tuple(page.without_texts() for page in old.pages)
    fields = {
        "version": old.version + 1, "status": "withdrawn", "status_reason": reason,
        "pages": pages, "reading_text": "\f" * (len(pages) - 1), "translations": (),
        "misread_letters": (), "needs_review": False, "issues": (),
        "quality": old.quality.model_copy(update={"words": 0, "mean_confidence": None}),
    }  # fmt: skip
    new = old.model_copy(update=fields)
    revision = Revision(scan, old, new, lambda: (), ("withdrawn", reason))
    return revision.publish_if_changed(settings, clock)


def _load_newest(record_id: str, settings: Settings) -> tuple[VersionFolder, Record]:
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        entry = catalog.get_entry(record_id)
        record = catalog.load_record(record_id, None)
    if record.status == "withdrawn":
        msg = f"{record_id} was withdrawn with version {record.version}: {record.status_reason}"
        raise CatalogError(msg)
    return VersionFolder.of(settings.records / entry.folder, entry.version), record


@dataclass(frozen=True, slots=True)
class RevisionPreview:
    """What a revision of a record would change; nothing is published."""

    record: str
    version: int = 0  #: the newest that is published
    differences: tuple[str, ...] = ()  #: lines for a person; none: nothing would change
    changed_words: int = 0  #: of the text
    failure_reason: str = ""  #: why the record could not be revised

    def lines(self) -> Iterator[str]:
        """Yield the record with its differences, a line each."""
        if self.failure_reason:
            yield f"{self.record}: {self.failure_reason}"
        elif self.differences:
            words = plural(self.changed_words, "word")
            yield f"{self.record} v{self.version} would change, {words} of its text:"
            yield from (f"    {line}" for line in self.differences)
        else:
            yield f"{self.record} v{self.version} would stay as it is."


def preview_summary(previews: Sequence[RevisionPreview]) -> str:
    """Return a sentence on how many records would change."""
    changed = sum(bool(preview.differences) for preview in previews)
    count = plural(len(previews), "record")
    return f"{changed} of {count} would change. Nothing was published."


@dataclass(frozen=True, slots=True)
class Revision:
    """A candidate for the next version of a record."""

    scan: AdmittedScan
    old: Record
    new: Record
    pages: Callable[[], Iterable[ReadPage]]
    change_reason: tuple[ChangeKind, str]

    def preview(self) -> RevisionPreview:
        """Return the differences from the newest published version."""
        old = self.old
        if has_same_content(old, self.new):
            return RevisionPreview(old.id, old.version)
        changes = compare_versions(old, self.new, *self.change_reason)
        count = sum(changed_words(page.edits) for page in changes.pages)
        lines = difference_lines(changes, old) if changes.differs else [_SAME_TEXT]
        return RevisionPreview(old.id, old.version, tuple(lines), count)

    def publish_if_changed(
        self, settings: Settings, clock: Clock, pdf_jobs: PdfJobs = PDF_JOBS_IN_PROCESS
    ) -> Outcome:
        """Publish the new version, unless it has the same content as the old one."""
        if has_same_content(self.old, self.new):
            return _revision_outcome(self.scan, self.old, settings, already_published=True)
        published = publish_record(
            self.scan, self.new, self.pages, settings, clock, self.change_reason, pdf_jobs=pdf_jobs
        )
        append_receipt(self._receipt(published.folder, settings, clock), settings.output)
        return _revision_outcome(self.scan, self.new, settings, already_published=False)

    def _receipt(self, folder: VersionFolder, settings: Settings, clock: Clock) -> Receipt:
        return Receipt(
            when=clock.now(),
            scan=escape_unprintable(self.scan.path.relative_to(settings.output).as_posix()),
            size=self.scan.size,
            sha256=self.scan.sha256,
            fate="revised",
            record=folder.record_id,
            version=folder.number,
            manifest=manifest_digest(folder),
            where=folder.path.relative_to(settings.output).as_posix(),
            reason=self.change_reason[1],
        )


def _revision_outcome(
    scan: AdmittedScan, record: Record, settings: Settings, *, already_published: bool
) -> Outcome:
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.get_entry(record.id)
    folder = VersionFolder.of(settings.records / entry.folder, record.version)
    return Outcome.from_record(scan.name, record, folder, already_published=already_published)


def revision_failure(record_id: str, error: BaseException) -> Outcome:
    """Return the outcome of a record whose revision failed."""
    return Outcome(record_id, failure_reason=failure_message(error))
