"""Counts the work that a version takes, while its record is assembled."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.model import Clock
from pipeline.repository.receipts import Work
from pipeline.scan import ReadPage


class WorkCounter:
    """Counts pages, words and seconds of a scan, from reading to publication."""

    def __init__(self, arrived: datetime) -> None:
        """Start the clock; a page that was read before ``arrived`` counts as cached."""
        self._arrived, self._started = arrived, time.monotonic()
        self._pages = self._words = self._cached = 0
        self._seconds: Counter[str] = Counter()

    def count(self, pages: Iterable[ReadPage]) -> Iterator[ReadPage]:
        """Yield the pages and count them."""
        for page in pages:
            reading = page.reading
            self._pages += 1
            self._words += sum(1 for _ in reading.text.words())
            if reading.ended is not None and reading.ended < self._arrived:
                self._cached += 1
            else:
                self._seconds.update(reading.seconds)
            yield page

    def total_work(self, clock: Clock) -> Work:
        """Return the totals; stage ``publish`` is the time since construction."""
        publish = clock.duration(time.monotonic() - self._started)
        seconds = {**self._seconds, "publish": publish}
        return Work(
            pages=self._pages,
            words=self._words,
            cached=self._cached,
            seconds={stage: round(lasted, 3) for stage, lasted in seconds.items() if lasted},
        )
