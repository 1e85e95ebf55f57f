"""Corrections made elsewhere: a table of ours, pages of other programs, transcriptions."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from pipeline.corrections.correction import MAX_LINE_LENGTH, Correction, CorrectionAction
from pipeline.corrections.fit import find_line
from pipeline.errors import CatalogError
from pipeline.model import Clock
from pipeline.repository.correction_log import append_corrections
from pipeline.review.layout_files import CorrectionFileError, read_layout_file
from pipeline.review.line_decisions import LineDecision, LinePlace, correction_of
from pipeline.review.page_lines import ReviewLine, ReviewPage, load_review_page
from pipeline.settings import Settings

_COLUMNS = frozenset({"page", "line", "before", "after"})  #: that a table cannot do without
_LEAST_ALIKE = 0.5  #: 0..1, of two readings of a line


@dataclass(slots=True)
class ImportReport:
    """What became of the lines of a file."""

    corrected: int = 0
    same: int = 0  #: lines that stand here as in the file
    problems: list[str] = field(default_factory=list)  #: a sentence for each line that was left out

    def lines(self) -> Iterator[str]:
        """Yield sentences for a person."""
        yield f"{self.corrected} corrected, {self.same} as they are here."
        yield from self.problems


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file with corrections, and who made them."""

    name: str
    content: bytes
    by: str
    record: str = ""  #: needed where the file does not name it
    page: int = 0  #: from 1; 0: as the file names it


def import_corrections(source: ImportSource, settings: Settings, clock: Clock) -> ImportReport:
    """Enter the corrections of a file into the log; lines that do not fit are left out and named.

    Raises:
        CatalogError: there is no such record or page.
        CorrectionFileError: the file is of no kind that Opis reads.
        OSError: the log cannot be written.
    """
    report = ImportReport()

    def make(log: Sequence[Correction]) -> Iterator[Correction]:
        for page, decision in _reader_of(source)(source, log, settings, report):
            if decision.action.changes_text and decision.text == decision.place.shown:
                report.same += 1
                continue
            report.corrected += 1
            yield correction_of(decision, page, clock)

    append_corrections(make, settings.output)
    return report


_Found = Iterator[tuple[ReviewPage, LineDecision]]
_Reader = Callable[[ImportSource, Sequence[Correction], Settings, ImportReport], _Found]


def _reader_of(source: ImportSource) -> _Reader:
    """Return what reads a file of this kind."""
    if source.name.endswith(".gt.txt"):
        return _from_transcription
    is_xml = source.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    return _from_layout if is_xml else _from_table


def _from_layout(
    source: ImportSource, log: Sequence[Correction], settings: Settings, report: ImportReport
) -> _Found:
    """Yield the lines of a page of another program, each with the line of ours in its place."""
    layout = read_layout_file(source.content, source.name)
    number = source.page or layout.page_number or 0
    if not source.record:
        msg = f"{source.name} does not say which record it is about: name it with --record."
        raise CatalogError(msg)
    page = load_review_page(source.record, number, log, settings)
    taken = set[int]()
    boxes = [line.box for line in page.lines]
    for line in layout.lines:
        found = find_line(boxes, line.box_on(page.image))
        if found is None or found in taken:
            why = "there is no line in its place" if found is None else "two lines are in its place"
            report.problems.append(f"Left out, because {why}: “{line.text}”")
            continue
        taken.add(found)
        yield page, _decision_about(page, page.line(found), line.text, source)
    missing = [one for one in page.lines if one.number not in taken]
    report.problems += [f"Not in {source.name}: “{one.text}”" for one in missing]


def _from_transcription(
    source: ImportSource, log: Sequence[Correction], settings: Settings, report: ImportReport
) -> _Found:
    """Yield the lines of a transcription, each with the line of ours that is most like it."""
    record = source.record or source.name.removesuffix(".gt.txt")
    pages = source.content.decode("utf-8-sig", "replace").removesuffix("\f").split("\f")
    for number, text in enumerate(pages, 1):
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        if not lines or source.page not in {0, number}:
            continue
        page = load_review_page(record, number, log, settings)
        taken = dict(_likeliest_pairs(lines, [one.text for one in page.lines]))
        for place, line in enumerate(lines):
            if place not in taken:
                report.problems.append(f"Left out, because no line is like it: “{line}”")
                continue
            yield page, _decision_about(page, page.lines[taken[place]], line, source)


def _likeliest_pairs(lines: Sequence[str], ours: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of lines that are at least half alike, the most alike first; each line once."""
    alike = [
        (Levenshtein.normalized_similarity(line, other), -place, -number)
        for place, line in enumerate(lines)
        for number, other in enumerate(ours)
    ]
    used, used_ours = set[int](), set[int]()
    for similarity, place, number in sorted(alike, reverse=True):
        if similarity < _LEAST_ALIKE:
            return
        if -place not in used and -number not in used_ours:
            used.add(-place)
            used_ours.add(-number)
            yield -place, -number


def _from_table(
    source: ImportSource, log: Sequence[Correction], settings: Settings, report: ImportReport
) -> _Found:
    """Yield the rows of a table that fit what stands here."""
    pages = dict[tuple[str, int], ReviewPage]()
    for number, row in enumerate(_table_rows(source), 2):
        where = f"{source.name}, line {number}"
        try:
            place, action = _row_place(row), _row_action(row)
            key = row.get("record") or source.record, place[0]
            if key not in pages:
                pages[key] = load_review_page(*key, log, settings)
            line = pages[key].line(place[1])
        except (CatalogError, ValueError) as error:
            report.problems.append(f"{where} was left out: {error}")
            continue
        after = " ".join((row.get("after") or "").split())
        if line.text not in {row.get("before"), after}:
            report.problems.append(f"{where} was left out: there stands “{line.text}” now.")
            continue
        yield pages[key], _decision_about(pages[key], line, after, source, action)


def _table_rows(source: ImportSource) -> Iterator[dict[str, str | None]]:
    """Yield the rows of a table; CorrectionFileError if it is no table of corrections."""
    text = source.content.decode("utf-8-sig", "replace")
    table = csv.DictReader(io.StringIO(text, newline=None))
    try:
        missing = _COLUMNS.difference(table.fieldnames or ())
        if missing:
            msg = f"{source.name} has no column {', '.join(sorted(missing))}."
            raise CorrectionFileError(msg)
        yield from table
    except csv.Error as error:
        msg = f"{source.name} cannot be read as CSV: {error}."
        raise CorrectionFileError(msg) from error


def _row_place(row: dict[str, str | None]) -> tuple[int, int]:
    """Return page and line of a row, from 1; ValueError if it has none."""
    try:
        return int(row.get("page") or ""), int(row.get("line") or "")
    except ValueError as error:
        msg = "its page or its line is no number."
        raise ValueError(msg) from error


def _row_action(row: dict[str, str | None]) -> CorrectionAction:
    """Return what a person did according to a row; ValueError if a table can say no such thing."""
    name, after = row.get("action") or CorrectionAction.TYPED, row.get("after") or ""
    action = next((one for one in CorrectionAction if one == name), None)
    if action is None or not action.settles_line:
        msg = f"its action “{name}” is none of those that settle a line."
        raise ValueError(msg)
    if action.changes_text and not after.strip():
        msg = "it has no text in the column after."
        raise ValueError(msg)
    return action


def _decision_about(
    page: ReviewPage, line: ReviewLine, text: str, source: ImportSource,
    action: CorrectionAction = CorrectionAction.TYPED,
) -> LineDecision:  # fmt: skip
    place = LinePlace(page.record.id, page.page.number, line.number, line.text)
    return LineDecision(place, action, source.by, text[:MAX_LINE_LENGTH], source.name)
