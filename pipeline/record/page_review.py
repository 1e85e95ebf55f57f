"""What people's corrections make of a page: its edits, its state of review, its issues."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.cleaning.edits import Edit, apply_edits
from pipeline.corrections.corrected_text import correcting_edits
from pipeline.corrections.correction import (
    CorrectionAction,
    LineCorrection,
    agreeing_people,
    settled_lines,
)
from pipeline.doubt.outer_marks import without_marks
from pipeline.model import Issue, IssueType, ReviewState
from pipeline.record.record import RecordPage
from pipeline.scan import ReadPage
from pipeline.text import Role
from pipeline.wording import plural


@dataclass(frozen=True, slots=True)
class PageReview:
    """The corrections of one page, without its words and boxes."""

    corrections: tuple[LineCorrection, ...] = ()
    edits: tuple[Edit, ...] = ()  #: of the raw text
    line_count: int = 0  #: of the page, empty ones left out
    words_left: float = 1.0  #: 0..1, share of the words in lines that nobody compared
    lost: int = 0  #: corrections whose place holds something else by now
    is_sampled: bool = False  #: lines of it were typed for a sample

    @classmethod
    def of(cls, page: ReadPage) -> "PageReview":
        """Return the review of a page."""
        lines, corrected = list(page.text.lines()), page.corrected
        if corrected is None:
            return cls(line_count=len(lines))
        words = sum(len(line.words) for line in lines)
        settled = sum(len(lines[number - 1].words) for number in corrected.settled)
        return cls(
            corrections=corrected.lines,
            edits=correcting_edits(page.reading.text, corrected.text),
            line_count=len(lines),
            words_left=1 - settled / words if words else 0.0,
            lost=len(corrected.unfit),
            is_sampled=corrected.is_sampled,
        )

    @property
    def state(self) -> ReviewState:
        """How far the page was compared with its image."""
        if not self.corrections:
            return "sampled" if self.is_sampled else "machine"
        if len(self.settled) < self.line_count or self.lost:
            return "in-part"
        return "checked" if len(self.checked) == self.line_count else "reviewed"

    @property
    def checked(self) -> frozenset[int]:
        """The numbers of the lines that a second person left as the first one had settled them."""
        people = agreeing_people((one.line, one.action, one.by) for one in self.corrections)
        return frozenset(line for line, names in people.items() if len(names) > 1)

    @property
    def settled(self) -> frozenset[int]:
        """The numbers of the lines that a person compared with the image."""
        return settled_lines(self.corrections)

    @property
    def misread(self) -> tuple[tuple[str, str], ...]:
        """The words that people corrected one by one: as read, and right."""
        pairs = ((edit.removed.split(), edit.inserted.split()) for edit in self.edits)
        return tuple(
            (without_marks(wrong), without_marks(right))
            for read, typed in pairs
            if len(read) == len(typed)
            for wrong, right in zip(read, typed, strict=True)
            if without_marks(wrong) and without_marks(right)
        )

    def corrected_text(self, raw_text: str) -> str:
        """Return the raw text of the page with its corrected words."""
        return apply_edits(raw_text, self.edits)

    def with_noise(self, roles: Sequence[Role]) -> tuple[Role, ...]:
        """Return the roles of the lines; those that are no text are noise."""
        no_text = self._lines_with(CorrectionAction.NOT_TEXT)
        return tuple(
            Role.NOISE if number in no_text else role for number, role in enumerate(roles, 1)
        )

    def issues(self, number: int) -> Iterator[Issue]:
        """Yield what the corrections leave to be looked at; ``number`` is that of the page."""
        if self.lost:
            detail = (
                f"page {number}: {plural(self.lost, 'correction')} no longer "
                f"{'fits' if self.lost == 1 else 'fit'} what was read; decide again"
            )
            yield Issue(IssueType.LOST_CORRECTION, detail, number)
        if misplaced := self._lines_with(CorrectionAction.WRONG_ORDER):
            lines = ", ".join(map(str, sorted(misplaced)))
            detail = f"page {number}: not in reading order: line {lines}"
            yield Issue(IssueType.WRONG_ORDER, detail, number)

    def _lines_with(self, action: CorrectionAction) -> set[int]:
        """Return the numbers of the lines whose last correction is of a kind."""
        last = {one.line: one.action for one in self.corrections}
        return {line for line, found in last.items() if found is action}


def record_review(pages: Iterable[RecordPage]) -> ReviewState:
    """Return how far a record was reviewed: as its least reviewed page with text is."""
    states = {page.review for page in pages if page.line_roles}
    if states == {"machine", "sampled"}:
        return "sampled"
    if len(states) > 1:
        return "in-part" if states - {"reviewed", "checked"} else "reviewed"
    return next(iter(states), "machine")
