"""How many errors pages are read with, by recipe, before and after cleaning.

A transcription ``NAME.gt.txt`` stands beside ``NAME.jpg`` or any other scan; a scan of several
pages has them parted by form feeds. A set is a folder; its rates are those of its pages, weighed by
the characters of their transcriptions. Definitions of the rates: ``pipeline.quality``.

A transcription keeps words broken at line ends, a reading text joins them: to compare like with
like, the same joining is done to the transcription before it is held against the reading text.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pipeline.cleaning.clean import clean
from pipeline.cleaning.edits import mended
from pipeline.cleaning.lineends import join_broken_words
from pipeline.description.merge import describe, find_sources
from pipeline.errors import IngestError, PageError, PageTimeoutError, SetupError
from pipeline.layout.page import lay_out
from pipeline.model import Limits, PageState, Reading, ScanFacts
from pipeline.quality import REVIEWED, Rates, rates
from pipeline.reading.messages import Extract, Inspect, Recognize
from pipeline.reading.ocr import engine_code
from pipeline.reading.pool import Reader, Readers
from pipeline.reading.recipes import Recipe
from pipeline.settings import Settings

GROUND_TRUTH = ".gt.txt"
_SCANS = frozenset([".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".jp2", ".j2k"])
_NOTHING_READ = Rates(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """A scan with the transcriptions of its pages."""

    scan: Path
    set: str  #: the folder, seen from where the search began
    transcriptions: tuple[str, ...]  #: a page each
    languages: tuple[str, ...]  #: the engine's codes; of several, one is found for each page
    told: str  #: where they are from: option, folder defaults, or found


@dataclass(frozen=True, slots=True)
class Result:
    """How one page was read by one recipe."""

    set: str
    name: str
    page: int  #: 1-based
    recipe: Recipe
    state: PageState
    languages: str  #: the page was read in
    told: str  #: as ``Sample.told``
    readings: int
    seconds: float  #: of the whole reading
    characters: int  #: of the transcription
    expected_error: float | None  #: 0..1, by the evidence alone
    raw: Rates
    cleaned: Rates


@dataclass(frozen=True, slots=True)
class Summary:
    """The pages of a set, read by one recipe."""

    set: str
    recipe: Recipe
    pages: int
    failed: int  #: neither read nor blank; they count as wholly wrong
    readings: float  #: mean of the pages
    seconds: float  #: mean of the pages
    raw: Rates
    cleaned: Rates


def find_samples(
    folder: Path, languages: tuple[str, ...], installed: Iterable[str]
) -> tuple[list[Sample], list[str]]:
    """Return the scans under a folder that have a transcription, and what is amiss with others.

    Args:
        folder: where to look, with all folders in it.
        languages: the engine's codes that hold for all; none: what each folder's
            ``_defaults.yaml`` says, and where it says nothing all that are installed.
        installed: the engine's codes.

    Raises:
        SetupError: there is none.
        DescriptionError: a ``_defaults.yaml`` cannot be understood.
    """
    samples, amiss = list[Sample](), list[str]()
    every = tuple(code for code in sorted(installed) if code != "osd")
    for scan in sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SCANS):
        truth = scan.with_name(scan.stem + GROUND_TRUTH)
        if truth.is_file():
            found, told = _languages(scan, folder, languages, every)
            texts = tuple(truth.read_text("utf-8").removesuffix("\f").split("\f"))
            part = scan.parent.relative_to(folder).as_posix()
            name = folder.resolve().name if part == "." else part
            samples.append(Sample(scan, name, texts, found, told))
        else:
            amiss.append(f"{scan} has no transcription {truth.name}")
    if not samples:
        msg = f"{folder} holds no scan with a transcription NAME{GROUND_TRUTH} beside it."
        raise SetupError(msg)
    known = {sample.scan.with_name(sample.scan.stem + GROUND_TRUTH) for sample in samples}
    lonely = set(folder.rglob(f"*{GROUND_TRUTH}")) - known
    return samples, amiss + [f"{path} has no scan beside it" for path in sorted(lonely)]


def _languages(
    scan: Path, folder: Path, given: tuple[str, ...], every: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    if given:
        return given, "option"
    named = describe(find_sources(scan, folder)).description.language
    return (every, "found") if named is None else ((engine_code(named),), "defaults")


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
                reading = _read(reader, Recognize(sample.languages, limit, recipe), limit)
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


def summaries(results: Iterable[Result]) -> list[Summary]:
    """Return the rates of each set and recipe, and of all sets together."""
    parts: dict[tuple[str, Recipe], list[Result]] = defaultdict(list)
    for result in results:
        parts[result.set, result.recipe].append(result)
        parts["", result.recipe].append(result)
    return [
        _summary(*key, parts[key]) for key in sorted(parts, key=lambda key: (key[0] == "", key))
    ]


def _summary(name: str, recipe: Recipe, results: Sequence[Result]) -> Summary:
    def mean(value: Callable[[Result], float]) -> float:
        return round(sum(map(value, results)) / len(results), 3)

    failed = sum(result.state not in {PageState.OK, PageState.BLANK} for result in results)
    return Summary(
        set=name or "all",
        recipe=recipe,
        pages=len(results),
        failed=failed,
        readings=mean(lambda result: result.readings),
        seconds=mean(lambda result: result.seconds),
        raw=Rates.mean([(result.raw, result.characters) for result in results]),
        cleaned=Rates.mean([(result.cleaned, result.characters) for result in results]),
    )


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well the expected error finds the pages that were read worst."""

    recipe: Recipe
    flagged: float  #: 0..1, of all pages: those that a person is asked to look at
    worst: int  #: pages: the tenth with the highest CER
    worst_flagged: int  #: of them

    @property
    def sentence(self) -> str:
        """The same in words."""
        return (
            f"{self.recipe}: {self.flagged:.0%} of the pages are marked for review, among them "
            f"{self.worst_flagged} of the {self.worst} with the highest CER (a tenth of all)."
        )


def ranking(results: Iterable[Result]) -> list[Ranking]:
    """Return, for each recipe, how many of the worst pages are marked for review."""
    parts: dict[Recipe, list[Result]] = defaultdict(list)
    for result in results:
        parts[result.recipe].append(result)
    found = []
    for recipe, pages in parts.items():
        worst = sorted(pages, key=lambda page: -page.raw.cer)[: -(-len(pages) // 10)]
        flagged = sum(map(_flagged, pages)) / len(pages)
        found.append(Ranking(recipe, flagged, len(worst), sum(map(_flagged, worst))))
    return found


def _flagged(result: Result) -> bool:
    failed = result.state in {PageState.TIMEOUT, PageState.ERROR}
    return failed or (result.expected_error or 0.0) >= REVIEWED
