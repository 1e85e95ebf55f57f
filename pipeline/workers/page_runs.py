"""Reads a run of pages of a scan into the page cache, each unless the cache has it, by a worker.

No page is handed from task to task: whoever writes the record takes the pages from the cache
again, one at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.errors import IngestError, MachineError, PageError, PageTimeoutError
from pipeline.fixity import file_sha256
from pipeline.model import Clock, PageReading, PageSource, PageState
from pipeline.ocr.engines import signature_of
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings
from pipeline.workers.page_cache import PageCache, reading_key, source_key
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import ExtractPage, RecognizePage
from pipeline.workers.self_test import check_engine

_MAX_TRIES = 3  #: a reading child that died is tried again with a new one
_GRACE_SECONDS = 30.0  #: seconds that the child has to say that the engine took too long


def read_pages(
    scan: AdmittedScan,
    numbers: Iterable[int],
    settings: Settings,
    workers: WorkerPool,
    clock: Clock,
) -> None:
    """Read pages into the cache; a page that fails is kept as failed, the others go on."""
    reader = _ScanReader(scan, settings)
    for number in numbers:
        reader.read_page(number, workers, clock)


def load_pages(scan: AdmittedScan, settings: Settings) -> Iterator[ReadPage]:
    """Yield all pages of a scan from the cache, in order.

    Raises:
        PageError: a page is not in the cache: it was not read, or the cache was emptied.
    """
    reader = _ScanReader(scan, settings)
    for number in range(1, scan.facts.page_count + 1):
        yield reader.load_page(number)


class _ScanReader:
    """The pages of one scan: their keys and where they are kept."""

    def __init__(self, scan: AdmittedScan, settings: Settings) -> None:
        self._scan, self._settings = scan, settings
        self._cache = PageCache(settings.work_folder / "cache")
        self._signature = signature_of(settings.engine, scan.languages)
        self._scan_checked = False  #: whether the scan is still what it was

    def load_page(self, number: int) -> ReadPage:
        """Return a page that was read."""
        key = self._source_key(number)
        source = self._cache.load_source(key)
        reading = self._cache.load_reading(self._reading_key(source, key))
        if reading is None:
            msg = f"{self._scan.name}, page {number}: not in the page cache. Ingest it again."
            raise PageError(msg)
        return ReadPage(number, source, reading)

    def read_page(self, number: int, workers: WorkerPool, clock: Clock) -> None:
        """Read a page, unless the cache has a good reading of its image."""
        key = self._source_key(number)
        source = self._cache.load_source(key)
        if self._reusable_reading(source) is not None:
            return
        started = clock.now()
        source, reading = self._read_with_retries(number, source, workers)
        if source is not None and reading.started is not None:  # another scan has this very image
            self._cache.store_source(key, source)
            return
        if reading.state is PageState.ERROR:
            self._check_scan()
        if source is not None and reading.state in {PageState.ERROR, PageState.TIMEOUT}:
            check_engine(self._settings.engine, self._scan.languages, workers)
        lasted = {stage: clock.duration(took) for stage, took in reading.seconds.items()}
        reading = replace(reading, seconds=lasted, started=started, ended=clock.now())
        if source is not None:
            self._cache.store_source(key, source)
        self._cache.store_reading(self._reading_key(source, key), reading)

    def _read_with_retries(
        self, number: int, source: PageSource | None, workers: WorkerPool
    ) -> tuple[PageSource | None, PageReading]:
        reading, limit = PageReading(PageState.ERROR), self._settings.page_timeout
        for _ in range(_MAX_TRIES):
            try:
                with workers.borrow() as reader:
                    source = reader.ask(self._extract_request(number), limit).source or source
                    kept = self._reusable_reading(source)
                    if kept is not None:
                        return source, kept
                    recognize = RecognizePage(self._scan.languages, limit, self._settings.engine)
                    reading = reader.ask(recognize, limit + _GRACE_SECONDS).reading or reading
            except PageTimeoutError as error:
                return source, PageReading(PageState.TIMEOUT, detail=str(error))
            except (PageError, IngestError) as error:
                reading = PageReading(PageState.ERROR, detail=str(error))
            if reading.state is not PageState.ERROR:
                break
        return source, reading

    def _reusable_reading(self, source: PageSource | None) -> PageReading | None:
        """Return how an image was read before, by this scan or another, if it went well."""
        if source is None:
            return None
        kept = self._cache.load_reading(reading_key(source.image.sha256, self._signature))
        return kept if kept and kept.state in {PageState.OK, PageState.BLANK} else None

    def _check_scan(self) -> None:
        """See that a page does not fail because the file went away; once a run of pages.

        Raises:
            MachineError: it did, or other bytes lie there.
        """
        if self._scan_checked:
            return
        self._scan_checked, scan = True, self._scan
        try:
            same = file_sha256(scan.path) == scan.sha256
        except OSError as error:
            msg = f"{scan.name} can no longer be read ({error.strerror})."
            raise MachineError(msg) from error
        if not same:
            msg = f"{scan.name} changed while it was read."
            raise MachineError(msg)

    def _extract_request(self, number: int) -> ExtractPage:
        scan, settings = self._scan, self._settings
        return ExtractPage(
            scan.path, scan.facts.media_type, number, settings.dpi, settings.max_pixels
        )  # fmt: skip

    def _source_key(self, number: int) -> str:
        settings = self._settings
        return source_key(self._scan.sha256, number, settings.dpi, settings.max_pixels)

    def _reading_key(self, source: PageSource | None, key: str) -> str:
        """Name a reading by its image; that there is no image is kept under the page's own key."""
        return reading_key(key if source is None else source.image.sha256, self._signature)
