"""The sums of a house as Prometheus scrapes them; names and units as its guidelines have them."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.ingest.receipts import since
from pipeline.ingest.stats import Tally


class Metrics(Collector):
    """Follows the book of arrivals: each scrape reads on from where the last one ended."""

    def __init__(self, output: Path) -> None:
        """Nothing is read yet."""
        self._output, self._place = output, 0
        self._tally, self._last = Tally(), 0.0

    def collect(self) -> Iterator[Metric]:
        """Yield the sums since the first scan came."""
        found, place = since(self._output, self._place)
        if place < self._place:  # another book
            self._tally = Tally()
        self._place = place
        for receipt in found:
            self._tally.add(receipt)
            if receipt.fate == "published":
                self._last = receipt.when.timestamp()
        tally = self._tally
        yield _counter("scans", "Scans, by what became of them", "fate", tally.fates)
        yield _counter("refusals", "Refused scans, by cause", "cause", tally.causes)
        yield _counter("seconds", "Seconds spent on pages, by stage", "stage", tally.seconds)
        for name, told, value in (
            ("pages", "Pages of what was published", tally.pages),
            ("words", "Words of what was published", tally.words),
            ("cached_pages", "Pages that an earlier run had read", tally.cached),
            ("reviews", "Published versions that want a person's eye", tally.review),
        ):
            yield CounterMetricFamily(f"opis_{name}", told, value=value)
        told = "When something was last published, in seconds since 1970; 0 for never"
        yield GaugeMetricFamily("opis_last_published_timestamp_seconds", told, value=self._last)

    def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)


def _counter(name: str, told: str, label: str, counts: "dict[str, int]") -> Metric:
    made = CounterMetricFamily(f"opis_{name}", told, labels=[label])
    for key, count in sorted(counts.items()):
        made.add_metric([key], count)
    return made
