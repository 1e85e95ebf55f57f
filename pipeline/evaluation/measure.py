"""Pages read by each recipe and held against their transcriptions.

A transcription keeps words broken at line ends, a reading text joins them: to compare like with
like, the same joining is done to the transcription before it is held against the reading text.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import mended
from pipeline.cleaning.lineends import join_broken_words
from pipeline.errors import IngestError, PageError, PageTimeoutError
from pipeline.evaluation.results import Result
from pipeline.evaluation.samples import Sample
from pipeline.layout.page import lay_out
from pipeline.model import Limits, PageState, Reading, ScanFacts
from pipeline.ocr.recipes import Recipe
from pipeline.settings import Settings
from pipeline.text_metrics import Rates, rates
from pipeline.workers.pool import Reader, Readers
from pipeline.workers.protocol import Extract, Inspect, Recognize

_NOTHING_READ = Rates(1.0, 1.0, 1.0)


def evaluate(
    samples: Sequence[Sample], recipes: Sequence[Recipe], settings: Settings, readers: Readers
) -> Iterator[Result]:
    """Yield a result for each page and recipe, in order; pages are read side by side.

    Raises:
        IngestError: a scan cannot be opened, or has not as many pages as its transcription.
    """
    with ThreadPoolExecutor(max_workers=readers.count) as pool:
        pages = [
            pool.submit(_page, sample, number, facts, recipes, settings, readers)
            for sample in samples
            for facts in [_inspected(sample, settings, readers)]
            for number in range(1, facts.page_count + 1)
        ]
        for page in pages:
            yield from page.result()


def _inspected(sample: Sample, settings: Settings, readers: Readers) -> ScanFacts:
    limits = Limits(settings.max_pages, settings.max_bytes, settings.max_pixels)
    with readers.borrow() as reader:
        facts = reader.ask(Inspect(sample.scan, limits), settings.page_timeout).facts
    assert facts is not None
    if facts.page_count != len(sample.transcriptions):
        msg = (
            f"{sample.scan.name} has {facts.page_count} pages, its transcription has "
            f"{len(sample.transcriptions)}. Part them by form feeds, one page each."
        )
        raise IngestError(msg)
    return facts


def _page(
    sample: Sample, number: int, facts: ScanFacts, recipes: Sequence[Recipe],
    settings: Settings, readers: Readers,
) -> list[Result]:  # fmt: skip
    """Return how a page is read by each recipe; its image is made once."""
    limit = settings.page_timeout
    extract = Extract(sample.scan, facts.media_type, number, settings.dpi, settings.max_pixels)
    results = []
    with readers.borrow() as reader:
        for place, recipe in enumerate(recipes):
            try:
                if not place:
                    source = reader.ask(extract, limit).source
                assert source is not None
                size = source.image.width, source.image.height
                reading = _read(
                    reader, Recognize(sample.languages, limit, settings.engine, recipe), limit
                )
            except PageTimeoutError as error:
                size, reading = (1, 1), Reading(PageState.TIMEOUT, detail=str(error))
            except (PageError, IngestError) as error:
                size, reading = (1, 1), Reading(PageState.ERROR, detail=str(error))
            results.append(_result(sample, number, recipe, reading, size))
    return results


def _read(reader: Reader, ask: Recognize, limit: float) -> Reading:
    reading = reader.ask(ask, limit).reading
    assert reading is not None
    return reading


def _result(
    sample: Sample, number: int, recipe: Recipe, reading: Reading, size: tuple[int, int]
) -> Result:
    truth = sample.transcriptions[number - 1]
    return Result(
        set=sample.set,
        name=sample.scan.name,
        page=number,
        recipe=recipe,
        state=reading.state,
        languages="+".join(reading.languages or sample.languages),
        told=sample.told,
        readings=reading.readings,
        seconds=round(sum(reading.seconds.values()), 2),
        characters=len(" ".join(truth.split())),
        expected_error=reading.expected_error,
        **_rates(truth, reading, size),
    )


def _rates(truth: str, reading: Reading, size: tuple[int, int]) -> dict[str, Rates]:
    """Return the rates before and after cleaning; a page that failed is wholly wrong."""
    if reading.state not in {PageState.OK, PageState.BLANK}:
        return {"raw": _NOTHING_READ, "cleaned": _NOTHING_READ}
    roles = [line.role for line in lay_out(reading.text, size).lines()]
    text = clean(reading.text.raw, roles).text
    joined = mended(truth, join_broken_words)
    return {"raw": rates(truth, reading.text.raw), "cleaned": rates(joined, text)}
