"""Reads pages by each recipe and compares the texts with transcriptions.

A transcription has words broken at line ends, a reading text joins them: the transcription gets the
same joining before it is compared with the reading text.
"""

from collections.abc import Iterator, Sequence

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import apply_step
from pipeline.cleaning.lineends import join_broken_words
from pipeline.errors import IngestError, PageError, PageTimeoutError
from pipeline.evaluation.error_kinds import count_error_kinds
from pipeline.evaluation.judged_words import judge_words
from pipeline.evaluation.line_alignment import align_transcription
from pipeline.evaluation.results import EvaluatedPage, PageResult
from pipeline.evaluation.samples import Sample
from pipeline.evaluation.word_flags import count_words
from pipeline.layout.page import assign_roles
from pipeline.model import Limits, PageReading, PageState, ScanFacts
from pipeline.ocr.recipes import Recipe
from pipeline.settings import Settings
from pipeline.system.thread_pool import thread_pool
from pipeline.text_metrics import ErrorRates, error_rates
from pipeline.wording import one_line, plural
from pipeline.workers.pool import Worker, WorkerPool
from pipeline.workers.protocol import ExtractPage, InspectScan, RecognizePage

_ALL_WRONG = ErrorRates(1.0, 1.0, 1.0, 1.0)


def evaluate_samples(
    samples: Sequence[Sample], recipes: Sequence[Recipe], settings: Settings, workers: WorkerPool
) -> Iterator[EvaluatedPage]:
    """Yield a result for each page and recipe, in order; pages are read in parallel.

    Raises:
        IngestError: a scan cannot be opened, or its page count differs from its transcription's.
    """
    with thread_pool(workers.count) as pool:
        pages = [
            pool.submit(_evaluate_page, sample, number, facts, recipes, settings, workers)
            for sample in samples
            for facts in [_inspect_sample(sample, settings, workers)]
            for number in range(1, facts.page_count + 1)
        ]
        for page in pages:
            yield from page.result()


def _inspect_sample(sample: Sample, settings: Settings, workers: WorkerPool) -> ScanFacts:
    limits = Limits(settings.max_pages, settings.max_bytes, settings.max_pixels)
    with workers.borrow() as worker:
        facts = worker.ask(InspectScan(sample.scan, limits), settings.page_timeout).facts
    assert facts is not None
    if facts.page_count != len(sample.transcriptions):
        msg = (
            f"{sample.scan.name} has {plural(facts.page_count, 'page')}, its transcription has "
            f"{len(sample.transcriptions)}. Part them by form feeds, one page each."
        )
        raise IngestError(msg)
    return facts


def _evaluate_page(
    sample: Sample, number: int, facts: ScanFacts, recipes: Sequence[Recipe],
    settings: Settings, workers: WorkerPool,
) -> list[EvaluatedPage]:  # fmt: skip
    """Return the results of a page by recipe; its image is extracted once."""
    limit = settings.page_timeout
    extract = ExtractPage(sample.scan, facts.media_type, number, settings.dpi, settings.max_pixels)
    results = []
    with workers.borrow() as worker:
        for index, recipe in enumerate(recipes):
            try:
                if not index:
                    source = worker.ask(extract, limit).source
                assert source is not None
                size = source.image.width, source.image.height
                engine = settings.engine_choice
                request = RecognizePage(sample.languages, limit, engine, recipe)
                reading = _recognize_page(worker, request, limit)
            except PageTimeoutError as error:
                size, reading = (1, 1), PageReading(PageState.TIMEOUT, detail=str(error))
            except (PageError, IngestError) as error:
                size, reading = (1, 1), PageReading(PageState.ERROR, detail=str(error))
            results.append(_build_result(sample, number, recipe, reading, size))
    return results


def _recognize_page(worker: Worker, request: RecognizePage, limit: float) -> PageReading:
    reading = worker.ask(request, limit).reading
    assert reading is not None
    return reading


def _build_result(
    sample: Sample, number: int, recipe: Recipe, reading: PageReading, size: tuple[int, int]
) -> EvaluatedPage:
    truth = sample.transcriptions[number - 1]
    lines = align_transcription(truth, reading.text.raw_text)
    words = judge_words(lines, reading.text, reading.languages)
    result = PageResult(
        set=sample.set,
        series=sample.series,
        name=sample.scan.name,
        page=number,
        recipe=recipe,
        state=reading.state,
        languages="+".join(reading.languages or sample.languages),
        told=sample.languages_from,
        readings=reading.readings,
        seconds=round(sum(reading.seconds.values()), 2),
        characters=len(one_line(truth)),
        expected_error=reading.expected_error,
        kinds=count_error_kinds(lines),
        words=count_words(words),
        **_error_rates(truth, reading, size),
    )
    return EvaluatedPage(result, tuple(words))


def _error_rates(truth: str, reading: PageReading, size: tuple[int, int]) -> dict[str, ErrorRates]:
    """Return the rates before and after cleaning; all are 1 for a page that failed."""
    if reading.state not in {PageState.OK, PageState.BLANK}:
        return {"raw": _ALL_WRONG, "cleaned": _ALL_WRONG}
    roles = [line.role for line in assign_roles(reading.text, size).lines()]
    text = clean(reading.text.raw_text, roles).text
    joined_truth = apply_step(truth, join_broken_words)
    return {
        "raw": error_rates(truth, reading.text.raw_text),
        "cleaned": error_rates(joined_truth, text),
    }
