"""How a house does, day by day, from its book of arrivals."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from pipeline.ingest.receipts import Receipt


@dataclass
class DailyTotals:
    """Sums over a day, or over all days."""

    fates: Counter[str] = field(default_factory=Counter)  #: scans; those that wait are not counted
    causes: Counter[str] = field(default_factory=Counter)  #: of refusals
    pages: int = 0  #: of what was published
    words: int = 0
    cached: int = 0  #: pages that an earlier run had read
    review: int = 0  #: versions that want a person's eye
    seconds: Counter[str] = field(default_factory=Counter)  #: by stage; of pages read at once, all

    def add(self, receipt: Receipt) -> None:
        """Count what became of a scan."""
        if receipt.fate == "waits":
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
        """How many versions were published."""
        return self.fates["published"]


def sum_by_day(receipts: Iterable[Receipt], timezone: str) -> Mapping[date, DailyTotals]:
    """Return the sums of each day on which something came, the earliest first."""
    days: dict[date, DailyTotals] = {}
    zone = ZoneInfo(timezone)
    for receipt in receipts:
        days.setdefault(receipt.when.astimezone(zone).date(), DailyTotals()).add(receipt)
    return dict(sorted(days.items()))


def sum_receipts(receipts: Iterable[Receipt]) -> DailyTotals:
    """Return the sums over everything."""
    tally = DailyTotals()
    for receipt in receipts:
        tally.add(receipt)
    return tally
