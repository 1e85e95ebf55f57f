"""The lines that a person should look at first: where most wrong words are expected."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.corrections.correction import Correction
from pipeline.doubt.word_forms import lines_of
from pipeline.record.record import RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.record_selection import RecordSelection
from pipeline.review.page_lines import (
    ReviewLine,
    load_version,
    read_stored_text,
    review_lines,
)
from pipeline.review.selected_lines import chosen_folders, corrections_by_page
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
    by_page, lines = corrections_by_page(log), list[QueuedLine]()
    for folder in chosen_folders(chosen.selection, settings):
        with suppress(OSError, ValueError):  # `opis verify` tells
            lines += _lines_of_record(folder, by_page, chosen)
    return sorted(lines, key=lambda one: (-one.gain, one.record, one.page, one.line))


def next_in_page(lines: Iterable[ReviewLine], after: int) -> ReviewLine | None:
    """Return the next line of a page that nobody settled, after a line; None if there is none."""
    return next((one for one in lines if one.number > after and not one.is_settled), None)


@dataclass(frozen=True, slots=True)
class _PageSummary:
    """What the queue needs to know of a page without corrections; versions never change."""

    record: str
    name: str  #: of the record
    number: int
    leaf: str | None
    languages: tuple[str, ...]
    lines: tuple[tuple[int, str, float], ...]  #: number, text and gain of the doubtful lines


@lru_cache(maxsize=100_000)
def _page_summaries(record_file: Path) -> tuple[_PageSummary, ...]:
    """Return the pages with text of a version, without loading its texts again."""
    record = VersionFolder(record_file.parent.parent).load_record()
    return tuple(
        _PageSummary(
            record.id, record.name, page.number, page.leaf, page.languages,
            tuple(_doubtful_lines(page)),
        )
        for page in record.pages
        if page.image is not None and page.line_roles
    )  # fmt: skip


def _lines_of_record(
    folder: VersionFolder,
    by_page: Mapping[tuple[str, int], Sequence[Correction]],
    chosen: QueueFilter,
) -> Iterator[QueuedLine]:
    """Yield the lines of a record; only pages with corrections cost a look into their ALTO."""
    for page in _page_summaries(folder.record_file):
        if chosen.language and chosen.language not in page.languages:
            continue
        corrections = by_page.get((page.record, page.number), ())
        lines = _compared_lines(folder, page.number, corrections, chosen)
        for number, text, gain in lines if corrections else page.lines:
            if gain:
                yield QueuedLine(page.record, page.name, page.number, page.leaf, number, text, gain)


def _compared_lines(
    folder: VersionFolder, number: int, corrections: Sequence[Correction], chosen: QueueFilter
) -> Iterator[tuple[int, str, float]]:
    """Yield number, text and gain of the lines of a page with corrections."""
    page = load_version(folder).pages[number - 1]
    assert page.image is not None
    text = read_stored_text(folder, page)
    for line in review_lines(page, page.image, text, corrections):
        yield line.number, line.text, _gain(line, chosen)


def _doubtful_lines(page: RecordPage) -> Iterator[tuple[int, str, float]]:
    """Yield number, text and gain of the lines with doubtful words, of a page without corrections.

    A page that earlier versions of Opis made has no doubts; all its lines are as doubtful as its
    expected error says.
    """
    lines = lines_of(page.corrected_text)
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
