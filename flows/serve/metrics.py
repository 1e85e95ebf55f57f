"""The sums of a house as Prometheus scrapes them; names and units as its guidelines have them."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.ingest.receipts import read_receipts_since
from pipeline.ingest.stats import DailyTotals


class Metrics(Collector):
    """Follows the book of arrivals: each scrape reads on from where the last one ended."""

    def __init__(self, output: Path) -> None:
        """Nothing is read yet."""
        self._output, self._offset = output, 0
        self._totals, self._last_published = DailyTotals(), 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield the sums since the first scan came."""
        found, place = read_receipts_since(self._output, self._offset)
        if place < self._offset:  # another book
            self._totals = DailyTotals()
        self._offset = place
        for receipt in found:
            self._totals.add(receipt)
            if receipt.fate == "published":
                self._last_published = receipt.when.timestamp()
        tally = self._totals
        yield _counter_family("scans", "Scans, by what became of them", "fate", tally.fates)
        yield _counter_family("refusals", "Refused scans, by cause", "cause", tally.causes)
        yield _counter_family("seconds", "Seconds spent on pages, by stage", "stage", tally.seconds)
        for name, told, value in (
            ("pages", "Pages of what was published", tally.pages),
            ("words", "Words of what was published", tally.words),
            ("cached_pages", "Pages that an earlier run had read", tally.cached),
            ("reviews", "Published versions that want a person's eye", tally.review),
        ):
            yield CounterMetricFamily(f"opis_{name}", told, value=value)
        told = "When something was last published, in seconds since 1970; 0 for never"
        yield GaugeMetricFamily(
            "opis_last_published_timestamp_seconds", told, value=self._last_published
        )

    def to_text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)


def _counter_family(name: str, documentation: str, label: str, counts: "dict[str, int]") -> Metric:
    made = CounterMetricFamily(f"opis_{name}", documentation, labels=[label])
    for key, count in sorted(counts.items()):
        made.add_metric([key], count)
    return made
