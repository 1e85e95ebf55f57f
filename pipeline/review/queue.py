"""The lines that a person should look at first: where most wrong words are expected."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.corrections.correction import Correction, counting_corrections
from pipeline.doubt.word_forms import lines_of
from pipeline.errors import CatalogError
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import ReviewLine, load_newest, read_stored_text, review_lines
from pipeline.settings import Settings

_LOST_GAIN = 20.0  #: in wrong words: a correction that no longer fits comes first,
_REPORT_GAIN = 10.0  #: then what a reader reported
_CHANGED_GAIN = 0.5  #: a new reading changed other words of a line that a person had settled
_SECOND_CHECK_GAIN = 0.01
_NAME_GAIN = (
    0.05  #: a doubtful word with a capital inside a line may be a name, which people search
)


@dataclass(frozen=True, slots=True)
class QueuedLine:
    """A line to look at."""

    record: str
    name: str  #: of the record, for people
    page: int
    leaf: str | None
    line: int  #: of the page, from 1
    text: str
    gain: float  #: wrong words that looking at it is expected to find; higher for what is asked for


@dataclass(frozen=True, slots=True)
class PopulationLine:
    """A line of the collection."""

    record: str
    version: int
    page: int
    line: int  #: of the page, from 1
    text: str  #: as it stands
    expected_wrong: float  #: words
    is_compared: bool  #: a person compared it with the image


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which lines are meant."""

    selection: RecordSelection = field(default_factory=RecordSelection)
    language: str = ""  #: of the engine's models that read the page; empty: any
    second_check: bool = False  #: also lines that only one person compared
    person: str = ""  #: who looks; nobody checks a line that they settled themselves


def build_queue(
    chosen: QueueFilter, log: Sequence[Correction], settings: Settings
) -> list[QueuedLine]:
    """Return the lines to look at, those with the greatest gain first.

    Raises:
        CatalogError: a record that is named does not exist.
    """
    by_page, lines = _by_page(log), list[QueuedLine]()
    for folder, record in _chosen_records(chosen, settings):
        lines += _lines_of_record(folder, record, by_page, chosen)
    return sorted(lines, key=lambda one: (-one.gain, one.record, one.page, one.line))


def _by_page(log: Sequence[Correction]) -> dict[tuple[str, int], list[Correction]]:
    """Return the corrections that count, by record and page."""
    by_page = dict[tuple[str, int], list[Correction]]()
    for correction in counting_corrections(log):
        by_page.setdefault((correction.record, correction.page), []).append(correction)
    return by_page


def _chosen_records(
    chosen: QueueFilter, settings: Settings
) -> Iterator[tuple[VersionFolder, Record]]:
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        record_ids = catalog.select(chosen.selection)
    for record_id in record_ids:
        with suppress(CatalogError, OSError, ValueError):  # `opis verify` tells
            yield load_newest(record_id, settings)


def next_in_page(lines: Iterable[ReviewLine], after: int) -> ReviewLine | None:
    """Return the next line of a page that nobody settled, after a line; None if there is none."""
    return next((one for one in lines if one.number > after and not one.is_settled), None)


def _lines_of_record(
    folder: VersionFolder,
    record: Record,
    by_page: Mapping[tuple[str, int], Sequence[Correction]],
    chosen: QueueFilter,
) -> Iterator[QueuedLine]:
    """Yield the lines of a record; only pages with corrections cost a look into their ALTO."""
    for page in record.pages:
        if page.image is None or not page.line_roles or not _has_language(page, chosen.language):
            continue
        corrections = by_page.get((record.id, page.number), ())
        if corrections:
            text = read_stored_text(folder, page)
            lines = review_lines(page, page.image, text, corrections)
            found = iter([(one.number, one.text, _gain(one, chosen)) for one in lines])
        else:
            found = _doubtful_lines(page)
        for number, text_of_line, gain in found:
            if gain:
                yield QueuedLine(
                    record.id, record.name, page.number, page.leaf, number, text_of_line, gain
                )


def population(
    chosen: QueueFilter, log: Sequence[Correction], settings: Settings
) -> Iterator[PopulationLine]:
    """Yield every line of the records of a choice, furniture too, with what is expected of it."""
    by_page = _by_page(log)
    for folder, record in _chosen_records(chosen, settings):
        for page in record.pages:
            if page.image is None or not page.line_roles:
                continue
            corrections = by_page.get((record.id, page.number), ())
            text = read_stored_text(folder, page)
            for line in review_lines(page, page.image, text, corrections):
                yield PopulationLine(
                    record.id, record.version, page.number, line.number, line.text,
                    line.expected_wrong, line.is_settled,
                )  # fmt: skip


def _has_language(page: RecordPage, language: str) -> bool:
    return not language or language in page.languages


def _doubtful_lines(page: RecordPage) -> Iterator[tuple[int, str, float]]:
    """Yield number, text and gain of the lines with doubtful words, of a page without corrections.

    A page that earlier versions of Opis made has no doubts; all its lines are as doubtful as its
    expected error says.
    """
    lines = lines_of(page.raw_text)
    gains: dict[int, float] = defaultdict(float)
    for doubt in page.doubts or ():
        gains[doubt.line] += doubt.chance + _name_gain(doubt.word, doubt.text)
    if page.doubts is None:
        rate = page.expected_error or 0.0
        gains |= {number: rate * len(words) for number, words in enumerate(lines, 1)}
    for number, gain in gains.items():
        yield number, " ".join(lines[number - 1]), gain


def _gain(line: ReviewLine, chosen: QueueFilter) -> float:
    if line.lost is not None:
        return _LOST_GAIN
    if line.report is not None:
        return _REPORT_GAIN
    if line.is_settled:
        waits = chosen.second_check and len(line.people) == 1 and chosen.person not in line.people
        return _SECOND_CHECK_GAIN if waits else 0.0
    changed = _CHANGED_GAIN if line.latest is not None else 0.0
    doubtful = [(place, word) for place, word in enumerate(line.words, 1) if word.chance]
    return changed + sum(word.chance + _name_gain(place, word.text) for place, word in doubtful)


def _name_gain(place: int, text: str) -> float:
    """Return what a doubtful word counts for being perhaps a name; ``place`` is from 1."""
    return _NAME_GAIN if place > 1 and text[:1].isupper() else 0.0
