"""The lines of a page as people compare them with its image, unpublished corrections included."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.corrections.corrected_text import CorrectedPage, apply_fitted
from pipeline.corrections.correction import (
    Correction,
    CorrectionAction,
    agreeing_people,
    counting_corrections,
)
from pipeline.corrections.fit import fit_corrections, is_same_place
from pipeline.doubt.findings import WordDoubt
from pipeline.errors import CatalogError
from pipeline.exports.alto import read_page_text
from pipeline.model import PageImage
from pipeline.record.page_turns import turns_of
from pipeline.record.record import Record, RecordPage
from pipeline.record.version_folder import VersionFolder
from pipeline.repository.catalog import Catalog
from pipeline.settings import Settings
from pipeline.text import Box, Line, PageText


@dataclass(frozen=True, slots=True)
class ReviewWord:
    """A word of a line, with what is doubtful about it."""

    text: str
    box: Box
    chance: float = 0.0  #: 0..1, that it is wrong; 0 if it is not doubtful
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A line of a page."""

    number: int  #: of the page's lines that are not empty, from 1
    text: str  #: as it stands, with corrections that are not yet published
    read: str  #: as the machine read it
    box: Box  #: in pixels of the page image, origin top left
    words: tuple[ReviewWord, ...]
    latest: Correction | None = None  #: that settles it, or did
    is_whole: bool = True  #: it stands as that person left it
    people: frozenset[str] = frozenset()  #: who agree on how it stands
    report: Correction | None = None  #: a reader says that it is wrong
    lost: Correction | None = None  #: a correction of its place that no longer fits

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to look at it."""
        asked = self.report is not None or self.lost is not None
        return self.latest is not None and self.is_whole and not asked

    @property
    def expected_wrong(self) -> float:
        """The words of the line that are expected to be wrong."""
        return 0.0 if self.is_settled else sum(word.chance for word in self.words)


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A page of the newest version of a record."""

    record: Record
    folder: VersionFolder
    page: RecordPage
    image: PageImage
    lines: tuple[ReviewLine, ...]

    @property
    def quarters(self) -> int:
        """How many quarters clockwise the image is turned so that its lines run level, 0 to 3."""
        return turns_of(self.record, self.page.number)

    def line(self, number: int) -> ReviewLine:
        """Return a line; CatalogError if there is none of this number."""
        if not 1 <= number <= len(self.lines):
            msg = f"{self.record.id}, page {self.page.number}, has no line {number}."
            raise CatalogError(msg)
        return self.lines[number - 1]


def load_review_page(
    record_id: str, number: int, log: Iterable[Correction], settings: Settings
) -> ReviewPage:
    """Return a page of the newest version with the corrections of a log.

    Raises:
        CatalogError: there is no such record or page, it has no image, or it was withdrawn.
    """
    folder, record = load_newest(record_id, settings)
    page = next((page for page in record.pages if page.number == number), None)
    if page is None or page.image is None or record.status == "withdrawn":
        msg = f"{record_id} has no page {number} with an image to compare."
        raise CatalogError(msg)
    counting = [
        one for one in counting_corrections(log) if (one.record, one.page) == (record_id, number)
    ]
    lines = review_lines(page, page.image, read_stored_text(folder, page), counting)
    return ReviewPage(record, folder, page, page.image, lines)


def load_newest(record_id: str, settings: Settings) -> tuple[VersionFolder, Record]:
    """Return the newest version of a record; CatalogError if there is no such record."""
    with Catalog(settings.catalog, settings.records) as catalog:
        catalog.apply_pending()
        entry = catalog.get_entry(record_id)
    folder = VersionFolder.of(settings.records / entry.folder, entry.version)
    return folder, load_version(folder)


def load_version(folder: VersionFolder) -> Record:
    """Return the record of a version; of 64 versions it is kept in memory.

    Raises:
        OSError, ValueError: it cannot be read; ``opis verify`` names it.
    """
    return _load_record(folder.record_file)


@lru_cache(maxsize=64)  # versions never change
def _load_record(record_file: Path) -> Record:
    return VersionFolder(record_file.parent.parent).load_record()


def read_stored_text(folder: VersionFolder, page: RecordPage) -> PageText:
    """Return the text of a page as the machine read it."""
    as_read, corrected = folder.alto_as_read(page.number), folder.alto(page.number)
    file = as_read if as_read.exists() else corrected
    return read_page_text(file.read_bytes()) if file.exists() else PageText()


def review_lines(
    page: RecordPage, image: PageImage, text: PageText, corrections: Sequence[Correction]
) -> tuple[ReviewLine, ...]:
    """Return the lines of a page.

    Args:
        page: of the record; has the doubts.
        image: of the page.
        text: as the machine read it.
        corrections: of the page, those that count, the oldest first.
    """
    fitted = fit_corrections(text, image.sha256, corrections)
    latest, reports = dict[int, Correction](), dict[int, Correction]()
    whole = dict[int, bool]()
    for placed in fitted.placed:
        if placed.correction.action is CorrectionAction.REPORTED:
            reports[placed.line] = placed.correction
        elif placed.correction.action.settles_line:
            latest[placed.line], whole[placed.line] = placed.correction, placed.is_whole
            reports.pop(placed.line, None)
    people = agreeing_people(
        (placed.line, placed.correction.action, placed.correction.by)
        for placed in fitted.placed
        if placed.correction.action.settles_line
    )
    doubts = {(doubt.line, doubt.word): doubt for doubt in page.doubts or ()}
    corrected: CorrectedPage = apply_fitted(text, fitted)
    pairs = zip(text.lines(), corrected.text.lines(), strict=True)
    return tuple(
        ReviewLine(
            number, line.text, read.text, read.box, _words(number, line, doubts),
            latest.get(number), whole.get(number, True), people.get(number, frozenset()),
            reports.get(number), _lost_at(read.box, fitted.unfit),
        )
        for number, (read, line) in enumerate(pairs, 1)
    )  # fmt: skip


def _words(
    number: int, line: Line, doubts: dict[tuple[int, int], WordDoubt]
) -> tuple[ReviewWord, ...]:
    words = list[ReviewWord]()
    for place, word in enumerate(line.words, 1):
        doubt = doubts.get((number, place))
        if doubt is None or doubt.text != word.text:
            words.append(ReviewWord(word.text, word.box))
            continue
        others = (other.text for other in word.alternatives)
        suggestions = tuple(dict.fromkeys([*doubt.suggestions, *others]))
        words.append(ReviewWord(word.text, word.box, doubt.chance, suggestions))
    return tuple(words)


def _lost_at(box: Box, unfit: Iterable[Correction]) -> Correction | None:
    """Return the last of the corrections that no longer fit and that is about a place."""
    return next((one for one in reversed(tuple(unfit)) if is_same_place(one.box, box)), None)
