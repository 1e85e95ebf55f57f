"""Reads a run of pages of a scan, each from the cache where it is known, else by a child.

What is read goes into the cache at once; between tasks only small marks are handed on, and the
writers take the pages from the cache again, one at a time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pipeline.errors import IngestError, MachineError, PageError, PageTimeoutError
from pipeline.fixity import digest
from pipeline.model import Clock, PageSource, PageState, Reading
from pipeline.ocr.engines import signature_of
from pipeline.scan import Admitted, ReadPage
from pipeline.settings import Settings
from pipeline.workers.page_cache import PageCache, reading_key, source_key
from pipeline.workers.pool import Readers
from pipeline.workers.protocol import Extract, Recognize
from pipeline.workers.self_test import check_engine

_TRIES = 3  #: a reading child that died is tried again with a new one
_GRACE = 30.0  #: seconds that the child has to say that the engine took too long


@dataclass(frozen=True, slots=True)
class PageMark:
    """How a page went: what a task hands on instead of the page."""

    number: int
    state: PageState
    words: int
    confidence: float | None  #: mean, 0..1
    cached: bool


def read_pages(
    scan: Admitted, numbers: Iterable[int], settings: Settings, readers: Readers, clock: Clock
) -> Iterator[PageMark]:
    """Read pages and keep them, one a step; a page that fails is marked, the others go on."""
    desk = _Desk(scan, settings)
    for number in numbers:
        yield desk.read(number, readers, clock)


def pages_of(scan: Admitted, settings: Settings) -> Iterator[ReadPage]:
    """Yield all pages of a scan from the cache, in order.

    Raises:
        PageError: a page is not in the cache: it was not read, or the cache was emptied.
    """
    desk = _Desk(scan, settings)
    for number in range(1, scan.facts.page_count + 1):
        yield desk.kept(number)


class _Desk:
    """The pages of one scan: their keys and where they are kept."""

    def __init__(self, scan: Admitted, settings: Settings) -> None:
        self._scan, self._settings = scan, settings
        self._cache = PageCache(settings.work / "cache")
        self._signature = signature_of(settings.engine, scan.languages)
        self._looked = False  #: whether the scan is still what it was

    def kept(self, number: int) -> ReadPage:
        """Return a page that was read."""
        key = self._key(number)
        source = self._cache.source(key)
        reading = self._cache.reading(self._reading_key(source, key))
        if reading is None:
            msg = f"{self._scan.name}, page {number}: not in the page cache. Ingest it again."
            raise PageError(msg)
        return ReadPage(number, source, reading)

    def read(self, number: int, readers: Readers, clock: Clock) -> PageMark:
        """Return how a page went; reads it where the cache has no good reading."""
        key = self._key(number)
        source = self._cache.source(key)
        kept = self._good(source)
        if kept is not None:
            return _mark(number, kept, cached=True)
        started = clock.now()
        source, reading = self._tried(number, source, readers)
        if source is not None and reading.started is not None:  # another scan has this very image
            self._cache.keep_source(key, source)
            return _mark(number, reading, cached=True)
        if reading.state is PageState.ERROR:
            self._check_scan()
        if source is not None and reading.state in {PageState.ERROR, PageState.TIMEOUT}:
            check_engine(self._settings.engine, self._scan.languages, readers)
        lasted = {stage: clock.lasting(took) for stage, took in reading.seconds.items()}
        reading = replace(reading, seconds=lasted, started=started, ended=clock.now())
        if source is not None:
            self._cache.keep_source(key, source)
        self._cache.keep_reading(self._reading_key(source, key), reading)
        return _mark(number, reading, cached=False)

    def _tried(
        self, number: int, source: PageSource | None, readers: Readers
    ) -> tuple[PageSource | None, Reading]:
        reading, limit = Reading(PageState.ERROR), self._settings.page_timeout
        for _ in range(_TRIES):
            try:
                with readers.borrow() as reader:
                    source = reader.ask(self._extract(number), limit).source or source
                    kept = self._good(source)
                    if kept is not None:
                        return source, kept
                    recognize = Recognize(self._scan.languages, limit, self._settings.engine)
                    reading = reader.ask(recognize, limit + _GRACE).reading or reading
            except PageTimeoutError as error:
                return source, Reading(PageState.TIMEOUT, detail=str(error))
            except (PageError, IngestError) as error:
                reading = Reading(PageState.ERROR, detail=str(error))
            if reading.state is not PageState.ERROR:
                break
        return source, reading

    def _good(self, source: PageSource | None) -> Reading | None:
        """Return how an image was read before, by this scan or another, if it went well."""
        if source is None:
            return None
        kept = self._cache.reading(reading_key(source.image.sha256, self._signature))
        return kept if kept and kept.state in {PageState.OK, PageState.BLANK} else None

    def _check_scan(self) -> None:
        """See that a page does not fail because the file went away; once a run of pages.

        Raises:
            MachineError: it did, or others bytes lie there.
        """
        if self._looked:
            return
        self._looked, scan = True, self._scan
        try:
            same = digest(scan.path) == scan.sha256
        except OSError as error:
            msg = f"{scan.name} can no longer be read ({error.strerror})."
            raise MachineError(msg) from error
        if not same:
            msg = f"{scan.name} changed while it was read."
            raise MachineError(msg)

    def _extract(self, number: int) -> Extract:
        scan, settings = self._scan, self._settings
        return Extract(
            scan.path, scan.facts.media_type, number, settings.dpi, settings.max_pixels
        )  # fmt: skip

    def _key(self, number: int) -> str:
        settings = self._settings
        return source_key(self._scan.sha256, number, settings.dpi, settings.max_pixels)

    def _reading_key(self, source: PageSource | None, key: str) -> str:
        """Name a reading by its image; that there is no image is kept under the page's own key."""
        return reading_key(key if source is None else source.image.sha256, self._signature)


def _mark(number: int, reading: Reading, *, cached: bool) -> PageMark:
    words = sum(1 for _ in reading.text.words())
    return PageMark(number, reading.state, words, reading.text.confidence, cached)
