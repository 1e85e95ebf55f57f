"""The totals of an archive as Prometheus metrics.

Names and units follow https://prometheus.io/docs/practices/naming/.
"""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.ingest.stats import DailyTotals
from pipeline.repository.receipts import read_receipts_since


class Metrics(Collector):
    """Sums the receipts; each scrape reads only those that were added since the last one."""

    def __init__(self, output: Path) -> None:
        """Read nothing yet; ``output`` is the folder of the receipts."""
        self._output, self._offset = output, 0
        self._totals, self._last_published = DailyTotals(), 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield the totals since the first receipt."""
        receipts, offset = read_receipts_since(self._output, self._offset)
        if offset < self._offset:  # the file was replaced by a shorter one
            self._totals = DailyTotals()
        self._offset = offset
        for receipt in receipts:
            self._totals.add(receipt)
            if receipt.fate == "published":
                self._last_published = receipt.when.timestamp()
        totals = self._totals
        yield _counter_family("scans", "Scans, by outcome", "fate", totals.fates)
        yield _counter_family("refusals", "Refused scans, by cause", "cause", totals.causes)
        yield _counter_family(
            "seconds", "Seconds spent on pages, by stage", "stage", totals.seconds
        )
        for name, documentation, value in (
            ("pages", "Pages of published versions", totals.pages),
            ("words", "Words of published versions", totals.words),
            ("cached_pages", "Pages that an earlier run had read", totals.cached),
            ("reviews", "Published versions that need review", totals.review),
        ):
            yield CounterMetricFamily(f"opis_{name}", documentation, value=value)
        yield GaugeMetricFamily(
            "opis_last_published_timestamp_seconds",
            "Time of the last publication, in seconds since 1970; 0 for never",
            value=self._last_published,
        )

    def to_text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)


def _counter_family(name: str, documentation: str, label: str, counts: "dict[str, int]") -> Metric:
    family = CounterMetricFamily(f"opis_{name}", documentation, labels=[label])
    for key, count in sorted(counts.items()):
        family.add_metric([key], count)
    return family
