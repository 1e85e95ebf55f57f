"""The state of an archive in a few lines: what a day brought, what waits, fixity and room."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.inbox.files import list_inbox
from pipeline.ingest.stats import DailyTotals, sum_receipts
from pipeline.model import Clock, ReviewState
from pipeline.repository.audit_note import AuditNote, last_audit
from pipeline.repository.catalog import Catalog
from pipeline.repository.correction_log import select_corrected
from pipeline.repository.receipts import read_receipts
from pipeline.repository.record_selection import RecordSelection
from pipeline.settings import Settings
from pipeline.wording import plural

_DAY = timedelta(days=1)
_REVIEWED: tuple[ReviewState, ...] = ("sampled", "in-part", "reviewed", "checked")
_OVERDUE = timedelta(days=14)  #: since the last check of fixity


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """The state of an archive at a time."""

    when: datetime
    day: DailyTotals  #: of the last 24 hours
    records: int
    in_review: int  #: records that need review
    by_status: Mapping[str, int]  #: records
    corrected: int  #: records with corrections that are not yet published
    waiting: int  #: scans in the inbox
    audit: AuditNote | None  #: of the last check of the whole archive
    free_bytes: int  #: on the disk of the output

    @property
    def has_trouble(self) -> bool:
        """Whether a person should act."""
        damaged = self.audit is not None and self.audit.findings > 0
        return damaged or any(self.day.fates[fate] for fate in ("refused", "failed"))

    def lines(self) -> Iterator[str]:
        """Yield sentences for a person."""
        fates = self.day.fates
        yield (
            f"In the last 24 hours {plural(fates['published'], 'record')} published, "
            f"{fates['refused']} refused, {fates['failed']} failed; "
            f"{plural(self.day.pages, 'page')}."
        )
        for cause, count in self.day.causes.most_common():
            yield f"Refused, {cause}: {count}."
        yield f"{plural(self.records, 'record')} in all, {self.in_review} to be reviewed."
        yield self._review_line()
        yield f"{plural(self.waiting, 'scan')} in the inbox."
        yield self._fixity_line()
        yield f"{self.free_bytes / 2**30:,.0f} GiB free on the disk of the records."

    def _review_line(self) -> str:
        counts = {status: self.by_status.get(status, 0) for status in _REVIEWED}
        reviewed = ", ".join(f"{count} {status}" for status, count in counts.items())
        return f"By people: {reviewed}; {plural(self.corrected, 'record')} to be published anew."

    def _fixity_line(self) -> str:
        if self.audit is None:
            return "The archive was never checked as a whole: `opis verify` does."
        when = f"{self.audit.when:%Y-%m-%d}"
        found = plural(self.audit.findings, "finding")
        late = "; that is long ago" if self.when - self.audit.when > _OVERDUE else ""
        return f"Checked on {when}: {plural(self.audit.versions, 'version')}, {found}{late}."


def summarize_archive(settings: Settings, clock: Clock) -> ArchiveSummary:
    """Return the state of the archive now."""
    now = clock.now()
    recent = (one for one in read_receipts(settings.output) if now - one.when <= _DAY)
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        records = catalog.record_count()
        by_status = catalog.status_counts()
        in_review = len(catalog.select(RecordSelection(needs_review=True)))
    return ArchiveSummary(
        when=now,
        day=sum_receipts(recent),
        records=records,
        in_review=in_review,
        by_status=by_status,
        corrected=len(select_corrected(RecordSelection(), settings)),
        waiting=len(list_inbox(settings.inbox).scans),
        audit=last_audit(settings),
        free_bytes=shutil.disk_usage(settings.output).free,
    )
