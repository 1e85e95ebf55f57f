"""The next version of a record: read again, cleaned again, or withdrawn. The one before stays."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import CatalogError, disk_trouble
from pipeline.ingest.admission import engine_languages
from pipeline.ingest.outcome import Outcome
from pipeline.model import Clock
from pipeline.ocr.engines import signature_of
from pipeline.record.assemble import reassemble
from pipeline.record.changes import Kind, same_content
from pipeline.record.model import Record
from pipeline.repository.catalog import Catalog
from pipeline.repository.pdf_jobs import HERE, Pdfs, in_children
from pipeline.repository.publish import publish
from pipeline.repository.version_reader import admitted_again, stored_pages
from pipeline.scan import Admitted, ReadPage
from pipeline.settings import Settings
from pipeline.workers.page_runs import pages_of, read_pages
from pipeline.workers.pool import Readers


def reread(
    record_id: str, settings: Settings, readers: Readers, clock: Clock, reason: str = ""
) -> Outcome:
    """Read a record's pages again from its original, with the engine and settings of today.

    Raises:
        CatalogError: there is no such record, or it was withdrawn.
    """
    folder, old = _newest(record_id, settings)
    languages = engine_languages(old.language, settings)
    scan = admitted_again(folder, old, languages)
    for _ in read_pages(scan, range(1, len(old.pages) + 1), settings, readers, clock):
        pass
    signature = signature_of(settings.engine, languages)
    new = reassemble(old, pages_of(scan, settings), signature, clock)
    why = reason or "read again with the engine and settings of today"
    following = _Next(scan, old, new, lambda: pages_of(scan, settings), ("reread", why))
    return following.published(settings, clock, in_children(readers, settings))


def reclean(record_id: str, settings: Settings, clock: Clock, reason: str = "") -> Outcome:
    """Lay out and clean a record's pages again, as they were read; no engine is asked.

    Raises:
        CatalogError: there is no such record, or it was withdrawn.
    """
    folder, old = _newest(record_id, settings)
    scan = admitted_again(folder, old, ())
    new = reassemble(old, stored_pages(folder, old), None, clock)
    why = reason or "cleaned again by the steps of today"
    following = _Next(scan, old, new, lambda: stored_pages(folder, old), ("recleaned", why))
    return following.published(settings, clock)


def withdraw(record_id: str, reason: str, settings: Settings, clock: Clock) -> Outcome:
    """Publish a version that says only that the record is withdrawn, and why.

    Earlier versions stay where they are; search no longer finds their words.

    Raises:
        CatalogError: there is no such record, or it was withdrawn before.
    """
    folder, old = _newest(record_id, settings)
    scan = admitted_again(folder, old, ())
    pages = tuple(page.withdrawn() for page in old.pages)
    said = {
        "version": old.version + 1, "status": "withdrawn", "status_reason": reason,
        "pages": pages, "reading_text": "\f" * (len(pages) - 1), "translations": (),
        "needs_review": False, "issues": (),
        "quality": old.quality.model_copy(update={"words": 0, "mean_confidence": None}),
    }  # fmt: skip
    new = old.model_copy(update=said)
    return _Next(scan, old, new, lambda: (), ("withdrawn", reason)).published(settings, clock)


def _newest(record_id: str, settings: Settings) -> tuple[Path, Record]:
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.settle()
        entry = catalog.entry(record_id)
        record = catalog.load(record_id, None)
    if record.status == "withdrawn":
        msg = f"{record_id} was withdrawn with version {record.version}: {record.status_reason}"
        raise CatalogError(msg)
    return settings.records / entry.folder / f"v{entry.version}", record


@dataclass(frozen=True, slots=True)
class _Next:
    """A version that may follow."""

    scan: Admitted
    old: Record
    new: Record
    pages: Callable[[], Iterable[ReadPage]]
    why: tuple[Kind, str]

    def published(self, settings: Settings, clock: Clock, pdfs: Pdfs = HERE) -> Outcome:
        """Publish it, unless it says nothing new."""
        if same_content(self.old, self.new):
            return _outcome(self.scan, self.old, settings, already=True)
        publish(self.scan, self.new, self.pages, settings, clock, self.why, pdfs=pdfs)
        return _outcome(self.scan, self.new, settings, already=False)


def _outcome(scan: Admitted, record: Record, settings: Settings, *, already: bool) -> Outcome:
    with Catalog(settings.catalog, settings.records) as catalog:
        entry = catalog.entry(record.id)
    folder = settings.records / entry.folder / f"v{record.version}"
    return Outcome.of_record(scan.name, record, folder, already=already)


def trouble(record_id: str, error: BaseException) -> Outcome:
    """Say that a record could not be done; the others go on."""
    told = disk_trouble(error) or (
        str(error) if isinstance(error, CatalogError) else f"{type(error).__name__}: {error}"
    )
    return Outcome(record_id, failed=told)
