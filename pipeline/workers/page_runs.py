"""Read pages of a scan into the page cache, and load them again.

Tasks do not pass pages to each other: the task that writes the record loads them from the cache,
one at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.errors import ChangedScanError, IngestError, PageError, PageTimeoutError
from pipeline.fixity import file_sha256
from pipeline.model import Clock, PageReading, PageSource, PageState
from pipeline.ocr.engines import signature_of
from pipeline.scan import AdmittedScan, ReadPage
from pipeline.settings import Settings
from pipeline.workers.page_cache import PageCache, reading_key, source_key
from pipeline.workers.pool import WorkerPool
from pipeline.workers.protocol import ExtractPage, RecognizePage
from pipeline.workers.self_test import check_engine

_MAX_TRIES = 3  #: attempts to read a page; a worker that died is replaced
_GRACE_SECONDS = 30.0  #: seconds for the worker to report the engine's time-out


def read_pages(
    scan: AdmittedScan,
    numbers: Iterable[int],
    settings: Settings,
    workers: WorkerPool,
    clock: Clock,
) -> None:
    """Read pages (1-based numbers) into the cache; a failure is cached as the page's reading.

    Raises:
        MachineError: the scan is gone or changed, or the engine reads nothing at all.
        SetupError: the engine or a model is missing.
    """
    reader = _ScanReader(scan, settings)
    for number in numbers:
        reader.read_page(number, workers, clock)


def load_pages(scan: AdmittedScan, settings: Settings) -> Iterator[ReadPage]:
    """Yield all pages of a scan from the cache, in order.

    Raises:
        PageError: a page was not read yet, or the cache was emptied.
        SetupError: the engine or a model is missing.
    """
    reader = _ScanReader(scan, settings)
    for number in range(1, scan.facts.page_count + 1):
        yield reader.load_page(number)


class _ScanReader:
    """Access to the pages of one scan in the page cache."""

    def __init__(self, scan: AdmittedScan, settings: Settings) -> None:
        self._scan, self._settings = scan, settings
        self._cache = PageCache(settings.work_folder / "cache")
        self._signature = signature_of(settings.engine_choice, scan.languages)
        self._scan_checked = False  #: True once the scan was checked for changes

    def load_page(self, number: int) -> ReadPage:
        """Return a page from the cache.

        Raises:
            PageError: the page is not in the cache.
        """
        key = self._source_key(number)
        source = self._cache.load_source(key)
        reading = self._cache.load_reading(self._reading_key(source, key))
        if reading is None:
            msg = f"{self._scan.name}, page {number}: not in the page cache. Ingest it again."
            raise PageError(msg)
        return ReadPage(number, source, reading)

    def read_page(self, number: int, workers: WorkerPool, clock: Clock) -> None:
        """Read a page into the cache, unless it has a reusable reading of the page's image."""
        key = self._source_key(number)
        source = self._cache.load_source(key)
        if self._reusable_reading(source) is not None:
            return
        started = clock.now()
        source, reading = self._read_with_retries(number, source, workers)
        if source is not None and reading.started is not None:  # cached for another scan
            self._cache.store_source(key, source)
            return
        if reading.state is PageState.ERROR:
            self._check_scan()
        if source is not None and reading.state in {PageState.ERROR, PageState.TIMEOUT}:
            check_engine(self._settings.engine_choice, self._scan.languages, workers)
        durations = {stage: clock.duration(seconds) for stage, seconds in reading.seconds.items()}
        reading = replace(reading, seconds=durations, started=started, ended=clock.now())
        if source is not None:
            self._cache.store_source(key, source)
        self._cache.store_reading(self._reading_key(source, key), reading)

    def _read_with_retries(
        self, number: int, source: PageSource | None, workers: WorkerPool
    ) -> tuple[PageSource | None, PageReading]:
        reading, limit = PageReading(PageState.ERROR), self._settings.page_timeout
        for _ in range(_MAX_TRIES):
            try:
                with workers.borrow() as worker:
                    source = worker.ask(self._extract_request(number), limit).source or source
                    cached = self._reusable_reading(source)
                    if cached is not None:
                        return source, cached
                    recognize = self._recognize_request(limit)
                    reading = worker.ask(recognize, limit + _GRACE_SECONDS).reading or reading
            except PageTimeoutError as error:
                return source, PageReading(PageState.TIMEOUT, detail=str(error))
            except (PageError, IngestError) as error:
                reading = PageReading(PageState.ERROR, detail=str(error))
            if reading.state is not PageState.ERROR:
                break
        return source, reading

    def _reusable_reading(self, source: PageSource | None) -> PageReading | None:
        """Return the cached reading of an image, of any scan, if it is text or blank, else None."""
        if source is None:
            return None
        cached = self._cache.load_reading(reading_key(source.read_sha256, self._signature))
        return cached if cached and cached.state in {PageState.OK, PageState.BLANK} else None

    def _check_scan(self) -> None:
        """Check, once for each run of pages, that the scan is still there and unchanged.

        Raises:
            ChangedScanError: the scan is gone, or has other bytes.
        """
        if self._scan_checked:
            return
        self._scan_checked, scan = True, self._scan
        try:
            is_unchanged = file_sha256(scan.path) == scan.sha256
        except OSError as error:
            msg = f"{scan.name} can no longer be read ({error.strerror})."
            raise ChangedScanError(msg) from error
        if not is_unchanged:
            msg = f"{scan.name} changed while it was read."
            raise ChangedScanError(msg)

    def _extract_request(self, number: int) -> ExtractPage:
        scan, settings = self._scan, self._settings
        media_type = scan.facts.media_type
        return ExtractPage(scan.path, media_type, number, settings.dpi, settings.max_pixels)

    def _recognize_request(self, timeout: float) -> RecognizePage:
        return RecognizePage(self._scan.languages, timeout, self._settings.engine_choice)

    def _source_key(self, number: int) -> str:
        settings = self._settings
        return source_key(self._scan.sha256, number, settings.dpi, settings.max_pixels)

    def _reading_key(self, source: PageSource | None, key: str) -> str:
        """Return the key of a reading by its image; a page without an image uses its source key."""
        return reading_key(key if source is None else source.read_sha256, self._signature)
