"""What the pages of a scan took to read, counted while its record is put together."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from pipeline.ingest.outcome import Work
from pipeline.model import Clock
from pipeline.scan import ReadPage


class WorkCounter:
    """Counts pages, words and seconds, those of its own work too."""

    def __init__(self, arrived: datetime) -> None:
        """Begin; what was read before ``arrived`` was read by an earlier run."""
        self._arrived, self._begun = arrived, time.monotonic()
        self._pages = self._words = self._cached = 0
        self._seconds: Counter[str] = Counter()

    def count(self, pages: Iterable[ReadPage]) -> Iterator[ReadPage]:
        """Hand on pages, and count them."""
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
        """Return the sum; publication ends here."""
        publish = clock.duration(time.monotonic() - self._begun)
        seconds = {**self._seconds, "publish": publish}
        return Work(
            pages=self._pages,
            words=self._words,
            cached=self._cached,
            seconds={stage: round(lasted, 3) for stage, lasted in seconds.items() if lasted},
        )
