"""Daily totals from the receipts."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from pipeline.repository.receipts import Receipt


@dataclass
class DailyTotals:
    """Sums over a day, or over all days."""

    #: scans by status, without those that wait
    fates: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)  #: of refusals
    pages: int = 0  #: of published versions
    words: int = 0
    cached: int = 0  #: pages that an earlier run had read
    review: int = 0  #: versions that a person should look at
    seconds: Counter[str] = field(default_factory=Counter)  #: by stage, summed over parallel jobs

    def add(self, receipt: Receipt) -> None:
        """Add a receipt."""
        if receipt.fate == "waits" or not receipt.is_about_scan:
            return
        self.fates[receipt.fate] += 1
        if receipt.fate == "refused":
            self.causes[receipt.cause or "other"] += 1
        if (work := receipt.work) is not None:
            self.pages += work.pages
            self.words += work.words
            self.cached += work.cached
            self.review += work.review
            self.seconds.update(work.seconds)

    @property
    def published_count(self) -> int:
        """Number of published versions."""
        return self.fates["published"]


def sum_by_day(receipts: Iterable[Receipt], timezone: str) -> Mapping[date, DailyTotals]:
    """Return the totals of each day that has a receipt, in a time zone (IANA name), by date."""
    days: dict[date, DailyTotals] = {}
    zone = ZoneInfo(timezone)
    for receipt in receipts:
        days.setdefault(receipt.when.astimezone(zone).date(), DailyTotals()).add(receipt)
    return dict(sorted(days.items()))


def sum_receipts(receipts: Iterable[Receipt]) -> DailyTotals:
    """Return the totals of all receipts."""
    totals = DailyTotals()
    for receipt in receipts:
        totals.add(receipt)
    return totals
