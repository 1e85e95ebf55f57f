"""Corrections made elsewhere: a table of ours, pages of other programs, transcriptions."""

import csv
import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import Levenshtein

from pipeline.corrections.correction import Correction, CorrectionAction
from pipeline.corrections.fit import find_line
from pipeline.errors import CatalogError
from pipeline.model import Clock
from pipeline.repository.correction_log import append_corrections
from pipeline.review.layout_files import LayoutLine, read_layout_file
from pipeline.review.page_lines import ReviewPage, load_review_page
from pipeline.settings import Settings

_MAX_LINE = 2000  #: characters
_LEAST_ALIKE = 0.5  #: 0..1, of two readings of a line


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """What a file says about a line."""

    page: int
    line: int
    before: str
    after: str
    action: CorrectionAction


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
        LayoutFileError: a file of XML is neither PAGE XML nor ALTO.
        OSError: the log cannot be written.
    """
    report = ImportReport()

    def make(log: Sequence[Correction]) -> Iterator[Correction]:
        for page, line in _reader_of(source)(source, log, settings, report):
            shown = page.line(line.line)
            if line.action.changes_text and line.after == shown.text:
                report.same += 1
                continue
            report.corrected += 1
            yield Correction(
                id=secrets.token_hex(8), when=clock.now(), by=source.by, via=source.name,
                record=page.record.id, version=page.record.version, page=line.page,
                image=page.image.sha256, box=shown.box, before=shown.text, after=line.after,
                action=line.action,
            )  # fmt: skip

    append_corrections(make, settings.output)
    return report


_Found = Iterator[tuple[ReviewPage, ImportedLine]]
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
    taken = dict[int, LayoutLine]()
    boxes = [line.box for line in page.lines]
    for line in layout.lines:
        found = find_line(boxes, line.box_on(page.image))
        if found is None or found in taken:
            why = "there is no line in its place" if found is None else "two lines are in its place"
            report.problems.append(f"Left out, because {why}: “{line.text}”")
            continue
        taken[found] = line
        yield (
            page,
            ImportedLine(
                number, found, page.line(found).text, line.text[:_MAX_LINE], CorrectionAction.TYPED
            ),
        )
    missing = [one for one in page.lines if one.number not in taken]
    report.problems += [f"Not in {source.name}: “{one.text}”" for one in missing]


def _from_transcription(
    source: ImportSource, log: Sequence[Correction], settings: Settings, report: ImportReport
) -> _Found:
    """Yield the lines of a transcription, each with the line of ours that is most like it."""
    record = source.record or source.name.removesuffix(".gt.txt")
    pages = source.content.decode("utf-8-sig", "replace").removesuffix("\f").split("\f")
    for number, text in enumerate(pages, 1):
        lines = [" ".join(line.split())[:_MAX_LINE] for line in text.splitlines() if line.strip()]
        if not lines or source.page not in {0, number}:
            continue
        page = load_review_page(record, number, log, settings)
        taken = dict(_likeliest_pairs(lines, [one.text for one in page.lines]))
        for place, line in enumerate(lines):
            if place not in taken:
                report.problems.append(f"Left out, because no line is like it: “{line}”")
                continue
            ours = page.lines[taken[place]]
            yield page, ImportedLine(number, ours.number, ours.text, line, CorrectionAction.TYPED)


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
    text = source.content.decode("utf-8-sig", "replace")
    pages = dict[tuple[str, int], ReviewPage]()
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), 2):
        where = f"{source.name}, line {number}"
        try:
            line = _table_line(row)
            key = row.get("record") or source.record, line.page
            if key not in pages:
                pages[key] = load_review_page(*key, log, settings)
            shown = pages[key].line(line.line)
        except (CatalogError, ValueError) as error:
            report.problems.append(f"{where} was left out: {error}")
            continue
        if shown.text not in {line.before, line.after}:
            report.problems.append(f"{where} was left out: there stands “{shown.text}” now.")
            continue
        yield pages[key], line


def _table_line(row: dict[str, str | None]) -> ImportedLine:
    after = " ".join((row.get("after") or "").split())
    action = CorrectionAction(row.get("action") or "typed")
    if not action.settles_line or (action.changes_text and not after):
        msg = f"its action is {action}, its text “{after}”."
        raise ValueError(msg)
    return ImportedLine(
        int(row.get("page") or 0), int(row.get("line") or 0), row.get("before") or "",
        after[:_MAX_LINE], action,
    )  # fmt: skip
